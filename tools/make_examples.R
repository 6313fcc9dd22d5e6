# Writes the data of examples/ from the R packages that carry them. The results are in the
# repository; this is only how they came about.
#
#     Rscript tools/make_examples.R            # needs r-cran-nlme and r-cran-lme4
#
# Rows are sorted and labels written out, so that the files do not depend on how R codes a factor.

library(nlme)  # Oats, Rail
library(lme4)  # sleepstudy, Dyestuff

save <- function(data, file) {
  path <- file.path("examples", file)
  write.csv(data, path, row.names = FALSE, quote = FALSE)
  cat(path, ": ", nrow(data), " rows\n", sep = "")
}

# Yates (1935): yield of oats, three varieties on whole plots of six blocks, four amounts of nitrogen.
oats <- data.frame(block = as.character(Oats$Block), variety = sub(" ", "", Oats$Variety),
                   nitro = Oats$nitro, yield = Oats$yield)
save(oats[order(oats$block, oats$variety, oats$nitro), ], "oats.csv")

# Belenky et al. (2003): mean reaction time (ms) after so many days of three hours' sleep.
sleep <- data.frame(subject = as.character(sleepstudy$Subject), days = sleepstudy$Days,
                    reaction = sleepstudy$Reaction)
save(sleep[order(sleep$subject, sleep$days), ], "sleepstudy.csv")

# Davies and Goldsmith (1972), p. 130: yield of dyestuff (g) from six batches of an intermediate.
save(data.frame(batch = as.character(Dyestuff$Batch), yield = Dyestuff$Yield), "dyestuff.csv")

# Devore (2000), Berretoni and Pinheiro-Bates: travel time of an ultrasonic wave (ns) in six rails.
rail <- data.frame(rail = as.integer(as.character(Rail$Rail)), travel = Rail$travel)
save(rail[order(rail$rail), ], "rail.csv")
