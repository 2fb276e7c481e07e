# Completion of ema-calc for fish: ema-calc --completion fish | source

function __ema_calc_complete
    set -l line (commandline -cp)
    set -l token (commandline -ct)
    # For --rule=tensor, only the text after the equals sign is completed, but the whole word is returned.
    set -l before (string match -r -- '^--[^=]+=' "$token")
    for answer in (env COMP_WORDS="$line" COMP_CWORD="$token" _EMA_CALC_COMPLETE=fish_complete ema-calc 2>/dev/null)
        set -l parts (string split -m 1 , -- $answer)
        switch $parts[1]
            case plain
                echo -- "$before$parts[2]"
            case file
                for path in (__fish_complete_path (string replace -- "$before" '' "$token"))
                    echo -- "$before$path"
                end
        end
    end
end

complete --command ema-calc --no-files --keep-order --arguments '(__ema_calc_complete)'
