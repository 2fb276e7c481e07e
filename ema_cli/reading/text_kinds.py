"""Texts that are not tables, recognized by their first lines, each with a command that makes a table of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ema_cli.errors import DataError, quoted
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_facts import mark_of
from ema_cli.reading.dates import is_date

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_FROM_YAML = "python -c \"import json, yaml; print(json.dumps(yaml.safe_load(open('FILE'))))\""
_FROM_PANDAS = "python -c \"import pandas; print(pandas.{}('FILE'){}.to_csv(index=False))\""
_FROM_DICTS = (
    "grep -o '{.*}' FILE | sed -E \"s/'/\\\"/g;"
    r"s/: [a-z0-9_.]+\(([^(),]*)[^()]*\)/: \1/g;"
    's/: True/: true/g;s/: False/: false/g;s/: None/: null/g;s/: nan/: NaN/g"'
)
_FROM_LATEX = r"sed -n '/&/{s/ *[\][\].*//;s/[\][a-z]*//g;s/[{}$]//g;s/ *& */,/gp;}' FILE"
_FROM_OPTUNA = "sed -nE 's/.*Trial ([0-9]+) finished with value: ([-+.0-9eE]+).*/\\1,\\2/p' FILE"
_FROM_IOSTAT = "awk '/avg-cpu/ {if (!n++) {$1 = \"\"; print} getline; print}' FILE"
_FROM_DSTAT = (
    "sed -E '/^-/d;s/ *[|] */|/g;s/^ +| +$//g;/[a-z]{3}/s/ +/|/g;s/  +/|/g;s/B//g;y/k/K/' FILE"
    " | numfmt -d '|' --field=- --invalid=ignore --from=iec"
)
_FROM_IPERF = r"sed -E '/bits/!d;/er *$/d;s/.*s +([0-9.]+) ([KMG]?)bits.*/\1\2/;s/K$/e3/;s/M$/e6/;s/G$/e9/' FILE"
_FROM_SYSSTAT = "awk 'NR > 1 && NF && !/^Average|RESTART/ {h = substr($0, 12); if (h != H) print; H = H ? H : h}' FILE"
_FROM_PARLAI = "awk '{for (i = 1; i <= NF; i++) if ($i == \"loss\") {getline; print $i; next}}' FILE"
_FROM_HEALTH = 'sed -nE \'s/.*IdentifierHeartRate".*startDate="([^"]*) [^"]*".*value="([^"]*)".*/\\1,\\2/p\' FILE'
_FROM_OBJECTS = "sed -E 's/([{,] *)(\\w+):/\\1\"\\2\":/g' FILE"
_WIDE = "\uff0c"
"""A full-width comma, as in Chinese text."""

_BEGINNING = 80
"""Number of lines by which a text is recognized."""

_KINDS = (
    (
        r"shape: \(|(?:.*\n)?\s*[┌┏╔╭]",
        "a table drawn with lines",
        "sed -nE '/│ *[0-9]+ rows/d;s/^ *[0-9]+[.] //;s/ *(│|┆|┃|║) */|/gp' FILE",
    ),
    (r"^INSERT INTO", "an SQL dump", r"sed -nE 's/.*VALUES *\((.*)\).*/\1/p' FILE"),
    (r"^<<<<<<< \w", "a file with the marks of a merge", "grep -vE '^(<{7}|={7}|>{7})' FILE"),
    ("version https://git-lfs", "only a pointer to the file in Git LFS; git lfs pull fetches it", ""),
    (r"```", "a table in a Markdown code block", "grep -v '^```' FILE"),
    (r"(?:.*\n)+? *\|.*\| *\n *\|[-:| ]+\|", "a Markdown table among other text", "grep '^ *|' FILE"),
    (rf".*{_WIDE}.*\n.*{_WIDE}", "a table with full-width commas", f"sed 's/{_WIDE}/,/g' FILE"),
    (r"(?:(?:var|let|const) )?\w+ *= *[{[]", "JavaScript or Python", "sed -E '1s/^[^=]*= *//;$s/; *$//' FILE"),
    (r"\w+: *\[[-+.,\d\seE]+\]\s*$", "YAML", _FROM_YAML),
    (rf"\({NUMBER}, .*\)\s*$", "a text with Python tuples", "tr -d '()' < FILE"),
    (rf"{NUMBER} *(?:: |=|->) *{NUMBER}\s*$", "a list of pairs", "sed -E 's/ *(: |=|->) */,/' FILE"),
    (r'(?:[^{\n]*\n)*?[^{\n]*,"[^"\n]*\\"', "a table with quotes escaped by backslashes", 'sed \'s/\\\\"/""/g\' FILE'),
    (r"(?:(?:#|//).*\n)+\s*[{[]", "JSON below comments", "grep -vE '^ *(#|//)' FILE"),
    (r"\[\(", "a Python list", "tr '()' '[]' < FILE"),
    (r"\\(?:begin|documentclass|toprule|hline)", "a LaTeX table", _FROM_LATEX),
    (r"^\[I .*Trial \d+ finished with value: ", "an Optuna log", _FROM_OPTUNA),
    (
        r"(?:.*\r)?[^{\r\n]*\{'|(?:[^\r\n]*[\r\n])*?[^{\r\n]*\{'\w.*\n(?:[^\r\n]*[\r\n])*?[^{\r\n]*\{'\w",
        "a text with Python dicts, not JSON",
        _FROM_DICTS,
    ),
    (r"^\$G[A-Z]GGA,", "a text with NMEA sentences", "grep GGA, FILE | cut -d , -f 10"),
    (r"^avg-cpu:", "a report of iostat", _FROM_IOSTAT),
    (r"^DAV: .*\n(?:.*\n)*?.* F= ", "an OSZICAR of VASP", r"sed -nE 's/^ *([0-9]+) .*F= *([^ ]+).*/\1,\2/p' FILE"),
    (r"^DAV: +\d", "an output of VASP", r"sed -nE 's/^[A-Z]+: *([0-9]+) +([^ ]+).*/\1,\2/p' FILE"),
    (r"^.*usr +sys +idl +wai", "a report of dstat", _FROM_DSTAT),
    (r"^\[SUM\].*bits/sec", "a report of iperf", f"grep SUM FILE | {_FROM_IPERF.removesuffix(' FILE')}"),
    (r"^\[ ID\] Interval", "a report of iperf", _FROM_IPERF),
    (r"^.* total_exs:\d", "a ParlAI log", _FROM_PARLAI),
    (r"Linux \d.* CPU\)", "a report of sysstat", _FROM_SYSSTAT),
    (r" +total +used +free", "a report of free", "awk '/^Mem/ {print $3}' FILE"),
    (r"TABLE NO", "an output of NONMEM", "grep -vE '^TABLE|^ +-10000000' FILE"),
    (r'"[^"\n]*"\n("[^"\n]*"[^"\n]*)+\n\("', "a report of Fluent", "sed '1d;3d' FILE"),
    (r"^<(?:!DOCTYPE )?HealthData", "an export of Apple Health", _FROM_HEALTH),
    (r"^.*(?:HeartRateBpm|:hr)>", "a GPS track", "grep -oE '(hr|Value)>[0-9]+' FILE | tr -d 'A-Za-z>'"),
    (r"^\s*\d+: [-+.\d]+, [-+.\d]+ avg", "a Darknet log", r"sed -nE 's/^ *([0-9]+): ([-+.0-9e]+),.*/\1,\2/p' FILE"),
    (r"\{ *\w+: .*\}\s*$", "a text with JavaScript objects, not JSON", _FROM_OBJECTS),
    (
        r"(?:.*\n)+?(?: *\d+: .*\n *---\s*\n *\d+: |\.+(?: +\.\.+)+\s*$)",
        "a table with rows left out; fwrite, to_csv write all",
        "",
    ),
    (
        r" +[^\d\s].*\n1 .*\n(?:\d+ .*\n)* +[^\d\s].*\n1 ",
        "a table with its columns in parts, one below the other; write.csv writes whole rows",
        "",
    ),
    (r"<\?xml", "XML", _FROM_PANDAS.format("read_xml", "")),
    (r"^ *\d+/\d+ +[\d.]+G ", "a YOLO log", r"sed -nE 's!^ *([0-9]+)/[^G]+G([- .0-9e]+).*!\1\2!p' FILE"),
    (r"^\d+ +\[[-+.\de, ]+\] +\[", "a log of DeepXDE", r"sed -nE 's/^([0-9]+) +\[([^]]*)\].*/\1,\2/p' FILE"),
    (r"<(?:!DOCTYPE|html|table)", "HTML", _FROM_PANDAS.format("read_html", "[0]")),
    (r"(?:#.*\n)?.*\n +<\w+>(?: +<\w+>)*\s*$", "a table with a row of types", "sed -E '/^ *<[a-z]+>/d' FILE"),
)
"""Patterns of the first lines of a text (^: of any line), each with what it is and a command; the first match wins."""

_ARRAY = r" *-?[0-9.]+(?:[eE][-+]?[0-9]+)? +[-.0-9](?!(?:.*\n)*.*\.\.\.)"
"""The start of an array that NumPy printed in full, without an ellipsis."""

_UNEVEN_KINDS = (
    (r"\[(?:\w+\.)*[a-z]\w*\(", "a Python list of NumPy numbers", "grep -oE '[(][-+.0-9eE]+' FILE | tr -d '('"),
    (rf"\[\[{_ARRAY}", "an array printed by Python", "tr -d '[]' < FILE"),
    (rf"\[{_ARRAY}", "an array printed by Python", "tr -s '[] ' '\\n' < FILE"),
    (
        r"(?:tensor|array)\(|\[+ *-?[0-9.]+(?:[eE][-+]?[0-9]+)? +[-.0-9]",
        "an array printed by Python; numpy.savetxt writes it, one row per line",
        "",
    ),
    (r"---\s*$|- \w+:|(?!(?:.*\n)*?(\w+):.*\n(?:.*\n)*?\1:)[^\W\d]\w*:(?: .*)?\n(?: +\S|- |\w+:)", "YAML", _FROM_YAML),
)
"""Likewise, but only for lines with different numbers of cells; even lines with these patterns may be a table."""


def kind(source: str, lines: Sequence[str], *, even: bool = False) -> DataError | None:
    """The error for a text of a known kind that is not a table; None for other texts."""
    first = "\n".join(list(filter(str.strip, lines))[:_BEGINNING])
    for pattern, what, command in _KINDS if even else _KINDS + _UNEVEN_KINDS:
        found = re.search if pattern.startswith("^") else re.match
        if found(pattern, first, re.IGNORECASE | re.MULTILINE):
            return DataError(f"{source} is {what}{command and f'; {command} | ema-calc reads it'}")
    return None


def spaced(source: str, lines: Sequence[str]) -> DataError | None:
    """The error for a table with spaces in its names, but more between its columns, as pandas prints it; None for other
    texts.
    """
    parts = [(number, text, re.split(" {2,}", text.strip())) for number, text in enumerate(lines[:_BEGINNING], 1)]
    parts = [part for part in parts if re.match(r"\s*[-+.]?\w", part[1])]  # without comments and rules
    widths = [
        len(cells) * all(is_numeric(cell) or is_date(cell) or mark_of(cell) for cell in cells) for *_, cells in parts
    ]
    for place, (number, text, names) in enumerate(parts[:-1], 1):
        _, below, cells = parts[place]
        indexed = len(text) - len(text.lstrip()) > len(below) - len(below.lstrip()) + len(cells[0])
        even = widths[place] == len(names) + indexed and 2 * widths[place:].count(widths[place]) > len(parts) - place
        if even and len(names) > 1 and any(" " in name for name in names):
            command = "sed -E '/[^ ] {2,}[^ ]/!d;s/^ +//;s/ {2,}/|/g'"
            command = f"{command} FILE" if number == 1 else f"tail -n +{number} FILE | {command}"
            return DataError(f"{source} is a table with spaces in its names; {command} | ema-calc reads it")
    return None


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
