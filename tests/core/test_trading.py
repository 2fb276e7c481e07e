"""TA-Lib's averages that feed other indicators or depend on its global settings."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from ema_cli.core.average import Average

PRICES = [44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.1, 45.42, 45.84, 46.08, 45.89, 46.03, 45.61, 46.28]
RSI = {
    "0.6": [*("0x1.1933f84cfe134p+6", "0x1.2baebaebaebb0p+6", "0x1.351bbc41c78bfp+6", "0x1.1c6cded8fe946p+6"),
            *("0x1.23d96b3ca6ff6p+6", "0x1.dc8e8b449dc65p+5", "0x1.17753a0a3a2ddp+6")],
    "0.8": [*("0x1.1933f84cfe134p+6", "0x1.2baebaebaebb0p+6", "0x1.351bbc41c78c0p+6", "0x1.1c6cded8fe946p+6"),
            *("0x1.23d96b3ca6ff6p+6", "0x1.dc8e8b449dc63p+5", "0x1.17753a0a3a2ddp+6")],
}  # fmt: skip
"""talib.RSI of the prices over a length of 7, by release of the C library: wheels 0.6.8 and 0.8.2."""


@pytest.mark.parametrize("release", RSI)
def test_an_rsi_is_a_quotient_of_two_averages(release: str) -> None:
    """RSI follows, to the last bit, from the gains and the losses averaged as in that release of TA-Lib."""
    changes = [after - before for before, after in pairwise(PRICES)]

    def averages(values: list[float]) -> list[float | None]:
        rule = f"ta-lib-rsi:timeperiod=7,release={release}"
        return Average(rule=rule).advance(values).shadows[6:]

    gains, losses = averages([max(x, 0.0) for x in changes]), averages([max(-x, 0.0) for x in changes])
    found = [100.0 * (gain / (gain + loss)) for gain, loss in zip(gains, losses, strict=True)]
    assert RSI[release] == [value.hex() for value in found]


@pytest.mark.parametrize(("rule", "averages"), [("ta-lib-dema", 2), ("ta-lib-tema", 3)])
def test_an_unstable_period_delays_each_average(rule: str, averages: int) -> None:
    """The next average starts after the hidden rows of the one before, so its values differ, and are not only late."""
    stable = Average(rule=f"{rule}:timeperiod=3").advance(PRICES).shadows
    delayed = Average(rule=f"{rule}:timeperiod=3,unstable_period=1").advance(PRICES).shadows
    assert [stable.count(None), delayed.count(None)] == [2 * averages, 3 * averages]
    assert stable[3 * averages :] != delayed[3 * averages :]


def test_a_line_lags_by_the_part_that_vfactor_leaves() -> None:
    """An average of length 2 lags by 1/2; Tillson's lags by (1 - vfactor) of its three averages."""
    line = [str(n) for n in range(20)]
    lags = [
        19 - Average(rule=f"t3:timeperiod=2,vfactor={vfactor}", dtype="exact").advance(line).shadows[-1]
        for vfactor in ("0", "1/2", "1")
    ]
    assert [Fraction(3, 2), Fraction(3, 4), 0] == lags


def test_a_ratio_of_ttr_is_the_weight() -> None:
    """With a ratio, the length only decides on the mean at the start."""
    by_ratio = Average(rule="ttr-ema:ratio=1/2", dtype="exact").advance(["1", "2", "3", "5"]).shadows
    assert by_ratio == Average(rule="ttr-ema:n=3", dtype="exact").advance(["1", "2", "3", "5"]).shadows
    assert [None, None, 2, Fraction(7, 2)] == by_ratio
    assert [1, Fraction(19, 10)] == Average(rule="ttr-ema:ratio=9/10", dtype="exact").advance(["1", "2"]).shadows
