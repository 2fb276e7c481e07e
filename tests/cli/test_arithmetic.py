"""Arithmetic in the values of options."""

from __future__ import annotations

import json

import pytest

from tests.harness import error_of, run


def _settings(line: str) -> dict[str, object]:
    outcome = run(f"{line} -q -F json 0:1")
    assert outcome.code == 0, outcome.err
    settings: dict[str, object] = json.loads(outcome.out)["settings"]
    return settings


@pytest.mark.parametrize(
    ("line", "decay"),
    [
        ("--decay 0.999^32", 0.9684910757595269),
        ("--decay 0.999**32", 0.9684910757595269),
        ("--decay '0.5^(32 / 10000)'", 0.5 ** (32 / 10000)),
        ("--decay 1-1/337", 336 / 337),
        ("--decay 90/101", 90 / 101),
        ("--decay 99%", 0.99),
        ("--alpha 1/4", 0.75),
        ("--half-life 6931/32", 0.5 ** (32 / 6931)),
        ("--span 2*10-1", 0.9),
        ("--com 3^2", 0.9),
        ("--rule fixed:decay=1-1/4", 0.75),
    ],
)
def test_decays(line: str, decay: float) -> None:
    """A decay may be arithmetic, in whatever way it is stated."""
    assert _settings(line)["decay"] == decay


def test_parameters_and_initial_values() -> None:
    """Parameters of rules, even whole ones, and initial values may be arithmetic; lists are split at commas first."""
    settings = _settings("--rule ema-pytorch:beta=1-1/4096,update_every=2*5,power=2/3")
    assert settings["decay"] == 0.99975586  # in float32
    assert settings["parameters"]["update_every"] == 10  # type: ignore[index]
    assert settings["parameters"]["power"] == 2 / 3  # type: ignore[index]
    assert run("--decay 0.5 --initial=-2^2,50% :0,0 -c shadow -F csv").out.splitlines()[1] == "-2.0,0.25"


def test_exact_arithmetic_takes_fractions() -> None:
    """In exact arithmetic, a rational value is that fraction; an irrational power is refused with the reason."""
    assert run("--decay 0.9^2 --dtype exact :1 -c shadow -F csv").out.splitlines()[1] == "19/100"
    error = error_of("--decay 0.5^(1/2) --dtype exact :1", code=2)
    assert error.startswith("decay '0.5^(1/2)' has a power whose exponent, 1/2, is not a whole number")


def test_titles_add_the_value() -> None:
    """A title shows the text without spaces and its value; a label shows the text alone."""
    title = run("--decay '1 - 1/4' :1").out.splitlines()[0]
    assert title.strip() == "decay 1-1/4 = 0.75, rule warmup, float64, initial value 0"
    assert run("--decay 2/3 :1").out.split(",")[0].strip() == "decay 2/3 ≈ 0.66666667"
    assert run("--half-life 20/2 :1").out.split(",")[0].strip() == "half-life 20/2 = 10 (decay 0.93303299)"
    power = run("--rule diffusers:use_ema_warmup=true,power=3/4 :1").out
    assert "rule diffusers:use_ema_warmup=true,power=3/4 (power=3/4 = 0.75)" in " ".join(power.split("\n")[:2])
    header = run("--decay 0.9^2 --decay '1 - 1/4' :1 -F csv -q").out.splitlines()[0]
    assert header == "step,param,decay[0.9^2],shadow[0.9^2],decay[1-1/4],shadow[1-1/4]"


def test_a_note_where_doubles_differ() -> None:
    """A note shows the value of code that computes in doubles, if it differs in the last bit."""
    outcome = run("--decay 0.999^32 --decay 90/101 :1 -F csv")
    assert outcome.err.count("doubles") == 1
    assert (
        "0.999^32 is taken as 0.9684910757595269, the nearest float64; code that computes it in doubles gets"
        f" {0.999**32!r}, which you can give instead" in outcome.err
    )
    assert "doubles" not in run("--decay 0.999^32 --dtype exact --rule fixed :1 -F csv").err
    assert "doubles" not in run("--decay 0.5^(32/10000) --rule karras --rule fixed :1 -F csv").err


@pytest.mark.parametrize("line", ["--param 1/2", "--step 2*3 --param 1", "0:1/2", "0:1^2", "--param 1 --runs 2*2"])
def test_scripts_have_plain_numbers(line: str) -> None:
    """Params, steps and runs take plain numbers only."""
    assert run(f"--decay 0.9 {line}").code != 0


def test_tolerances(tmp_path) -> None:
    """A tolerance may be arithmetic."""
    (tmp_path / "log.csv").write_text("step,param,ema\n0,1,0.9\n100,1,0.909\n")
    assert run(f"--decay 0.99 {tmp_path}/log.csv --check ema --tolerance abs:1/500 -q").code == 0
    assert run(f"--decay 0.99 {tmp_path}/log.csv --check ema --tolerance abs:2^-20 -q").code == 3
    assert "is not abs:X" in error_of(f"--decay 0.9 {tmp_path}/log.csv --check ema --tolerance abs:1/", code=2)
