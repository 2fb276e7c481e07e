"""The working of an average: each round's arithmetic as one writes it on a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import COPY
from ema_cli.text.cells import BLANK
from ema_cli.text.numbers import Style, by_hand, for_people, shortest
from ema_cli.working.expression import chosen, equals, parsed, plain
from ema_cli.working.operands import Operands

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ema_cli.core.average import Average
    from ema_cli.core.dtypes import Dtype
    from ema_cli.core.rounds import Rounds
    from ema_cli.worksheet.blanks import Hidden

_KEPT = 64  # counters whose lines are kept: at a constant step, or none, they come again


class Working:
    """The working of one average of one param, round by round.

    Args:
        average: The average.
        style: How numbers are rounded, and the language.
        hidden: What is blank: called with a column's name and the number of a round.
    """

    def __init__(self, average: Average, style: Style, hidden: Hidden | None = None) -> None:
        self.average, self.hidden, self.say = average, hidden or (lambda name, number: False), style.language.say
        self.write: Callable[[Any], str] = for_people(average.dtype, style)
        self.write_param, self.write_decay = self.write, for_people(average.decay_dtype, style)
        if average.round_each is not None:  # the page must hold all that the next line needs
            self.write_param = _whole(average.dtype)
            self.write_decay = _whole(average.decay_dtype if average.dtype.digits != 53 else average.dtype)
            self.write = by_hand(average.dtype, self.write_param, average.round_each)
        self.operands = Operands(average, self.write_decay)
        self.form = average.form.written
        self.tree = parsed(self.form.over(average.dtype))
        self.readout = average.readout.written if average.readout is not None else None
        self.shown = parsed(self.readout.over(average.dtype)) if self.readout is not None else None
        family = average.family.text
        self.decay_text = average.scalars.written.replace("v", f"({family.replace('{n}', 'n')})")
        self.lasting_text = average.scalars.written.replace("v", "DECAY") if "{n}" in family else self.decay_text
        self._lines: dict[Any, str] = {}
        self._follow = [
            None if one is None or one.follow is None else one.follow(average.dtype)
            for one in (self.form, self.readout)
        ]
        self._state: Any = None
        self._followed: dict[int, tuple[Any, list[Mapping[str, Any] | None]]] = {}
        self._end = 0  # the last round that was followed

    def follow(self, first: int, rounds: Rounds) -> None:
        """Look at rounds that need not be shown: what has a memory must see them all."""
        if self._follow == [None, None] or first <= self._end:
            return
        self._followed = {}
        if self._state is None and self.average.rule.start != "none":
            self._state = self.average.initial  # which may be the first param
        states = rounds.biased if rounds.biased is not None else rounds.shadows
        for row in range(len(rounds)):
            number, param = first + row, rounds.params[row]
            told: list[Mapping[str, Any] | None] = [{}, {}]
            if param is not None and rounds.decays[row] is not None:
                n = rounds.steps[row] if rounds.steps is not None else None
                d, w = self.operands.values(n)
                own = self.average.counter is not None and self.average.counter.first is not None
                names = {"s": self._state, "p": param, "d": d, "w": w, "n": n if own else None}
                told = [{} if one is None else one(names) for one in self._follow]
                self._followed[number] = self._state, told
                self._state = states[row]
        self._end = first + len(rounds) - 1

    def decays(self, first: int, rounds: Rounds) -> list[str]:
        """How each round's decay follows from the counter."""
        return [self._decay(first + row, rounds, row) for row in range(len(rounds))]

    def shadows(self, first: int, rounds: Rounds) -> list[str]:
        """How each round's shadow follows from the decay."""
        self.follow(first, rounds)
        return [self._shadow(first + row, rounds, row) for row in range(len(rounds))]

    def whole(self, first: int, rounds: Rounds) -> list[str]:
        """Both, in one line for each round."""
        self.follow(first, rounds)
        lines = []
        for row in range(len(rounds)):  # both at once: they have the same operands
            decay, shadow = self._decay(first + row, rounds, row), self._shadow(first + row, rounds, row)
            lines.append(f"{decay}; {shadow}" if "=" in decay or "≈" in decay else shadow)
        return lines

    def _decay(self, number: int, rounds: Rounds, row: int) -> str:
        if rounds.decays[row] is None:
            return ""
        n = rounds.steps[row] if rounds.steps is not None else None
        hides = self.hidden("decay", number), self.hidden("step", number)
        found = self._lines.get((n, hides))
        if found is None:
            if len(self._lines) > _KEPT:
                self._lines.clear()
            found = self._lines[n, hides] = self._decay_line(n, *hides)
        return found

    def _decay_line(self, n: Any, blank: bool, blank_step: bool) -> str:
        text = self.operands.at(n)[2]
        way = parsed(self.decay_text if n is not None else self.lasting_text)
        tree, texts = chosen(way, {"n": n}), self.operands.names_at(n)
        if plain(tree, texts) == text:
            return BLANK if blank else text
        return _line(tree, texts, text, {"n": BLANK} if blank_step else {}, blank)

    def _shadow(self, number: int, rounds: Rounds, row: int) -> str:
        action = rounds.actions[row] if rounds.actions is not None else "update"
        if action == COPY:
            return self.say("copied")
        if rounds.params[row] is None or rounds.decays[row] is None:
            return self.say("skipped")
        n = rounds.steps[row] if rounds.steps is not None else None
        before = rounds.start_of(row)
        if self.average.restarts(n, number):
            before = rounds.params[row]
        state, told = self._followed.get(number, (before, [{}, {}]))
        after = rounds.shadows[row]
        if None in told or state is None:
            return self.say("copied" if after == rounds.params[row] else "kept")
        d, w, _ = self.operands.at(n)
        texts = {"s": self.write(state), "p": self.write_param(rounds.params[row]), "d": d.text, "w": w.text}
        texts |= {name: self._further(name, of) for names in told for name, of in (names or {}).items()}
        blanks = self._blanks(number)
        blank, tree = "shown" in blanks, chosen(self.tree, {"w": w.value, "d": d.value})
        if self.shown is None:
            return _line(tree, texts, self.write(after), blanks, blank)
        biased = self.write(rounds.biased[row] if rounds.biased is not None else after)
        hides_biased = blank or "biased" in blanks
        update = _line(tree, texts, biased, blanks, hides_biased)
        texts["s"] = biased
        blanks["s"] = BLANK if hides_biased else biased
        return f"{update}; {_line(self.shown, texts, self.write(after), blanks, blank)}"

    def _further(self, name: str, of: Any) -> str:
        """The text of a value that a form or a read-out remembers."""
        if name == "k":
            return str(of)
        return (self.write_decay if name in ("product", "old", "new") else self.write)(of)

    def _blanks(self, number: int) -> dict[str, str]:
        """The names of the working that are blank in a round; `shown` is the result."""
        hides = self.hidden
        blank = {
            "s": hides("shadow", number - 1) or hides("biased", number - 1),
            "x": hides("shadow", number - 1),
            "biased": hides("biased", number),
            "p": hides("param", number),
            "d": hides("decay", number),
            "product": hides("decay", number) or hides("initial-weight", number),
            "old": hides("decay", number),
            "new": hides("weight", number),
            "w": hides("decay", number) or hides("weight", number),
            "shown": hides("shadow", number),
        }
        return {name: BLANK for name, is_blank in blank.items() if is_blank}


def _whole(dtype: Dtype) -> Callable[[Any], str]:
    """The text that reads back, without a point that says nothing."""
    write = shortest(dtype)
    return lambda x: write(x).removesuffix(".0")


def _line(tree: Any, texts: dict[str, str], right: str, blanks: dict[str, str], blank: bool) -> str:
    """An equation, if both sides are equal as they stand there, else an approximation; then its blanks are put in."""
    sign = "=" if equals(tree, texts, right) else "≈"
    return f"{plain(tree, texts | blanks) if blanks else plain(tree, texts)} {sign} {BLANK if blank else right}"
