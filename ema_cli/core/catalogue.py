"""The rules: how each textbook or framework turns a counter into a decay, and rounds the update.

One entry is one implementation. To add one: state its family (`core/decay.py`), its form and scalars
(`core/forms.py`), its counter and its source, and add a line to the tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ema_cli.core import decay as families
from ema_cli.core import forms
from ema_cli.core.errors import SettingError
from ema_cli.core.numerals import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from ema_cli.core.decay import Family
    from ema_cli.core.forms import Form, Scalars


class Counter(NamedTuple):
    """The variable of the rule's formula, which the script calls step."""

    name: str
    meaning: str
    first: int | None = None
    """Its value at the first update, if the rule keeps it by itself. None: the caller hands it over or not."""
    stride: int = 1


class Rule(NamedTuple):
    """One implementation of an exponential moving average."""

    name: str
    title: str
    formula: str
    family: Callable[[Any], Family]
    """From the settings (`.decay`, and the rule's parameters) to the decay family."""
    form: Form
    scalars: Scalars
    counter: Counter | None
    source: str
    default_decay: float | None = None
    precision: str = "float64"
    """The type in which the decay is computed; in exact arithmetic it is exact."""
    dtype: str = "float64"


_STEP = Counter("step", "the step as the script gives it")
_NUM_UPDATES = Counter("num_updates", "the num_updates handed to apply, usually the global step")

_ENTRIES = (
    Rule(
        "warmup",
        "the textbook's average, with the decay warming up",
        formula="min(DECAY, (1 + step) / (10 + step))",
        family=lambda o: families.ratio(o.decay),
        form=forms.two_products,
        scalars=forms.in_compute_type,
        counter=_STEP,
        source="textbook",
    ),
    Rule(
        "fixed",
        "the textbook's average with a constant decay",
        formula="DECAY",
        family=lambda o: families.fixed(o.decay),
        form=forms.two_products,
        scalars=forms.in_compute_type,
        counter=None,
        source="textbook",
    ),
    Rule(
        "tensorflow",
        "tf.train.ExponentialMovingAverage, 1.x and 2.x",
        formula="min(DECAY, (1 + num_updates) / (10 + num_updates))",
        family=lambda o: families.ratio(o.decay),
        form=forms.subtract,
        scalars=forms.in_dtype,
        counter=_NUM_UPDATES,
        source="tensorflow 2.21.0, tensorflow/python/training/moving_averages.py",
        precision="float32",
        dtype="float32",
    ),
)

RULES = {entry.name: entry for entry in _ENTRIES}


def rule(name: str) -> Rule:
    """The rule of that name.

    Raises:
        SettingError: There is none; the message lists those there are.
    """
    try:
        return RULES[name]
    except KeyError:
        raise SettingError(f"no rule {shown(name)}; there are {', '.join(RULES)}") from None
