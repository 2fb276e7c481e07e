"""Parts shared by the entries of several modules."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ema_cli.core.gates import first_done_copied
from ema_cli.core.rule import DecayParameter, Parameter
from ema_cli.core.schedules import Family, fixed
from ema_cli.core.updates import Form

if TYPE_CHECKING:
    from typing import Literal

    from ema_cli.core.numbers.dtypes import Dtype, Number

COPIED: dict[str, Any] = {"start": "first", "gate": lambda o: first_done_copied}
"""The fields of a rule whose first param is copied."""

IN_FLOAT64: dict[str, Any] = {"dtype": "float64", "by_float32": False}
"""The fields of a rule that computes in Python's, JavaScript's or C's doubles."""

add_product = Form("add_product", "R(s + R(w*R(p - s)))")


def constant(
    name: str = "decay", default: float | None = None, kind: Literal["decay", "alpha"] = "decay", **fields: Any
) -> dict[str, Any]:
    """Fields of a rule with a constant decay: the constant as the framework takes it, its formula and its family.

    Args:
        name: The framework's name for it.
        default: Its default; None if it has none.
        kind: `decay`, or `alpha` for a weight.
        fields: Other fields of `DecayParameter`.
    """
    weighs = kind == "alpha"
    return {
        "decay": DecayParameter(name, default, kind, **fields),
        "formula": f"1 - {name}" if weighs else "DECAY",
        "family": (lambda o: fixed(o.weight)) if weighs else (lambda o: fixed(o.decay)),
    }


def number(name: str, default: float | None, meaning: str, **fields: Any) -> Parameter:
    """A parameter that may be a fraction."""
    return Parameter(name, default, meaning, is_number=True, **fields)


def first_is_one(weight: Number) -> Family:
    """The weight, but 1 in the first update, which thereby copies."""
    return Family("1 if n == 1 else DECAY", (("DECAY", weight),))  # no limit, as a script may count from 0


def double_power(num: Dtype) -> dict[str, Any]:
    """x^y of doubles, whatever the type of the shadow."""
    return {"pow64": num.power if num.digits is None else math.pow}


def library(num: Dtype) -> dict[str, Any]:
    """Functions of the C library; numpy's cosine has been one of them since numpy 2."""
    return {
        "exp": math.exp,
        "exp2": math.exp2,
        "log": lambda x: math.log(x) if x > 0 else -math.inf,
        "cos": math.cos,
        "cos_numpy": math.cos,
        "ceil": math.ceil,
        "sqrt": math.sqrt,
        "pi": math.pi,
    }


def curve(text: str, readable: str | None = None, **constants: Any) -> Family:
    """A decay, or a weight, as a transcendental function of the counter."""
    return Family(text, tuple(constants.items()), tuple(constants), rational=False, calls=library, readable=readable)
