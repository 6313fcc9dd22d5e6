# A hierarchical regression of bench/run.sh by a package of R:
#
#     Rscript bench/peers.R MCMCpack|bayesm|rstan WORKLOAD DRAWS
#
# in the folder of run.sh, which has WORKLOAD.csv, for rstan also the folder stan/ of `lmmdsl export`.
# Writes peer.csv, the draws of one chain under lmmdsl's names, and peer.txt: CPU seconds of the
# set-up and of the sampling, and how many draws these are.
arguments <- commandArgs(TRUE)
peer <- arguments[1]
workload <- arguments[2]
draws <- as.integer(arguments[3])
warmup <- 500L

# What each workload is: columns, names, and the priors that its model states.
#   y = X b[g] + e, e ~ N(0, s2); b[g] ~ N(theta, V); theta ~ N(mean, covariance);
#   V ~ InverseWishart(df, scale); s2 ~ InverseGamma(shape, rate)
model_of <- function(workload, data) {
  if (workload == "pdensity") {
    fits <- sapply(split(data, data$plot),
                   function(d) lm.fit(cbind(1, d$density, d$density^2), d$yield)$coefficients)
    data$square <- data$density^2
    rss <- sum(sapply(split(data, data$plot), function(d) {
      sum(lm.fit(cbind(1, d$density, d$square), d$yield)$residuals^2)
    }))
    spread <- cov(t(fits))
    return(list(data = data, y = "yield", x = c("density", "square"), group = "plot",
                names = c("Sigma_b", "sigma_e^2"), mean = rowMeans(fits), covariance = spread,
                df = 4, scale = spread, shape = 1, rate = rss / nrow(data)))
  }
  if (workload == "sleepstudy")
    return(list(data = data, y = "reaction", x = "days", group = "subject",
                names = c("Sigma", "s^2"), coefficients = "b", mean = c(250, 10),
                covariance = diag(c(10000, 400)), df = 4, scale = diag(c(400, 25)), shape = 1,
                rate = 625))
  list(data = data, y = "y", x = c("x", "z"), group = "g", names = c("Sigma", "sigma^2"),
       mean = rep(0, 3), covariance = diag(100, 3), df = 5, scale = diag(3), shape = 1, rate = 1)
}

seconds <- function(expression) {
  time <- system.time(expression)
  sum(time[c("user.self", "sys.self", "user.child", "sys.child")])
}
quietly <- function(expression) {
  sink(nullfile())
  on.exit(sink())
  suppressMessages(suppressWarnings(expression))
}
write_draws <- function(x, setup, sampling) {
  table <- data.frame(.chain = 1, .iteration = seq_len(nrow(x)), .draw = seq_len(nrow(x)), x,
                      check.names = FALSE)
  write.csv(table, "peer.csv", row.names = FALSE, quote = TRUE)
  cat(setup, sampling, nrow(x), "\n", file = "peer.txt")
}

if (peer == "rstan") {
  library(rstan)
  if (!file.exists(rstan_options("boost_lib")))  # Debian keeps the headers elsewhere
    rstan_options(boost_lib = file.path("", "usr", "include"))
  setup <- seconds(quietly(program <- stan_model("stan/model.stan")))
  quietly(fit <- sampling(program, jsonlite::fromJSON("stan/data.json"), chains = 1, seed = 1,
                          iter = 1000 + draws, warmup = 1000, refresh = 0))
  x <- as.matrix(fit)
  write_draws(x[, colnames(x) != "lp__"], setup, get_elapsed_time(fit)[1, "sample"])
  quit()
}

m <- model_of(workload, read.csv(paste0(workload, ".csv")))
b <- if (is.null(m$coefficients)) "beta" else m$coefficients
p <- length(m$mean)
groups <- sort(unique(m$data[[m$group]]))
pairs <- expand.grid(j = seq_along(groups), k = seq_len(p))
names_of <- c(sprintf("theta[%d]", seq_len(p)),
              sprintf("%s[%d,%d]", m$names[1], rep(seq_len(p), p), rep(seq_len(p), each = p)),
              m$names[2], sprintf("%s[%d,%d]", b, pairs$j, pairs$k))

if (peer == "MCMCpack") {
  quietly(library(MCMCpack))
  run <- function(n) {
    MCMChregress(reformulate(m$x, m$y), reformulate(m$x), m$group, m$data, burnin = warmup,
                 mcmc = n, thin = 1, verbose = 0, seed = 1, mubeta = matrix(m$mean),
                 Vbeta = m$covariance, r = m$df, R = m$scale / m$df, nu = m$shape,
                 delta = m$rate)$mcmc
  }
  setup <- seconds(quietly(run(10)))
  all <- seconds(quietly(r <- unclass(run(draws))))
  theta <- r[, seq_len(p)]
  at <- p + (pairs$k - 1) * length(groups) +
    match(as.character(groups), sort(as.character(groups)))[pairs$j]
  V <- p + p * length(groups) + seq_len(p * p)
  x <- cbind(theta, r[, V], r[, "sigma2"], r[, at] + theta[, pairs$k])
} else {
  # Another model: an error variance for each group, and a prior of theta that is scaled by V.
  quietly(library(bayesm))
  parts <- lapply(groups, function(g) {
    d <- m$data[m$data[[m$group]] == g, ]
    list(y = d[[m$y]], X = cbind(1, as.matrix(d[m$x])))
  })
  run <- function(n) {
    set.seed(1)
    rhierLinearModel(Data = list(regdata = parts, Z = matrix(1, length(groups), 1)),
                     Prior = list(Deltabar = matrix(m$mean, 1), nu.e = 2 * m$shape,
                                  A = matrix(mean(diag(m$scale) / diag(m$covariance))),
                                  ssq = rep(m$rate / m$shape, length(groups)), nu = m$df,
                                  V = m$scale),
                     Mcmc = list(R = n, keep = 1, nprint = 0))
  }
  setup <- seconds(quietly(run(warmup)))
  all <- seconds(quietly(r <- run(warmup + draws)))
  kept <- warmup + seq_len(draws)
  effects <- sapply(seq_len(nrow(pairs)), function(i) r$betadraw[pairs$j[i], pairs$k[i], kept])
  x <- cbind(unclass(r$Deltadraw)[kept, ], unclass(r$Vbetadraw)[kept, ],
             rowMeans(unclass(r$taudraw)[kept, ]), effects)
}
attr(x, "mcpar") <- NULL
colnames(x) <- names_of
write_draws(x, setup, all - setup)
