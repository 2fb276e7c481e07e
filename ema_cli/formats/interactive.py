"""An interactive page (`--interactive`): the still page, and a program that follows its sliders and fields.

The program (`live/`) computes with the formulas of the core, which it is handed as texts. Where a formula
calls what JavaScript cannot do to the last bit, it is handed the rule as a textbook writes it, and the page says so.
"""

from __future__ import annotations

import ast
import json
from html import escape
from typing import TYPE_CHECKING, Any, SupportsFloat

from ema_cli.core.affine import affine_registers
from ema_cli.core.dtypes import dtype
from ema_cli.core.formula import said
from ema_cli.core.gates import ACTIONS, UPDATES
from ema_cli.core.schedules import fixed, ratio
from ema_cli.errors import UsageError
from ema_cli.formats.html import Html, Page, asset, squeezed
from ema_cli.report.column_specs import COLUMNS
from ema_cli.text.numbers import Style, for_people
from ema_cli.working.board import names_in, of_family, parsed
from ema_cli.working.expression import plain
from ema_cli.working.operands import twin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ema_cli.core.average import Average
    from ema_cli.core.decay_setting import Constant
    from ema_cli.core.dtypes import Dtype
    from ema_cli.core.rounds import Rounds
    from ema_cli.core.rule import Seed
    from ema_cli.core.schedules import Family
    from ema_cli.formats.registry import Look
    from ema_cli.formats.sink import Sink
    from ema_cli.reading.batch import Batch
    from ema_cli.report.table import Sheet

COLUMNS_SHOWN = "round,step,param,decay,shadow"
"""The columns of the page; the program adds the shares."""

MOST_ROUNDS = 1000

_KNOWN = {"R", "O", "N", "fma", "div", "min", "max", "f32", "flush32", "b16", "f16", "fma32", "least32"}
"""Functions that JavaScript computes to the last bit."""

_DOUBLE = dtype("float64")

_PROGRAM = ("formulas", "numbers", "working", "average", "chart", "page")

_FLUSHED = {"float64": 2.0**-1022, "float32": 2.0**-126 - 2.0**-151, "bfloat16": 2.0**-126 - 2.0**-151}


def _calls(*texts: str | None) -> set[str]:
    """The functions in formulas, and `**` for a power."""
    nodes = [node for text in texts if text for node in ast.walk(ast.parse(text, mode="eval"))]
    powers = {"**" for node in nodes if isinstance(node, ast.Pow)}
    return powers | {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def _type(num: Dtype, average: Average) -> dict[str, Any]:
    """A number system, as the program has it."""
    rule = average.rule
    flush = _FLUSHED.get(num.name, 0) if rule.flush else 0
    return {"name": num.name, "wide": rule.by_float32 and num.digits in (8, 11), "flush": flush}


def _numbers(values: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Write constants and registers as texts: JSON has no infinity and no NaN."""
    return {name: repr(float(value)) for name, value in values if isinstance(value, SupportsFloat)}


class _Texts:
    """The formulas of an average, as they are computed, or as a textbook writes them.

    Attributes:
        exact: True if the program has every function that the formulas of the core call.
    """

    def __init__(self, average: Average) -> None:
        self.average, readout = average, average.readout
        before, after = ((), ()) if readout is None else (readout.before, readout.after)
        self.steps = [(name, said(text, average.dtype)) for name, text in (*before, *average.form.steps, *after)]
        self.readout = None if readout is None else said(readout.text, average.dtype)
        scalars = average.scalars
        self.operands = [
            None if text is None else said(text, average.dtype) for text in (scalars.decay, scalars.weight)
        ]
        texts = [said(average.family.text, average.decay_dtype), self.readout, *self.operands]
        called = _calls(*texts, *(text for _, text in self.steps))
        ahead = readout is not None and bool(readout.ahead)
        self.exact = average.dtype.digits is not None and not ahead and called <= _KNOWN

    def of(self, text: str | None) -> str | None:
        """Return a formula as the program computes it."""
        return text if text is None or self.exact else board_text(text)

    def schedule(self, family: Family) -> dict[str, Any]:
        """A decay family: as it is computed, and as people read it."""
        told = ast.unparse(of_family(family))
        text = said(family.text, self.average.decay_dtype) if self.exact else told
        return {"body": text, "text": told, "names": _numbers(pair for pair in family.names if pair[0] != "DECAY")}


def board_text(text: str) -> str:
    """A formula without its roundings."""
    return ast.unparse(parsed(text))


def program(average: Average) -> dict[str, Any]:
    """The average as data for the program; `same` is true if the program computes the command's digits."""
    form, readout, scalars, texts = average.form, average.readout, average.scalars, _Texts(average)
    types = {"dtype": average.dtype, "precision": average.decay_dtype, "input": average.input_dtype}
    exact, stated = twin(average), average.stated
    made = [of.names(average.dtype) for of in (form, readout) if of is not None and of.names is not None]
    constants = dict(average.family.names)
    togglable = scalars.written == "v" and stated is not None and "DECAY" in constants
    own, warmed = texts.schedule(average.family), "n" in names_in(of_family(average.family))
    other = own
    if togglable:
        decay = constants["DECAY"]
        other = texts.schedule(fixed(decay) if warmed else ratio(decay))
    start = "mean" if average.seed is not None else average.rule.start
    steps = [(name, texts.of(text)) for name, text in texts.steps]
    shown = texts.of(texts.readout)
    read = [(name, text or "") for name, text in (*steps, ("shown", shown or "s"))]
    linear, affine = affine_registers([name for name, _ in average.registers], read)
    registers = (*form.registers, *(() if readout is None else readout.registers))
    return {
        **{name: _type(num, average) if texts.exact else _PLAIN for name, num in types.items()},
        "decay_dtype": average.decay_dtype.name if texts.exact and scalars.written == "v" else "float64",
        "same": texts.exact,
        "shown_decay": scalars.written,
        "d": texts.of(texts.operands[0]),
        "w": texts.of(texts.operands[1]),
        "steps": steps,
        "linear": linear if affine and average.take == "p" else None,
        "seeded": ("s", *average.program.shadows),
        "registers": _numbers(registers),
        "called": _numbers(pair for names in made for pair in names.items()),
        "shown": shown,
        "board": board_text(said(form.said or form.text, average.dtype)),
        "board_shown": None if readout is None else board_text(said(readout.said or readout.text, average.dtype)),
        "warm": own if warmed else other,
        "constant": other if warmed else own,
        "warmed": warmed,
        "togglable": togglable,
        "weighted": scalars.written == "1 - v",
        "names": _numbers(average.family.names),
        "exact": {} if exact is None else {name: str(value) for name, value in exact.family.names},
        "rational": exact is not None,
        "own": average.counts_itself,
        "decay": None if stated is None or "DECAY" not in constants else _plain(stated),
        "told": None if stated is None else _told(stated),
        "initial": repr(float(average.initial)).removesuffix(".0") if start == "initial" else None,
        "start": start,
        "seed": None if average.seed is None else _seed(average.seed, average.dtype, texts),
        "take": None if average.take == "p" else texts.of(said(average.take, average.dtype)),
        "shown_from": average.program.shown_from,
    }


def _seed(seed: Seed, num: Dtype, texts: _Texts) -> dict[str, Any]:
    """The mean that the shadow starts from."""
    steps = [(name, texts.of(said(text, num))) for name, text in seed.steps]
    return {"count": seed.count, "steps": steps, "mean": texts.of(said(seed.mean, num)), "registers": seed.registers}


_PLAIN = {"name": "float64", "wide": False, "flush": 0}


def _plain(stated: Constant) -> str:
    """The decay as a field shows it: as it was stated, where that is a plain number."""
    text = str(stated.value)
    plain = stated.kind == "decay" and text.replace(".", "", 1).isdigit()
    return text if plain else repr(float(stated.decay(_DOUBLE)))


def _told(stated: Constant) -> str:
    """The decay as the title and the rule in symbols show it."""
    return str(stated.value) if stated.kind == "decay" else for_people(_DOUBLE, Style())(float(stated.decay(_DOUBLE)))


class Interactive(Html):
    """The table of the still page, with fields and the working of a round above it."""

    narrow = 0

    def __init__(self, sheet: Sheet, sink: Sink, look: Look) -> None:
        super().__init__(sheet, sink, look)
        self._params: list[str] = []
        self._steps: list[Any] = []
        self._elapsed: list[Any] = []
        self._actions: list[str] = []

    def write(self, first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> None:
        """Keep the rounds of a batch.

        Raises:
            UsageError: There are several averages or params, too many rounds, or a round without a value.
        """
        own = rounds[0][0]
        if len(rounds) > 1 or len(rounds[0]) > 1:
            raise UsageError("--interactive shows one average of one param; name the param with --param-column")
        if first + len(batch) - 1 > MOST_ROUNDS:
            raise UsageError(f"--interactive has room for {MOST_ROUNDS} rounds; the script has more")
        if any(param is None or param - param != 0 for param in own.params):
            raise UsageError("--interactive needs a value in each round; --missing hold repeats the last one")
        steps = own.steps if own.steps is not None else [None] * len(own)
        codes = own.codes or bytes([UPDATES]) * len(own)
        self._actions += [ACTIONS[code] for code in codes]
        self._steps += [None if step is None else float(step) if step % 1 else int(step) for step in steps]
        self._elapsed += [None if time is None else float(time) for time in own.elapsed or ()]
        self._params += batch.texts[0]
        super().write(first, batch, rounds)

    def _formulas(self) -> list[str]:
        worked = '<div data-ema="worked" class="live" hidden></div>'
        return ['<div class="rule">', *super()._formulas(), worked, "</div>", *self._controls()]

    def _controls(self) -> list[str]:
        say = self.look.language.say
        differs = say("JavaScript lacks this rule's arithmetic: this page computes the textbook's formula in float64.")

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
            f'<p class="notes" data-ema="differs" hidden>{escape(differs)}</p>',
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

    def close(self) -> None:
        """End the section, and add the data."""
        super().close()
        say = self.look.language.say
        style = self.sheet.style
        data = program(self.sheet.averages[0][0]) | {
            "params": self._params,
            "counters": self._steps,
            "elapsed": self._elapsed or None,
            "actions": self._actions,
            "digits": style.digits,
            "decimals": style.decimals,
            "words": {
                **{name: say(name) for name in ("round", "param", "shadow", "value", "kept")},
                "copy": say("copied"),
                "skip": say("skipped"),
                "wait": say("waiting"),
                "seed": say("the mean so far"),
                "decay": say("decay"),
                "initial": say("initial value {values}", values="{x}"),
                **self._schedules(),
                "share": say(COLUMNS["share"].heading if "share" in COLUMNS else "share"),
                "worked": say("Round {number} with its numbers", number="{number}"),
                "choose": say("(choose another in the table)"),
                "edit": say("param of round {number}", number="{number}"),
                "status": say("After round {number} the shadow is {shadow}.", number="{number}", shadow="{shadow}"),
                "invalid": say("{text} does not fit here; the last value still counts.", text="{text}"),
            },
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        self.sink.write_text(f'<script type="application/json" class="ema-data">{text}</script>\n')


class Live(Page):
    """The page around the table, with the program at its end."""

    styles = ("page.css", "live/page.css")

    def ending(self) -> str:
        """Add the program, and end the page."""
        program = "".join(squeezed(asset(f"live/{name}.js")) for name in _PROGRAM)
        return f'<script>\n"use strict";\n(() => {{\n{program}}})();\n</script>\n{super().ending()}'
