autocmd BufNewFile,BufRead *.lmm setfiletype lmmdsl
