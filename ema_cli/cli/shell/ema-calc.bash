# Completion of ema-calc for bash 4 and newer: source <(ema-calc --completion bash)

_ema_calc_completion() {
    local line=${COMP_LINE:0:COMP_POINT} breaks='' word own done kind value
    word=${line##*[[:space:]]}
    # Bash splits words at : and =, which rules contain: the text before the last split must not be inserted again.
    [[ $COMP_WORDBREAKS == *:* ]] && breaks+=:
    [[ $COMP_WORDBREAKS == *=* ]] && breaks+==
    own=$word
    # For --rule=tensor, only the text after the equals sign is completed.
    [[ $word == --*=* ]] && own=${word#*=}
    [[ $breaks ]] && done=${own%"${own##*["$breaks"]}"}
    COMPREPLY=()
    while IFS=, read -r kind value; do
        value=${value%%$'\t'*}
        case $kind in
            plain)
                value=${value#"$done"}
                [[ $value ]] || continue
                [[ $value == *= ]] && compopt -o nospace
                [[ $value == *[!A-Za-z0-9_.,:=+/%@-]* ]] && printf -v value %q "$value"
                COMPREPLY+=("$value")
                ;;
            file) compopt -o default ;;
        esac
    done < <(COMP_WORDS=$line COMP_CWORD=$word _EMA_CALC_COMPLETE=fish_complete "$1" 2>/dev/null)
}

complete -o nosort -F _ema_calc_completion ema-calc 2>/dev/null || complete -F _ema_calc_completion ema-calc
