;;; lmmdsl-mode.el --- Models of lmmdsl -*- lexical-binding: t -*-

;;; Commentary:
;; Highlighting and comments for model files, *.lmm.

;;; Code:

(defconst lmmdsl-keywords '("I" "and" "by" "data" "from" "latent" "model" "not" "or" "over" "param"))
(defconst lmmdsl-families '("Normal" "InverseGamma" "Gamma" "InverseWishart" "Wishart" "ScaledInverseChiSquare" "Flat" "Jeffreys" "HalfCauchy" "HalfT" "HalfNormal" "Exponential" "Uniform" "Pareto" "Grid" "StudentT" "Laplace" "AsymmetricLaplace" "Bernoulli" "Binomial" "NegativeBinomial" "Poisson" "OrderedProbit" "Beta" "Categorical" "Dirichlet" "Horseshoe" "HuangWand" "SpikeSlab"))
(defconst lmmdsl-functions '("exp" "log" "sqrt" "abs" "Phi" "logit" "invlogit" "min" "max" "sum" "mean" "var" "sd" "cov" "cor" "median" "quantile" "count" "inv" "det" "trace" "diag" "gram" "center" "standardize" "poly" "ols" "relevel" "sum_coded" "censored"))
(defconst lmmdsl-types '("real" "factor" "count" "binary" "scalar" "positive" "vector" "row" "matrix" "covariance"))

(defvar lmmdsl-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?' "." table)
    (modify-syntax-entry ?_ "w" table)
    table))

(defvar lmmdsl-font-lock-keywords
  `((,(concat ":[ \t]*" (regexp-opt lmmdsl-types t) "\\>") 1 font-lock-type-face)
    (,(regexp-opt lmmdsl-keywords 'words) . font-lock-keyword-face)
    (,(concat (regexp-opt lmmdsl-families 'words) "[ \t]*(") 1 font-lock-builtin-face)
    (,(concat (regexp-opt lmmdsl-functions 'words) "[ \t]*(") 1 font-lock-function-name-face)))

;;;###autoload
(define-derived-mode lmmdsl-mode prog-mode "lmmdsl"
  "Major mode for models of lmmdsl."
  (setq-local comment-start "# ")
  (setq-local comment-end "")
  (setq-local font-lock-defaults '(lmmdsl-font-lock-keywords))
  (setq-local compile-command
              (concat "lmmdsl check " (shell-quote-argument (or buffer-file-name "")))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.lmm\\'" . lmmdsl-mode))

(provide 'lmmdsl-mode)
;;; lmmdsl-mode.el ends here
