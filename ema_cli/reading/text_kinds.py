"""Texts that are not tables, recognized by their first lines, each with a command that makes a table of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.errors import DataError, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_DRAWN = "sed -nE '/│ *[0-9]+ rows/d;s/^ *[0-9]+[.] //;s/ *(│|┆|┃|║) */|/gp' FILE | ema-calc reads it"
_FROM_YAML = "python -c \"import json, yaml; print(json.dumps(yaml.safe_load(open('FILE'))))\" | ema-calc reads it"
_FROM_PANDAS = "python -c \"import pandas; print(pandas.{}('FILE'){}.to_csv(index=False))\" | ema-calc reads its"
_WIDE = "\uff0c"
"""A full-width comma, as in Chinese text."""

_BEGINNING = 80
"""Number of lines by which a text is recognized."""

_KINDS = (
    (r"shape: \(|(?:.*\n)?\s*[┌┏╔╭]", f"is a table drawn with lines; {_DRAWN}"),
    (
        r"(?:.*\n)*?INSERT INTO",
        r"is an SQL dump; sed -nE 's/.*VALUES *\((.*)\).*/\1/p' FILE | ema-calc reads one row in each line",
    ),
    (r"```", "has its table in a Markdown code block; grep -v '^```' FILE | ema-calc reads it"),
    (
        r"(?:.*\n)+? *\|.*\| *\n *\|[-:| ]+\|",
        "has a Markdown table among other text; grep '^ *|' FILE | ema-calc reads it",
    ),
    (rf".*{_WIDE}.*\n.*{_WIDE}", f"has full-width commas; sed 's/{_WIDE}/,/g' FILE | ema-calc reads it"),
    (
        r"(?:(?:var|let|const) )?\w+ *= *[{[]",
        "is JavaScript or Python; sed -E '1s/^[^=]*= *//;$s/; *$//' FILE | ema-calc reads the JSON in it",
    ),
    (r"\w+: *\[[-+.,\d\seE]+\]\s*$", f"is YAML; {_FROM_YAML}"),
    (rf"\({NUMBER}, .*\)\s*$", "has Python tuples; tr -d '()' < FILE | ema-calc reads them"),
    (rf"{NUMBER} *(?:: |=|->) *{NUMBER}\s*$", "has pairs; sed -E 's/ *(: |=|->) */,/' FILE | ema-calc reads them"),
    (
        r"(?:[^{\n]*\n)*?[^{\n]*,\"[^\"\n]*\\\"",
        'has quotes escaped with backslashes; sed \'s/\\\\"/""/g\' FILE | ema-calc reads them',
    ),
    (r"(?:(?:#|//).*\n)+\s*[{[]", "is JSON below comments; grep -vE '^ *(#|//)' FILE | ema-calc reads it"),
    (r"\[\(", "is a Python list; tr '()' '[]' < FILE | ema-calc reads it"),
    (
        r"\\(?:begin|documentclass|toprule|hline)",
        "is a LaTeX table; sed -n '/&/{s/ *[\\][\\].*//;s/[\\][a-z]*//g;s/[{}$]//g;s/ *& */,/gp;}' FILE | ema-calc"
        " reads it",
    ),
    (
        r"(?:.*\n)*?\[I .*Trial \d+ finished with value: ",
        "is an Optuna log; sed -nE 's/.*Trial ([0-9]+) finished with value: ([-+.0-9eE]+).*/\\1,\\2/p' FILE | "
        "ema-calc reads its values",
    ),
    (
        r"(?:.*\r)?[^{\r\n]*\{'|(?:[^\r\n]*[\r\n])*?[^{\r\n]*\{'\w.*\n(?:[^\r\n]*[\r\n])*?[^{\r\n]*\{'\w",
        "has Python dicts, not JSON; grep -o '{.*}' FILE | sed -E \"s/'/\\\"/g;"
        r"s/: [a-z0-9_.]+\(([^(),]*)[^()]*\)/: \1/g;"
        's/: True/: true/g;s/: False/: false/g;s/: None/: null/g;s/: nan/: NaN/g" | ema-calc reads them',
    ),
    (r"(?:.*\n)*?\$G[A-Z]GGA,", "has NMEA sentences; grep GGA, FILE | cut -d , -f 10 | ema-calc reads the altitudes"),
    (
        r"(?:.*\n)*?avg-cpu:",
        "is a report of iostat; awk '/avg-cpu/ {if (!n++) {$1 = \"\"; print} getline; print}' FILE | ema-calc reads its"
        " first table",
    ),
    (
        r"\s*\d+: [-+.\d]+, [-+.\d]+ avg",
        r"is a Darknet text log; sed -nE 's/^ *([0-9]+): ([-+.0-9eE]*[0-9]),.*/\1,\2/p' FILE | ema-calc reads it",
    ),
    (
        r"\{ *\w+: .*\}\s*$",
        "has JavaScript objects, not JSON; sed -E 's/([{,] *)(\\w+):/\\1\"\\2\":/g' FILE | ema-calc reads them",
    ),
    (r"(?:.*\n)+?(?: *\d+: .*\n *---\s*\n *\d+: |\.+(?: +\.\.+)+\s*$)", "has rows left out; fwrite, to_csv write all"),
    (
        r" +[^\d\s].*\n1 .*\n(?:\d+ .*\n)* +[^\d\s].*\n1 ",
        "has its columns in parts, one below the other; write.csv writes whole rows",
    ),
    (r"<\?xml", f"is XML; {_FROM_PANDAS.format('read_xml', '')} rows"),
    (
        r"\s*\d+/\d+\s+[\d.]+G\s",
        r"is a YOLO log; sed -E 's/^ *([0-9]+)\/[0-9]+ +[0-9.]+G/\1/' FILE | ema-calc reads its columns",
    ),
    (r"<(?:!DOCTYPE|html|table)", f"is HTML; {_FROM_PANDAS.format('read_html', '[0]')} first table"),
    (
        r"(?:#.*\n)?.*\n +<\w+>(?: +<\w+>)*\s*$",
        "has a row of types; sed -E '/^ *<[a-z]+>/d' FILE | ema-calc leaves it out",
    ),
)
"""Patterns of the first lines of a text, each with the end of its error; the first match wins."""

_ARRAY = r" *-?[0-9.]+(?:[eE][-+]?[0-9]+)? +[-.0-9](?!(?:.*\n)*.*\.\.\.)"
"""The start of an array that NumPy printed in full, without an ellipsis."""

_UNEVEN_KINDS = (
    (
        r"\[(?:\w+\.)*[a-z]\w*\(",
        "is a Python list of NumPy numbers; grep -oE '[(][-+.0-9eE]+' FILE | tr -d '(' | ema-calc reads them",
    ),
    (rf"\[\[{_ARRAY}", "is an array printed by Python; tr -d '[]' < FILE | ema-calc reads its rows"),
    (rf"\[{_ARRAY}", "is an array printed by Python; tr -s '[] ' '\\n' < FILE | ema-calc reads its numbers"),
    (
        r"(?:tensor|array)\(|\[+ *-?[0-9.]+(?:[eE][-+]?[0-9]+)? +[-.0-9]",
        "is an array printed by Python; numpy.savetxt writes it, one row per line",
    ),
    (
        r"(?:---\s*$|- \w+:|(?!(?:.*\n)*?(\w+):.*\n(?:.*\n)*?\1:)[^\W\d]\w*:(?: .*)?\n(?: +\S|- |\w+:))",
        f"is YAML; {_FROM_YAML}",
    ),
)
"""Likewise, but only for lines with different numbers of cells; even lines with these patterns may be a table."""


def kind(source: str, lines: Sequence[str], *, even: bool = False) -> DataError | None:
    """The error for a text of a known kind that is not a table; None for other texts."""
    first = "\n".join(list(filter(str.strip, lines))[:_BEGINNING])
    kinds = _KINDS if even else _KINDS + _UNEVEN_KINDS
    found = (sentence for pattern, sentence in kinds if re.match(pattern, first, re.IGNORECASE | re.MULTILINE))
    return next((DataError(f"{source} {sentence}") for sentence in found), None)


_PREFIXES = (
    ("> ?", "sed -E 's/^> ?//' FILE"),
    ("[+]", "sed 's/^+//' FILE"),
    (" *[0-9]+\t", "cut -f 2- FILE"),
    ("[0-9]+:", "cut -d : -f 2- FILE"),
    ("[^ ,;:]+[.][a-z]+:([0-9]+:)?", "sed -E 's/^[^:]+:([0-9]+:)?//' FILE"),
    ("[^ ,;|]+ +[|] ", "sed -E 's/^[^|]+[|] //' FILE"),
    ("[0-9:.]+ -> ", "sed 's/^.* -> //' FILE"),
    ("[0-9-]{10}[T ][0-9:.,]+(Z|[-+][0-9:]+)?[ \t]", "sed -E 's/^[-0-9]{10}[T ][^ ,;]+[[:space:]]//' FILE"),
)
"""Prefixes of lines (mail, diffs, cat -n, grep, containers, the Arduino IDE, clusters) and commands to remove them."""


def prefixed(source: str, lines: Sequence[str]) -> DataError | None:
    """The error for a table with a prefix before its header and each row; None without such a prefix."""
    for prefix, command in _PREFIXES:
        header, row = rf'({prefix})(?!(?i:n/?a|nan)\b)(?:["A-Za-z_]|(?<=-> ))', rf'(?:{prefix})[-+"0-9]'
        pattern = rf"{header}.*[,;\t].*\n{row}.*[,;\t].*(?:\n(?:{prefix}).*[,;\t].*)*"
        if found := re.fullmatch(pattern, "\n".join(lines)):
            what = f"{source}: each line has a prefix, such as {quoted(found[1])}"
            return DataError(f"{what}; {command} | ema-calc reads it")
    return None
