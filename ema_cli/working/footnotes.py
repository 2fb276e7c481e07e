"""Notes on the numbers and names of the working."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.formula import said
from ema_cli.text.numbers import TABLE_DIGITS, Style
from ema_cli.working.board import names_in, parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average

MEANINGS = {
    "k": "k counts the updates.",
    "product": "product is that of the decays so far.",
    "weights": "weights is the sum of the weights so far, which decay like the sum of the params.",
    "last": "last is the average before the update.",
    "again": "again is the average of that average.",
    "old": "old and new are the weights of the shadow and of the param.",
}
"""Meanings of the names that a form or a read-out has beside the common ones."""


def remarks(averages: Sequence[Average], style: Style, *, worked: bool = True) -> list[str]:
    """The sentences, each once; of how values are carried only where the working is shown."""
    say = style.language.say
    names = {name for average in averages for text in _formulas(average) for name in names_in(parsed(text))}
    sentence = "{carried}; = stands where both sides are equal as they are written, ≈ where they are not."
    carried = dict.fromkeys(_carried(average, style) for average in averages) if worked else ()
    return [
        *(say(sentence, carried=one) for one in carried),
        *(say(meaning) for name, meaning in MEANINGS.items() if name in names),
    ]


def _formulas(average: Average) -> list[str]:
    """The formulas of the form and of the read-out, as people read them."""
    found = [average.form] if average.readout is None else [average.form, average.readout]
    return [said(one.said or one.text, average.dtype) for one in found]


def _carried(average: Average, style: Style) -> str:
    """Values from one round to the next, and as they are shown."""
    say, dtype, decimals = style.language.say, average.dtype, average.round_each
    if decimals is not None:
        rounded = say("1 decimal") if decimals == 1 else say("{count} decimals", count=decimals)
        if average.readout is None:
            return say(
                "Each round's shadow is rounded to {decimals}, halves away from zero, and carried so", decimals=rounded
            )
        return say(
            "Each round's accumulator and shadow are rounded to {decimals}, halves away from zero; the accumulator is"
            " carried so",
            decimals=rounded,
        )
    if style.decimals is not None:
        shown = say("to {count} decimals", count=style.decimals)
    elif style.digits is not None or dtype.digits == 53:
        shown = say("to {count} significant digits", count=style.digits or TABLE_DIGITS)
    else:
        shown = say("as the shortest decimals that read back")
    if dtype.digits is not None:
        return say("Values are carried at full precision, {dtype}, and shown {shown}", dtype=dtype.name, shown=shown)
    if style.rounds:
        return say("Values are carried as exact fractions, and shown {shown}", shown=shown)
    return say("Values are exact fractions")
