"""Notes on the numbers and names of the working."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.formula import text_in
from ema_cli.text.number_text import TABLE_DIGITS, Style
from ema_cli.working.readable_formulas import names_in, parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average

MEANINGS = {
    "k": "k counts the updates.",
    "product": "product is the product of the decays so far.",
    "weights": "weights is the sum of the weights so far, decayed like the sum of the params.",
    "total": "total is the sum of the weights so far, decayed like the sum of the params.",
    "earlier": "earlier is the average before the update.",
    "twice": "twice is the average of the average.",
    "first": "first is the first param.",
    "e2": "e2 is the average of the average.",
    "e3": "e3 is the average taken three times over, e4 four times, and so on.",
    "ones": "ones is the average of a param that is always 1.",
    "tick": "tick is the length of a tick, in nanoseconds.",
    "size": "size is the length of the average.",
    "part": "part is 1 divided by that length.",
    "old": "old and new are the weights of the shadow and of the param.",
}
"""Meanings of the less common names in forms and read-outs."""


def remarks(averages: Sequence[Average], style: Style, *, worked: bool = True) -> list[str]:
    """Sentences below the working, without repetition; if it is not `worked`, only those about names."""
    say = style.language.say
    pairs = [(of, average.dtype) for average in averages for of in (average.form, average.readout) if of is not None]
    names = {name for of, dtype in pairs for name in names_in(parsed(text_in(of.readable or of.text, dtype)))}
    sentence = "{carried}. = is exact as printed, ≈ is rounded."
    carried = dict.fromkeys(_carried(average, style) for average in averages) if worked else ()
    return [
        *(say(sentence, carried=clause) for clause in carried),
        *(say(meaning) for name, meaning in MEANINGS.items() if name in names),
    ]


def _carried(average: Average, style: Style) -> str:
    """A clause on the precision of the values, and the digits shown."""
    say, dtype, decimals = style.language.say, average.dtype, average.round_each
    if decimals is not None:
        rounded = say("1 decimal") if decimals == 1 else say("{count} decimals", count=decimals)
        if average.readout is None:
            return say(
                "Each shadow is rounded to {decimals} (half away from zero) before the next round", decimals=rounded
            )
        return say(
            "Each accumulator and shadow is rounded to {decimals} (half away from zero); the accumulator enters the"
            " next round",
            decimals=rounded,
        )
    if style.decimals is not None:
        shown = say("to {count} decimals", count=style.decimals)
    elif style.digits is not None or dtype.digits == 53:
        shown = say("to {count} significant digits", count=style.digits or TABLE_DIGITS)
    else:
        shown = say("as the shortest decimals that read back")
    if dtype.digits is None:
        exact = say("Computed in exact fractions")
        return say("{held}, shown {shown}", held=exact, shown=shown) if style.rounds else exact
    # Types of 16 bits are computed in float32.
    held = say("Held in {dtype}" if dtype.digits < 24 else "Computed in {dtype}", dtype=dtype.name)
    return say("{held}, shown {shown}", held=held, shown=shown)
