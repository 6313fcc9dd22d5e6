# Makes designs.txt: what R's model.matrix (4.2.2) makes of designs with factors.
#
#   Rscript designs.R > designs.txt
#
# First the table, a line of names and a line for each row; then each case: a line `case DESIGN` in
# our language, a line of names of columns separated by tabs, a line of numbers for each row.
options(digits = 17)
d <- data.frame(
  g = c("a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b"),
  h = c("u", "u", "u", "v", "v", "v", "u", "v", "u", "v", "u", "v", "v", "v"),
  k = c("p", "q", "q", "p", "q", "p", "q", "q", "p", "p", "p", "q", "q", "p"),
  x = c(1, 2.5, 3, 4, 5.5, 6, 7, 8.5, 9, 10, 11.5, 12, 13, 14.25),
  z = c(0.5, -1, 2, 0.25, 3, -2, 1, 1.5, -0.5, 4, 2.5, -3, 0.75, 1.25),
  stringsAsFactors = TRUE
)
write.csv(d, quote = FALSE, row.names = FALSE)
case <- function(design, formula, contrasts = NULL) {
  terms <- terms(formula, keep.order = TRUE)
  X <- model.matrix(terms, d, contrasts.arg = contrasts)
  # Products of numbers alone keep our spelling.
  names <- sub("^x:z$", "x * z", gsub("I\\(([^)]*)\\)", "\\1", sub("\\(Intercept\\)", "1", colnames(X))))
  cat("case ", design, "\n", paste(names, collapse = "\t"), "\n", sep = "")
  cat(apply(X, 1, function(row) paste(formatC(row, digits = 17, format = "g", width = 1),
                                      collapse = " ")), sep = "\n")
}
base_b <- list(g = contr.treatment(c("a", "b", "c"), base = 2))
case("[1, g]", ~ g)
case("[g]", ~ 0 + g)
case("[0 + g]", ~ 0 + g)
case("[x, g]", ~ 0 + x + g)
case("[1, g, h]", ~ g + h)
case("[g, h]", ~ 0 + g + h)
case("[1, x, g]", ~ x + g)
case("[1, x, g * x]", ~ x + x:g)
case("[1, x, x * g]", ~ x + x:g)
case("[1, g * x]", ~ g:x)
case("[1, g, g * x]", ~ g + g:x)
case("[1, g, x, g * x]", ~ g + x + g:x)
case("[1, x, g, g * x]", ~ x + g + g:x)
case("[1, g, h, g * h]", ~ g + h + g:h)
case("[1, g * h]", ~ g:h)
case("[g * h]", ~ 0 + g:h)
case("[1, g, g * h]", ~ g + g:h)
case("[1, h, g * h]", ~ h + g:h)
case("[g, h, g * h]", ~ 0 + g + h + g:h)
case("[1, g * h, g * k]", ~ g:h + g:k)
case("[1, g * x, h * x]", ~ g:x + h:x)
case("[1, g, h, k, g * h, g * k, h * k, g * h * k]", ~ g + h + k + g:h + g:k + h:k + g:h:k)
case("[1, g, h, g * h * k]", ~ g + h + g:h:k)
case("[1, g, x, z, x * z, g * x * z]", ~ g + x + z + x:z + g:x:z)
case("[1, x, x^2, g, g * x^2]", ~ x + I(x^2) + g + g:I(x^2))
case("[1, poly(x, 2), g]", ~ poly(x, 2) + g)
case("[1, g, g * poly(x, 2)]", ~ g + g:poly(x, 2))
case("[W, g]", ~ x + g)
case("[W, g * x]", ~ x + x:g)
case("[1, relevel(g, \"b\")]", ~ g, base_b)
case("[1, relevel(g, \"b\"), h, relevel(g, \"b\") * h]", ~ g + h + g:h, base_b)
case("[1, sum_coded(g)]", ~ g, list(g = "contr.sum"))
case("[1, x, sum_coded(g), sum_coded(g) * x]", ~ x + g + x:g, list(g = "contr.sum"))
case("[1, sum_coded(g), h, sum_coded(g) * h]", ~ g + h + g:h, list(g = "contr.sum"))
