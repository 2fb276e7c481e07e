"""Text logs, which are not tables: recognize them, and find a command that extracts their numbers."""

from __future__ import annotations

import re
from itertools import chain, product, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ema_cli.errors import DataError, quoted
from ema_cli.reading.column_names import STEP_RANKS, known_as, step_rank
from ema_cli.reading.file_columns import logged_name
from ema_cli.reading.log_lines import (
    BOTH,
    NO_STEP,
    RESTARTS,
    RISES,
    STAYS,
    counting,
    first_series,
    has_word,
    in_batches,
    is_even,
    pairs,
    without_phases,
)
from ema_cli.reading.shadow_pairs import param_of
from ema_cli.reading.text_kinds import NUMBER, kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.reading.cells import Reading
    from ema_cli.reading.column_facts import Sample
    from ema_cli.reading.log_lines import Row

_JSON = re.compile(r'\{\s*"[^"]*"\s*:.*\}')
_LIST = re.compile(rf"\[{NUMBER}(, {NUMBER})*\]")
_DIGITS = "[-+.0-9eE]*[0-9]"
_BETWEEN = '[ :=|"[]+'
_COUNTERS = (
    "^[^0-9]*([0-9]+)[]:>][^0-9]",
    "^ *([0-9]+)/?[0-9]* ",
    ".*[^0-9/]([0-9]+) ?/ *[0-9]+",
)
"""Patterns of steps without a name: at the start of a line (`12:`), or with a total (`12/100`)."""

_CLEANED = (
    (r"\r", r"\r", "\n", r"tr '\r' '\n' < FILE"),
    (r"\A\s*#(?![\s\S]*^[ \t]*[^\s#])", r"(?m)^[ #]+", "", "sed -E 's/^[ #]+//' FILE"),
    (r"\A(?s:(?=.*_updates \d).*_updates=)", "(?m)^.*_updates \\d.*\n?", "", "grep -v '_updates [0-9]' FILE"),
    (r"est iteration is:$", r".*est iteration is:\n.*\n?", "", "sed '/est iteration is:/,+1d' FILE"),
    (r"\x1b\[[0-9;]*m", r"\x1b\[[0-9;]*m", "", "sed 's/\\x1b\\[[0-9;]*m//g' FILE"),
    (r"\w['>](?:=|: ')[-+.\d]", "['>](=|: )'?", r"\1", "sed -E \"s/['>](=|: )'?/\\1/g\" FILE"),
    (r"[:=] *\t+ *[-+.\d]", r"\t", " ", r"tr '\t' ' ' < FILE"),
    (
        rf"(?:^|[:= ])[\w.]*[A-Za-z]\({NUMBER}(?:\)|, *\w+=)|[:=] *\({NUMBER},\)",
        r"([:=] *)[\w.]+\(|\(",
        r"\1 ",
        r"sed -E 's/([:=] *)[A-Za-z_.0-9]+\(|\(/\1 /g' FILE",
    ),
    (r"\d\.\d+D[-+]\d", r"(?<=\d)D(?=[-+]\d)", "e", r"sed -E 's/([0-9])D([-+][0-9])/\1e\2/g' FILE"),
    (
        r"^(?!.*(?<![\d.])\d+\.\d+(?![\d.])).*[^\W\d_][ :=|]+[-+]?\d+,(?!\d{3}\b)\d+\b",
        r"(?<=\d),(?=\d)",
        ".",
        r"sed -E 's/([0-9]),([0-9])/\1.\2/g' FILE",
    ),
)
"""Text to clean before names and numbers can be matched (progress bars, comments alone, fairseq's and LightGBM's sums,
colors, quotes, tabs, types, Fortran's exponents, decimal commas): a pattern of such text, the pattern to replace, its
replacement, and the command that does it.
"""

_WORDY = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,}[,.:]? +(?:\S+ +){0,3}?[A-Za-z]{2,}")

_BEFORE = (".*", ".* ", ".*[^A-Za-z] ", ".*[^-A-Za-z_]", "^ *", " ", "")
"""Patterns to try before a key, as `loss` must not match in `val_loss` or `val loss`."""

_OTHER = frozenset(["is", "data", "speed", "took", "over", "ttl", "epsilon", "stddev", "progress"])
"""Words before numbers that are rarely params."""

_BEST = ("^loss$", "loss", "(cost|error|energy|reward|score|objective|fitness)(?!_max|_min|_std)", "")
"""Patterns of names, the likeliest params first."""

MOST_LINES = 500
"""Maximum number of lines examined."""

_MOST_GROUPS = 9
"""Number of groups that sed supports."""

_MOST_TIMES = 3  # with more matches of a key per line, a pattern could take ages


def command(lines: Sequence[str], reading: Reading, *, even: bool = False) -> str | None:
    r"""Find the command that extracts the numbers of a text log; empty if none works, None if this is not a text log.

    >>> from ema_cli.reading.cells import Reading
    >>> command(["iter 0: loss 10.9, time 3ms", "iter 10: loss 9.9, time 4ms"], Reading())
    'sed -nE \'s/.*iter[ :=|"[]+([0-9]+).*loss[ :=|"[]+([-+.0-9eE]*[0-9]).*/\\1,\\2/p\' FILE | ema-calc'

    The command names the columns if options name any. With `even` lines (equal numbers of cells), words alone are not
    enough for a text log.
    """
    start = "\n".join(lines[:MOST_LINES])
    for odd, pattern, instead, clean in _CLEANED:
        if re.search(odd, start, re.MULTILINE):
            cleaned = re.sub(pattern, instead, "\n".join(lines)).split("\n")
            return _after(clean, command(cleaned, reading, even=even))
    body = [line for line in lines[:MOST_LINES] if re.search(r"\w", line)]
    within = [line for line in body if _JSON.search(line) and not line.lstrip().startswith(("{", "["))]
    if 2 * len(within) >= max(len(body), 2):
        return "grep -o '{.*}' FILE | ema-calc"
    found = pairs(body)
    wordy = sum(_WORDY.search(line) is not None for line in body)
    if len(body) < 2 or max(0 if even else wordy, sum(map(bool, found))) * 2 < len(body):
        return None
    values = {key: [line[key] for line in found if key in line] for key in dict.fromkeys(chain.from_iterable(found))}
    params, logged = _named(reading, list(values))
    named = bool(params or logged)

    def is_real(key: str) -> bool:
        return any("." in number for number in values[key])

    def rank(key: str) -> tuple[Any, ...]:
        counts = is_even(values[key]) or (not is_real(key) and counting(values[key]) in (RISES, STAYS))
        best = next(place for place, pattern in enumerate(_BEST) if re.search(pattern, key.lower()))
        other = key.lower().split()[-1] in _OTHER
        return other, known_as(key) is not None or counts, not is_real(key), best, -len(values[key])

    moving = [key for key, numbers in values.items() if len(set(numbers)) > 1]
    indexes = [key for key in moving if is_even(values[key]) and values[key][0] in ("0", "1")]
    metrics = [key for key in moving if key not in (*logged, *indexes) and step_rank(key) == STEP_RANKS]
    for metric in params[:1] or sorted(metrics, key=rank)[:5]:
        keys = [metric, *params[1:], *logged]
        rows = [row for row in zip(body, found, strict=True) if all(key in row[1] for key in keys)]
        if not rows:
            continue
        odd, main = without_phases(rows, metric)
        steps = _steps(metric, main)
        if is_real(metric) or 3 * len(rows) >= len(body):
            steps.append((NO_STEP, "", ""))
        for surely in (True, False):
            if not surely and (word := first_series([line for line, _ in main], metric)):
                only = [line for line in lines if has_word(word, line)]
                return _after(f"grep -wi '{word}' FILE", command(only, reading, even=even))
            for way, key, step in steps:
                those = [row for row in rows if not key or key in row[1]]
                if (way == RISES) == surely and (typed := _sed(step, way, keys, body, those, odd, named=named)):
                    return typed
    later = lines[MOST_LINES:]  # below a long list of settings or layers
    return (command(later, reading, even=even) if later else "") or ""


def _steps(metric: str, rows: Sequence[Row]) -> list[tuple[int, str, str]]:
    """Steps of a metric in the order in which to try them: how each counts, its name, and a pattern."""
    names = dict.fromkeys(chain.from_iterable(numbers for _, numbers in rows))
    columns = {key: [numbers[key] for _, numbers in rows if key in numbers] for key in names}
    ranks = {key: (-len(columns[key]), rank) for key in names if (rank := step_rank(key)) < STEP_RANKS}
    known = sorted(ranks, key=ranks.__getitem__)
    before = [key for key in takewhile(metric.__ne__, rows[0][1]) if known_as(key) is None and is_even(columns[key])]
    steps = [(counting(columns[key]), key, _pattern(key, rows)) for key in (*known, *before)]
    steps += [(RISES, "", counter) for counter in _COUNTERS] + [(RESTARTS, "", _COUNTERS[0])]
    least = RISES if any(in_batches(rows, key, known) for key in known) else BOTH
    return sorted((step for step in steps if step[0] <= least and step[2]), key=itemgetter(0))


def _pattern(key: str, rows: Sequence[Row]) -> str:
    """A pattern of a step in a line that does not match another name with the same end; empty if there is none."""
    numbers = [(line, found[key].partition(".")[0]) for line, found in rows if key in found]
    patterns = (f"{before}{_escaped(key)}{_BETWEEN}([0-9]+)" for before in _BEFORE)
    found = (each for each in patterns if all((at := re.match(each, line)) and at[1] == text for line, text in numbers))
    return next(found, "")


def _after(first: str, typed: str | None) -> str | None:
    """A command that reads what another writes."""
    return typed and f"{first} | " + typed.replace(" < FILE", "").replace(" FILE", "")


def _named(reading: Reading, names: list[str]) -> tuple[list[str], list[str]]:
    """The params and the logged columns that options name; both empty if any of them is missing."""
    pairs = [logged_name(text, names) for text in reading.logged]
    logged = [column for _, column in pairs]
    others = [name for name in names if name not in logged]
    own = filter(None, [param or param_of(column, others) for param, column in pairs])
    params = [name for name in dict.fromkeys(reading.param_columns or own) if name not in logged]
    return (params, logged) if all(name in names for name in (*params, *logged)) else ([], [])


def error(source: str, lines: Sequence[str], reading: Reading, *, comments: bool = False) -> DataError | None:
    """The error for a text log or another text that is not a table, with a command that extracts its numbers; None for
    other texts, as for `comments` without such numbers.
    """
    typed = command(lines, reading)
    return None if comments and not typed else kind(source, lines) or as_text_log(source, typed)


def as_text_log(source: str, typed: str | None) -> DataError | None:
    """The error for a text log, with the command in `typed` if it is not empty; None if `typed` is None."""
    if typed is None:
        return None
    how = f"{typed} extracts its numbers" if typed else "print its numbers as step,value lines first"
    return DataError(f"{source} is a text log, not a table; {how}")


def in_records(sample: Sample, reading: Reading) -> DataError | None:
    """The error for JSON records with lines of a text log under a key; None if there are none."""
    for place, name in enumerate(sample.names):
        cells = list(map(str.strip, sample.column(place).cells))
        if all(map(_LIST.fullmatch, cells)):
            return DataError(
                f"{sample.source}: {quoted(name)} holds lists, each a series; jq -s . FILE | ema-calc reads them"
            )
        typed = command(cells, reading) if name.isidentifier() else None
        if typed:
            what, read = f"{sample.source}: {quoted(name)} holds lines of a text log", f"jq -r '.{name}' FILE"
            return DataError(f"{what}; {_after(read, typed)} extracts their numbers")
    return None


def _sed(
    step: str, way: int, keys: list[str], body: Sequence[str], rows: Sequence[Row], odd: str, *, named: bool
) -> str:
    """Find the sed command that prints a step (matched by the pattern `step`) and the values of keys; empty unless it
    finds those of the rows and the step counts in this way, both without rows with an `odd` word. With `named`, it
    prints a header.
    """
    wanted = [",".join(map(numbers.__getitem__, keys)) for _, numbers in rows]
    printed = ["", *keys] if step else keys
    many = len(keys) > 1 and any(line.count(key) > _MOST_TIMES for line in body for key in keys)
    if many or len(printed) > _MOST_GROUPS:
        return ""
    stand = sorted(keys, key=[*rows[0][1]].index)
    orders = [[*stand[:at], "", *stand[at:]] for at in range(len(keys) + 1)] if step else [stand]
    for before, order in product(_BEFORE, orders):
        parts = {key: f"{before}{_escaped(key)}{_BETWEEN}({_DIGITS})" for key in keys} | {"": step}
        pattern = "".join(map(parts.__getitem__, order)) + ".*"
        row = ",".join(f"\\{order.index(key) + 1}" for key in printed)
        held = pattern.replace(_DIGITS, f"(?>{_DIGITS})").replace("([0-9]+)", "((?>[0-9]+))")
        whole = re.compile(held)  # atomic groups: never match part of a number
        found = [(match.string, match.expand(row)) for match in filter(None, map(whole.fullmatch, body))]
        if len(found) < 2 or wanted != [text.partition(",")[2] if step else text for _, text in found]:
            continue
        if not step or counting(text.partition(",")[0] for line, text in found if not has_word(odd, line)) == way:
            mark = "!" if "/" in pattern else "/"
            sed = f"sed -nE 's{mark}{pattern}{mark}{row}{mark}p' FILE"
            if odd:
                sed = f"grep -vwiE '{odd}' FILE | {sed.removesuffix(' FILE')}"
            names = ",".join(key or "step" for key in printed)
            return f'(echo "{names}"; {sed}) | ema-calc' if named else f"{sed} | ema-calc"
    return ""


def _escaped(key: str) -> str:
    """Escape a key for sed, which has no escapes for hyphens and spaces; apostrophes would end the shell's quotes."""
    return re.escape(key).replace("\\-", "-").replace("\\ ", " ").replace("'", ".")
