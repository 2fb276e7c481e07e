"""The digits that distinguish the arithmetic forms: the reference session, and where an average of ones stops."""

from __future__ import annotations

import re

from ema_cli.core import updates as forms
from ema_cli.core.coefficients import in_compute_type
from ema_cli.core.formula import Recurrence
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.schedules import fixed, ratio
from ema_cli.text.number_text import Style, to_text

FORMS = (
    forms.two_products,
    forms.two_products_fused_shadow,
    forms.two_products_fused_param,
    forms.mul_add_alpha,
    forms.mul_add_alpha_vector,
    forms.subtract,
    forms.subtract_fused,
    forms.sub_sub_alpha,
    forms.diff_alpha,
    forms.from_param,
    forms.lerp,
    forms.reverse_lerp,
)
_SESSION = [(0, 1.0), *[(100, 10.0)] * 7]
_CONSTANT = [(0, 1.0)] * 4000
_PLACE = re.compile(r"(?<=<!-- forms -->\n).*?(?=<!-- end -->)", re.DOTALL)


def _shadow(form: forms.Form, name: str, most: float, updates: list[tuple[int, float]], warm: bool = True) -> str:
    """The last shadow, from 0, with d and w in the compute type, as in TensorFlow."""
    num, precision = dtype(name), dtype("float64" if name == "float64" else "float32")
    decays = (ratio if warm else fixed)(precision.round(most)).over(precision)([step for step, _ in updates])
    operands = in_compute_type.over(num)
    columns = {"p": [param for _, param in updates], "d": operands["d"](decays), "w": operands["w"](decays)}
    return to_text(num, Style())(Recurrence(["s"], form.steps, num, {}).run([[0.0]], columns)[0][-1])


def _row(form: forms.Form) -> list[str]:
    formula = form.description.replace("|", "\\|")
    digits = [_shadow(form, name, 0.99, _SESSION) for name in ("float64", "float32")]
    stops = [_shadow(form, name, 0.999, _CONSTANT, warm=False) for name in ("float16", "bfloat16")]
    return [form.name, f"`{formula}`", *digits, *stops]


def with_forms(text: str) -> str:
    """The page with a new table of forms."""
    head = ["form", "one update", "float64", "float32", "float16 stops at", "bfloat16 stops at"]
    table = [head, ["---"] * len(head), *map(_row, FORMS)]
    lines = "".join(f"| {' | '.join(row)} |\n" for row in table)
    return _PLACE.sub(lambda _: lines, text)
