"""Scalars: the formulas that turn an effective decay into the operands of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import column, general_text
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.formula import Text
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.typed_columns import Column


class Scalars(Record):
    """Formulas of v, the value of a family (a decay, a weight or a count), that give the operands d and w of a form."""

    decay: Text | None
    """The operand d; None for forms without it."""
    weight: Text
    """The operand w."""
    written: str = "v"
    """The effective decay, as it is shown."""
    shown_weight: str | None = None
    """The weight as it is shown; None if it is the operand w."""
    meaning: str = ""
    """The formulas in words, if the texts alone would not explain them."""
    stated: str = ""
    """The weight as printed, if it does not follow from the decay."""

    def over(self, num: Dtype) -> dict[str, Callable[[Any], Column]]:
        """Compile functions from v to the columns `d` (if the form takes it), `w`, `decay` and `weight` (if not w)."""
        texts = {"d": self.decay, "w": self.weight, "decay": self.written, "weight": self.shown_weight}
        return {name: column(text, ["v"], num, {}) for name, text in texts.items() if text is not None}

    @property
    def description(self) -> str:
        """The formulas with their roundings, or their meaning in words."""
        if self.meaning:
            return self.meaning
        named = {"d": self.decay, "w": self.weight}
        of = "v is the weight: " if self.written == "1 - v" else ""
        return of + ", ".join(f"{name} = {general_text(text)}" for name, text in named.items() if text is not None)


# 1 - v is computed in the precision of the decay, unless v is converted first.
in_compute_type = Scalars("O(v)", "O(1 - v)")

unrounded = Scalars("v", "1 - v")

in_dtype = Scalars("R(v)", "R(1 - v)")

subtracted_in_dtype = Scalars("R(v)", "R(1 - R(v))")

subtracted_in_float32 = Scalars(None, {"": "R(f32(1 - v))", "exact": "1 - v"})

by_float32_in_dtype = Scalars(
    {"": "R(f32(v))", "exact": "v"},
    {"": "R(O(1 - f32(v)))", "exact": "1 - v"},
    meaning="d = R(f32(v)), w = R(O(1 - f32(v)))",
)

alpha_in_dtype = Scalars("O(v)", "R(1 - v)")

alpha_subtracted_twice = Scalars("O(1 - (1 - v))", "R(1 - v)")

in_dtype_and_bfloat16 = Scalars("R(v)", "b16(f32(1 - v))", meaning="d = R(v), w = 1 - v rounded to bfloat16")

in_dtype_and_float16 = Scalars("R(v)", "f16(f32(1 - v))", meaning="d = R(v), w = 1 - v rounded to float16")

weight_in_compute_type = Scalars("O(1 - v)", "O(v)", "1 - v")

weight_in_dtype = Scalars("R(1 - v)", "R(v)", "1 - v")

weight_as_alpha = Scalars("O(1 - v)", "R(v)", "1 - v")

weight_subtracted_in_type = Scalars(
    "R(1 - R(v))", "R(v)", "1 - v", meaning="v is the weight: w = R(v), d = R(1 - R(v))"
)

count = Scalars("O(1 - v)", "O(v)", "1 - 1/v", "1/v", "v is a count, and the weight is 1/v: w = O(v)")
