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

# Milliken and Johnson (1992): productivity of six workers on three machines, three times each.
machines <- data.frame(worker = as.character(Machines$Worker), machine = as.character(Machines$Machine),
                       score = Machines$score)
save(machines[order(machines$worker, machines$machine), ], "machines.csv")

# Littell et al. (1996): thickness of the oxide layer (angstrom) at three sites of three wafers of
# eight lots; four lots come from each of two sources.
oxide <- data.frame(source = as.character(Oxide$Source), lot = as.character(Oxide$Lot),
                    wafer = as.character(Oxide$Wafer), thickness = Oxide$Thickness)
save(oxide[order(oxide$lot, oxide$wafer), ], "oxide.csv")

# Davies and Goldsmith (1972): diameter (mm) of the zone that six samples of penicillin clear on each
# of 24 plates.
penicillin <- data.frame(plate = as.character(Penicillin$plate), sample = as.character(Penicillin$sample),
                         diameter = Penicillin$diameter)
save(penicillin[order(penicillin$plate, penicillin$sample), ], "penicillin.csv")

# Potthoff and Roy (1964): distance (mm) from the pituitary to the pterygomaxillary fissure of 27
# children at ages 8, 10, 12 and 14.
orthodont <- data.frame(subject = as.character(Orthodont$Subject), sex = as.character(Orthodont$Sex),
                        age = Orthodont$age, distance = Orthodont$distance)
save(orthodont[order(orthodont$subject, orthodont$age), ], "orthodont.csv")

# Fisher (1936), Anderson's irises: length and width (cm) of the sepals of three species.
save(data.frame(species = as.character(iris$Species), sepal_length = iris$Sepal.Length,
                sepal_width = iris$Sepal.Width), "iris.csv")
