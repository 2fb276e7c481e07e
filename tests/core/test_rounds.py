"""Rounds: the columns of a batch, as the command prints them and as Python has them."""

from __future__ import annotations

import pytest

from ema_cli import Average
from tests.harness import run


@pytest.mark.parametrize("rule", ["fixed", "optax", "custom:decay=0.9,update_every=3", "ta-lib:timeperiod=5", "torch"])
def test_columns_of_a_long_file(rule: str) -> None:
    """Of a long file, too, a column has a blank where the round has no value, and nowhere else."""
    params = [float(n % 7) for n in range(1100)]
    decay = [] if ":" in rule else ["--decay", "0.9"]
    printed = run(
        ["--rule", rule, *decay, "-F", "csv", "-c", "decay,weight,shadow,biased", "--dtype", "float64"],
        "".join(f"{param}\n" for param in params),
    )
    rounds = Average(0.9 if decay else None, rule=rule, dtype="float64").advance(params)
    expected = {"decay": rounds.decays, "weight": rounds.weights, "shadow": rounds.shadows}
    for name, values in (expected | {"biased": rounds.biased or rounds.shadows}).items():
        assert values == [None if text == "" else float(text) for text in printed.column(name)], name
