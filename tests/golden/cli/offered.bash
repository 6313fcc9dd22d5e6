# offered.bash WORD...: what bash offers after these words, the last of which is being typed.
eval "$(lmmdsl completion bash)"
COMP_WORDS=(lmmdsl "$@")
COMP_CWORD=$#
_lmmdsl
printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '
