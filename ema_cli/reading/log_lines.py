"""Lines of text logs: the numbers in them by name, how a step counts, and which lines belong to a series."""

from __future__ import annotations

import re
from collections import Counter
from itertools import compress, cycle, pairwise
from operator import ne
from typing import TYPE_CHECKING

from ema_cli.reading.cells import is_missing
from ema_cli.reading.column_names import STEP_RANKS, step_rank
from ema_cli.reading.dates import is_month
from ema_cli.reading.text_kinds import NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Row = tuple[str, dict[str, str]]
    """A line, and the numbers in it by name."""

_PAIR = re.compile(
    rf"(?<!\d)(?:(?<![\w'])([\w']+) )?((?<![^\W_])(?<!Time )[^\W\d_][\w/.-]{{0,99}}|[-=]+>|[}})])[ :=|\"\[]+({NUMBER})"
    r"(?=(?:[mu]?s|(%)(?!\|)|[kKMG]i?B)?(?![\w%]|[.,]\d))"
)
"""A name, perhaps after a word (not Time), and its number, perhaps with a unit, but not the percentage of a bar."""

_PHASE = re.compile(r"(?i)\b(?:val(?:id(?:ation|ating)?)?|dev|test(?:ing)?|eval(?:uation|uating)?|(?<=\] - )eta)\b")
"""A word for validation, a test, or a state of Keras's progress bar, before a key that other lines have as well."""

_TOTAL = re.compile(r"\b(?:sender|receiver|(?:Average|results|done)(?=:))\b")
"""A word of a line that sums up those before it, as iperf, sar, ESPnet and Flair print it."""

_BATCH = re.compile(".*(?:[^0-9/](?=[0-9]+ ?/ *[0-9])|[0-9]-)([0-9]+)")
"""A batch without a name, of a total or after an epoch."""

_RUNS = 4
"""Maximum number of runs in one log; steps that restart more often are the batches of an epoch."""

RISES, RESTARTS, STAYS, BOTH, NO_STEP = range(5)
"""Ways in which a step counts, the best first: each is higher, but for new runs; some stay; both; it does not count."""


def pairs(body: Sequence[str]) -> list[dict[str, str]]:
    """The numbers in each line by name. A name is prefixed by the word before it if it is repeated in the line, or
    follows different words, such as Train and Val.
    """
    found_in = list(map(_PAIR.findall, body))
    words = Counter(
        key for word, key in {(word if word.isalpha() else "", key) for found in found_in for word, key, *_ in found}
    )
    several = {key for key in words if words[key] in (2, 3) and step_rank(key) == STEP_RANKS}
    numbers = []
    for matches in found_in:
        times = Counter(key for _, key, *_ in matches)
        found = [
            (f"{word} {key}" if word and (times[key] > 1 or (key in several and word.isalpha())) else key, number)
            for word, key, number, percent in matches
            if not (is_missing(key) or (len(key) == 3 and is_month(key)) or (percent and step_rank(key) < STEP_RANKS))
        ]
        numbers.append(dict(found))
    return numbers


def _rises(numbers: Iterable[str]) -> list[int]:
    """The differences of whole numbers; empty if some are not whole."""
    whole = [re.fullmatch(r"([0-9]+)(?:[.]0*)?", number) for number in numbers]
    return [int(after[1]) - int(before[1]) for before, after in pairwise(whole) if before and after] * all(whole)


def counting(numbers: Iterable[str]) -> int:
    """The way in which a step counts."""
    steps = _rises(numbers)
    falls = sum(step < 0 for step in steps)
    rises = max(steps, default=0) > 0 and falls < _RUNS
    return (0 in steps) * STAYS + (falls > 0) * RESTARTS if rises else NO_STEP


def is_even(numbers: Iterable[str]) -> bool:
    """True if whole numbers rise by the same each time."""
    steps = _rises(numbers)
    return len(set(steps)) == 1 < len(steps) and steps[0] > 0


def in_batches(rows: Sequence[Row], outer: str, steps: Sequence[str]) -> bool:
    """True if a step (an epoch) stays in some rows while another one (a batch) moves in all of these."""
    rows = [row for row in rows if outer in row[1]]
    epochs = [found[outer] for _, found in rows]
    inners = [[found.get(step) for _, found in rows] for step in steps]
    inners.append([batch and batch[1] for batch in (_BATCH.match(line) for line, _ in rows)])
    stays = [before == after for before, after in pairwise(epochs)]
    moves = (all(b != a and None not in (b, a) for b, a in compress(pairwise(inner), stays)) for inner in inners)
    return counting(epochs) == STAYS and any(moves)


def without_phases(rows: Sequence[Row], key: str) -> tuple[str, Sequence[Row]]:
    """A pattern of the words for a phase that stand before a key in some rows, and the rows without them; empty, and
    all rows, if these are few.
    """
    words = (_PHASE.search(line[: line.find(key)]) or _TOTAL.search(line) for line, _ in rows)
    odd = "|".join(dict.fromkeys(word[0].lower() for word in words if word))
    main = [row for row in rows if not has_word(odd, row[0])]
    return (odd, main) if len(main) > 1 else ("", rows)


def has_word(word: str, line: str) -> bool:
    """True if a line has a word, or one of several, in any case, as grep -wiE finds it."""
    return word != "" and re.search(rf"(?i)\b(?:{word})\b", line) is not None


def first_series(lines: Sequence[str], key: str) -> str:
    """A word of the lines of the first of several series that take turns; empty if there is only one."""
    numbered = [dict(re.findall(r"([A-Za-z]+) (\d+)\b", line[: line.find(key)])) for line in lines]
    for name in filter(lambda name: step_rank(name) == STEP_RANKS, numbered[0]):
        numbers = [found.get(name) for found in numbered]
        if 1 < len(set(numbers)) <= len(lines) // 2 and not any(map(ne, numbers, cycle(dict.fromkeys(numbers)))):
            return f"{name} {numbers[0]}"
    heads = [" ".join(re.sub(NUMBER, "0", line[: line.find(key)]).split()) for line in lines]
    kinds = list(dict.fromkeys(heads))
    if len(kinds) < 2 or 2 * len(kinds) > len(heads) or any(map(ne, heads, cycle(kinds))):
        return ""
    own, *others = (set(re.findall(r"\b[A-Za-z]\w*", kind, re.ASCII)) for kind in kinds)
    first = [head == kinds[0] for head in heads]
    return next(
        (word for word in sorted(own.difference(*others)) if [has_word(word, line) for line in lines] == first), ""
    )
