"""Settings of PyTorch's rules that no recorded case has, compared with their frameworks' documentation."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ema_cli import Average
from tests.harness import csv_of, error_of, run


def weights(count: int, **parameters: Any) -> list[float]:
    """The weights of Ignite's first rounds."""
    return list(Average(rule="ignite", parameters=parameters, dtype="float64").advance([1.0] * count).weights)


@pytest.mark.parametrize("half_life", [0.5, 3.25])
def test_a_half_life_in_millions_of_images(half_life: float) -> None:
    """If the ramp is longer, EDM2's half-life halves the shadow after that many million images."""
    images = half_life * 10**6
    ema = Average(rule="edm2-traditional", parameters={"halflife_Mimg": half_life, "batch_size": 2048})
    assert [0.5 ** (2048 / images)] * 2 == list(ema.advance([1.0, 1.0], [10**9, 10**9 + 2048]).decays)


def test_a_half_life_without_bound() -> None:
    """EDM2's own default, an infinite half-life, may be given."""
    decays = [
        list(Average(rule="edm2-traditional", parameters={"halflife_Mimg": value}).advance([1.0] * 3).decays)
        for value in (math.inf, "inf", "none", None)
    ]
    assert decays == [decays[0]] * 4


@pytest.mark.parametrize("rule", ["fairseq", "fairseq-module"])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_shadow_of_float32_beside_params_of_16_bits(rule: str, dtype: str) -> None:
    """With ema_fp32, fairseq holds the shadow of a short type in float32, so a small change is not lost."""
    script = "--initial 1 :1.5 :1.25 :1.5x5"
    long = csv_of(f"--rule {rule}:ema_decay=0.999,ema_fp32=true --dtype {dtype} {script}").column("shadow")
    assert long == csv_of(f"--rule {rule}:ema_decay=0.999 --dtype float32 {script}").column("shadow")
    assert long != csv_of(f"--rule {rule}:ema_decay=0.999 --dtype {dtype} {script}").column("shadow")


def test_params_are_still_of_16_bits() -> None:
    """With ema_fp32, only the shadow is a float32: a param is rounded to its own type first."""
    line = "--rule fairseq:ema_decay=0,ema_fp32=true --dtype bfloat16"
    assert ["1.1015625"] == csv_of(f"{line} :1.1").column("shadow")


def test_batches_between_updates() -> None:
    """Composer updates in each batch whose number is a multiple of update_interval, with the weight for that many."""
    outcome = run("--rule composer:update_interval=3,half_life=3 -F csv -c decay,action 1..6:1")
    assert ["skip", "skip", "update"] * 2 == outcome.column("action")
    assert ["", "", "0.5"] * 2 == outcome.column("decay")


@pytest.mark.parametrize(("factor", "first"), [(-1, 0.9), (0, 0.9), (0.5, 0.9), (3, 0.5), (8.5, 2 / 9.5)])
def test_where_a_warm_up_starts(factor: float, first: float) -> None:
    """D2Go's factor says how far below DECAY the decay starts; if it is at least 1, the decay warms up."""
    ema = Average(0.9, rule="d2go", parameters={"decay_warm_up_factor": factor})
    assert [first] == list(ema.advance([1.0]).decays)


def test_a_factor_of_zero_at_a_step_of_zero() -> None:
    """D2Go divides by the factor plus the counter, so both being zero is an error."""
    told = error_of("-q --rule d2go:decay_warm_up_factor=0 0:1", code=2)
    assert told == "the rule has no decay at one of these steps: it would divide by zero"
    assert 0 == run("-q --rule d2go:decay_warm_up_factor=-1 0:1").code


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, [0.5, 0.5, 0.5, 0.5]),
        ({"momentum_warmup": 0.25}, [0.5, 0.5, 0.5, 0.5]),
        ({"warmup_iters": 3}, [0.5, 0.5, 0.5, 0.5]),
        ({"momentum_warmup": 0.25, "warmup_iters": 1}, [0.25, 0.5, 0.5, 0.5]),
        ({"momentum_warmup": 0.25, "warmup_iters": 2}, [0.25, 0.5, 0.5, 0.5]),
        ({"momentum_warmup": 0.25, "warmup_iters": 3}, [0.25, 0.375, 0.5, 0.5]),
        ({"momentum_warmup": 0.75, "warmup_iters": 3}, [0.75, 0.625, 0.5, 0.5]),
    ],
)
def test_ignites_warm_up(parameters: dict[str, Any], expected: list[float]) -> None:
    """The weight moves up or down to momentum, if both settings of the warm-up are given."""
    assert expected == weights(4, momentum=0.5, **parameters)


@pytest.mark.parametrize(("first", "last", "rounds"), [(0.0003, 0.00755, 150), (0.96, 0.095, 9)])
def test_a_warm_up_that_rounds_past_its_end(first: float, last: float, rounds: int) -> None:
    """In float64, rounding may carry the last equal step too far; Ignite stops at momentum."""
    assert last != first + (last - first) * (rounds - 1) / (rounds - 1)
    assert [last] * 2 == weights(rounds + 1, momentum=last, momentum_warmup=first, warmup_iters=rounds)[-2:]


@pytest.mark.parametrize(("dtype", "full"), [("float64", 8), ("float32", 16), ("float16", 32), ("bfloat16", 32)])
def test_the_sign_of_a_zero_in_a_vector_register(dtype: str, full: int) -> None:
    """In a full vector register, lerp adds -0.0 and -0.0 up to 0.0; a single element keeps -0.0."""

    def shadow(numel: int) -> list[str]:
        line = f"--rule k-diffusion:numel={numel},max_value=0 --dtype {dtype} --initial -0.0 :-0.0"
        return csv_of(line).column("shadow")

    assert [["-0.0"], ["0.0"]] == [shadow(full - 1), shadow(full)]


def test_a_float32_average_of_float64_params() -> None:
    """timm's foreach multiplies float64 params in their own type; that is refused."""
    line = "--rule timm-v3:dtype=float32 --dtype float64 :1"
    assert error_of(line, code=2).startswith("rule timm-v3: a float32 average of float64 params is not supported")
    assert ["1.0"] == csv_of(line.replace("float32", "float32,foreach=false,decay=0")).column("shadow")


def test_the_weight_of_audiocraft_follows_by_recurrence() -> None:
    """The weight is 1 over the decayed count of updates: the first one copies, and what is shown says so."""
    line = "--rule audiocraft:decay=1/2 --dtype exact --initial 9 :1 :2 :3"
    outcome = csv_of(f"{line} -c decay,shadow,share")
    assert ["0", "1/3", "3/7"] == outcome.column("decay")
    assert ["1/7", "2/7", "4/7"] == outcome.column("share")
    told = run(f"{line} --explain --width 120").out
    assert "c = c × DECAY + 1" in told
    assert "3/7 × 5/3 + 4/7 × 3 = 17/7" in told
