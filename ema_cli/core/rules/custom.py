"""The rule `custom`: the user's schedule and arithmetic.

`core/numbers/arithmetic_parser.py` parses the texts of `decay=` and `weight=`. Their trees become formulas of the core,
fully bracketed and with names for the numbers. The user's text is never evaluated.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ema_cli.core import debias, updates
from ema_cli.core.coefficients import Scalars, in_compute_type, unrounded
from ema_cli.core.errors import SettingError
from ema_cli.core.gates import chain, first_done_copied, interval_of_calls, skipped_before
from ema_cli.core.numbers.arithmetic_parser import PLAIN, Grammar, parse
from ema_cli.core.numbers.arithmetic_value import bounded_power, exact
from ema_cli.core.numbers.literals import quoted
from ema_cli.core.numbers.operations import finite, power64
from ema_cli.core.rule import Counter, DecayParameter, Parameter, Rule
from ema_cli.core.schedules import Family, fixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.numbers.arithmetic_parser import Node
    from ema_cli.core.numbers.dtypes import Dtype

_GRAMMAR = Grammar(
    names=frozenset({"step", "elapsed", "DECAY", "pi"}),
    functions={"min": (2, 20), "max": (2, 20), "exp": (1, 1), "log": (1, 1), "sqrt": (1, 1), "cos": (1, 1)},
    conditions=True,
    expected="not a formula of step, elapsed, DECAY, pi, numbers, + - * / ^ ( ), min, max, exp, log, sqrt, cos and"
    " A if B < C else D",
)

_DEEPEST = 100
"""The most levels of a tree: Python compiles at most 200 nested brackets."""

_NAMES = {"step": "taken(n)", "elapsed": "e", "DECAY": "DECAY", "pi": "pi"}
_SAID = _NAMES | {"step": "n"}

_WHOLE = tuple(  # what rounding left just off a whole number is that number
    updates.Form(
        name,
        text,
        f"d*s + w*p, rounded {how}",
        readable="d*s + w*p",
        names=lambda num: {
            "floor": finite(math.floor),
            "ceil": finite(math.ceil),
            "near": 2.0**-30 if num.digits else 0,
            "half": num.load("0.5"),
        },
    )
    for name, text, how in (  # such as (7*s + p)/8 and s += (p - s)/8 in C
        ("rounded_down", "R(floor(d*s + w*p + near))", "down to a whole number"),
        ("rounded_up", "R(ceil(d*s + w*p - near))", "up to a whole number"),
        ("rounded_half_up", "R(floor(d*s + w*p + half + near))", "to a whole number, halves up"),
        (
            "rounded_to_zero",
            "R(floor(d*s + w*p + near) if d*s + w*p >= 0 else ceil(d*s + w*p - near))",
            "toward zero to a whole number",
        ),
        (
            "rounded_to_shadow",
            "R(s + floor(w*(p - s) + near) if p >= s else s + ceil(w*(p - s) - near))",
            "toward s to a whole number",
        ),
    )
)

_OTHERS = ("two_products_of_half", "add_div", "decayed_sum")
"""Forms whose operands are no decay and weight, or that are of one compiler."""

_UPDATES = {
    form.name: form
    for form in (*vars(updates).values(), *_WHOLE)
    if isinstance(form, updates.Form) and form.name not in _OTHERS
}

_READOUTS = {
    "none": None,
    "power": debias.by_power.but(registers=(("k", 0),), after=(("k", "k + 1"),)),  # counts updates, whatever the steps
    "product": debias.by_product(fused=False),
    "weights": debias.by_sum_of_weights,
}

_PARAMETERS = (
    Parameter("update", "two_products", "the arithmetic of an update", choices=tuple(_UPDATES), search="arithmetic"),
    Parameter("after", 0, "rounds before this step are skipped"),
    Parameter("update_every", 1, "rounds that are not a multiple of this are skipped", least=1, search="interval"),
    Parameter("phase", 0, "a round that updates; updates are update_every rounds apart"),
    Parameter("start", "initial", "where the shadow starts", choices=("initial", "zero", "first")),
    Parameter("debias", "none", "the divisor of the shadow", choices=tuple(_READOUTS)),
    Parameter("count", 0, "the step of the first round, if no steps are given"),
)

_TEXTS = ("decay", "weight", "name")


def made(given: dict[str, str]) -> tuple[Rule, dict[str, str]]:
    """The rule that the parameters of `custom` state, and the parameters that remain settings of it.

    Raises:
        SettingError: A formula can't be read, or two parameters do not go together.
    """
    settings = {key: value for key, value in given.items() if key not in _TEXTS}
    texts = {key: given[key] for key in _TEXTS[:2] if key in given}
    decay = _Formula("decay", texts.get("decay", "DECAY"))
    weight = None if "weight" not in texts else _constant_weight(texts["weight"])
    by = settings.get("debias", "none")
    if by != "none" and (by == "weights") != (texts.get("weight") == "1"):
        remedy = "weight=1" if by == "weights" else "no weight=, or debias=weights and weight=1"
        raise SettingError(f"rule custom: debias={by} divides by the wrong sum of weights", f"it needs {remedy}")
    if by != "none" and settings.setdefault("start", "zero") != "zero":
        raise SettingError("rule custom: debias= needs start=zero")
    if weight is not None and settings.get("update", "two_products") != "two_products":
        raise SettingError("rule custom: weight= replaces 1 - decay only in two_products")
    start, counts = settings.get("start", "initial"), "step" in decay.names and "count" not in settings
    return Rule(
        f"custom:{','.join(f'{key}={text}' for key, text in texts.items())}" if texts else "custom",
        "a schedule and arithmetic of your own",
        formula=decay.text,
        family=decay.family,
        form=lambda o: _UPDATES[o.update],
        scalars=weight or (lambda o: unrounded if o.update == "two_products_in_double" else in_compute_type),
        source="the command line",
        counter=lambda o: Counter(
            "step", "the step; without steps, a count of the updates", first=o.count, noted=counts
        ),
        decay=DecayParameter("DECAY") if "DECAY" in decay.names else None,
        parameters=_PARAMETERS,
        made_from=_TEXTS,
        start="zero" if start == "zero" else "first" if start == "first" else "initial",
        gate=lambda o: chain(
            skipped_before(o.after),
            interval_of_calls(o.update_every, o.phase),
            first_done_copied if start == "first" else None,
        ),
        debias=lambda o: _READOUTS[o.debias],
        dtype="float64",
        by_float32=False,
        area="textbook",
        surprises=(
            "decay= is a formula of step, elapsed and DECAY, with min, max, exp, log, sqrt, cos, pi and A if B < C"
            " else D; without it the decay is DECAY.",
            "weight= is a number that replaces 1 - decay; weight=1 makes a decayed sum. name= is the label.",
        ),
    ), settings


class _Formula:
    """A user's formula, written as one of the core."""

    def __init__(self, key: str, text: str) -> None:
        self.text, self._numbers, self.names = text, dict[str, str](), set[str]()
        try:
            self._tree = parse(text, _GRAMMAR)
            if _depth(self._tree) > _DEEPEST:
                raise SettingError(f"{quoted(text)} nests deeper than {_DEEPEST} levels")
            self._written = self._write(self._tree, _NAMES)
        except SettingError as error:
            raise SettingError.of(error, f"rule custom: {key}: ") from None

    def family(self, o: Any) -> Family:
        """The decay family."""
        if self._tree.kind == "name" and self.text == "DECAY":
            return fixed(o.decay)
        try:
            parse(self.text, PLAIN)
        except SettingError:
            constants = {name: o.precision.load(text) for name, text in self._numbers.items()}
        else:  # a constant: exact if it is rational, and rounded once
            value = _within(o.precision.load(self.text))
            return Family("constant", (("constant", value),), ("constant",), limit=value)
        if "DECAY" in self.names:
            constants["DECAY"] = o.decay
        return Family(
            f"within({self._written})",
            tuple(constants.items()),
            tuple(self._numbers),
            rational=self._rational(self._tree),
            calls=_library,
            readable=self._write(self._tree, _SAID),
            timed="elapsed" in self.names,
        )

    def _write(self, node: Node, names: dict[str, str]) -> str:
        """The text of a node, in brackets, its numbers as names."""
        if node.kind == "number":
            known = {text: name for name, text in self._numbers.items()}
            name = known.get(node.text, f"c{len(known)}")
            self._numbers[name] = node.text
            return name
        if node.kind == "name":
            self.names.add(node.text)
            return names[node.text]
        parts = [self._write(part, names) for part in node.parts]
        if node.kind == "call":
            return f"{node.text}({', '.join(parts)})"
        if node.kind == "negative":
            return f"(-{parts[0]})"
        if node.kind == "if":
            return f"({parts[0]} if {parts[1]} else {parts[2]})"
        if node.kind == "^":
            return f"({parts[0]}**{parts[1]})" if names is _SAID else f"power({parts[0]}, {parts[1]})"
        return f"({parts[0]} {node.kind} {parts[1]})"

    def _rational(self, node: Node) -> bool:
        """True if fractions give fractions."""
        irrational = node.text in ("exp", "log", "sqrt", "cos", "pi") or (
            node.kind == "^" and not _whole(node.parts[1])
        )
        return not irrational and all(map(self._rational, node.parts))


def _whole(node: Node) -> bool:
    """True if a node is certainly a whole number. An elapsed time counts as one, as it is with whole times."""
    if node.kind == "number":
        return node.text.isdecimal()
    if node.kind == "name":
        return node.text in ("step", "elapsed")
    return node.kind in ("+", "-", "*", "negative") and all(map(_whole, node.parts))


def _depth(tree: Node) -> int:
    level, deep = [tree], 0
    while level:
        level, deep = [part for node in level for part in node.parts], deep + 1
    return deep


def _constant_weight(text: str) -> Scalars:
    """The operands of an update whose weight is a number."""
    try:
        value = exact(text)
        nearest = float(value)
    except OverflowError:
        raise SettingError(f"rule custom: weight: {quoted(text)} is beyond the range of float64") from None
    except SettingError as error:
        raise SettingError.of(error, "rule custom: weight: ") from None
    weight = {"": f"O({nearest!r})", "exact": f"N({value.numerator})/N({value.denominator})"}
    return Scalars("O(v)", weight, stated=text)


def _within(decay: Any) -> Any:
    """Check that a decay lies between 0 and 1.

    Raises:
        SettingError: It does not lie there.
    """
    if not 0 <= decay <= 1:
        raise SettingError(f"rule custom: the decay must be between 0 and 1, but the formula gives {decay}")
    return decay


def _library(num: Dtype) -> dict[str, Any]:
    """The functions of a formula, in a number system."""
    if num.digits is None:
        return {"taken": Fraction, "power": bounded_power, "within": _within}
    return {
        "taken": float,
        "power": _defined("power", power64),
        "exp": _defined("exp", _exp),
        "log": _defined("log", lambda x: math.log(x) if x else -math.inf),
        "sqrt": _defined("sqrt", math.sqrt),
        "cos": _defined("cos", math.cos),
        "pi": math.pi,
        "within": _within,
    }


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _defined(name: str, function: Callable[..., float]) -> Callable[..., float]:
    """The function, made to refuse arguments outside its domain."""

    def call(*arguments: float) -> float:
        try:
            value = function(*arguments)
        except ValueError:
            value = math.nan
        if value != value:
            told = ", ".join(f"{one:g}" for one in arguments)
            raise SettingError(f"rule custom: {name}({told}) is not defined")
        return value

    return call
