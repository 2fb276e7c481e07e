"""The command line: options become a script, averages and a writer; then the loop. Nothing is computed here."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ema_cli.asked import Asked, asked_averages
from ema_cli.columns import DEFAULT, Sheet, chosen, fields
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
    from collections.abc import Sequence

    from ema_cli.core.engine import Average, Rounds
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
        """Run, and exit: 0 done, 1 bad data or a file that cannot be read or written, 2 wrong usage."""
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
        except SettingError as error:
            code = _fail(str(error), UsageError.exit_code)
        sys.exit(code or 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Calculate, until whoever reads the output has gone."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # which Click would take for a failure
            _close_quietly()
            return 0


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
    if _nothing_asked(context, options):
        click.echo(context.get_help())
        context.exit(2)
    asked = asked_averages(options)
    reading = _reading(options, asked)
    _Session(options, asked, reading, _parts(options, reading)).run()


command = EmaCalc(
    name=_PROGRAM,
    callback=_calculate,
    params=PARAMETERS,
    examples=EXAMPLES,
    help="Says exactly what an exponential moving average does, round by round.",
    epilog="Exit codes: 0 done; 1 bad data, or a file that cannot be read or written; 2 wrong usage.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _nothing_asked(ctx: click.Context, options: dict[str, Any]) -> bool:
    """Whether the command was called bare, in a terminal."""
    # Older versions of Click say of operands that are not there that they came from the command line.
    asked = [name for name, value in options.items() if value != ()]
    given = any(ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE for name in asked)
    return not given and _at_terminal()


def _at_terminal() -> bool:
    return sys.stdin is None or sys.stdin.isatty()


def _reading(options: dict[str, Any], asked: list[Asked]) -> Reading:
    counters = [one.average.counter for one in asked]
    param_columns = options["param_column"]
    for name in param_columns:
        if param_columns.count(name) > 1:
            raise UsageError(f"--param-column names {shown(name)} twice")
    return Reading(
        missing=options["missing"],
        fractional=any(counter is not None and counter.fractional for counter in counters),
        exact=all(one.average.dtype.digits is None for one in asked),
        header=options["header"],
        step_column=options["step_column"],
        param_columns=param_columns,
        keep=options["keep"],
    )


def _parts(options: dict[str, Any], reading: Reading) -> list[Piece | Source]:
    """The script's pieces and files in order; a pipe if there are none."""
    if options["script"].count("-") > 1:
        raise UsageError("- is given twice, but standard input can be read only once")
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
    if _at_terminal():
        raise UsageError("there is no script: give updates such as 0:1 100:10x7, a file, or a pipe")
    return [Source("-")]


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
    from ema_cli import about
    from ema_cli.output.listing import write_list

    chosen_format = _format(options)
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    if options["about_rule"] is not None:
        try:
            columns, rows = ("what", "text"), about.about(options["about_rule"])
        except SettingError as error:
            raise UsageError(str(error)) from None
    else:
        columns, rows = about.COLUMNS, about.rows()
    sink = open_sink(options["output"])
    write_list(chosen_format.name, columns, rows, sink, Look(options["width"], options["color"]))
    sink.commit()


class _Session:
    """One call of the command, its options checked."""

    def __init__(
        self, options: dict[str, Any], asked: list[Asked], reading: Reading, parts: list[Piece | Source]
    ) -> None:
        self.options, self.asked, self.reading = options, asked, reading
        self.format = _format(options)
        if options["digits"] is not None and options["decimals"] is not None:
            raise UsageError("--digits and --decimals both round; give one of them")
        self.style = Style(options["digits"], options["decimals"])
        self.columns = chosen(options["columns"], ("round", *DEFAULT) if self.format.people else DEFAULT)
        self.note = _silent if options["quiet"] else note
        self.script = Script(parts, reading, self.note)
        self._stepless_told = False

    def run(self) -> None:
        """Read, compute, write."""
        sink = open_sink(self.options["output"])
        try:
            self._loop(sink)
            sink.commit()
        except BaseException:
            sink.abandon()
            raise

    def _loop(self, sink: Sink) -> None:
        writer: Writer | None = None
        tally: Tally | None = None
        averages: list[list[Average]] = []
        first = 1
        try:
            for batch in self.script.batches():
                if batch is None:
                    if writer is not None:
                        writer.flush()
                    continue
                averages = averages or self._for_params()
                rounds = [[_advance(average, batch, index) for index, average in enumerate(each)] for each in averages]
                if batch.has_stepless:
                    self._tell_stepless()
                if writer is None or tally is None:
                    writer, tally = self._open(averages, sink)
                tally.add(rounds)
                writer.write(first, batch, rounds)
                first += len(batch)
        except EmaError as error:
            if sink.begun:
                raise type(error)(f"{error}; the output breaks off before that") from None
            raise
        assert writer is not None  # a script without an update is an error
        assert tally is not None
        closing = tally.closing()
        writer.finish(closing)
        if not self.format.people:
            for sentence in closing.notes:
                self.note(sentence)

    def _for_params(self) -> list[list[Average]]:
        """For each average, that of each param."""
        width = self.script.width
        initials = self.asked[0].initials
        initials = initials * width if len(initials) == 1 else initials
        if len(initials) != width:
            raise UsageError(
                f"--initial has {_count(len(initials), 'value')}, but the script has {_count(width, 'param')}"
            )
        return [[one.average.beside(initial) for initial in initials] for one in self.asked]

    def _tell_stepless(self) -> None:
        if self._stepless_told or self.options["count_from"] is not None:
            return
        counters = [one.average.counter for one in self.asked]
        if any(counter is not None and counter.first is None for counter in counters):
            self.note(
                "updates without a step use DECAY as it is, without a warm-up; --count-from 0 numbers them 0, 1, ..."
            )
            self._stepless_told = True

    def _open(self, averages: list[list[Average]], sink: Sink) -> tuple[Writer, Tally]:
        names = self._names()
        about = Headline(averages, [one.rule for one in self.asked], names, self.options["title"], self.style)
        people = self.format.people
        apart = self.script.width > 1 and self.reading.missing == "skip"
        found = fields(
            self.columns, averages, about.labels, names, self.script.kept, self.style, people=people, apart=apart
        )
        sheet = Sheet(found, about.title(), about.settings)
        writer = self.format.open(sheet, sink, Look(self.options["width"], self.options["color"]))
        every = self.options["every"]
        tally = Tally(averages, about.labels, names if self.script.width > 1 else [""], self.style)
        return writer if every in (None, 1) else Thinned(writer, every, initial=people), tally

    def _names(self) -> list[str]:
        """The params' names; none for a single param that nothing names."""
        given, width = self.options["name"], self.script.width
        if given is None:
            unnamed = [f"param{number}" for number in range(1, width + 1)] if width > 1 else []
            return list(self.script.names) or unnamed
        names = [printable(name.strip()) for name in given.split(",")]
        if "" in names:
            raise UsageError(f"--name {shown(given)} has an empty name")
        if len(names) != width:
            raise UsageError(f"--name has {_count(len(names), 'name')}, but the script has {_count(width, 'param')}")
        return names


def _advance(average: Average, batch: Batch, index: int) -> Rounds:
    return average.advance_plain(batch.params(index, exact=average.dtype.digits is None), batch.steps)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
