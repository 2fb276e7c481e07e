"""The last shadow of a short script, written out as a sum: the initial value and each param, times their shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.report.derived import InitialWeight
from ema_cli.report.response import Response
from ema_cli.text.cell_text import with_times
from ema_cli.text.number_text import Style, for_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds

MOST = 12
"""The longest script that is written out, in rounds."""


class ClosedForm:
    """Keeps the rounds of one average of one param in each group, while they are few."""

    def __init__(self, average: Average) -> None:
        self.average = average
        self._exact = average.dtype.digits is None
        self._response, self._left = Response(average, exact=self._exact), InitialWeight(average)
        self._params: dict[int, list[Any]] = {}

    def follow(self, rounds: Rounds) -> None:
        """Keep the rounds of a batch, up to MOST in each group."""
        self._left.after(rounds)
        rows: list[int] = []
        for group, a, b in rounds.parts.each():
            params = self._params.setdefault(group, [])
            if len(params) <= MOST:
                params += rounds.params[a:b]
            if len(params) <= MOST:
                rows += range(a, b)
        if rows:
            self._response.follow(rounds.picked(rows), keep=True)

    def notes(self, name: str, style: Style, group: int) -> list[str]:
        """A note with the shadow (by its name) as a sum of params times shares; none if the script is long, or the sum
        is not the shadow.
        """
        text, language = self._text(style, group), style.language
        title = language.say("{name}, written out", name=name or language.say("shadow"))
        return [language.named(title, text)] if text else []

    def _text(self, style: Style, group: int) -> str:
        average, params = self.average.of_row(group), self._params[group]
        if len(params) > MOST or average.shadow is None:
            return ""
        pairs, left = list(zip(self._response.shares(group), params, strict=True)), self._left.left(group)
        if average.rule.start == "initial" and average.readout is None and left:
            pairs.insert(0, (left, average.initial))
        pairs = [(share, param) for share, param in pairs if share and param is not None]
        if not pairs or not self._adds_up(pairs, average.shadow, len(params)):
            return ""
        share_text, value_text = for_people(average.decay_dtype, style), for_people(average.dtype, style)
        terms = " + ".join(f"{_factor(share_text(share))} x {_factor(value_text(param))}" for share, param in pairs)
        sign = "=" if self._exact and not style.rounds else "≈"
        return with_times(f"{terms} {sign} {value_text(average.shadow)}")

    def _adds_up(self, pairs: Sequence[tuple[Any, Any]], shadow: Any, rounds: int) -> bool:
        """True if the sum equals the shadow within the accumulated rounding error."""
        sizes = sum(abs(share * param) for share, param in pairs) + abs(shadow)
        allowed = 0 if self._exact else sizes * 4 * (rounds + 1) * 2.0 ** -min(self.average.dtype.digits or 0, 50)
        return bool(abs(sum(share * param for share, param in pairs) - shadow) <= allowed)


def _factor(text: str) -> str:
    """A factor of a product: a negative number in brackets."""
    return f"({text})" if text.startswith("-") else text
