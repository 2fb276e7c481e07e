"""Figures, and worksheets that give no answer away."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from ema_cli.core.numbers.literals import printable
from tests.extras import HAS_PLOT
from tests.fuzz.calls import records
from tests.fuzz.draws import generated
from tests.fuzz.oracle import call

if TYPE_CHECKING:
    from tests.fuzz.draws import Draws

BEGINNINGS = {"svg": b"<?xml", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}


@pytest.mark.long
@generated(6)
def test_figures(draws: Draws) -> None:
    """A figure of any numbers is a valid file with the user's text as text; the same call draws the same figure."""
    if not HAS_PLOT:
        return
    form = draws.pick(["svg", "svg", "svg", "png", "pdf"])
    title, names = draws.text().replace("\n", " "), f"{draws.name()}0,{draws.name()}1"
    pieces = [f"{place}:{draws.number()},{draws.number()}" for place in range(1 + draws.below(4))]
    long = draws.pick([[], [f"9:{draws.number()},1x{draws.below(3000) + 1}"], ["--rule", "fixed", "--rule", "torch"]])
    line = ["-q", "-F", "csv", "--decay", "0.9", "--title", title, "--dtype", draws.pick(["float64", "float16"])]
    line += ["--name", names] if names.count(",") == 1 else []
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"figure.{form}"
        outcome = call([*line, "--plot-file", str(path), "--lang", "en", *long, "--", *pieces])
        assert outcome.code == 0, outcome
        drawn = path.read_bytes()
        assert ["figure." + form] == [found.name for found in Path(folder).iterdir()]
    assert drawn.startswith(BEGINNINGS[form])
    if form == "svg":
        root = ElementTree.fromstring(drawn)
        words = "".join("".join(element.itertext()) for element in root.iter()).replace("\xa0", " ")
        assert printable(title).strip() in words, (title, words)
        local = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert not local & {"script", "image", "foreignObject", "a"}, local


DISTINCT = 7
"""Digits of a shadow that appear nowhere else on a page by chance."""


@generated(12)
def test_worksheets(draws: Draws) -> None:
    """A shadow to be filled in appears only on the key."""
    form = draws.pick(["table", "markdown", "latex", "html"])
    pieces = [f"{place}:{1 + draws.below(2**16)}.{draws.below(2**16)}" for place in range(2 + draws.below(5))]
    rule = draws.pick(["warmup", "fixed", "tensorflow", "timm"])
    line = ["-q", "--decay", draws.pick(["0.9", "0.7351"]), "--rule", rule]
    digits = ["--digits", "8"] if rule in ("warmup", "fixed") else []  # float32 is shown as its shortest text
    shadows = [row["shadow"] for row in records(call([*line, "-F", "csv", *digits, *pieces]).out)]
    hidden = sorted({1 + draws.below(len(pieces)) for _ in range(1 + draws.below(3))})
    asked = draws.pick(["shadow", f"shadow:{','.join(map(str, hidden))}"])
    extras = draws.pick(
        [[], ["--explain"], ["--summary"], ["-c", "+change,gap,working"], ["--lang", "zh", "--explain"]]
    )
    extras += ["--plot"] if HAS_PLOT and form != "latex" and draws.seldom() else []
    line += ["-F", form, "--blank", asked, *extras]
    sheet, key = call([*line, *pieces]).out, call([*line, "--answers", *pieces]).out
    for number in hidden if ":" in asked else range(1, len(pieces) + 1):
        digits = re.sub(r"\D", "", shadows[number - 1]).lstrip("0")
        if len(digits) < DISTINCT or any(digits[:DISTINCT] in re.sub(r"\D", "", piece) for piece in pieces):
            continue
        text = shadows[number - 1]
        assert text not in sheet, (text, sheet)
        assert text in key.replace("{", "").replace("}", ""), (text, key)
