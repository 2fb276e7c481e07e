"""The command line: options become a script, averages and a writer; then the loop. Nothing is computed here."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ema_cli.columns import DEFAULT, LOGGED, Sheet, chosen, fields
from ema_cli.core.decay import STATEMENTS, Constant, constant
from ema_cli.core.engine import Average
from ema_cli.core.numerals import is_number, printable
from ema_cli.errors import EmaError, SettingError, UsageError, shown
from ema_cli.headline import Headline
from ema_cli.options import EXAMPLES, PARAMETERS
from ema_cli.output import FORMATS, Format, Look, Writer
from ema_cli.output.numbers import Style
from ema_cli.output.sink import Sink, open_sink
from ema_cli.output.thinned import Thinned
from ema_cli.script import Script
from ema_cli.script.cells import Reading
from ema_cli.script.pieces import Piece, from_options, is_piece, piece
from ema_cli.script.source import Source
from ema_cli.summary import Tally
from ema_cli.usage import Command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.check import Check
    from ema_cli.companions import Companions
    from ema_cli.core.engine import Rounds
    from ema_cli.script.batch import Batch

_PROGRAM = "ema-calc"


def note(text: str) -> None:
    """Something the user may want to know, on stderr."""
    click.echo(f"{_PROGRAM}: note: {text}", err=True)


def _silent(text: str) -> None:
    """What --quiet does with a note."""


class EmaCalc(Command):
    """The command; its errors are one sentence on stderr, and an exit code."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **settings: Any) -> NoReturn:
        """Run, and exit: 0 done, 1 bad data or a file that cannot be read or written, 2 wrong usage, 3 different."""
        settings |= {"prog_name": _PROGRAM, "standalone_mode": False}
        try:
            code = super().main(args, **settings)
        except click.Abort:
            code = 130  # as a shell reports an interrupt
        except click.UsageError as error:
            code = _fail(f"{_lower_first(error.format_message())}\nTry '{_PROGRAM} --help'.", 2)
        except click.ClickException as error:
            code = _fail(error.format_message(), error.exit_code)
        except EmaError as error:
            code = _fail(str(error), error.exit_code)
        except BrokenPipeError:
            _close_quietly()
            code = 0
        sys.exit(code or 0)


def _fail(message: str, code: int) -> int:
    click.echo(f"{_PROGRAM}: error: {message.rstrip('.') if chr(10) not in message else message}", err=True)
    return code


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _close_quietly() -> None:
    """Whoever read the output has gone; Python must not try again to flush what is left."""
    with suppress(OSError, ValueError):  # no file of the system may stand behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _calculate(**options: Any) -> None:
    """Run the calculator."""
    context = click.get_current_context()
    if options["list_rules"] or options["about_rule"] is not None:
        _tell_rules(options)
        return
    reading = _reading(options)
    parts = _parts(context, options, reading)
    if parts is None:
        click.echo(context.get_help())
        context.exit(2)
    if options["identify"] is not None:
        _identify(options, reading, parts)
        return
    context.exit(_Session(options, reading, parts).run())


command = EmaCalc(
    name=_PROGRAM,
    callback=_calculate,
    params=PARAMETERS,
    examples=EXAMPLES,
    help="Says exactly what an exponential moving average does, round by round.",
    epilog="Exit codes: 0 done; 1 bad data, or a file that cannot be read or written; 2 wrong usage;"
    " 3 --check found a difference.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _reading(options: dict[str, Any]) -> Reading:
    return Reading(
        missing=options["missing"],
        exact=set(options["dtype"]) == {"exact"},
        header=options["header"],
        step_column=options["step_column"],
        param_columns=options["param_column"],
        keep=options["keep"],
        logged=options["check"] if options["identify"] is None else (options["identify"],),
        logged_by="--check" if options["identify"] is None else "--identify",
        fractional=options["identify"] is not None,
    )


def _parts(ctx: click.Context, options: dict[str, Any], reading: Reading) -> list[Piece | Source] | None:
    """The script's pieces and files in order; None if nothing at all was asked for."""
    parts: list[Piece | Source] = []
    for operand in options["script"]:
        if operand != "-" and is_piece(operand):
            parts.append(piece(operand, reading))
        elif is_number(operand) and not os.path.exists(operand):
            raise UsageError(f"there is no file {shown(operand)}; did you mean :{operand}, a param without a step?")
        else:
            parts.append(Source(operand))
    step, param, runs = options["step"], options["param"], options["runs"]
    if param is not None:
        parts.append(from_options(step, param, runs, reading))
    elif step is not None or runs is not None:
        given = "--step" if step is not None else "--runs"
        raise UsageError(f"{given} needs --param, the value of the param")
    if parts:
        return parts
    if sys.stdin is None or sys.stdin.isatty():
        if not any(ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE for name in options):
            return None
        raise UsageError("there is no script: give updates such as 0:1 100:10x7, a file, or a pipe")
    return [Source("-")]


def _constants(options: dict[str, Any]) -> list[Constant | None]:
    """The decays as they were stated; None for the rule's own."""
    given = [kind for kind in STATEMENTS if options[kind.replace("-", "_")]]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(f'--{kind}' for kind in given)} state the decay twice; give one of them")
    for kind in given:
        try:
            return [constant(kind, value) for value in options[kind.replace("-", "_")]]
        except SettingError as error:
            raise UsageError(f"--{error}") from None
    return [None]


def _initials(text: str | None, exact: bool) -> list[str | None]:
    """The values of --initial as they were written; None leaves it to the rule."""
    if text is None:
        return [None]
    texts = text.split(",")
    for value in texts:
        if text != "first" and not is_number(value):
            raise UsageError(f"--initial {shown(value)} is not a number; give X, X,X for several params, or first")
        if text != "first" and not exact and float(value) - float(value) != 0:
            raise UsageError(f"--initial {shown(value)} is past the range of float64, about 1.8e308")
    return [*texts]


def _format(options: dict[str, Any]) -> Format:
    """The format: asked for, or by the ending of the output's name, or a table."""
    name, path = options["format"], options["output"]
    if name is not None:
        return FORMATS[name]
    if path is None or path == "-":
        return FORMATS["table"]
    ending = os.path.splitext(path)[1].lower()
    for entry in FORMATS.values():
        if ending in entry.endings:
            return entry
    known = ", ".join(ending for entry in FORMATS.values() for ending in entry.endings)
    raise UsageError(f"--output {shown(path)} has none of the endings {known}; --format says which format it is")


def _tell_rules(options: dict[str, Any]) -> None:
    """--list-rules and --about-rule."""
    from ema_cli import rules
    from ema_cli.output.listing import write_list

    chosen_format = _format(options)
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    if options["about_rule"] is not None:
        try:
            columns, rows = ("what", "text"), rules.about(options["about_rule"])
        except SettingError as error:
            raise UsageError(str(error)) from None
    else:
        columns, rows = rules.COLUMNS, rules.rows()
    sink = open_sink(options["output"])
    write_list(chosen_format.name, columns, rows, sink, Look(options["width"], options["color"]))
    sink.commit()


def _identify(options: dict[str, Any], reading: Reading, parts: list[Piece | Source]) -> None:
    """--identify."""
    from ema_cli.identify.report import COLUMNS
    from ema_cli.identify.script import identify
    from ema_cli.output.listing import write_list

    if options["check"]:
        raise UsageError("--identify finds an average, --check tests one: give one of them")
    tell = _silent if options["quiet"] else note
    chosen_format = _format(options)
    script = Script(parts, reading, tell)
    report = identify(
        script,
        lambda: _names(options, script),
        rules=options["rule"],
        constants=[stated for stated in _constants(options) if stated is not None],
        dtypes=options["dtype"],
        initial=",".join(text or "" for text in _initials(options["initial"], False)) or None,
    )
    sink = open_sink(options["output"])
    write_list(chosen_format.name, COLUMNS, report.rows, sink, Look(options["width"], options["color"]))
    for sentence in report.notes:
        if chosen_format.people:
            sink.write_text(f"{sentence}\n")
        else:
            tell(sentence)
    sink.commit()


class _Session:
    """One call of the command, its options checked."""

    def __init__(self, options: dict[str, Any], reading: Reading, parts: list[Piece | Source]) -> None:
        self.options, self.reading = options, reading
        self.format = _format(options)
        if options["digits"] is not None and options["decimals"] is not None:
            raise UsageError("--digits and --decimals both round; give one of them")
        self.style = Style(options["digits"], options["decimals"])
        default = (*DEFAULT, *LOGGED) if options["check"] else DEFAULT
        self.columns = chosen(options["columns"], ("round", *default) if self.format.people else default)
        self.tolerance = options["tolerance"]
        beside_log = self.tolerance is not None or any(column.name in LOGGED for column in self.columns)
        if beside_log and not options["check"]:
            raise UsageError("--tolerance and the columns logged, difference and ulps need --check COLUMN")
        self.check: Check | None = None
        self.companions: Companions | None = None
        self.initials = _initials(options["initial"], reading.exact)
        choices = [*product(options["rule"] or ("warmup",), _constants(options), options["dtype"] or (None,))]
        self.rules = [rule for rule, _, _ in choices]
        try:
            self.averages = [
                Average(decay, rule=rule, dtype=dtype, initial=self.initials[0], count_from=options["count_from"])
                for rule, decay, dtype in choices
            ]
        except SettingError as error:
            raise UsageError(str(error)) from None
        self.note = _silent if options["quiet"] else note
        self.script = Script(parts, reading, self.note)
        self._stepless_told = False

    def run(self) -> int:
        """Read, compute, write. Gives the exit code."""
        sink = open_sink(self.options["output"])
        try:
            self._loop(sink)
            code = 0 if self.check is None else self.check.exit_code
            sink.commit()
            return code
        except BaseException:
            sink.abandon()
            raise

    def _loop(self, sink: Sink) -> None:
        writer: Writer | None = None
        tally: Tally | None = None
        averages: list[list[Average]] = []
        first = 1
        try:
            for batch in self._batches():
                if batch is None:
                    if writer is not None:
                        writer.flush()
                    continue
                averages = averages or self._for_params()
                rounds = [[_advance(average, batch, index) for index, average in enumerate(each)] for each in averages]
                if batch.steps is None or None in batch.steps:
                    self._tell_stepless()
                if writer is None or tally is None:
                    writer, tally = self._open(averages, sink)
                if self.companions is not None:
                    self.companions.follow(batch, rounds)
                tally.add(rounds)
                writer.write(first, batch, rounds)
                first += len(batch)
        except EmaError as error:
            if sink.written:
                raise type(error)(f"{error}; the output breaks off before that") from None
            raise
        assert writer is not None  # a script without an update is an error
        assert tally is not None
        closing = tally.closing(self.check)
        writer.finish(closing)
        if not self.format.people:
            for sentence in closing.notes:
                self.note(sentence)
            if closing.rows and self.format.name != "json":
                widths = [max(map(len, column)) for column in zip(*closing.rows, strict=True)]
                for row in closing.rows:
                    click.echo("  ".join(map(str.ljust, row, widths)).rstrip(), err=True)

    def _batches(self) -> Iterator[Batch | None]:
        batches = self.script.batches()
        if any(average.rule.looks_ahead for average in self.averages):
            from ema_cli.script.ahead import until_points_differ

            return until_points_differ(batches)
        return batches

    def _for_params(self) -> list[list[Average]]:
        """For each average, that of each param."""
        width = self.script.width
        initials = self.initials * width if len(self.initials) == 1 else self.initials
        if len(initials) != width:
            raise UsageError(
                f"--initial has {len(initials)} values, but the script has {width} param{'s' * (width > 1)}"
            )
        return [[average.beside(initial) for initial in initials] for average in self.averages]

    def _accompany(self, averages: list[list[Average]], labels: list[list[str]]) -> None:
        """Make what computes the columns beside the averages."""
        beside = [column.name for column in self.columns if column.beside]
        if self.options["check"]:
            from ema_cli import check

            self.check = check.of_script(
                self.script.logged, _names(self.options, self.script), averages, labels, self.tolerance
            )
        if beside or self.check is not None:
            from ema_cli.companions import Companions

            self.companions = Companions(averages, beside, self.check.each if self.check is not None else ())

    def _tell_stepless(self) -> None:
        if self._stepless_told or self.options["count_from"] is not None:
            return
        counters = [average.counter for average in self.averages]
        if any(counter is not None and counter.first is None for counter in counters):
            self.note(
                "updates without a step use DECAY as it is, without a warm-up; --count-from 0 numbers them 0, 1, ..."
            )
            self._stepless_told = True

    def _open(self, averages: list[list[Average]], sink: Sink) -> tuple[Writer, Tally]:
        names = _names(self.options, self.script)
        about = Headline(averages, self.rules, names, self.options["title"], self.style)
        people = self.format.people
        apart = self.script.width > 1 and self.reading.missing == "skip"
        labelled = names if self.script.width > 1 else [""]
        asked = self.options["summary"]
        whole = asked or self.format.name == "json"
        tally = Tally(averages, about.labels, labelled, self.style, whole=whole, rows=asked)
        self._accompany(averages, [[series.label for series in each] for each in tally.series])
        found = fields(
            self.columns, averages, about.labels, names, self.script.kept, self.style, people=people, apart=apart
        )
        sheet = Sheet(found, about.title(), about.settings())
        writer = self.format.open(sheet, sink, Look(self.options["width"], self.options["color"]))
        every = self.options["every"]
        return writer if every in (None, 1) else Thinned(writer, every, initial=people), tally


def _names(options: dict[str, Any], script: Script) -> list[str]:
    """The params' names; none for a single param that nothing names."""
    given, width = options["name"], script.width
    if given is None:
        unnamed = [f"param{number}" for number in range(1, width + 1)] if width > 1 else []
        return list(script.names) or unnamed
    names = [printable(name.strip()) for name in given.split(",")]
    if len(names) != width or "" in names:
        raise UsageError(f"--name: names for {len(names)} params, but the script has {width}")
    return names


def _advance(average: Average, batch: Batch, index: int) -> Rounds:
    return average.advance(batch.params(index, exact=average.dtype.digits is None), batch.steps)
