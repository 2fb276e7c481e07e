"""--leaves and --about-decay: a decay stated by what it leaves, and decays in other terms."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from math import log, nextafter, prod
from typing import Any

import pytest

from ema_cli import Average, decays
from tests.harness import error_of, run
from tests.native import only


def _decay(line: str) -> float:
    outcome = run(f"{line} -q -F json")
    assert outcome.code == 0, outcome.err
    decay: float = json.loads(outcome.out)["settings"]["decay"]
    return decay


@pytest.mark.parametrize(("left", "rounds"), [("1%", 5000), ("0.5", 1), ("1/3", 7), ("1e-9", 123456), ("1", 5)])
def test_a_constant_decay_has_a_closed_form(left: str, rounds: int) -> None:
    """The decay is the double nearest to LEFT^(1/ROUNDS)."""
    decay = _decay(f"--leaves {left}:{rounds} --rule fixed :1")
    part = Fraction(left.removesuffix("%")) / (100 if "%" in left else 1)
    if rounds < 9999:
        below, above = (Fraction(decay) + Fraction(nextafter(decay, end)) for end in (0, 2))
        assert (below / 2) ** rounds <= part <= (above / 2) ** rounds
    assert decay**rounds == pytest.approx(float(part), rel=1e-9)
    assert _decay(f"--leaves {left}:{rounds} :1") == decay  # warmup without steps
    assert _decay(f"--leaves {left}:{rounds + 3} --rule fixed --initial mean:3 :1") == pytest.approx(decay, rel=1e-15)


@pytest.mark.parametrize(
    "line",
    [
        "--leaves 1e-28:5000 --rule torch-ema",
        "--leaves 0.1%:4 --rule torch-ema",
        "--leaves 0.1%:500 --count-from 1000",
        "--leaves 2%:1000 --rule dino:epochs=1,niter_per_ep=1000",
        "--leaves 1%:300 --rule k-diffusion:min_value=0.5,power=3",
        "--leaves 1e-30:9000 --rule yolov5:tau=10",
        "--leaves 1e-40:9000 --rule yolov5:tau=10",
    ],
)
def test_a_warm_up_is_heeded(line: str) -> None:
    """Over the rule's own rounds, the decay leaves the part that was asked for, and no neighbour comes nearer."""
    found = json.loads(run(f"{line} -q -F json :1").out)["settings"]
    left, _, rounds = line.split()[1].partition(":")
    part = float(left.removesuffix("%")) / (100 if "%" in left else 1)
    rest = " ".join(line.split()[2:])

    def reached(decay: float) -> float:
        rule = rest.split("--rule ")[1] if "--rule" in rest else "warmup"
        start = {"count_from": int(rest.split()[-1])} if "--count-from" in rest else {}
        average = Average(decay, rule=rule, **start)
        decays = [d for d in average.advance([0.0] * int(rounds)).decays if d is not None]
        return sum(map(log, decays))

    decay = found["decay"]
    assert reached(decay) == pytest.approx(log(part), rel=1e-12)
    distance = [abs(reached(d) - log(part)) for d in (nextafter(decay, 0), decay, nextafter(decay, 1))]
    assert distance[1] <= min(distance) * (1 + 1e-6) + 1e-13


@pytest.mark.parametrize(
    ("left", "rounds", "settings"),
    [
        ("0.05", 1, {"count_from": 0}),
        ("1e-5", 12, {"rule": "torch-ema"}),
        ("1e-3", 4, {"count_from": 0}),
        ("1e-5", 8, {"count_from": 0}),
        ("1e-9", 40, {"count_from": 0, "update_every": 2}),
        ("0.28", 300, {"count_from": 2000}),
    ],
)
def test_over_few_rounds_the_decay_is_the_nearest(left: str, rounds: int, settings: dict[str, Any]) -> None:
    """The decay is the nearest double, even if its neighbours leave almost the same part."""
    decay = Average(leaves=f"{left}:{rounds}", dtype="float64", **settings).constant

    def reached(neighbour: float) -> Fraction:
        average = Average((Fraction(decay) + Fraction(neighbour)) / 2, dtype="exact", **settings)  # type: ignore[arg-type]
        return prod(d for d in average.advance([0] * rounds).decays if d is not None)

    assert reached(nextafter(decay, 0)) < Fraction(left) <= reached(nextafter(decay, 1))


@pytest.mark.parametrize("left", ["2/1000", "3/1000", "5/1000", "6/1000"])
def test_without_fractions_the_decay_is_the_nearest(left: str) -> None:
    """The product of a cosine's decays is nearer to the part than with a neighbouring double."""
    rule, goal = "dino:epochs=1,niter_per_ep=30", Fraction(left)
    decay = Average(leaves=f"{left}:30", rule=rule).constant

    def distance(constant: float) -> Fraction:
        reached = prod(map(Fraction, decays(rule, 30, decay=constant)))
        return max(reached / goal, goal / reached)

    assert distance(decay) < min(distance(nextafter(decay, 0)), distance(nextafter(decay, 1)))


def test_a_script_with_steps_is_heeded() -> None:
    """If the script gives the steps, the warm-up starts at the first of them."""
    out = run("--leaves 10%:20 5..24:1 -c initial-weight -F csv -q")
    assert out.code == 2
    assert "rule warmup leaves at most" in out.err
    out = run("--leaves 10%:20 1000..1019:1 -c initial-weight -F csv -q")
    assert float(out.column("initial-weight")[-1]) == pytest.approx(0.1, rel=1e-12)
    out = run("--leaves 1e-6:200 50..249:1 -c initial-weight -F csv -q")
    assert float(out.column("initial-weight")[-1]) == pytest.approx(1e-6, rel=1e-12)
    out = run("--leaves 1e-60:20000 0..19999:1 -c initial-weight -F csv -q")  # the warm-up ends, and DECAY stays
    assert float(out.column("initial-weight")[-1]) == pytest.approx(1e-60, rel=1e-9)


@pytest.mark.parametrize(("rule", "left"), [("fixed", "1e-9"), ("fixed", "1"), ("warmup --count-from 0", "1e-9")])
def test_rounds_that_are_skipped_leave_all(rule: str, left: str) -> None:
    """Only the rounds that update are counted."""
    out = run(f"--leaves {left}:40 --update-every 2 --rule {rule} :1x40 -c initial-weight -F csv -q")
    assert float(out.column("initial-weight")[-1]) == pytest.approx(float(left), rel=1e-12)


@pytest.mark.parametrize(
    ("rule", "decay"), [("fixed:decay=0.9", 0.9), ("torch-ema:decay=0.9", 0.9), ("batchnorm:momentum=none", None)]
)
def test_a_rule_with_a_decay_of_its_own_keeps_it(rule: str, decay: float | None) -> None:
    """A decay among a rule's parameters takes precedence for that rule."""
    settings = json.loads(run(f"--rule {rule} --leaves 1%:10 :1 -q -F json").out)["settings"]
    assert settings.get("decay") == decay


def test_leaves_in_python() -> None:
    """`Average(leaves=...)` takes the same text."""
    assert Average(leaves="1%:5000", rule="fixed").constant == 0.01 ** (1 / 5000)


def _told(line: str) -> list[dict[str, Any]]:
    outcome = run(f"--about-decay {line} -F json")
    assert (outcome.code, outcome.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(outcome.out)
    return found


def test_the_meaning_of_decays() -> None:
    """Each decay has one record; a decay that was stated in another way is shown as stated."""
    first, second = _told("--decay 0.998 --decay 1-1/4")
    assert (first["span"], first["time-constant"], first["com"]) == pytest.approx((999, 500, 499))
    assert first["half-life"] == pytest.approx(346.2, abs=0.1)
    assert (first["rounds-to-10-percent"], first["rounds-to-1-percent"]) == (1151, 2301)
    assert first["worth"] == pytest.approx(999)
    assert (second["decay"], second["alpha"], second["worth"], second["sigma"]) == (0.75, 0.25, 7, 12**0.5)
    assert [second[f"decay-{times}"] for times in (2, 4, 8)] == [0.75**2, 0.75**4, 0.75**8]
    assert _told("--half-life 100")[0]["half-life"] == 100
    told = _told("--leaves 1%:5000")[0]
    assert told["half-life"] == pytest.approx(752.57, abs=0.01)
    assert told["rounds-to-1-percent"] == 5000


def test_decays_of_larger_batches_are_exact() -> None:
    """The decay for a larger batch is the double nearest to the exact power of the stated decay."""
    assert _told("--decay 0.999")[0]["decay-2"] == 0.998001
    assert "0.996005996001" in run("--about-decay --decay 0.999").out


def test_relative_deviations() -> None:
    """Without --runs, the table has the rounds until sigma_rel is EDM2's; with --runs, sigma_rel and its exponent."""
    told = _told("--decay 0.999")[0]
    after = told["sigma-rel-0.1"]
    again = _told(f"--decay 0.999 --runs {round(after)}")[0]
    assert (again["sigma-rel"], again["exponent"]) == pytest.approx((0.1, 6.94), rel=1e-3)
    assert again["left"] == 0.999 ** round(after)


@pytest.mark.parametrize("decay", ["0", "1"])
def test_decays_at_the_ends(decay: str) -> None:
    """A decay of 0 or 1 has no half-life."""
    assert _told(f"--decay {decay}")[0]["half-life"] is None
    assert run(f"--about-decay --decay {decay}").code == 0


def test_formats_and_options() -> None:
    """--about-decay reads no script, has the formats of lists, and refuses options without an effect."""
    assert run("--about-decay --decay 0.9 -F csv").out.startswith("stated,decay,alpha,half-life,")
    assert [row["stated"] for row in _told("")] == [f"decay {text}" for text in ("0.9", "0.99", "0.999", "0.9999")]
    assert "半衰期" in run("--about-decay --decay 0.9 --lang zh").out
    assert "--rule has no effect on --about-decay" in error_of("--about-decay --rule torch", code=2)
    assert error_of("--about-decay 0:1", code=2) == "--about-decay takes no operands; leave out '0:1'"
    assert error_of("--about-decay 0.9 0.99", code=2).endswith("; did you mean --decay 0.9 --decay 0.99?")
    assert "--runs 'x' is not a number of rounds" in error_of("--about-decay --runs x", code=2)


def test_sigma_rel_is_a_parameter() -> None:
    """sigma_rel sets the exponent of EDM2's profile, and --about-rule shows both."""
    for rule in "edm2:sigma_rel", "ema-pytorch-karras:sigma_rel":
        summary = json.loads(run(f"--rule {rule}=0.10 :1 -F json").out)["summary"]["averages"][0]
        assert (summary["sigma-rel"], summary["exponent"]) == pytest.approx((0.1, 6.94), abs=0.01)
    assert "sigma_rel 0.009708" in run("--about-rule ema-pytorch-karras:gamma=100").out.replace("\n", " ")
    both = [run(f"--rule edm2:{name}=0.1 :1 :2 -F csv").out for name in ("std", "sigma_rel")]
    assert both[0] == both[1]


@pytest.mark.parametrize("left", ["10%", "0"])
def test_a_decay_that_never_lasts(left: str) -> None:
    """If each round has its own decay, all of them together leave the part that was asked for."""
    found = run(f"--leaves {left}:20 --rule custom:decay=DECAY*(step+99)/(step+100) :1x20 -c initial-weight -F csv -q")
    assert float(found.column("initial-weight")[-1]) == pytest.approx(0.1 if left == "10%" else 0)


def test_nothing_is_left_at_a_decay_of_0() -> None:
    """Nothing means 0, not the least number above it, even if the decays are not fractions."""
    assert _decay("--leaves 0:20 --rule custom:decay=DECAY*exp(-step/99) :1") == 0


def test_a_decay_that_never_lasts_is_found_over_so_many_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computation that would take too long is refused."""
    monkeypatch.setattr("ema_cli.core.leaves_solver._MOST_ROUNDS", 20)
    assert run("--leaves 10%:20 --rule custom:decay=DECAY*(step+99)/(step+100) :1").code == 0
    told = error_of("--leaves 10%:21 --rule custom:decay=DECAY*(step+99)/(step+100) :1", code=2)
    assert "rule custom:decay=DECAY*(step+99)/(step+100) changes its decay each round; give at most 20 rounds" in told


def test_a_warm_up_that_ends_may_have_any_number_of_rounds() -> None:
    """The rounds after the end of a warm-up are not computed one by one."""
    with only(compiled=True):
        decay = _decay("--leaves 1e-60:3000000 --rule ignite:momentum_warmup=0.2,warmup_iters=9 :1")
    assert decay == pytest.approx(10 ** (-60 / 3e6), abs=1e-6)


def test_a_decay_that_was_found_is_copied() -> None:
    """A copy keeps the decay and does not search for it again."""
    average = Average(leaves="1%:500")
    assert copy.deepcopy(average).constant == average.constant
