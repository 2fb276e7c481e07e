"""The program of the interactive page, in V8 without a browser: its digits and working are the command's."""

from __future__ import annotations

import json
import re
from math import isclose
from typing import TYPE_CHECKING, Any

import pytest
from py_mini_racer import MiniRacer

from ema_cli import rules
from ema_cli.formats.document import asset
from tests.harness import output, run

if TYPE_CHECKING:
    from ema_cli.core.rule import Rule

_PROGRAM = "".join(asset(f"live/{name}.js") for name in ("formulas", "numbers", "working", "average"))

_PAGE = "const document = {querySelector: () => document, textContent: %s};\n"
"""A page with nothing but its data."""

_ROUNDS = """{
  const asked = {decay: data.decay, initial: data.initial, warm: data.warmed, params: data.params, ...MOVED};
  const {rows, known} = computed(asked);
  JSON.stringify(rows.map(row => [
    written(row.decay, data.decay_dtype), written(row.shadow, data.dtype.name), written(row.share, "float64"),
    worked(row, asked, known).join("; "),
  ]));
}"""


class LivePage:
    """The data and the program of an interactive page.

    Attributes:
        same: True if it computes the digits of the command.
        moves: True if its DECAY can be moved.
    """

    def __init__(self, *line: str) -> None:
        page = output(*line, "-F", "html", "--interactive", "-q")
        found = re.search(r'class="ema-data">(.*?)</script>', page)
        assert found is not None
        data = json.loads(found[1])
        self.same, self.moves = data["same"], data["moved"] == "DECAY"
        self._engine = MiniRacer()
        self._engine.eval(_PAGE % json.dumps(found[1]) + _PROGRAM)

    def rounds(self, **moved: Any) -> list[list[Any]]:
        """The decay, the shadow, the share and the working of each round after a change."""
        rounds = json.loads(str(self._engine.eval(_ROUNDS.replace("MOVED", json.dumps(moved)))))
        return [self._compared(*cells) for cells in rounds]

    def told(self, *line: str) -> list[list[Any]]:
        """These cells of the command's output."""
        table = output(*line, "-F", "markdown", "-c", "round,decay,shadow,share", "-q")
        lines = [line for line in table.splitlines() if re.match(r"\| +\d", line)]
        rows = [[cell.strip() for cell in line.split("|")[2:5]] for line in lines]
        records = json.loads(output(*line, "--explain", "-F", "json", "-q"))["rounds"]
        return [
            self._compared(*cells, one["working"]) for cells, one in zip(rows[-len(records) :], records, strict=True)
        ]

    def _compared(self, decay: str, shadow: str, share: str, working: str) -> list[Any]:
        """A round without the digits that may differ on the page: those of shares, and all of them if JavaScript
        lacks the arithmetic.
        """
        if self.same:
            return [decay, shadow, near(share), working]
        return [
            near(decay),
            near(shadow),
            near(share),
            re.sub(r"[\d.]+(e[+-]?\d+)?(/\d+)?", "0", working).replace("≈", "="),
        ]


def near(cell: str) -> Any:
    """The value of a cell, to the digits of a table; None for an empty one."""
    return Near(float(cell)) if cell else None


class Near(float):
    """A number that equals another one nearby."""

    def __eq__(self, other: object) -> bool:
        """True if they differ by rounding alone."""
        return isinstance(other, float) and isclose(self, other, rel_tol=1e-5, abs_tol=1e-9)

    __hash__ = None  # type: ignore[assignment]


def script_of(rule: Rule) -> list[str]:
    """A call with a rule: a decay, and a script that it accepts."""
    line = ["--rule", rule.name, "0:1", "1:-2.75", "100:10x3", "5000:0.1x4"]
    line = line if rule.decay is None else ["--decay", "0.99", *line]
    if run([*line, "-q"]).code:
        line = [piece.partition(":")[1] + piece.partition(":")[2] if ":" in piece else piece for piece in line]
    return line


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in rules().values()])
def test_a_page_of_each_rule(rule: Rule) -> None:
    """The page agrees at first, and after DECAY is changed."""
    line = script_of(rule)
    page = LivePage(*line)
    assert page.rounds() == page.told(*line)
    if page.moves:
        assert page.rounds(decay="0.5") == page.told(*["0.5" if word == "0.99" else word for word in line])


def test_most_rules_have_their_digits() -> None:
    """JavaScript lacks few kinds of arithmetic."""
    assert sum(LivePage(*script_of(rule)).same for rule in rules().values()) > 80


@pytest.mark.parametrize(
    ("rule", "moves"),
    [
        ("mmcv:interval=2,warm_up=5", True),
        ("biggan:start_itr=2", True),
        ("tfa:num_updates=2", False),
        ("torchvision:steps=2,lr_warmup_iters=1", False),
    ],
)
def test_a_page_whose_decay_follows_from_more(rule: str, moves: bool) -> None:
    """DECAY can be changed if the formula has it as stated, and also if it is computed from it."""
    line = ["--rule", rule, "--decay", "0.99", "0:1", "1:2", "2:3", "3:5", "4:8"]
    page = LivePage(*line)
    assert page.rounds() == page.told(*line)
    assert moves == page.moves
    if moves:
        assert page.rounds(decay="0.5") == page.told(*["0.5" if word == "0.99" else word for word in line])


@pytest.mark.parametrize("steps", [(0, 1, 2), (1, 2, 3)])
def test_a_page_that_remembers_the_first_param(steps: tuple[int, ...]) -> None:
    """A register that starts like the shadow is copied with it."""
    pieces = [f"{step}:{param}" for step, param in zip(steps, (1, 3, 5), strict=True)]
    line = ["--rule", "trl-bema:update_freq=1,result=model", *pieces]
    page = LivePage(*line)
    assert page.rounds() == page.told(*line)


@pytest.mark.parametrize("options", ["--rule fixed --decay 0.5 --initial mean:3", "--rule ta-lib:timeperiod=3"])
def test_a_page_that_starts_at_a_mean(options: str) -> None:
    """It waits, then takes the mean, in which each param has the same part."""
    line = [*options.split(), ":1", ":2.5", ":4.1", ":7"]
    page = LivePage(*line)
    assert page.rounds() == page.told(*line)
