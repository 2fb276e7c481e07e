"""The working of an average: the rule in symbols, and each round's arithmetic as one writes it on a board."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ema_cli.core.engine import Average
from ema_cli.core.errors import SettingError
from ema_cli.core.gates import COPY
from ema_cli.core.records import Record
from ema_cli.output.numbers import Style, by_hand, for_people, shortest, significant
from ema_cli.sheet import BLANK
from ema_cli.teaching.expression import chosen, exact, of_text, parsed, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ema_cli.core.rounds import Rounds
    from ema_cli.teaching.blanks import Hidden

_LONGEST_FRACTION = 15  # characters; beyond that a decimal is easier to read
_KEPT = 64  # counters whose lines are kept: at a constant step, or none, they come again
_SAME = 2.0**-23  # an operand that differs from the fraction by no more is the fraction, rounded to float32 or float64


def symbols(average: Average) -> list[str]:
    """The rule in symbols: how the decay follows from the counter, and the shadow from the decay."""
    counter = average.counter.name if average.counter is not None else "step"
    constant = "WEIGHT" if average.scalars.written != "v" else "DECAY"
    family = average.family.text.replace("{n}", counter).replace("DECAY", constant)
    decay = average.scalars.written.replace("v", f"({family})") if "if" not in family else family
    what = "decay" if decay != family or average.scalars.written == "v" else "weight"
    lines = [f"{what} = {plain(parsed(decay), {})}"]
    debias = average.readout.written if average.readout is not None else None
    form = average.form.written.over(average.dtype)
    cases = " if " in form
    texts = {
        "s": "biased" if debias else "shadow",
        "p": "param",
        "d": "decay",
        "w": "weight" if cases or debias else "1 - decay",
        "x": "variable",
    }
    if average.scalars.written == "1 - 1/v":
        texts["w"] = "count"
    if texts["w"] == "weight":
        lines.append("weight = 1 - decay")
    if texts["w"] == "count":
        lines.append("count = 1/(1 - decay)")
    lines.append(f"{texts['s']} = {plain(parsed(form), texts)}")
    if debias:
        lines.append(f"shadow = {plain(parsed(debias.over(average.dtype)), texts)}")
    return lines


def _constant(average: Average) -> list[str]:
    """What DECAY is, or WEIGHT, where the rule in symbols has it."""
    value_of = dict(average.family.names).get("DECAY")
    if average.stated is None or value_of is None:
        return []
    told = _exact_text(_fraction_of(average, twin(average)), average)
    told = told or for_people(average.decay_dtype, Style())(value_of)
    return [f"{'WEIGHT' if average.scalars.written != 'v' else 'DECAY'} = {told}"]


def formulas(averages: Sequence[Average], labels: Sequence[str]) -> list[Formula]:
    """The rules in symbols. Averages that differ in numbers alone have one rule."""
    found: dict[tuple[str, ...], list[str]] = {}
    for average, label in zip(averages, labels, strict=True):
        found.setdefault(tuple(symbols(average)), []).append(label)
    if len(found) == 1:
        lines = next(iter(found))
        told = _constant(averages[0]) if len(averages) == 1 else []  # else the labels tell them
        if told and lines[0].endswith(f" = {told[0].partition(' ')[0]}"):
            lines, told = (lines[0].partition(" = ")[0] + told[0][told[0].index(" = ") :], *lines[1:]), []
        return [Formula("", line) for line in [*lines[:1], *told, *lines[1:]]]
    return [Formula(", ".join(own) if line == lines[0] else "", line) for lines, own in found.items() for line in lines]


def twin(average: Average) -> Average | None:
    """The same rule in exact fractions; None if its decay is no fraction."""
    if average.dtype.digits is None:
        return average
    parameters = {k: str(v) if isinstance(v, float) else v for k, v in average.parameters.items()}
    try:
        return Average(average.stated, rule=average.rule.name, parameters=parameters, dtype="exact")
    except SettingError:
        return None


def _fraction_of(average: Average, exact: Average | None) -> Fraction | None:
    """The constant as the family has it, in fractions."""
    if exact is None:
        return None
    constant = dict(exact.family.names).get("DECAY")
    return None if constant is None else Fraction(constant)


def _exact_text(x: Fraction | None, average: Average, *, decimals: bool = True) -> str | None:
    """A short decimal if there is one and it is wanted, else a fraction; in exact arithmetic always a fraction."""
    if x is None:
        return None
    if average.dtype.digits is not None and (decimals or x.denominator == 1):
        decimal = significant(x, 8).removesuffix(".0")
        if Fraction(decimal) == x:
            return decimal
    text = str(x)
    return text if len(text) <= _LONGEST_FRACTION or average.dtype.digits is None else None


class Formula(Record):
    """One line of a rule in symbols."""

    label: str
    """Which average it is the rule of, on the first line of its rule; empty if there is one rule."""
    text: str

    def __str__(self) -> str:
        return f"{self.label}: {self.text}" if self.label else self.text


class Operand:
    """A value in the working: its text, and the value that the text stands for."""

    __slots__ = ("text", "value")

    def __init__(self, text: str, value: Any) -> None:
        self.text, self.value = text, value


class Working:
    """The working of one average of one param, round by round.

    Args:
        average: The average.
        style: How numbers are rounded.
        hidden: What is blank: called with a column's name and the number of a round.
    """

    def __init__(self, average: Average, style: Style, hidden: Hidden | None = None) -> None:
        self.average, self.hidden = average, hidden or (lambda name, number: False)
        self.exact = twin(average)
        self.write: Callable[[Any], str] = for_people(average.dtype, style)
        if average.round_each is not None:
            self.write = by_hand(average.dtype, for_people(average.dtype, Style()), average.round_each)
        self.write_decay = for_people(average.decay_dtype, style)
        if average.round_each is not None:  # the page must hold all that the next line needs
            full = shortest(average.decay_dtype)
            self.write_decay = lambda x: full(x).removesuffix(".0")
        self.write_param = self.write_decay if average.round_each is not None else self.write
        self.form = average.form.written
        self.tree = parsed(self.form.over(average.dtype))
        self.readout = average.readout.written if average.readout is not None else None
        self.shown = parsed(self.readout.over(average.dtype)) if self.readout is not None else None
        family = average.family.text
        self.decay_text = average.scalars.written.replace("v", f"({family.replace('{n}', 'n')})")
        self.lasting_text = average.scalars.written.replace("v", "DECAY") if "{n}" in family else self.decay_text
        self._constant = _fraction_of(average, self.exact)
        self._lines: dict[Any, str] = {}
        self._decays: dict[Any, tuple[Operand, Operand, str]] = {}
        self._follow = [
            None if one is None or one.follow is None else one.follow(average.dtype)
            for one in (self.form, self.readout)
        ]
        self._state: Any = average.initial if average.rule.start != "none" else None
        self._followed: dict[int, tuple[Any, list[Mapping[str, Any] | None]]] = {}
        self._end = 0  # the last round that was followed

    def follow(self, first: int, rounds: Rounds) -> None:
        """Look at rounds that need not be shown: what has a memory must see them all."""
        if self._follow == [None, None] or first <= self._end:
            return
        self._followed = {}
        states = rounds.biased if rounds.biased is not None else rounds.shadows
        for row in range(len(rounds)):
            number, param = first + row, rounds.params[row]
            told: list[Mapping[str, Any] | None] = [{}, {}]
            if param is not None and rounds.decays[row] is not None:
                n = rounds.steps[row] if rounds.steps is not None else None
                _, d, w = self.average.operands(n)
                d = self.average.value(n) if d is None else d
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
        pairs = zip(self.decays(first, rounds), self.shadows(first, rounds), strict=True)
        return [f"{decay}; {shadow}" if "=" in decay or "≈" in decay else shadow for decay, shadow in pairs]

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
        text = self._of_counter(n)[2]
        way = parsed(self.decay_text if n is not None else self.lasting_text)
        tree, texts = chosen(way, {"n": n}), self._texts_at(n)
        if plain(tree, texts) == text:
            return BLANK if blank else text
        return _line(tree, texts, text, {"n": BLANK} if blank_step else {}, blank)

    def _texts_at(self, n: Any) -> dict[str, str]:
        average, exact = self.average, self.exact
        texts = {}
        for name, own in average.family.names:
            fraction = dict(exact.family.names).get(name) if exact is not None else None
            text = _exact_text(Fraction(fraction), average) if fraction is not None else None
            texts[name] = text or self.write_decay(own)
        if n is None:
            constant = dict(average.family.names).get("DECAY")
            texts["DECAY"] = texts.get("DECAY", "") if constant is not None else self.write_decay(average.constant)
        texts["n"] = f"{n:g}" if isinstance(n, float) else str(n)
        return texts

    def _of_counter(self, n: Any) -> tuple[Operand, Operand, str]:
        """The operands at a counter, and the text of the decay itself."""
        found = self._decays.get(n)
        if found is None:
            if len(self._decays) > _KEPT:
                self._decays.clear()
            found = self._decays[n] = self._made(n)
        return found

    def _made(self, n: Any) -> tuple[Operand, Operand, str]:
        average, exact = self.average, self.exact
        decay, d, w = average.operands(n)
        exact_v = exact.value(n) if exact is not None else None
        exact_d = exact_w = None
        if exact is not None and exact_v is not None:
            exact_d, _, exact_w = exact.operands(n)
            exact_d, exact_w = Fraction(exact_d), Fraction(exact_w)
        stated = self._constant is not None and exact_v == self._constant  # then it is written as it was stated
        text = self._near(exact_d, decay, stated=stated)
        operand = Operand(text, decay) if d is None else Operand(self._near(exact_d, d, stated=stated), d)
        return operand, Operand(self._near(exact_w, w, stated=stated), w), text

    def _near(self, exact: Fraction | None, used: Any, *, stated: bool = False) -> str:
        """The fraction, if what was used is nothing but its rounding; else what was used."""
        if exact is not None and used - used == 0 and abs(Fraction(used) - exact) <= _SAME * abs(exact):
            text = _exact_text(exact, self.average, decimals=stated)
            if text is not None:
                return text
        return self.write_decay(used)

    def _shadow(self, number: int, rounds: Rounds, row: int) -> str:
        action = rounds.actions[row] if rounds.actions is not None else "update"
        if action == COPY:
            return "copied"
        if rounds.params[row] is None or rounds.decays[row] is None:
            return "skipped"
        n = rounds.steps[row] if rounds.steps is not None else None
        before = rounds.shadows[row - 1] if row else rounds.before
        if self.average.restarts(n, number):
            before = rounds.params[row]
        state, told = self._followed.get(number, (before, [{}, {}]))
        after = rounds.shadows[row]
        if None in told or state is None:
            return "copied" if after == rounds.params[row] else "kept"
        d, w, _ = self._of_counter(n)
        texts = {"s": self.write(state), "p": self.write_param(rounds.params[row]), "d": d.text, "w": w.text}
        texts |= {name: self._further(name, of) for names in told for name, of in (names or {}).items()}
        blanks = self._blanks(number)
        blank, tree = "shown" in blanks, chosen(self.tree, {"w": w.value, "d": d.value})
        if self.shown is None:
            return _line(tree, texts, self.write(after), blanks, blank)
        biased = self.write(rounds.biased[row] if rounds.biased is not None else after)
        update = _line(tree, texts, biased, blanks, blank)
        texts["s"] = biased
        blanks["s"] = BLANK if blank else biased
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
            "s": hides("shadow", number - 1),
            "x": hides("shadow", number - 1),
            "p": hides("param", number),
            "d": hides("decay", number),
            "product": hides("decay", number),
            "w": hides("decay", number) or hides("weight", number),
            "shown": hides("shadow", number),
        }
        return {name: BLANK for name, is_blank in blank.items() if is_blank}


def _line(tree: Any, texts: dict[str, str], right: str, blanks: dict[str, str], blank: bool) -> str:
    """An equation, if both sides are equal as they stand there, else an approximation; then its blanks are put in."""
    found = exact(tree, texts)
    sign = "=" if found is not None and right.strip("-") not in ("inf", "nan") and found == of_text(right) else "≈"
    return f"{plain(tree, texts | blanks) if blanks else plain(tree, texts)} {sign} {BLANK if blank else right}"


def remarks(averages: Sequence[Average], style: Style) -> list[str]:
    """What a reader of the working must know of its numbers."""
    found = []
    for average in averages:
        dtype = average.dtype
        if dtype.digits is None:
            carried = "Values are exact fractions"
        else:
            digits = "to 8 significant digits" if dtype.digits == 53 else "as the shortest decimals that read back"
            if style.digits is not None:
                digits = f"to {style.digits} significant digits"
            if style.decimals is not None:
                digits = f"to {style.decimals} decimals"
            carried = f"Values are carried at full precision, {dtype.name}, and shown {digits}"
        if average.round_each is not None:
            decimals = f"{average.round_each} decimal{'s' * (average.round_each != 1)}"
            carried = f"Each round's shadow is rounded to {decimals}, halves away from zero, and carried so"
        found.append(f"{carried}; = stands where both sides are equal as they are written, ≈ where they are not.")
    return list(dict.fromkeys(found))
