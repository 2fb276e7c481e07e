"""The note on the columns of a file: what was guessed, and the option that decides otherwise."""

from __future__ import annotations

from ema_cli.core.record import Record
from ema_cli.errors import shown
from ema_cli.reading.file_columns import listed


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
    remarks: tuple[str, ...]
    """Other facts about the file."""


def sentence(guess: Guess) -> str:
    """The note; empty where nothing was guessed."""
    parts = [*_choice(guess), *guess.remarks]
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
