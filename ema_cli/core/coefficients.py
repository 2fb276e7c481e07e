"""Scalars: how the effective decay becomes the operands of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import column, general
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.formula import Text
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.typed_columns import Column


class Scalars(Record):
    """Formulas that turn the value v of a family (a decay, a weight or a count) into the operands d and w of a form.

    The formulas are of v.
    """

    decay: Text | None
    """None for forms that take no d."""
    weight: Text
    written: str = "v"
    """The decay that belongs to v, as it is shown and written."""
    shown_weight: str | None = None
    """The weight that belongs to v, where the operand is no weight."""
    meaning: str = ""
    stated: str = ""
    """The weight for people, where it does not follow from the decay."""

    def over(self, num: Dtype) -> dict[str, Callable[[Any], Column]]:
        """Functions from a column of values to columns of the operands d (if the form takes one) and w, of the decay as
        it is shown, and of the weight, where that is not w.
        """
        texts = {"d": self.decay, "w": self.weight, "decay": self.written, "weight": self.shown_weight}
        return {name: column(text, ["v"], num, {}) for name, text in texts.items() if text is not None}

    @property
    def told(self) -> str:
        """The formulas as they are told to people."""
        if self.meaning:
            return self.meaning
        named = {"d": self.decay, "w": self.weight}
        of = "v is the weight: " if self.written == "1 - v" else ""
        return of + ", ".join(f"{name} = {general(text)}" for name, text in named.items() if text is not None)


# 1 - v is taken in the precision that the decay is computed in, unless v is converted first.
in_compute_type = Scalars("O(v)", "O(1 - v)")

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
