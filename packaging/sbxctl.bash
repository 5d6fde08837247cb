# SPDX-License-Identifier: GPL-2.0
# Completion of sbxctl in bash: what its help says, and the living domains.

_sbxctl()
{
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-} words

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		words=$(sbxctl --help | sed -n 's/^  \([a-z-]*\) .*/\1/p')
	elif [[ $word = -* ]]; then
		words=$(sbxctl "$command" --help | grep -o -- '^ *--[a-z-]*')
	else
		case $command in
		show|stats|kill)
			words=$(sbxctl list 2>/dev/null | awk 'NR > 1 { print $2 }') ;;
		help)
			words=$(sbxctl --help | sed -n 's/^  \([a-z-]*\) .*/\1/p') ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -o default -F _sbxctl sbxctl
