"""The note on the columns of a file: what was guessed, and the option that decides otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.record import Record
from ema_cli.errors import shown
from ema_cli.reading.file_columns import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ema_cli.reading.numerals import Numerals


class Guess(Record):
    """Choices that were made without being told."""

    source: str
    log: str
    """The kind of log that was recognised; empty if none was."""
    named: bool
    """True if the file has a header."""
    step: str | None
    step_guessed: bool
    params: tuple[str, ...]
    params_guessed: bool
    by: tuple[str, ...]
    """The logged columns whose names chose the params."""
    left_out: tuple[str, ...]
    another: str
    """Another column that could be the param."""
    fractions: str
    """A column that would be the step, but for its fractions."""
    counts_up: str
    """A column that could be the step."""
    series: tuple[str, tuple[str, ...]]
    """A column that seems to tell series apart, and its values."""
    backwards: str
    """The step or clock that runs backwards."""
    turned: str
    """The command that prints the rows in reverse; may be empty."""
    sentinel: tuple[str, str]
    """A param with a number that seems to stand for a missing value, and this number."""
    marked: str
    """The sentence on a column whose numbers have marks."""
    numerals: Numerals
    pointed: str
    """A number whose point could part thousands, as those of all others could."""
    twins: tuple[str, str] | None
    """A name that appears twice, and what the second of its columns is called."""


def sentence(guess: Guess) -> str:
    """The note; empty where nothing was guessed."""
    parts = [*_choice(guess), *_remarks(guess)]
    if not parts:
        return ""
    what = f" is {guess.log}" if guess.log else "" if guess.named or not _choice(guess) else " has no header"
    return f"{guess.source}{what}: {'; '.join(parts)}"


def _choice(guess: Guess) -> list[str]:
    """The step, the params, and what is left out."""
    if not guess.named:
        several = guess.log or guess.left_out or len(guess.params) > 1
        if not guess.step_guessed and not (guess.params_guessed and several):
            return []
        params = listed(guess.params, quote=str)
        taken = f"column {guess.step} is taken for the step, {params}" if guess.step else f"column {params} is taken"
        left_out = [f"left out: {listed(guess.left_out, quote=str)}"] if guess.left_out and not guess.step else []
        return [f"{taken} for the param", *left_out] if guess.step_guessed or not guess.step else []
    guessed = guess.step_guessed or guess.left_out or len(guess.params) > 1
    if not (guess.params_guessed and guessed):
        return [f"step from {shown(guess.step)}"] if guess.step_guessed and guess.step else []
    by = f" by the name of {listed(guess.by)}" if guess.by else ""
    step = "no step" if guess.step is None else f"step from {shown(guess.step)}"
    parts = [f"{step}, param from {listed(guess.params)}{by}"]
    if guess.left_out:
        parts.append(f"left out: {listed(guess.left_out)}")
    if guess.another:
        parts.append(f"--param-column {shown(guess.another)} takes another")
    return parts


def _remarks(guess: Guess) -> Iterator[str]:
    """Other facts about the file."""
    if guess.fractions:
        column = shown(guess.fractions) if guess.named else f"column {guess.fractions}"
        yield f"{column} has fractions, so it is not a step"
    if guess.counts_up:
        yield f"{shown(guess.counts_up)} counts up: --step-column {shown(guess.counts_up)} takes it for the step"
    name, values = guess.series
    if name:
        some = " and ".join(
            filter(None, [", ".join(map(shown, values[:3])), f"{len(values) - 3} more" * (len(values) > 3)])
        )
        yield f"{shown(name)} has several values, {some}, in one average: --by {shown(name)} keeps one for each"
    if guess.backwards:
        how = f": {guess.turned} | ema-calc reverses the file" if guess.turned else ""
        yield f"{shown(guess.backwards)} runs backwards, the newest row first{how}"
    name, number = guess.sentinel
    if name:
        option = f"--where {shown(f'{name}!={number}')}"
        yield f"{shown(name)} has {number}, which may stand for a missing value: {option} leaves such rows out"
    if guess.marked:
        yield guess.marked
    if guess.numerals.grouped:
        yield "1,234.5 is read as 1234.5"
    elif guess.numerals.decimal == ",":
        yield "0,5 is read as 0.5"
    if guess.pointed:
        yield f"{guess.pointed} is read with a decimal point"
    if guess.numerals.apart:
        yield "1'234 is read as 1234"
    if guess.twins:
        first, second = guess.twins
        yield f"two columns are called {shown(first)}; the second is read as {shown(second)}"
