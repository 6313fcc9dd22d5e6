" Syntax of models of lmmdsl.
if exists('b:current_syntax')
  finish
endif

syntax keyword lmmdslKeyword I and by data from latent model not or over param
syntax keyword lmmdslFamily Normal InverseGamma Gamma InverseWishart Wishart ScaledInverseChiSquare Flat Jeffreys HalfCauchy HalfT HalfNormal Exponential Uniform Pareto Grid StudentT Laplace AsymmetricLaplace Bernoulli Binomial NegativeBinomial Poisson OrderedProbit Beta Categorical Dirichlet Horseshoe HuangWand SpikeSlab
syntax keyword lmmdslFunction exp log sqrt abs Phi logit invlogit min max sum mean var sd cov cor median quantile count inv det trace diag gram center standardize poly ols relevel sum_coded censored
syntax match lmmdslType /\(:\s*\)\@<=\%(real\|factor\|count\|binary\|scalar\|positive\|vector\|row\|matrix\|covariance\)\>/
syntax match lmmdslNumber /\<\d\+\%(\.\d*\)\?\%([eE][-+]\?\d\+\)\?\>/
syntax match lmmdslNumber /\.\d\+\%([eE][-+]\?\d\+\)\?\>/
syntax match lmmdslOperator /[-+*\/^<>=:'·−]\|!=/
syntax match lmmdslTilde /[~∼]/
syntax region lmmdslString start=/"/ skip=/\\[\\"]/ end=/"/ oneline
syntax match lmmdslComment /#.*$/ contains=lmmdslTodo,@Spell
syntax keyword lmmdslTodo contained TODO FIXME

highlight default link lmmdslKeyword Keyword
highlight default link lmmdslFamily Structure
highlight default link lmmdslFunction Function
highlight default link lmmdslType Type
highlight default link lmmdslNumber Number
highlight default link lmmdslOperator Operator
highlight default link lmmdslTilde Special
highlight default link lmmdslString String
highlight default link lmmdslComment Comment
highlight default link lmmdslTodo Todo

let b:current_syntax = 'lmmdsl'
