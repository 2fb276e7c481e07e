"""Debiasing: what a rule shows instead of its accumulator, which started at zero.

A read-out is a factory over a number system. It gives a function of a batch's columns: the accumulator s after each
round, the params p, the number k of each update (from 1; that of the rule's own counter, where it has one), and the
plan: the decays v, and the operands d and w that the form took.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ema_cli.core import arithmetic
from ema_cli.core.dtypes import dtype
from ema_cli.core.errors import SettingError
from ema_cli.core.pow_v8 import pow_v8
from ema_cli.core.written import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ema_cli.core.dtypes import Dtype
    from ema_cli.core.planned import Plan
    from ema_cli.core.written import Follow

    Show = Callable[[Sequence[Any], Sequence[Any], Iterable[Any], Plan], list[Any]]
    Readout = Callable[[Dtype], Show]


def _counting(num: Dtype) -> Follow:
    """The number k of each update: that of the rule's own counter n, where it has one."""
    updates = 0

    def tell(names: Mapping[str, Any]) -> Mapping[str, Any]:
        nonlocal updates
        updates += 1
        return {"k": updates if names["n"] is None else names["n"]}

    return tell


@written("s/(1 - d**k)", _counting)
def by_power(num: Dtype) -> Show:
    """R(s / R(O(1 - O(v)^k))): the power in the compute type."""
    R, O, P = num.round, num.compute, num.power  # noqa: E741
    return lambda s, p, k, plan: [
        R(_divide(x, R(O(1 - P(O(v), c))))) for x, c, v in zip(s, k, plan.decays, strict=False)
    ]


@written("s/(1 - d**k)", _counting)
def by_power_reciprocal(num: Dtype) -> Show:
    """R(s * R(1 / R(O(1 - O(v)^k)))), as XLA rewrites by_power for tensors; not in bfloat16."""
    if num.name == "bfloat16":
        return by_power(num)
    R, O, P = num.round, num.compute, num.power  # noqa: E741
    return lambda s, p, k, plan: [
        R(x * R(_divide(1, R(O(1 - P(O(v), c)))))) for x, c, v in zip(s, k, plan.decays, strict=False)
    ]


@written("s/(1 - d**k)", _counting)
def by_power_in_dtype(num: Dtype) -> Show:
    """R(s / R(1 - R(d^k)))."""
    R, P = num.round, num.power
    return lambda s, p, k, plan: [R(_divide(x, R(1 - R(P(v, c))))) for x, c, v in zip(s, k, plan.ds, strict=False)]


@written("s/(1 - d**k)", _counting)
def by_squared_power(num: Dtype) -> Show:
    """R(s / R(1 - d^k)), where the power is taken by repeated squaring and each product rounded."""
    R, P = num.round, arithmetic.squared_power(num.round) if num.digits is not None else num.power
    return lambda s, p, k, plan: [R(_divide(x, R(1 - P(v, c)))) for x, c, v in zip(s, k, plan.ds, strict=False)]


@written("s/(1 - d**k)", _counting)
def by_power_in_dtype_reciprocal(num: Dtype) -> Show:
    """R(s * R(1 / R(1 - R(d^k)))), as XLA rewrites by_power_in_dtype for tensors; not in bfloat16."""
    if num.name == "bfloat16":
        return by_power_in_dtype(num)
    R, P = num.round, num.power
    return lambda s, p, k, plan: [
        R(x * R(_divide(1, R(1 - R(P(v, c)))))) for x, c, v in zip(s, k, plan.ds, strict=False)
    ]


@written("s/(1 - d**k)", _counting)
def by_squared_power_reciprocal(num: Dtype) -> Show:
    """R(s * R(1 / R(1 - d^k))), as XLA rewrites by_squared_power for tensors; not in bfloat16."""
    if num.name == "bfloat16":
        return by_squared_power(num)
    R, P = num.round, arithmetic.squared_power(num.round) if num.digits is not None else num.power
    return lambda s, p, k, plan: [R(x * R(_divide(1, R(1 - P(v, c))))) for x, c, v in zip(s, k, plan.ds, strict=False)]


@written("s/(1 - (1 - w)**k)", _counting)
def by_power_of_rest(num: Dtype) -> Show:
    """R(s / R(1 - R(R(1 - w)^k)))."""
    R, P = num.round, num.power
    return lambda s, p, k, plan: [
        R(_divide(x, R(1 - R(P(R(1 - v), c))))) for x, c, v in zip(s, k, plan.ws, strict=False)
    ]


def _multiplying(num: Dtype) -> Follow:
    """The product of the decays."""
    R = num.round if num.digits is None else dtype("float32", flush=True).round
    product: Any = 1

    def tell(names: Mapping[str, Any]) -> Mapping[str, Any]:
        nonlocal product
        product = R(product * R(names["d"]))
        return {"product": product}

    return tell


def by_product(fused: bool) -> Readout:
    """R(s * f32(1 / f32(1 - product of the decays))), the product in float32; fused, the last product and 1 - it
    round once.
    """

    @written("s/(1 - product)", _multiplying)
    def readout(num: Dtype) -> Show:
        R, single = num.round, num if num.digits is None else dtype("float32", flush=True)
        f32, fma = single.round, single.fma
        product: Any = 1

        def show(s: Sequence[Any], p: Any, k: Any, plan: Plan) -> list[Any]:
            nonlocal product
            shown = []
            for x, v in zip(s, plan.ds, strict=False):
                d = f32(v)
                rest = fma(-product, d, 1) if fused else f32(1 - f32(product * d))
                product = f32(product * d)
                shown.append(R(x * f32(_divide(1, max(rest, single.least)))))
            return shown

        return show

    readout.__doc__ = by_product.__doc__
    return readout


def _series(num: Dtype) -> Follow:
    """The number k of each finite param; nothing while all are equal, and the params are shown as they are."""
    counted, first, equal = 0, None, True

    def tell(names: Mapping[str, Any]) -> Mapping[str, Any] | None:
        nonlocal counted, first, equal
        p = names["p"]
        first = p if first is None else first
        equal = equal and p == first
        if p - p != 0:
            return None
        counted += 1
        return None if equal or names["d"] == 1 else {"k": counted}

    return tell


@written("s/(1 - d**k)", _series)
def series(num: Dtype) -> Show:
    """s / (1 - pow_v8(d, k)), and s where d = 1. A param that is infinite or NaN is shown as it is and not counted. A
    series whose points are all equal is shown as it is; whether they are is decided on what has been handed over so
    far.
    """
    R = num.round
    P = num.power if num.digits is None else lambda x, y: R(pow_v8(x, y))
    counted, first, equal = 0, None, True

    def show(s: Sequence[Any], p: Sequence[Any], k: Any, plan: Plan) -> list[Any]:
        nonlocal counted, first, equal
        if first is None and p:
            first = p[0]
        equal = equal and all(x == first for x in p)
        shown = []
        for x, y, v in zip(s, p, plan.ds, strict=False):
            if y - y != 0:
                shown.append(y)
                continue
            counted += 1
            shown.append(R(_divide(x, 1 if v == 1 else R(1 - P(v, counted)))))
        return list(p) if equal else shown

    return show


def rounded_each(readout: Readout, decimals: int) -> Readout:
    """The read-out with each value rounded to decimals."""
    from ema_cli.core.updates import by_hand

    def rounded(num: Dtype) -> Show:
        show, settle = readout(num), by_hand(num, decimals)
        return lambda s, p, k, plan: list(map(settle, show(s, p, k, plan)))

    rounded.__doc__ = readout.__doc__
    return written(readout.written.text, readout.written.follow)(rounded)  # type: ignore[attr-defined]


def _divide(x: Any, y: Any) -> Any:
    """x / y, with infinities and NaNs for the zeros, as C has it.

    Raises:
        SettingError: It is exact arithmetic, and y is zero.
    """
    if y:
        return x / y
    if not isinstance(y, float):
        raise SettingError("exact arithmetic cannot divide by zero, which debiasing does here; use float64")
    return math.copysign(math.inf, x) * math.copysign(1, y) if x and x == x else math.nan
