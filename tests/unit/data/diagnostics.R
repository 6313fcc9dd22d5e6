# Makes diagnostics.txt: draws, and what R's packages posterior (1.4.0), coda (0.19) and loo (2.5.1)
# say of them. Where one of them stops with an error, the figure is not there.
#
#   Rscript diagnostics.R > diagnostics.txt
#
# Each case is a line `case NAME CHAINS DRAWS`, a line of draws for each chain, and a line of
# `figure value` pairs. NaN stands for all that is not defined.
suppressMessages({library(posterior); library(coda); library(loo)})
options(digits = 17, warn = -1)

# The shape of the heavier tail, as Vehtari et al. (2024, appendix H) choose the tail length; the
# fit itself is loo's.
tail_shape <- function(sorted, length) {
  n <- length(sorted)
  tail <- sorted[(n - length + 1):n]
  cutoff <- sorted[n - length]
  if (max(tail) - min(tail) < .Machine$double.eps) return(NA)
  if (cutoff == tail[1]) cutoff <- cutoff - .Machine$double.eps
  if (tail[floor(length / 4 + 0.5)] <= tail[1]) return(NA)
  gpdfit(tail - cutoff, wip = TRUE, sort_x = FALSE)$k
}
tail_index <- function(x) {
  n <- length(x)
  efficiency <- ess_tail(x) / n
  if (is.na(efficiency) || n < 10 || any(!is.finite(x))) return(NA)
  length <- floor(if (n * efficiency > 225) 3 * sqrt(n / efficiency) else n / 5)
  k <- c(tail_shape(sort(x), max(length, 5)), tail_shape(sort(-x), max(length, 5)))
  if (all(is.na(k))) NA else max(k, na.rm = TRUE)
}

text <- function(v) {
  v <- as.numeric(v)
  out <- formatC(v, digits = 17, format = "g", width = 1)
  out[is.na(v)] <- "nan"
  out[v %in% Inf] <- "inf"
  out[v %in% -Inf] <- "-inf"
  out
}
short <- function(v, digits) {
  ifelse(is.finite(v), formatC(v, digits = digits, format = "g", width = 1), text(v))
}

# The figures of coda, over all chains together (HPD intervals) or averaged (autocorrelations).
figures_of_coda <- function(x) {
  values <- list()
  for (percent in c(50, 95)) {
    hpd <- HPDinterval(as.mcmc(as.vector(x)), percent / 100)
    values[[paste0("hpd", percent, "_lower")]] <- hpd[1]
    values[[paste0("hpd", percent, "_upper")]] <- hpd[2]
  }
  lags <- c(1, 2, 5, 10, 20, 50)
  lags <- lags[lags < nrow(x)]
  rho <- autocorr.diag(as.mcmc.list(lapply(seq_len(ncol(x)), function(i) as.mcmc(x[, i]))),
                       lags = lags)
  for (i in seq_along(lags)) values[[paste0("acf", lags[i])]] <- rho[i]
  values
}

case <- function(name, x, digits = 6) {
  x <- as.matrix(x)
  finite <- all(is.finite(x))
  draws <- apply(x, 2, short, digits)
  x <- matrix(as.numeric(draws), nrow(x))  # what the file says
  cat("case", name, ncol(x), nrow(x), "\n")
  for (chain in seq_len(ncol(x))) cat(matrix(draws, nrow(x))[, chain], "\n")
  q <- if (anyNA(x)) rep(NA, 3) else quantile(x, c(0.05, 0.5, 0.95), names = FALSE)
  values <- list(
    mean = if (finite) mean(x) else NA, sd = if (finite) sd(as.vector(x)) else NA,
    q5 = q[1], median = q[2], q95 = q[3],
    rhat = rhat(x), ess_bulk = ess_bulk(x), ess_tail = ess_tail(x), ess_mean = ess_mean(x),
    ess_sd = ess_sd(x), mcse_mean = mcse_mean(x), mcse_sd = mcse_sd(x), tail_index = tail_index(x))
  for (p in c(5, 50, 95, 97.5)) {
    values[[paste0("ess_q", p)]] <- tryCatch(ess_quantile(x, p / 100), error = function(e) NULL)
    values[[paste0("mcse_q", p)]] <- tryCatch(mcse_quantile(x, p / 100), error = function(e) NULL)
  }
  if (finite) values <- c(values, tryCatch(figures_of_coda(x), error = function(e) NULL))
  for (name in names(values)) cat(name, text(values[[name]]), "")
  cat("\n")
}

ar <- function(n, chains, rho) {
  sapply(seq_len(chains), function(i)
    as.vector(arima.sim(list(ar = rho), n, n.start = 200)) * sqrt(1 - rho^2))
}

set.seed(20210622)
case("one_chain", rnorm(100))
case("four_chains", matrix(rnorm(400), 100))
case("odd_length", matrix(rnorm(3 * 51), 51))
case("shifted_chain", matrix(rnorm(400), 100) + rep(c(0, 0, 0, 1), each = 100))
case("scaled_chain", matrix(rnorm(400), 100) * rep(c(1, 1, 1, 4), each = 100))
case("ar_0.7", ar(250, 4, 0.7))
case("ar_0.98", ar(500, 2, 0.98))
case("ar_0.995", ar(601, 2, 0.995))
case("antithetic", ar(200, 2, -0.6))
case("random_walk", apply(matrix(rnorm(200), 100), 2, cumsum))
case("far_from_zero", 1e6 + matrix(rnorm(200), 100), digits = 12)
case("tiny", 1e-9 * matrix(rnorm(80), 40))
case("cauchy", matrix(rcauchy(1200), 600))
case("inverse_gamma", matrix(1 / rgamma(600, 1.2), 300))
case("log_normal_left_tail", -matrix(exp(2 * rnorm(600)), 300))
case("ties", matrix(round(rnorm(300)), 100))
case("zero_one", matrix(rbinom(300, 1, 0.3), 100))
case("zero_one_rare", matrix(rbinom(300, 1, 0.02), 100))
case("constant", matrix(3.25, 20, 2))
case("constant_0.1", matrix(0.1, 33, 3))
case("constant_by_chain", matrix(rep(c(1, 2), each = 20), 20))
case("constant_half", cbind(c(rep(0.1, 20), rnorm(20)), rnorm(40)))
# Not 2 and 3: there posterior drops a dimension and takes the chains for draws.
for (n in c(1, 4:13)) case(paste0("short_", n), matrix(rnorm(4 * n), n))
for (n in c(2, 5, 9, 10, 12)) case(paste0("short_single_", n), rnorm(n))
case("one_infinite", matrix(replace(rnorm(40), 7, Inf), 20))
case("both_infinities", matrix(replace(rnorm(40), c(7, 8, 30), c(Inf, -Inf, Inf)), 20))
case("mostly_infinite", matrix(replace(rnorm(40), 1:25, Inf), 20))
case("one_nan", matrix(replace(rnorm(40), 7, NaN), 20))
