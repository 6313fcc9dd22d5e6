" Settings for models of lmmdsl.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal commentstring=#\ %s comments=:#
" :make shows the messages of `lmmdsl check`, and `=` formats.
setlocal makeprg=lmmdsl\ check\ %:S
setlocal errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%-G%.%#
setlocal equalprg=lmmdsl\ fmt\ -
let b:undo_ftplugin = 'setlocal commentstring< comments< makeprg< errorformat< equalprg<'
