"""Arithmetic forms: how one update is rounded. And scalars: how the decay becomes its operands.

s is the shadow, p the param, d the effective decay and w the weight, 1 - d. R rounds to the dtype, O to the compute
type (`core/dtypes.py`). Each form is one body over a number system: it serves every dtype, one update and a batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.dtypes import Dtype

    Update = Callable[[Any, Any, Any, Any], Any]
    Form = Callable[[Dtype], Update]


def two_products(num: Dtype) -> Update:
    """R(R(s*d) + R(p*w)), the textbook's form."""
    R = num.round
    return lambda s, p, d, w: R(R(s * d) + R(p * w))


def subtract(num: Dtype) -> Update:
    """R(s - R(R(s - p) * w)), which needs one product."""
    R = num.round
    return lambda s, p, d, w: R(s - R(R(s - p) * w))


class Scalars(NamedTuple):
    """How an effective decay v becomes the operands d and w of a form."""

    decay: Callable[[Dtype], Callable[[Any], Any]]
    weight: Callable[[Dtype], Callable[[Any], Any]]


def _compute_decay(num: Dtype) -> Callable[[Any], Any]:
    return num.compute


def _compute_weight(num: Dtype) -> Callable[[Any], Any]:
    O = num.compute  # noqa: E741
    return lambda v: O(1 - v)


def _cast_decay(num: Dtype) -> Callable[[Any], Any]:
    return num.round


def _cast_weight(num: Dtype) -> Callable[[Any], Any]:
    R = num.round
    return lambda v: R(1 - v)


in_compute_type = Scalars(_compute_decay, _compute_weight)
"""d = O(v), w = O(1 - v): the subtraction in the decay's own precision, then one conversion to the compute type."""

in_dtype = Scalars(_cast_decay, _cast_weight)
"""d = R(v), w = R(1 - v): the subtraction in the decay's own precision, then one conversion to the dtype."""
