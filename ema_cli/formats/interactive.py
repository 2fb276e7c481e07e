"""An interactive page (`--interactive`): the static page with scripts that respond to sliders and fields.

The scripts (`live/`) evaluate the formulas of the core if JavaScript can do so exactly; otherwise the page says so.
"""

from __future__ import annotations

import json
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import TimedHalfLife
from ema_cli.core.gates import ACTIONS, UPDATES
from ema_cli.errors import UsageError
from ema_cli.formats.document import asset
from ema_cli.formats.html import Html, Page, squeezed
from ema_cli.formats.live_data import program
from ema_cli.working.decay_and_weight import NANOSECONDS
from ema_cli.working.expression import INSTEAD, plain
from ema_cli.working.readable_formulas import parsed

if TYPE_CHECKING:
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.report.output import Output, Results

MOST_ROUNDS = 1000

_PROGRAM = ("formulas", "numbers", "working", "average", "chart", "page")


class Interactive(Html):
    """The table of the static page, with fields and the working of a round above it."""

    narrow = 0

    def __init__(self, output: Output, sink: Sink, look: Look) -> None:
        super().__init__(output, sink, look)
        self._params: list[str] = []
        self._steps: list[Any] = []
        self._elapsed: list[Any] = []
        self._actions: list[str] = []

    def write(self, results: Results) -> None:
        """Keep the rounds of a batch.

        Raises:
            UsageError: There are several averages or params, too many rounds, or a round without a value.
        """
        rounds, own = results.rounds, results.rounds[0][0]
        if len(rounds) > 1:
            raise UsageError("--interactive shows one average: give one --rule, one decay and one --dtype")
        if len(rounds[0]) > 1:
            raise UsageError("--interactive shows one param: choose it with --param-column")
        if results.numbers[-1] > MOST_ROUNDS:
            raise UsageError(f"--interactive has room for {MOST_ROUNDS} rounds; the script has more")
        if any(param is None or param - param != 0 for param in own.params):
            raise UsageError("--interactive needs a value in each round; --missing hold repeats the last one")
        steps = own.steps if own.steps is not None else [None] * len(own)
        codes = own.codes or bytes([UPDATES]) * len(own)
        self._actions += [ACTIONS[code] for code in codes]
        self._steps += [None if step is None else float(step) if step % 1 else int(step) for step in steps]
        unit = NANOSECONDS if isinstance(self.output.averages[0][0].stated, TimedHalfLife) else 1
        self._elapsed += [None if time is None else float(time / unit) for time in own.elapsed or ()]
        self._params += results.batch.texts[0]
        super().write(results)

    def _formulas(self) -> list[str]:
        worked = '<div data-ema="worked" class="live" hidden></div>'
        return ['<div class="rule">', *super()._formulas(), worked, "</div>", *self._controls()]

    def _controls(self) -> list[str]:
        say = self.look.language.say
        differs = say("JavaScript lacks this rule's arithmetic: this page computes the textbook formula in float64.")

        def labelled(name: str, label: str) -> list[str]:
            return [
                f'<label for="ema-{name}">{escape(label)}</label>',
                f'<input id="ema-{name}" data-ema="{name}" inputmode="decimal" autocomplete="off" size="10">',
                f'<input type="range" data-ema="{name}-slider" aria-label="{escape(label)}">',
            ]

        return [
            '<form class="controls" data-ema="controls" hidden>',
            *("<div>", *labelled("decay", self._constant()), "</div>"),
            *("<div>", *labelled("initial", say("initial value")), "</div>"),
            f'<label><input type="checkbox" data-ema="warm"> {escape(say("warm-up"))}</label>',
            f'<button type="button" data-ema="reset">{escape(say("Reset"))}</button>',
            "</form>",
            '<p class="status" data-ema="status" role="status"></p>',
            f'<p class="notes" data-ema="differs" hidden>{escape(differs)}</p>',
        ]

    @cached_property
    def _program(self) -> dict[str, Any]:
        return program(self.output.averages[0][0])

    def _constant(self) -> str:
        """The label of the constant that the page can change."""
        say, dated = self.look.language.say, self._program["unit"]
        if self._program["moved"] != "half_life":
            return say("DECAY")
        return say("half-life in seconds" if dated else "half-life")

    def _schedules(self) -> dict[str, str]:
        """The decay in symbols, with the warm-up and without."""
        say, average, data = self.look.language.say, self.output.averages[0][0], self._program
        counter = average.counter.name if average.counter is not None else "step"
        texts = {"n": say(counter), "DECAY": say("DECAY")}
        return {
            name: f"{say('decay')} = {plain(parsed(data[name]['text']), texts)}" if data["togglable"] else ""
            for name in ("warm", "constant")
        }

    def close(self) -> None:
        """End the section, and add the data for the scripts."""
        super().close()
        say, style, moved = self.look.language.say, self.output.style, self._program["moved"]
        data = self._program | {
            "params": self._params,
            "counters": self._steps,
            "elapsed": self._elapsed or None,
            "actions": self._actions,
            "digits": style.digits,
            "decimals": style.decimals,
            "words": {
                **{name: say(name) for name in ("param", "shadow", "share", "value", "kept")},
                **{action: say(word) for action, word in INSTEAD.items()},
                "decay": say("half-life" if moved == "half_life" else "decay"),
                "initial": say("initial value {values}", values="{x}"),
                **self._schedules(),
                "worked": say("Round {number} with its numbers", number="{number}"),
                "choose": say("(choose another in the table)"),
                "edit": say("param of round {number}", number="{number}"),
                "status": say("After round {number} the shadow is {shadow}.", number="{number}", shadow="{shadow}"),
                "invalid": say("{text} is not valid here; the last value is kept.", text="{text}"),
            },
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        self.sink.write_text(f'<script type="application/json" class="ema-data">{text}</script>\n')


class Live(Page):
    """The page around the table, with the scripts at its end."""

    styles = ("page.css", "live/page.css")

    def ending(self) -> str:
        """The scripts, and the end of the page."""
        scripts = "".join(squeezed(asset(f"live/{name}.js")) for name in _PROGRAM)
        return f'<script>\n"use strict";\n(() => {{\n{scripts}}})();\n</script>\n{super().ending()}'
