"""Read-outs: formulas of the shown value, for rules that do not show their accumulator itself.

For example, an accumulator that starts at zero is debiased. A read-out is a formula (`core/formula.py`) of the
accumulator s, the param p, the shown decay v, the form's operands d and w, the number k of the update (the rule's own
counter, if it keeps one), and registers of its own, which each update changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.formula import column, text_in
from ema_cli.core.numbers import operations
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.formula import Step, Text
    from ema_cli.core.numbers.dtypes import Dtype


class Readout(Record):
    """The value that is shown."""

    text: Text
    meaning: str
    """The formula in words."""
    registers: tuple[tuple[str, Any], ...] = ()
    """Registers, with their values before the first update."""
    before: tuple[Step, ...] = ()
    """Assignments to registers before the form updates s."""
    after: tuple[Step, ...] = ()
    """Assignments to registers after the form updates s."""
    readable: str | None = None
    """The formula as printed, if it differs from the text by more than its roundings."""
    ahead: tuple[str, ...] = ()
    """Registers whose values after the last row of the batch, where they stay, are used in every row."""
    names: Callable[[Dtype], dict[str, Any]] | None = None
    """Maker of the other functions that the formula calls, for a number system."""
    of_constant: bool = False
    """True if it calls a function that depends on the constant decay."""
    shown_if: Text | None = None
    """The condition under which a round has a value; None if every round has one."""

    @property
    def lags(self) -> bool:
        """True if the shown value is the accumulator before the update."""
        return self.before == ((self.text, "s"),)

    def hides_first(self, num: Dtype) -> bool:
        """True if the condition depends on the update's number k alone, and fails for the first update."""
        if self.shown_if is None or "k" not in text_in(self.shown_if, num).split():
            return False
        names = {} if self.names is None else self.names(num)
        return not column(self.shown_if, ["k"], num, names)([1])[0]


def _reciprocal(readout: Readout, text: str, meaning: str) -> Readout:
    """The read-out with its division replaced by a product, as XLA does for tensors; not in bfloat16."""
    return readout.but(text={"": text, "bfloat16": readout.text}, meaning=meaning, readable="s/(1 - d**k)")


by_power = Readout("R(div(s, R(O(1 - P(O(v), k)))))", "R(s / R(O(1 - O(v)^k))): the power in the compute type.")

by_power_reciprocal = _reciprocal(
    by_power,
    "R(s*R(div(1, R(O(1 - P(O(v), k))))))",
    "R(s * R(1 / R(O(1 - O(v)^k)))), as XLA rewrites by_power for tensors; not in bfloat16.",
)

by_power_in_dtype = Readout("R(div(s, R(1 - R(P(d, k)))))", meaning="R(s / R(1 - R(d^k))).")

by_power_in_dtype_reciprocal = _reciprocal(
    by_power_in_dtype,
    "R(s*R(div(1, R(1 - R(P(d, k))))))",
    "R(s * R(1 / R(1 - R(d^k)))), as XLA rewrites by_power_in_dtype for tensors; not in bfloat16.",
)

by_squared_power = Readout(
    "R(div(s, R(1 - power_by_squares(d, k))))",
    "R(s / R(1 - d^k)), where the power is taken by repeated squaring and each product rounded.",
    names=lambda num: {
        "power_by_squares": operations.squared_power(num.round) if num.digits is not None else num.power
    },
)

by_squared_power_reciprocal = _reciprocal(
    by_squared_power,
    "R(s*R(div(1, R(1 - power_by_squares(d, k)))))",
    "R(s * R(1 / R(1 - d^k))), as XLA rewrites by_squared_power for tensors; not in bfloat16.",
)

by_power_of_rest = Readout("R(div(s, R(1 - R(P(R(1 - w), k)))))", meaning="R(s / R(1 - R(R(1 - w)^k))).")


by_sum_of_weights = Readout(
    "R(div(s, weights))",
    "R(s / weights), where weights is the sum of the weights, decayed like s: R(R(weights*d) + 1).",
    registers=(("weights", 0),),
    after=(("weights", "R(R(d*weights) + 1)"),),
)


def _single(num: Dtype) -> dict[str, Any]:
    """Functions for arithmetic in float32, whatever the dtype; exact in exact arithmetic."""
    single = num if num.digits is None else dtype("float32", flush=True)
    return {"flush32": single.round, "fma32": single.fma, "least32": single.least}


def by_product(fused: bool) -> Readout:
    """s / (1 - product of the decays); if `fused`, the last product and the subtraction are rounded once."""
    return Readout(
        "R(s*flush32(div(1, max(rest, least32))))",
        "R(s * f32(1 / f32(1 - product of the decays))), the product in float32; fused, the last product and the"
        " subtraction round once.",
        registers=(("product", 1), ("rest", 0)),
        after=(
            ("rest", "fma32(-product, flush32(d), 1)" if fused else "flush32(1 - flush32(product*flush32(d)))"),
            ("product", "flush32(product*flush32(d))"),
        ),
        readable="s/(1 - product)",
        names=_single,
    )
