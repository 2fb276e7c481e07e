"""Text logs, which are not tables: recognize them, and find a command that extracts their numbers."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, pairwise, product, takewhile
from typing import TYPE_CHECKING, Any

from ema_cli.errors import DataError, quoted
from ema_cli.reading.cells import is_missing
from ema_cli.reading.column_names import STEP_RANKS, known_as, step_rank
from ema_cli.reading.dates import is_month
from ema_cli.reading.file_columns import logged_name
from ema_cli.reading.shadow_pairs import param_of
from ema_cli.reading.text_kinds import NUMBER, kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.reading.cells import Reading
    from ema_cli.reading.column_facts import Sample

_PAIR = re.compile(
    rf"(?<![0-9])(?:([\w']+) )?([^\W\d_][\w/.-]*|[-=]+>|[}})])[ :=|\"\[]+({NUMBER})"
    r"(?=(?:[mu]?s|%|[kKMG]i?B)?(?![\w%]|[.,]\d))"
)
"""A name, perhaps after another word, and its number, perhaps with a unit."""

_JSON = re.compile(r'\{\s*"[^"]*"\s*:.*\}')
_DIGITS = "[-+.0-9eE]*[0-9]"
_BETWEEN = '[ :=|"[]+'
_COUNTERS = ("^[^0-9]*([0-9]+)[]:][^0-9]", "^ *([0-9]+)/?[0-9]* ", ".*[^0-9/]([0-9]+)/[0-9]+")
"""Patterns of steps without a name: at the start of a line (`12:`), or with a total (`12/100`)."""

_CLEANED = (
    (r"\r", r"\r", "\n", r"tr '\r' '\n' < FILE"),
    (r"\x1b\[[0-9;]*m", r"\x1b\[[0-9;]*m", "", "sed 's/\\x1b\\[[0-9;]*m//g' FILE"),
    (r"\w['>]=[-+.\d]", "['>]=", "=", 'sed "s/[\'>]=/=/g" FILE'),
    (r"[:=]\t+[-+.\d]", r"\t", " ", r"tr '\t' ' ' < FILE"),
    (
        rf"(?:^|[:= ])[\w.]*[A-Za-z]\({NUMBER}(?:\)|, *\w+=)",
        r"([:=] *)[\w.]+\(|\(",
        r"\1 ",
        r"sed -E 's/([:=] *)[A-Za-z_.0-9]+\(|\(/\1 /g' FILE",
    ),
    (
        r"^(?!.*(?<![\d.])\d+\.\d+(?![\d.])).*[^\W\d_][ :=|]+[-+]?\d+,(?!\d{3}\b)\d+\b",
        r"(?<=\d),(?=\d)",
        ".",
        r"sed -E 's/([0-9]),([0-9])/\1.\2/g' FILE",
    ),
)
"""Text to clean before names and numbers can be matched (progress bars, colors, quotes, tabs, types, decimal commas): a
pattern of such lines, the pattern to replace, its replacement, and the command that does it.
"""

_WORDY = re.compile(r"[A-Za-z]{2,}[,.:]? +(?:\S+ +){0,3}?[A-Za-z]{2,}")

_BEFORE = (".*", ".* ", ".*[^A-Za-z] ", ".*[^A-Za-z_]", "^ *", " ", "")
"""Patterns to try before a key, as `loss` must not match in `val_loss` or `val loss`."""

_PHASE = re.compile(r"(?i)\b(?:val(?:id(?:ation|ating)?)?|dev|test(?:ing)?|eval(?:uation|uating)?)\b")
"""A word for validation or test, before a key that training lines have as well."""

_OTHER = frozenset(["is", "data", "speed", "took", "over"])
"""Words before numbers that are rarely params."""

MOST_LINES = 500
"""Maximum number of lines examined."""

_MOST_GROUPS = 9
"""Number of groups that sed supports."""

_MOST_TIMES = 3  # with more matches of a key per line, a pattern could take ages

_RUNS = 4
"""Maximum number of runs in one log; steps that restart more often are the batches of an epoch."""


def command(lines: Sequence[str], reading: Reading, *, even: bool = False) -> str | None:
    r"""Find the command that extracts the numbers of a text log; empty if none works, None if this is not a text log.

    >>> from ema_cli.reading.cells import Reading
    >>> command(["iter 0: loss 10.9, time 3ms", "iter 10: loss 9.9, time 4ms"], Reading())
    'sed -nE \'s/.*iter[ :=|"[]+([0-9]+).*loss[ :=|"[]+([-+.0-9eE]*[0-9]).*/\\1,\\2/p\' FILE | ema-calc'

    The command names the columns if options name any. With `even` lines (equal numbers of cells), words alone are not
    enough for a text log.
    """
    for odd, pattern, instead, clean in _CLEANED:
        if any(re.search(odd, line) for line in lines[:MOST_LINES]):
            clear = re.sub(pattern, instead, "\n".join(lines)).split("\n")
            typed = command(clear, reading, even=even)
            return typed and f"{clean} | " + typed.replace(" < FILE", "").replace(" FILE", "")
    body = [line for line in lines[:MOST_LINES] if line.strip()]
    within = [line for line in body if _JSON.search(line) and not line.lstrip().startswith(("{", "["))]
    if 2 * len(within) >= max(len(body), 2):
        return "grep -o '{.*}' FILE | ema-calc"
    pairs = _pairs(body)
    wordy = sum(_WORDY.search(line) is not None for line in body)
    with_pairs = sum(map(bool, pairs))
    if len(body) < 2 or max(0 if even else wordy, with_pairs) * 2 < len(body):
        return None
    values = {key: [line[key] for line in pairs if key in line] for key in dict.fromkeys(chain.from_iterable(pairs))}
    params, logged = _named(reading, list(values))

    def is_real(key: str) -> bool:
        return any("." in number for number in values[key])

    def rank(key: str) -> tuple[Any, ...]:
        other = known_as(key) is not None or key.lower() in _OTHER or _counts(values[key], evenly=True)
        return other, not is_real(key), key.lower() != "loss", "loss" not in key.lower(), -len(values[key])

    moving = [key for key, numbers in values.items() if len(set(numbers)) > 1]
    metrics = [key for key in moving if key not in logged and step_rank(key) == STEP_RANKS]
    for metric in params[:1] or sorted(metrics, key=rank)[:5]:
        keys = [metric, *params[1:], *logged]
        those = [line for line in pairs if all(key in line for key in keys)]
        if not those:
            continue
        names = dict.fromkeys(chain.from_iterable(those))
        columns = {key: [line[key] for line in those if key in line] for key in names}
        parts = {key for key in names if any(re.search(f"{re.escape(key)}{_BETWEEN}[0-9]+%", line) for line in body)}
        known = [key for key in names if step_rank(key) < STEP_RANKS and key not in parts]
        before = [key for key in takewhile(metric.__ne__, those[0]) if known_as(key) is None and key not in parts]
        evenly = [key for key in before if _counts(columns[key], evenly=True)]
        ranked = [*sorted(known, key=lambda key: (-len(columns[key]), step_rank(key))), *evenly]
        steps = [(f".*{_escaped(key)}{_BETWEEN}([0-9]+)", [line for line in those if key in line]) for key in ranked]
        counters = [(counter, those) for counter in _COUNTERS]
        for runs, (step, stepped) in chain(product([1], steps + counters), product([_RUNS], steps), [(1, ("", those))]):
            if typed := _sed(step, keys, body, stepped, named=bool(params or logged), runs=runs):
                return typed
    return ""


def _counts(numbers: Sequence[str], *, evenly: bool = False, runs: int = 1) -> bool:
    """True if these are whole numbers that rise, and fall less than `runs` times (where a run begins); with `evenly`,
    all differences must be equal.
    """
    if not all(re.fullmatch(r"[0-9]+(?:[.]0*)?", number) for number in numbers):
        return False
    differences = [int(after) - int(before) for before, after in pairwise(text.partition(".")[0] for text in numbers)]
    rises = max(differences, default=0) > 0 and sum(difference < 0 for difference in differences) < runs
    return rises and (not evenly or len(set(differences)) == 1 < len(differences))


def _pairs(body: Sequence[str]) -> list[dict[str, str]]:
    """The numbers in each line by name. A name is prefixed by the word before it if it is repeated in the line, or
    follows different words, such as Train and Val.
    """
    found_in = list(map(_PAIR.findall, body))
    words = Counter(
        key for word, key in {(word if word.isalpha() else "", key) for found in found_in for word, key, _ in found}
    )
    several = {key for key in words if words[key] in (2, 3) and step_rank(key) == STEP_RANKS}
    pairs = []
    for matches in found_in:
        times = Counter(key for _, key, _ in matches)
        found = [
            (f"{word} {key}" if word and (times[key] > 1 or (key in several and word.isalpha())) else key, number)
            for word, key, number in matches
            if not is_missing(key) and not (len(key) == 3 and is_month(key))
        ]
        pairs.append(dict(found))
    return pairs


def _named(reading: Reading, names: list[str]) -> tuple[list[str], list[str]]:
    """The params and the logged columns that options name; both empty if any of them is missing."""
    pairs = [logged_name(text, names) for text in reading.logged]
    logged = [column for _, column in pairs]
    others = [name for name in names if name not in logged]
    own = filter(None, [param or param_of(column, others) for param, column in pairs])
    params = [name for name in dict.fromkeys(reading.param_columns or own) if name not in logged]
    return (params, logged) if all(name in names for name in (*params, *logged)) else ([], [])


def error(source: str, lines: Sequence[str], reading: Reading, *, even: bool = False) -> DataError | None:
    """The error for a text log or another text that is not a table, with a command that extracts its numbers; None for
    other texts.
    """
    return kind(source, lines, even=even) or as_text_log(source, command(lines, reading, even=even))


def as_text_log(source: str, typed: str | None) -> DataError | None:
    """The error for a text log, with the command in `typed` if it is not empty; None if `typed` is None."""
    if typed is None:
        return None
    how = f"{typed} extracts its numbers" if typed else "print its numbers as step,value lines first"
    return DataError(f"{source} is a text log, not a table; {how}")


def in_records(sample: Sample, reading: Reading) -> DataError | None:
    """The error for JSON records with lines of a text log under a key; None if there are none."""
    for place, name in enumerate(sample.names):
        typed = command(list(map(str.strip, sample.column(place).cells)), reading) if name.isidentifier() else None
        if typed:
            typed = typed.replace(" < FILE", "").replace(" FILE", "")
            what = f"{sample.source}: {quoted(name)} holds lines of a text log"
            return DataError(f"{what}; jq -r '.{name}' FILE | {typed} extracts their numbers")
    return None


def _sed(
    step: str, keys: list[str], body: Sequence[str], those: Sequence[dict[str, str]], *, named: bool, runs: int
) -> str:
    """Find the sed command that prints a step (matched by the pattern `step`) and the values of keys; empty unless it
    finds those of the lines `those` and the step counts up within `runs`. With `named`, it prints a header.
    """
    wanted = [",".join(map(line.__getitem__, keys)) for line in those]
    printed = ["", *keys] if step else keys
    many = len(keys) > 1 and any(line.count(key) > _MOST_TIMES for line in body for key in keys)
    if many or len(printed) > _MOST_GROUPS:
        return ""
    stand = sorted(keys, key=[*those[0]].index)
    orders = [[*stand[:at], "", *stand[at:]] for at in range(len(keys) + 1)] if step else [stand]
    for before, order in product(_BEFORE, orders):
        parts = {key: f"{before}{_escaped(key)}{_BETWEEN}({_DIGITS})" for key in keys} | {"": step}
        pattern = "".join(map(parts.__getitem__, order)) + ".*"
        row = ",".join(f"\\{order.index(key) + 1}" for key in printed)
        held = pattern.replace(_DIGITS, f"(?>{_DIGITS})").replace("([0-9]+)", "((?>[0-9]+))")
        whole = re.compile(held)  # atomic groups: never match part of a number
        matches = [*filter(None, map(whole.fullmatch, body))]
        found = [match.expand(row) for match in matches]
        good = len(found) > 1 and wanted == [text.partition(",")[2] if step else text for text in found]
        if good and (not step or _counts([text.partition(",")[0] for text in found], runs=runs)):
            mark = "!" if "/" in pattern else "/"
            sed = f"sed -nE 's{mark}{pattern}{mark}{row}{mark}p' FILE"
            starts = [
                match.string[: max(match.span(group)[1] for group in range(1, len(order) + 1))] for match in matches
            ]
            odd = [word[0].lower() for word in map(_PHASE.search, starts) if word]
            if 0 < len(odd) < len(found):
                sed = f"grep -vwiE '{'|'.join(dict.fromkeys(odd))}' FILE | {sed.removesuffix(' FILE')}"
            names = ",".join(key or "step" for key in printed)
            return f'(echo "{names}"; {sed}) | ema-calc' if named else f"{sed} | ema-calc"
    return ""


def _escaped(key: str) -> str:
    """Escape a key for sed, which has no escapes for hyphens and spaces; apostrophes would end the shell's quotes."""
    return re.escape(key).replace("\\-", "-").replace("\\ ", " ").replace("'", ".")
