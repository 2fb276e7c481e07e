"""The working of an average: the arithmetic of each round, with its numbers."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import ACTIONS, RESTART, SEED, UPDATE, UPDATES, WAIT
from ema_cli.text.cell_text import BLANK
from ema_cli.text.number_text import Style, by_hand, for_people, whole
from ema_cli.working.decay_and_weight import Operands
from ema_cli.working.expression import INSTEAD, LOGGED, equals, plain
from ema_cli.working.readable_formulas import is_copy, names_in, of_family, parsed, printed, put, resolved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.worksheet.blanks import Hidden

_KEPT = 64  # cached lines: most steps are new, but a constant step repeats


class Working:
    """The working of one average of one param, round by round, with blanks for the cells that are hidden."""

    def __init__(self, average: Average, style: Style, hidden: Hidden | None = None) -> None:
        self.average, self.hidden, self.say = average, hidden or (lambda name, number: False), style.language.say
        self.write: Callable[[Any], str] = for_people(average.dtype, style)
        self.write_param, self.write_decay = self.write, for_people(average.decay_dtype, style)
        if average.round_each is not None:  # readers recompute each line from the line before
            self.write_param = whole(average.dtype)
            self.write_decay = whole(average.decay_dtype if average.dtype.digits != 53 else average.dtype)
            self.write = by_hand(average.dtype, self.write_param, average.round_each)
        self.operands = Operands(average, self.write_decay)
        self.tree = printed(average.form, average)
        readout = average.readout if average.readout is not None and average.readout.text != "s" else None
        self.shown = printed(readout, average) if readout is not None else None
        family, shown = of_family(average.family), parsed(average.scalars.written)
        self.decay_tree = put(shown, v=family)
        self._known = dict(average.family.names)
        self.lasting_tree = put(shown, v=parsed("DECAY")) if "n" in names_in(family) else self.decay_tree
        self._line_of = lru_cache(_KEPT)(self._decay_line)

    def whole(self, rounds: Rounds, row: int) -> str:
        """Both computations of a round, in one line."""
        decay, shadow = self.decay(rounds, row), self.shadow(rounds, row)
        return f"{decay}; {shadow}" if "=" in decay or "≈" in decay else shadow

    def decay(self, rounds: Rounds, row: int) -> str:
        """The computation of a round's decay from the counter."""
        number = rounds.numbers[row]
        if rounds.decays[row] is None:
            return ""
        if "d" in self.average.program.registers:  # the decay is a register
            return BLANK if self.hidden("decay", number) else self.write_decay(rounds.decays[row])
        inputs, hides = _inputs(rounds, row), (self.hidden("decay", number), self.hidden("step", number))
        return self._line_of(inputs, *hides)

    def _decay_line(self, inputs: tuple[Any, Any, Any], blank: bool, blank_step: bool) -> str:
        n, elapsed, given = inputs
        text = self.operands.at(*inputs)[2]
        tree = resolved(
            self.decay_tree if n is not None or elapsed is not None else self.lasting_tree,
            self._known | {"n": n, "e": elapsed},
        )
        texts = self.operands.names_at(n, elapsed)
        if given is not None or plain(tree, texts) == text:
            return BLANK if blank else text
        return _line(tree, texts, text, {"n": BLANK, "e": BLANK} if blank_step else {}, blank)

    def shadow(self, rounds: Rounds, row: int) -> str:
        """The computation of a round's shadow from the decay."""
        number = rounds.numbers[row]
        action = ACTIONS[UPDATES if rounds.codes is None else rounds.codes[row]]
        if action == UPDATE and rounds.shows is not None and not rounds.shows[row]:
            action = WAIT
        if action == SEED and self.average.seed is None:
            action = LOGGED
        param, after = rounds.columns["param"][row], rounds.columns["shadow"][row]
        if action in (SEED, LOGGED):
            text = self.write(after)
            right = BLANK if self.hidden("shadow", number) else text
            return f"{self.say(INSTEAD[action])} {'=' if text == whole(self.average.dtype)(after) else '≈'} {right}"
        if action in INSTEAD:
            return self.say(INSTEAD[action])
        inputs, given = _inputs(rounds, row), self._given(rounds, row)
        before = rounds.registers_at(row) | ({"s": param} if action == RESTART else {})
        registers = {name: column[row] for name, column in rounds.registers.items()}
        seen = self.average.program.recurrence.trace(given | before)
        tree = resolved(self.tree, seen)
        shown = None if self.shown is None else resolved(self.shown, seen | given | registers)
        name = shown.id if isinstance(shown, ast.Name) else ""
        if is_copy(tree) or name == "p":
            return self.say("copied" if after == param else "kept")
        texts, blanks = self._texts(tree, seen | {"p": param}, inputs), self._blanks(number)
        blank = "shown" in blanks
        if shown is None or name == "s":
            return _line(tree, texts, self.write(after), blanks, blank)
        biased = self.write(registers["s"])
        hides_biased = blank or "biased" in blanks
        update = _line(tree, texts, biased, blanks, hides_biased)
        texts = self._texts(shown, given | registers | {"p": param}, inputs)
        blanks["s"] = BLANK if hides_biased else biased
        if blank:
            blanks[name] = BLANK  # the shown value is a register itself
        return f"{update}; {_line(shown, texts, self.write(after), blanks, blank)}"

    def _given(self, rounds: Rounds, row: int) -> dict[str, Any]:
        """The values of the names in the formulas that are not registers."""
        n = rounds.steps[row] if rounds.steps is not None else None
        v, d, w = self.operands.values(*_inputs(rounds, row))
        update = n if self.average.counts_itself else rounds.updates_until(row) + 1
        return {"p": rounds.columns["param"][row], "d": d, "w": w, "v": v, "n": n, "k": update}

    def _texts(self, tree: ast.expr, values: Mapping[str, Any], inputs: tuple[Any, Any, Any]) -> dict[str, str]:
        """The texts of the names in a formula."""
        d, w, _ = self.operands.at(*inputs)
        texts = {"p": self.write_param(values["p"]), "d": d, "v": d, "w": w}
        for name in ("d", "w"):
            if name in self.average.program.registers:
                texts[name] = self.write_decay(values[name])
        return texts | {
            name: self._text(name, values[name]) for name in names_in(tree) if name in values and name not in texts
        }

    def _text(self, name: str, value: Any) -> str:
        """The text of k or of a register."""
        if name == "k":
            return f"{value:g}" if isinstance(value, float) else str(value)
        return (self.write_decay if name in ("product", "old", "new") else self.write)(value)

    def _blanks(self, number: int) -> dict[str, str]:
        """The names in a round's formulas whose values are blank, each with BLANK; `shown` is the result."""
        hides = self.hidden
        blank = {
            "s": hides("shadow", number - 1) or hides("biased", number - 1),
            "x": hides("shadow", number - 1),
            "biased": hides("biased", number),
            "p": hides("param", number),
            "d": hides("decay", number),
            "v": hides("decay", number),
            "product": hides("decay", number) or hides("initial-weight", number),
            "old": hides("decay", number),
            "new": hides("weight", number),
            "w": hides("decay", number) or hides("weight", number),
            "shown": hides("shadow", number),
        }
        return {name: BLANK for name, is_blank in blank.items() if is_blank}


def _inputs(rounds: Rounds, row: int) -> tuple[Any, Any, Any]:
    """The counter, the elapsed time and the given decay, which determine a round's decay."""
    columns = rounds.columns
    n = rounds.steps[row] if rounds.steps is not None else None
    return (
        n,
        columns["elapsed"][row] if "elapsed" in columns else None,
        columns["given"][row] if "given" in columns else None,
    )


def _line(tree: Any, texts: dict[str, str], right: str, blanks: dict[str, str], blank: bool) -> str:
    """A line of working: `left = right` if both sides are equal as printed, else with ≈; equal texts are written once.
    Blanks replace numbers only after the sign is chosen.
    """
    left, shown = plain(tree, texts | blanks if blanks else texts), BLANK if blank else right
    if left == shown:
        return shown
    return f"{left} {'=' if equals(tree, texts, right) else '≈'} {shown}"
