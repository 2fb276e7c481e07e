"""An interactive page (`--interactive`): the still page, and a program that follows its sliders and fields.

The program (`live/`) computes with the formulas of the core, which it is handed as texts. Where a formula
calls what JavaScript cannot do to the last bit, it is handed the rule as a textbook writes it, and the page says so.
"""

from __future__ import annotations

import ast
import json
from html import escape
from typing import TYPE_CHECKING, Any

from ema_cli.core.dtypes import dtype as find_dtype
from ema_cli.core.formula import said
from ema_cli.core.gates import COPY, RESTART, SKIP, UPDATE
from ema_cli.core.schedules import fixed, ratio
from ema_cli.errors import UsageError
from ema_cli.formats.html import Html, Page, asset, squeezed
from ema_cli.report.column_specs import COLUMNS
from ema_cli.working.expression import parsed, plain
from ema_cli.working.operands import twin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.dtypes import Dtype
    from ema_cli.core.rounds import Rounds
    from ema_cli.core.schedules import Family
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.reading.batch import Batch
    from ema_cli.report.table import Sheet

COLUMNS_SHOWN = "round,step,param,decay,shadow"
"""The columns of the page; the program adds the shares."""

MOST_ROUNDS = 1000

_KNOWN = {"R", "O", "N", "fma", "f32", "b16", "min", "max"}
"""The functions that the program has to the last bit."""

_PROGRAM = ("formulas", "numbers", "working", "average", "chart", "page")

_VARIABLES = {"n", "v", "s", "p", "d", "w"}

_BOARD = {"k", "product", "pi", "exp", "cos", "log", "sqrt", "floor"}
"""What it has beside them where the textbook's digits will do."""

_FLUSHED = {"float64": 2.0**-1022, "float32": 2.0**-126 - 2.0**-151, "bfloat16": 2.0**-126 - 2.0**-151}


def _names(*texts: str | None) -> set[str]:
    """The names in formulas, but for those that a formula gives itself."""
    trees = [ast.parse(text, mode="eval") for text in texts if text]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    given = {node.target.id for node in nodes if isinstance(node, ast.NamedExpr)}
    return {node.id for node in nodes if isinstance(node, ast.Name)} - given


def _type(num: Dtype, average: Average) -> dict[str, Any]:
    """A number system, as the program has it."""
    rule = average.rule
    flush = _FLUSHED.get(num.name, 0) if rule.flush else 0
    return {"name": num.name, "wide": rule.by_float32 and num.digits in (8, 11), "flush": flush}


def _schedule(family: Family, num: Dtype, *, exact: bool) -> dict[str, Any]:
    text = family.text.replace("{n}", "n")
    body = said(family.body, num).replace("{n}", "n") if exact else text
    names = {name: float(value) for name, value in family.names if name != "DECAY"}
    return {"body": body, "text": text, "names": names}


def program(average: Average) -> dict[str, Any]:
    """The average as data for the program; `same` tells whether it computes the command's digits."""
    form, readout, scalars = average.form, average.readout, average.scalars
    texts = {
        "d": None if scalars.decay is None else said(scalars.decay, average.dtype),
        "w": said(scalars.weight, average.dtype),
        "shown_decay": scalars.written,
        "update": said(form.text, average.dtype),
    }
    constants = {name for name, _ in average.family.names}
    body = said(average.family.body, average.decay_dtype).replace("{n}", "n")
    same = (
        readout is None
        and form.names is None
        and average.dtype.digits is not None
        and "**" not in body
        and _names(body, *texts.values()) <= _KNOWN | _VARIABLES | constants
    )
    board, shown = form.written.over(average.dtype), None if readout is None else readout.written.over(average.dtype)
    known = _VARIABLES | _BOARD | {"min", "max"}
    board = board if _names(board) <= known else "d*s + w*p"
    float64 = find_dtype("float64")
    if not same:
        texts |= {"d": scalars.written, "w": "1 - v" if scalars.written == "v" else f"1 - ({scalars.written})"}
        texts["update"] = board
    types = {"dtype": average.dtype, "precision": average.decay_dtype, "input": average.input_dtype}
    exact = twin(average)
    plain = {"name": "float64", "wide": False, "flush": 0}
    stated = average.stated
    own = _schedule(average.family, average.decay_dtype, exact=same)
    togglable = scalars.written == "v" and stated is not None and "DECAY" in constants
    warmed, other = "{n}" in average.family.text, own
    if togglable:
        decay = dict(average.family.names)["DECAY"]
        other = _schedule(fixed(decay) if warmed else ratio(decay), average.decay_dtype, exact=same)
    return {
        **texts,
        **{name: _type(num, average) if same else plain for name, num in types.items()},
        "decay_dtype": (average.decay_dtype.name if scalars.written == "v" else "float64") if same else "float64",
        "same": same,
        "written": board,
        "shown": shown if shown is None or _names(shown) <= known else None,
        "written_shown": shown if shown is None or _names(shown) <= known else None,
        "warm": own if warmed else other,
        "constant": other if warmed else own,
        "warmed": warmed,
        "togglable": togglable,
        "weighted": scalars.written == "1 - v",
        "names": {name: float(value) for name, value in average.family.names},
        "exact": {} if exact is None else {name: str(value) for name, value in exact.family.names},
        "rational": exact is not None,
        "own": average.counter is not None and average.counter.first is not None,
        "decay": None if stated is None else _plain(stated.value, stated.kind, stated.decay(float64)),
        "initial": str(average.initial).removesuffix(".0") if average.rule.start == "initial" else None,
        "start": {"initial": "initial", "zero": "zero"}.get(average.rule.start, "first"),
    }


def _plain(value: Any, kind: str, decay: float) -> str:
    """The decay as a field shows it: as it was stated, where that is a plain number."""
    text = str(value)
    return text if kind == "decay" and text.replace(".", "", 1).isdigit() else repr(decay)


class Interactive(Html):
    """The table of the still page, with fields above it and the working of a round below."""

    def __init__(self, sheet: Sheet, sink: Sink, look: Look) -> None:
        super().__init__(sheet, sink, look)
        self._params: list[str] = []
        self._steps: list[Any] = []
        self._actions: list[str] = []

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Keep the rounds of a batch.

        Raises:
            UsageError: There are several averages or params, too many rounds, or a round without a value.
        """
        own, average = rounds[0][0], self.sheet.averages[0][0]
        if len(rounds) > 1 or len(rounds[0]) > 1:
            raise UsageError("--interactive shows one average of one param; name the param with --param-column")
        if first + len(batch) - 1 > MOST_ROUNDS:
            raise UsageError(f"--interactive has room for {MOST_ROUNDS} rounds; the script has more")
        if any(param is None or param - param != 0 for param in own.params):
            raise UsageError("--interactive needs a value in each round; --missing hold repeats the last one")
        steps = own.steps if own.steps is not None else [None] * len(own)
        actions = own.actions if own.actions is not None else [UPDATE] * len(own)
        for row, (step, action) in enumerate(zip(steps, actions, strict=True)):
            again = action == UPDATE and average.restarts(step, first + row)
            self._actions.append(RESTART if again else action if action in (COPY, SKIP) else UPDATE)
            self._steps.append(None if step is None else float(step) if step % 1 else int(step))
        self._params += batch.texts[0]
        super().write(first, batch, rounds)

    def _formulas(self) -> list[str]:
        return [*super()._formulas(), *self._controls()]

    def _controls(self) -> list[str]:
        say = self.look.language.say

        def labelled(name: str, label: str) -> list[str]:
            return [
                f'<label for="ema-{name}">{escape(label)}</label>',
                f'<input id="ema-{name}" data-ema="{name}" inputmode="decimal" autocomplete="off" size="10">',
                f'<input type="range" data-ema="{name}-slider" aria-label="{escape(label)}">',
            ]

        return [
            '<form class="controls" data-ema="controls" hidden>',
            *("<div>", *labelled("decay", say("DECAY")), "</div>"),
            *("<div>", *labelled("initial", say("initial value")), "</div>"),
            f'<label><input type="checkbox" data-ema="warm"> {escape(say("warm-up"))}</label>',
            f'<button type="button" data-ema="reset">{escape(say("Reset"))}</button>',
            "</form>",
            '<p class="status" data-ema="status" role="status"></p>',
            f'<p class="notes" data-ema="differs" hidden>{escape(self._differs())}</p>',
            '<div data-ema="worked" class="live" hidden></div>',
        ]

    def _schedules(self) -> dict[str, str]:
        """The decay in symbols, with the warm-up and without."""
        say, average = self.look.language.say, self.sheet.averages[0][0]
        found = program(average)
        counter = average.counter.name if average.counter is not None else "step"
        texts = {"n": say(counter), "DECAY": say("DECAY")}
        return {
            name: f"{say('decay')} = {plain(parsed(found[name]['text']), texts)}" if found["togglable"] else ""
            for name in ("warm", "constant")
        }

    def _differs(self) -> str:
        return self.look.language.say(
            "JavaScript lacks this rule's arithmetic: what moves here is computed as a textbook writes it, in float64."
        )

    def close(self) -> None:
        """End the section, and add the data."""
        super().close()
        say = self.look.language.say
        style = self.sheet.style
        data = program(self.sheet.averages[0][0]) | {
            "params": self._params,
            "steps": self._steps,
            "actions": self._actions,
            "digits": style.digits,
            "decimals": style.decimals,
            "words": {
                **{name: say(name) for name in ("round", "param", "shadow", "value", "copied", "skipped")},
                "decay": say("decay"),
                "initial": say("initial value {values}", values="{x}"),
                **self._schedules(),
                "share": say(COLUMNS["share"].heading if "share" in COLUMNS else "share"),
                "worked": say("Round {number} with its numbers:", number="{number}"),
                "edit": say("param of round {number}", number="{number}"),
                "status": say("After round {number} the shadow is {shadow}.", number="{number}", shadow="{shadow}"),
                "invalid": say("{text} does not fit here; the value before it still counts.", text="{text}"),
            },
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        self.sink.write_text(f'<script type="application/json" class="ema-data">{text}</script>\n')


class Live(Page):
    """The page around it, with the program at its end."""

    styles = ("page.css", "live/page.css")

    def ending(self) -> str:
        """Add the program, and end the page."""
        program = "".join(squeezed(asset(f"live/{name}.js")) for name in _PROGRAM)
        return f'<script>\n"use strict";\n(() => {{\n{program}}})();\n</script>\n{super().ending()}'
