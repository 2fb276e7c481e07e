"""Turn options into averages (one for each combination of rule, decay and dtype), a script and a format."""

from __future__ import annotations

import os
import sys
from itertools import product
from math import isfinite
from typing import TYPE_CHECKING, Any

from ema_cli.core.average import Average
from ema_cli.core.catalogue import parsed_rule, split_rule
from ema_cli.core.decay_setting import KINDS, LeftDecay, constant
from ema_cli.core.numbers.literals import PAST_FLOAT64, printable
from ema_cli.core.numbers.values import is_arithmetic, value_of
from ema_cli.core.record import Record
from ema_cli.errors import NotNumber, SettingError, UsageError, quoted
from ema_cli.formats.registry import FORMATS
from ema_cli.reading.cells import Reading
from ema_cli.reading.inline import Piece, from_options, is_piece, piece
from ema_cli.report.column_specs import COMPUTED
from ema_cli.text.language import ENGLISH

if TYPE_CHECKING:
    from ema_cli.core.decay_setting import Constant
    from ema_cli.formats.registry import Format
    from ema_cli.reading.script import Script
    from ema_cli.reading.source import Source
    from ema_cli.text.language import Language


_OF_FILES = ("where", "param_column", "time_column", "decay_column")
"""Options that name columns, so that they need a file."""

_GIVE = "give updates such as 0:1 100:10x7, a file, or a pipe"


_INITIALS = {"mean": "did you mean mean:3?", "zero": "did you mean 0?", "zeros": "did you mean 0?"}
"""Suggestions for words that --initial does not know."""


class Request(Record):
    """An average that the options ask for.

    Attributes:
        rule: The rule as typed, with its parameters.
        average: The average of the first param.
        span: The name of the rule's parameter that defaults to the span of the script; empty if it was given, or none.
    """

    rule: str
    average: Average
    span: str = ""

    @property
    def of_script(self) -> bool:
        """True if the average depends on the span of the script, or on its first step."""
        return bool(self.span) or isinstance(self.average.stated, LeftDecay)


def averages_of(options: dict[str, Any]) -> list[Request]:
    """Make the averages that the options ask for.

    Raises:
        UsageError: A decay, a rule, a dtype or an initial value is invalid, or they are incompatible.
    """
    constants, initials = constants_of(options), initial_texts(options)
    requests: list[Request] = []
    by_row = options["decay_column"] is not None
    for rule in options["rule"] or ("warmup" if options["time_column"] is None else "elapsed",):
        entry, parameters = parsed_rule(rule)
        states_decay = not parameters.keys().isdisjoint(entry.constants)
        if not by_row:
            _check_default(rule, given=bool(constants), checks=bool(options["check"]))
        elif constants or states_decay:
            raise UsageError("--decay-column already gives each row its decay: leave others out")
        # In a comparison, the decays do not apply to a rule without a constant, or with its own.
        without = not constants or (len(options["rule"]) > 1 and (entry.decay is None or states_decay))
        for decay, dtype in product((None,) if without else constants, options["dtype"] or (None,)):
            average = average_of(options, rule, decay, dtype, initials[0])
            requests.append(Request(rule, average, "" if entry.span in parameters else entry.span))
    return requests


def average_of(options: dict[str, Any], rule: str, decay: Any, dtype: str | None, initial: str | None) -> Average:
    """The average of one rule, decay and dtype."""
    return Average(
        decay,
        rule=rule,
        dtype=dtype,
        initial=initial,
        count_from=options["count_from"],
        round_each=options["round_each"],
        update_every=options["update_every"],
        by_row=options["decay_column"] is not None,
    )


def arithmetic_notes(options: dict[str, Any]) -> list[str]:
    """Notes on values typed as arithmetic."""
    texts = [text for kind in KINDS for text in options[kind.replace("-", "_")]]
    texts += (options["initial"] or "").split(",")
    texts += [text for rule in options["rule"] for text in split_rule(rule)[1].values()]
    if not any(map(is_arithmetic, texts)) or set(options["dtype"]) == {"exact"}:
        return []
    from ema_cli.report.equations import notes

    return notes("".join(text.split()) for text in texts)


def length_notes(options: dict[str, Any]) -> list[str]:
    """Notes on rules with a length of their own, which ignore --span, and on rules whose own alpha is the decay."""
    return [
        f"--alpha is the weight of the new param, but the alpha of rule {text} is the decay: {text}:alpha={value}"
        for text in options["rule"]
        for value in options["alpha"][:1]
        if parsed_rule(text)[0].constants.get("alpha") == "decay"
    ] + [
        f"rule {text} takes no span: its {own.name} is {own.default}; {text}:{own.name}={options['span'][0]} sets it"
        for text in options["rule"] * bool(options["span"])
        for entry, given in [parsed_rule(text)]
        if (own := entry.length) and own.name not in given and options["span"] != (str(own.default),)
    ]


def _check_default(rule: str, *, given: bool, checks: bool) -> None:
    """Refuse a rule that needs a decay, unless one is given."""
    entry, parameters = parsed_rule(rule)
    entry.settings({key: value for key, value in parameters.items() if key not in entry.constants})
    if not given and entry.needs_decay and parameters.keys().isdisjoint(entry.constants):
        others = ", ".join(f"--{kind}" for kind in KINDS[1:-1])
        found = "; --identify COLUMN finds the decay of a log" * checks
        raise UsageError(
            f"rule {split_rule(rule)[0]} needs a decay: give --decay 0.99, or {others} or --{KINDS[-1]}{found}"
        )


def constants_of(options: dict[str, Any]) -> list[Constant]:
    """The decays, as typed; empty if no option states one."""
    given = [kind for kind in KINDS if options[kind.replace("-", "_")]]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(f'--{kind}' for kind in given)} both state the decay; give one of them")
    try:
        return [constant(kind, value) for kind in given for value in options[kind.replace("-", "_")]]
    except SettingError as error:
        raise UsageError.of(error, "--") from None


def initial_texts(options: dict[str, Any]) -> list[str | None]:
    """The values of --initial, as typed; None leaves the start to the rule."""
    text = options["initial"]
    if text == "logged":
        if not options["check"]:
            raise UsageError("--initial logged starts from the first shadow of --check; give --check COLUMN")
        if options.get("by"):
            raise UsageError("--initial logged starts one average: choose a group with --where instead of --by")
        return [None]
    if text is None or text == "first" or text.startswith("mean:"):
        return [text]
    exact = set(options["dtype"]) == {"exact"}
    for value in text.split(","):
        try:
            number = value_of(value)
        except SettingError as error:
            if isinstance(error.fact, NotNumber):
                give = "give X, X,X for several params, first or mean:N"
                raise UsageError(f"--initial {error.problem}", _INITIALS.get(value, give)) from None
            raise UsageError.of(error, "--initial ") from None
        if not exact and not isfinite(number):
            raise UsageError(f"--initial {quoted(value)} {PAST_FLOAT64}")
    return [*text.split(",")]


def reading_of(options: dict[str, Any], requests: list[Request]) -> Reading:
    """The settings for reading the script for these averages; without averages, for any rule.

    Raises:
        UsageError: A column is named twice.
    """
    counters = [request.average.counter for request in requests]
    for option in "param_column", "by":
        twice = [name for name in options[option] if options[option].count(name) > 1]
        if twice:
            raise UsageError(f"--{option.replace('_', '-')} names {quoted(twice[0])} twice")
    return Reading(
        missing=options["missing"],
        # A step may be fractional if a rule's counter is, or if no rule uses the step.
        fractional=all(each is None for each in counters) or any(each and each.fractional for each in counters),
        exact=bool(requests) and all(request.average.dtype.digits is None for request in requests),
        header=options["header"],
        step_column=options["step_column"],
        param_columns=options["param_column"],
        keep=options["keep"],
        logged=options["check"] if options["identify"] is None else (options["identify"],),
        by=options["by"],
        where=options["where"],
        beside=tuple(
            (options[name], f"--{name.replace('_', '-')}")
            for name in ("time_column", "decay_column")
            if options[name] is not None
        ),
        computed=COMPUTED,
        logged_by="--check" if options["identify"] is None else "--identify",
    )


def parts_of(options: dict[str, Any], reading: Reading) -> list[Piece | Source]:
    """The pieces and files of the script, in order; without any, standard input."""
    if options["script"].count("-") > 1:
        raise UsageError("- is given twice, but standard input can only be read once")
    parts: list[Piece | Source] = []
    for operand in options["script"]:
        if operand != "-" and is_piece(operand):
            parts.append(piece(operand, reading))
        else:
            parts.append(_file(operand))
    step, param, runs = options["step"], options["param"], options["runs"]
    if param is not None:
        parts.append(from_options(step, param, runs, reading))
    elif step is not None or runs is not None:
        given = "--step" if step is not None else "--runs"
        raise UsageError(f"{given} needs --param, the value of the param; --param 1 shows the decay alone")
    for name in _OF_FILES:
        if options[name] and parts and all(isinstance(part, Piece) for part in parts):
            raise UsageError(f"--{name.replace('_', '-')} needs a file: pieces have no columns")
    if parts:
        return parts
    if at_terminal():
        from ema_cli.error_facts import NoScript

        raise UsageError(f"there is no script: {_GIVE}", fact=NoScript())
    return [_file("-", _GIVE)]


def _file(path: str, advice: str = "") -> Source:
    from ema_cli.reading.source import Source

    if os.path.isdir(path):
        from ema_cli.reading.folder import log_in

        path = log_in(path)
    return Source(path, advice)


def format_of(options: dict[str, Any]) -> Format:
    """The format of the output: --format, else the format for the extension of --output, else a table."""
    name, path = options["format"], options["output"]
    if name:
        return FORMATS[name]
    if path is None or path == "-":
        return FORMATS["table"]
    ending = os.path.splitext(path)[1].lower()
    for entry in FORMATS.values():
        if ending == entry.ending:
            return entry
    known = ", ".join(entry.ending for entry in FORMATS.values())
    problem = f"unknown extension {quoted(ending)}" if ending else f"--output {quoted(path)} has no extension"
    alike = [entry for entry in FORMATS.values() if ending[1:] in entry.aliases]
    files = [printable(os.path.splitext(path)[0] + entry.ending) for entry in alike] if ending else []
    meant = [f"--format {path}"] if path in FORMATS else files
    raise UsageError(
        problem, f"did you mean {' or '.join(meant)}?" if meant else f"use one of {known}, or choose --format"
    )


def at_terminal() -> bool:
    """True if standard input is a terminal, or closed."""
    return sys.stdin is None or sys.stdin.isatty()


def names_of(options: dict[str, Any], script: Script, language: Language = ENGLISH) -> list[str]:
    """The names of the params. Unnamed params are numbered, in a language; a single one has no name."""
    given, width = options["name"], script.width
    if given is None:
        numbers = range(1, width + 1) if width > 1 else ()
        unnamed = [language.say("param{number}", number=number) for number in numbers]
        return list(script.names) or unnamed
    names = [printable(name.strip()) for name in given.split(",")]
    if "" in names:
        raise UsageError(f"--name {quoted(given)} has an empty name")
    if len(names) != width:
        raise UsageError(f"--name has {count(len(names), 'name')}, but the script has {count(width, 'param')}")
    return names


def count(number: int, noun: str) -> str:
    """A number with a noun in singular or plural: 1 param, 2 params."""
    return f"{number} {noun}{'s' * (number != 1)}"


def initials_of(options: dict[str, Any], width: int) -> list[Any]:
    """The initial value of each of `width` params."""
    initials = initial_texts(options)
    if len(initials) not in (1, width):
        raise UsageError(f"--initial has {count(len(initials), 'value')}, but the script has {count(width, 'param')}")
    return initials * width if len(initials) == 1 else initials
