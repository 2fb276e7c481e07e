"""Identify the average in a script for --identify, or in Python values."""

from __future__ import annotations

from operator import le
from typing import TYPE_CHECKING, Any

from ema_cli.check.averaged_column import Sample
from ema_cli.check.comparison import targets
from ema_cli.core.numbers.literals import is_number, quoted
from ema_cli.core.record import Record
from ema_cli.errors import DataError, SettingError, UsageError
from ema_cli.identify.candidate import Narrowed
from ema_cli.identify.log import Log
from ema_cli.identify.report import Report, report
from ema_cli.reading.cells import is_missing
from ema_cli.reading.dates import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.reading.script import Script
    from ema_cli.text.language import Language

MOST_ROUNDS = 20_000
"""Maximum number of rounds used; more would add little."""

_FEWEST = 3


def identify(script: Script, names: Callable[[], list[str]], narrowed: Narrowed, language: Language) -> Report:
    """Identify the average whose shadows the script's file has logged; `names` gives the params' names, once the script
    has begun.

    Raises:
        DataError: The script cannot be read, or has too few rounds.
        UsageError: An option makes no sense here.
    """
    if narrowed.initial is not None and "," in narrowed.initial:
        raise UsageError("--identify takes one param, so --initial takes one value")
    narrowed.tried()
    sample = Sample(script)
    log, longer = _read(script, names, sample)
    found = report(log, narrowed, language, lambda sure: sample.said(language.say, sure=sure))
    if not longer:
        return found
    told = language.say("only the first {count} rounds of the log were used", count=MOST_ROUNDS)
    return found.but(notes=[*found.notes, told], longer=True)


def _read(script: Script, names: Callable[[], list[str]], sample: Sample) -> tuple[Log, bool]:
    """The log of a script, and True if the script has more rounds than are used."""
    steps: list[Any] = []
    params: list[str] = []
    texts: list[str] = []
    others: list[list[str]] = []
    for batch in filter(None, script.batches()):
        if not script.logged or not batch.kept:
            raise UsageError("--identify reads a column of a file; pieces have none")
        index = next(iter(targets(script, names(), "--identify")))
        more = [*batch.kept[: len(script.kept) + 1 + len(script.reading.beside)]]
        logged = more.pop(len(script.kept))
        sample.follow(batch, index, logged)
        others = others or [[] for _ in more]
        for row, (value, text) in enumerate(zip(batch.values[index], logged, strict=True)):
            if value is None:
                continue
            if not is_missing(text) and not is_number(text):
                raise DataError(f"{batch.where(row)}: the logged {quoted(text)} is not a number")
            steps.append(None if batch.steps is None else batch.steps[row])
            own = batch.texts[index][row]
            params.append(own if is_number(own) else repr(value))
            texts.append("" if is_missing(text) else text)
            for column, cells in zip(others, more, strict=False):
                column.append(cells[row])
        if len(params) > MOST_ROUNDS:
            break
    if sum(map(bool, texts)) < _FEWEST:
        raise DataError(f"--identify needs at least {_FEWEST} rounds with a logged value; log 10 or more")
    longer = len(params) > MOST_ROUNDS
    for column in (steps, params, texts, *others):
        del column[MOST_ROUNDS:]
    kept = [*zip((*script.kept, *(name for name, _ in script.reading.beside)), others, strict=False)]
    times = {name: moments for name, column in kept if (moments := _moments(column))}
    dates = [name for name, cells in kept if cells and not is_number(cells[0])]
    return Log(params, texts, steps, times, dates), longer


def _moments(cells: list[str]) -> list[float]:
    """Parse a column of times: numbers as they are, dates in seconds; empty if it has anything else."""
    found = [float(cell) if is_number(cell) else moment(cell) for cell in cells]
    known = [one for one in found if one is not None]
    return known if len(known) == len(cells) and all(map(le, known, known[1:])) else []


class Identified(Record):
    """The answer of `identify_ema`; true in a condition if an average is named."""

    candidates: list[dict[str, str]]
    """The candidates as --identify lists them as records, the likeliest first."""
    notes: list[str]

    def __bool__(self) -> bool:
        return bool(self.candidates)

    def __str__(self) -> str:
        """The sentences, one a line."""
        return "\n".join(self.notes)


def identify_ema(
    params: Any,
    shadows: Any,
    steps: Sequence[Any] | None = None,
    times: Sequence[Any] | None = None,
    *,
    rules: Sequence[str] = (),
) -> Identified:
    """Find the average that gave shadows, as --identify does.

    >>> found = identify_ema([1.0, 2.0, 4.0, 3.0, 5.0], [0.1, 0.29, 0.661, 0.8949, 1.30541], rules=["fixed"])
    >>> found.candidates[0]["rule"], found.candidates[0]["decay"]
    ('fixed', '0.9')

    Args:
        params: The value of the param in each round: a list, an array, a tensor or a column of a frame.
        shadows: The shadow after each round; numbers with all their digits, or texts as they were logged. None, NaN or
            a blank text is none.
        steps: The step of each round.
        times: The time of each round, as numbers or dates.
        rules: The names of the rules to try; by default all.

    Returns:
        The candidates that agree with the log, the best one first, and remarks on what the log leaves open.

    Raises:
        SettingError: There is more than one param, or not a shadow for each param.
    """
    from ema_cli.check.python_values import columns, numbers_of, texts

    own, logged = columns(params), columns(shadows)
    if len(own.values) != 1 or len(logged.values) != 1 or len(own.values[0]) != len(logged.values[0]):
        raise SettingError("identify_ema takes one param, and a shadow for each of its values")
    given = texts(own.values[0])
    known = ["" if text == "nan" else text for text in texts(logged.values[0])]
    for text in (*given, *filter(None, known)):
        if not is_number(text):
            raise SettingError(f"identify_ema takes numbers, not {quoted(text)}")
    if sum(map(bool, known)) < _FEWEST:
        raise SettingError(f"identify_ema needs at least {_FEWEST} rounds with a shadow; give 10 or more")
    moments = {"time": [float(time) for time in numbers_of(times) or ()]} if times is not None else {}
    found = report(Log(given, known, numbers_of(steps), moments), Narrowed(rules=[*rules] or None))
    return Identified([row.record() for row in found.rows], found.notes)
