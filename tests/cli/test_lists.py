"""--list-rules and --about-rule: their content, the choice of rules, and the width."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from ema_cli.core.catalogue import rules
from ema_cli.core.rule import AREAS
from tests.harness import error_of, run, shell, terminal

if TYPE_CHECKING:
    from pathlib import Path


def told(line: str) -> list[dict[str, str]]:
    """The rows of a list, which must succeed."""
    outcome = run(f"{line} -F csv")
    assert (0, "") == (outcome.code, outcome.err)
    return list(csv.DictReader(StringIO(outcome.out)))


def test_all_rules_are_listed() -> None:
    """Without --rule, the list has every rule, by area, and `custom`."""
    rows = told("--list-rules")
    assert sorted((*rules(), "custom")) == sorted(row["rule"] for row in rows)
    areas = [row["area"] for row in rows]
    assert [area for area, before in zip(areas, ["", *areas], strict=False) if area != before] == [*AREAS]


def test_words_filter_the_list() -> None:
    """Operands keep the rules that have all these words in their names, aliases, areas or descriptions."""
    assert {row["area"] for row in told("--list-rules trading")} == {"trading"}
    assert [row["rule"] for row in told("--list-rules YOLOX")] == ["yolov5", "mmdet"]
    assert [row["rule"] for row in told("--list-rules rsi")] == ["ta-lib-rma", "tradingview-rma"]
    assert [row["rule"] for row in told("--list-rules codebook")] == ["sonnet", "vq-pytorch"]
    assert [row["rule"] for row in told("--list-rules sigma_rel")] == ["ema-pytorch-karras", "edm2"]
    assert [row["rule"] for row in told("--list-rules systems progressbar2")] == [
        "progressbar2",
        "progressbar2-double",
    ]
    assert [row["rule"] for row in told("--list-rules ta_lib_RMA Wilder")] == ["ta-lib-rma"]


def test_areas_have_titles_in_a_table() -> None:
    """A table for people has a heading for each area, unless there is only one."""
    lines = run("--list-rules --width 100").out.splitlines()
    titles = [line.strip("│ ").split("  ")[0] for line in lines if line.startswith("│ ")]
    assert [title for title in titles if title in {area.upper() for area in AREAS}] == [area.upper() for area in AREAS]
    assert "TRADING" not in run("--list-rules trading").out


def test_other_names_of_a_rule() -> None:
    """An alias is a rule with fixed parameters; case, hyphens and underscores do not matter."""
    assert run("--rule YOLOX 1:1 --decay 0.9 -F csv").out == run("--rule yolov5:tau=2000 1:1 --decay 0.9 -F csv").out
    assert run("--rule Torch_EMA 1:1 --decay 0.9 -F csv").out == run("--rule torch-ema 1:1 --decay 0.9 -F csv").out
    assert "yolov5:tau=2000, which sets tau already" in error_of("--rule yolox:tau=3 --decay 0.9 :1", code=2)
    assert error_of("--rule adamw :1", code=2) == "no rule 'adamw'; did you mean torch-adam or torch-adam-sq?"


def test_rules_that_are_asked_for() -> None:
    """With --rule, the list has these rules, with their parameters."""
    rows = told("--list-rules --rule torch --rule diffusers:use_ema_warmup=true")
    assert ["torch", "diffusers:use_ema_warmup=true"] == [row["rule"] for row in rows]
    assert "0, 0.370039, 0.51925" == rows[1]["first decays at 0.9999"]


@pytest.mark.parametrize(
    ("option", "heading", "first"),
    [
        ("--decay 0.15", "first decays at 0.15", "0.1, 0.15, 0.15"),
        ("--half-life 1", "first decays at half-life 1", "0.1, 0.181818, 0.25"),
        ("--alpha 0.9", "first decays at alpha 0.9", "0.1, 0.1, 0.1"),
    ],
)
def test_decays_that_are_asked_for(option: str, heading: str, first: str) -> None:
    """With a decay, the list shows the first decays at it."""
    assert first == told(f"--list-rules --rule warmup {option}")[0][heading]
    assert first in [row["text"] for row in told(f"--about-rule warmup {option}") if row["what"] == heading]


def test_several_decays() -> None:
    """Each decay has a column of its own."""
    row = told("--list-rules --rule fixed --decay 0.5 --decay 0.9")[0]
    assert ("0.5, 0.5, 0.5", "0.9, 0.9, 0.9") == (row["first decays at 0.5"], row["first decays at 0.9"])


@pytest.mark.parametrize("decay", ["0", "0.5", "1"])
def test_every_rule_at_every_decay(decay: str) -> None:
    """Every rule has first decays, at any decay."""
    rows = told(f"--list-rules --decay {decay}")
    assert len(rows) > len(rules())
    assert all(row[f"first decays at {decay}"] for row in rows)


def test_a_rule_with_parameters_is_explained() -> None:
    """--about-rule accepts parameters, as --rule does."""
    lines = {row["what"]: row["text"] for row in told("--about-rule torch:n_averaged=1,decay=0.5")}
    assert ("torch:n_averaged=1,decay=0.5", "0.5, 0.5, 0.5") == (lines["rule"], lines["first decays at 0.9999"])
    assert "updates" == lines["first call"]


@pytest.mark.long
@pytest.mark.parametrize("line", ["--list-rules", "--about-rule edm2"])
def test_a_list_in_a_pager(line: str, tmp_path: Path) -> None:
    """In a pipe, a list is as wide as COLUMNS, or 80; as data, or with --format, it is as wide as it needs to be."""
    piped = shell(f"ema-calc {line}", tmp_path).out
    assert 80 == max(map(len, piped.splitlines()))
    assert 100 == max(map(len, shell(f"ema-calc {line}", tmp_path, COLUMNS="100").out.splitlines()))
    assert 24 <= max(map(len, shell(f"ema-calc {line}", tmp_path, COLUMNS="1").out.splitlines())) < 50
    for wide in ("-F table", "-F csv", "-o rules.txt && cat rules.txt"):
        assert 120 < max(map(len, shell(f"ema-calc {line} {wide}", tmp_path).out.splitlines()))


def test_a_pager_has_the_width_of_its_terminal() -> None:
    """In front of a pager in a terminal, a list is as wide as the terminal."""
    assert 120 == max(map(len, terminal("ema-calc --list-rules | cat", columns=120).out.splitlines()))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("score_sde_pytorch", "torch-ema"),
        ("big_vision", "flax"),
        ("rosinality", "guided-diffusion:rate=0.5^(32/10000)"),
        ("demucs", "audiocraft"),
        ("ema_decay_sqrt", "levanter-decay-sqrt"),
    ],
)
def test_other_names_of_an_implementation(typed: str, meant: str) -> None:
    """A project that averages as another one does is found under its own name."""
    script = "--initial 2 :1 :3 -F csv -c shadow"
    decay = "" if "rate" in meant else "--decay 0.9"
    assert run(f"-q --rule {typed} {decay} {script}").out == run(f"-q --rule {meant} {decay} {script}").out


@pytest.mark.parametrize(
    ("typed", "meant"), [("rmsprop", "torch-rmsprop"), ("dema", "ta-lib-dema or progressbar2-double")]
)
def test_words_for_an_average(typed: str, meant: str) -> None:
    """A common word for an average leads to its rule."""
    assert f"did you mean {meant}?" in error_of(f"--rule {typed} --decay 0.9 :1", code=2)
