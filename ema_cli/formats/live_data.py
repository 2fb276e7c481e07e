"""An average as data for the scripts of an interactive page (`live/`), which evaluate the formulas of the core.

If a formula calls a function that JavaScript can't compute to the last bit, the data has textbook formulas instead.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, SupportsFloat

from ema_cli.core.decay_setting import TimedHalfLife
from ema_cli.core.formula import text_in
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.schedules import fixed, ratio
from ema_cli.report.affine import affine_registers
from ema_cli.text.number_text import Style, for_people
from ema_cli.working.decay_and_weight import in_seconds, stated_name, twin
from ema_cli.working.readable_formulas import names_in, of_family, parsed, printed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ema_cli.core.average import Average
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.rule import Seed
    from ema_cli.core.schedules import Family

_KNOWN = {"R", "O", "N", "fma", "div", "min", "max", "f32", "flush32", "b16", "f16", "fma32", "least32"}
"""Functions that JavaScript computes to the last bit."""

_DOUBLE = dtype("float64")

_FLUSHED = {"float64": 2.0**-1022, "float16": 0} | dict.fromkeys(("float32", "bfloat16"), 2.0**-126 - 2.0**-151)
"""The types that the scripts implement, and the bound below which they flush numbers to zero."""

_PLAIN = {"name": "float64", "wide": False, "flush": 0}


def _calls(*texts: str | None) -> set[str]:
    """The names of the functions that formulas call, and `**` for a power."""
    nodes = [node for text in texts if text for node in ast.walk(ast.parse(text, mode="eval"))]
    powers = {"**" for node in nodes if isinstance(node, ast.Pow)}
    return powers | {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def _type(num: Dtype, average: Average) -> dict[str, Any]:
    """A number system as data for the scripts."""
    rule = average.rule
    flush = _FLUSHED[num.name] if rule.flush else 0
    return {"name": num.name, "wide": rule.by_float32 and num.digits in (8, 11), "flush": flush}


def _numbers(values: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Constants and registers as texts, since JSON has no infinity or NaN; values that are not numbers are left out."""
    return {name: repr(float(value)) for name, value in values if isinstance(value, SupportsFloat)}


class _Texts:
    """The formulas of an average, as the core computes them or, if the scripts can't, as in a textbook.

    Attributes:
        exact: True if the scripts implement every type and function that the formulas of the core use.
    """

    def __init__(self, average: Average) -> None:
        self.average, readout = average, average.readout
        before, after = ((), ()) if readout is None else (readout.before, readout.after)
        self.steps = [(name, text_in(text, average.dtype)) for name, text in (*before, *average.form.steps, *after)]
        self.readout = None if readout is None else text_in(readout.text, average.dtype)
        scalars = average.scalars
        self.operands = [
            None if text is None else text_in(text, average.dtype) for text in (scalars.decay, scalars.weight)
        ]
        texts = [text_in(average.family.text, average.decay_dtype), self.readout, *self.operands]
        called = _calls(*texts, *(text for _, text in self.steps))
        ahead = readout is not None and bool(readout.ahead)
        types = {average.dtype.name, average.input_dtype.name}
        self.exact = types <= _FLUSHED.keys() and not ahead and called <= _KNOWN

    def of(self, text: str | None) -> str | None:
        """A formula as the scripts compute it."""
        return text if text is None or self.exact else ast.unparse(parsed(text))

    def schedule(self, family: Family) -> dict[str, Any]:
        """A decay family as data: `body` as it is computed, `text` as it is printed, and its constants."""
        readable = ast.unparse(of_family(family))
        text = text_in(family.text, self.average.decay_dtype) if self.exact else readable
        names = in_seconds(self.average) if family is self.average.family else family.names
        return {
            "body": text,
            "text": readable,
            "names": _numbers(pair for pair in names if pair[0] != _moved(self.average)),
        }


def program(average: Average) -> dict[str, Any]:
    """The average as data for the scripts; `same` is true if they compute the same digits as the command."""
    form, readout, scalars, texts = average.form, average.readout, average.scalars, _Texts(average)
    types = {"dtype": average.dtype, "precision": average.decay_dtype, "input": average.input_dtype}
    exact, stated = twin(average), average.stated
    functions = [of.names(average.dtype) for of in (form, readout) if of is not None and of.names is not None]
    constants = dict(average.family.names)
    togglable = scalars.written == "v" and stated is not None and "DECAY" in constants
    own, warmed = texts.schedule(average.family), "n" in names_in(of_family(average.family))
    other = own
    if togglable:
        decay = constants["DECAY"]
        other = texts.schedule(fixed(decay) if warmed else ratio(decay))
    start = "mean" if average.seed is not None else average.rule.start
    steps = [(name, texts.of(text)) for name, text in texts.steps]
    shown = texts.of(texts.readout)
    read = [(name, text or "") for name, text in (*steps, ("shown", shown or "s"))]
    linear, affine = affine_registers([*average.program.registers], average.program.shadows, read)
    return {
        **{name: _type(num, average) if texts.exact else _PLAIN for name, num in types.items()},
        "decay_dtype": average.decay_dtype.name if texts.exact and scalars.written == "v" else "float64",
        "same": texts.exact,
        "shown_decay": scalars.written,
        "d": texts.of(texts.operands[0]),
        "w": texts.of(texts.operands[1]),
        "steps": steps,
        "linear": linear if affine else None,
        "shadows": average.program.shadows,
        "registers": _numbers(average.program.registers.items()),
        "called": _numbers(pair for names in functions for pair in names.items()),
        "shown": shown,
        "board": ast.unparse(printed(form, average)),
        "board_shown": None if readout is None else ast.unparse(printed(readout, average)),
        "ahead": () if readout is None else readout.ahead,
        "warm": own if warmed else other,
        "constant": other if warmed else own,
        "warmed": warmed,
        "togglable": togglable,
        "weighted": scalars.written == "1 - v",
        "names": _numbers(in_seconds(average)),
        "exact": {} if exact is None else {name: str(value) for name, value in exact.family.names},
        "rational": exact is not None,
        "own": average.counts_itself,
        **_constant(average),
        "initial": repr(float(average.initial)).removesuffix(".0") if start == "initial" else None,
        "start": start,
        "seed": None if average.seed is None else _seed(average.seed, average.dtype, texts),
        "take": None if average.take == "p" else texts.of(text_in(average.take, average.dtype)),
        "shown_from": average.shown_from,
        "shown_if": None if readout is None or readout.shown_if is None else text_in(readout.shown_if, average.dtype),
    }


def _seed(seed: Seed, num: Dtype, texts: _Texts) -> dict[str, Any]:
    """The mean that the shadow starts from, as data."""
    steps = [(name, texts.of(text_in(text, num))) for name, text in seed.steps]
    return {"count": seed.count, "steps": steps, "mean": texts.of(text_in(seed.mean, num)), "registers": seed.registers}


def _moved(average: Average) -> str | None:
    """The formulas' name of the constant that the page can change; None if it depends on other settings, or a read-out
    depends on it.
    """
    name, stated, own = stated_name(average), average.stated, dict(average.family.names)
    if name is None or stated is None or (average.readout is not None and average.readout.of_constant):
        return None
    as_stated = stated.decay(average.decay_dtype), stated.weight(average.decay_dtype)
    return name if name != "DECAY" or own[name] in as_stated else None


def _constant(average: Average) -> dict[str, Any]:
    """The constant that the page can change, as data: its name, and its value in the field, the rule and the title."""
    name, stated = _moved(average), average.stated
    if name is None or stated is None:
        return {"moved": None, "decay": None, "told": None, "titled": None, "unit": ""}
    value = dict(in_seconds(average))[name] if name != "DECAY" else stated.decay(_DOUBLE)
    text, number = str(stated.value), for_people(_DOUBLE, Style())(float(value))
    plain = stated.kind == "decay" and text.replace(".", "", 1).isdigit()
    return {
        "moved": name,
        "decay": text if plain else repr(float(value)).removesuffix(".0"),
        "told": text if stated.kind == "decay" else number,
        "titled": number if name == "DECAY" and stated.kind != "decay" else text,
        "unit": "s" if isinstance(stated, TimedHalfLife) else "",
    }
