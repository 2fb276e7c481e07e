"""The command line: options become a script, averages and a writer; then the loop. Nothing is computed here."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ema_cli.columns import DEFAULT, Sheet, chosen, fields
from ema_cli.core.decay import STATEMENTS, Constant, constant
from ema_cli.core.engine import Average
from ema_cli.core.numerals import is_json_number, is_number, printable
from ema_cli.errors import EmaError, SettingError, UsageError, shown
from ema_cli.options import EXAMPLES, PARAMETERS
from ema_cli.output import FORMATS, Format, Look, Writer
from ema_cli.output.numbers import Style, as_written, to_text
from ema_cli.output.sink import Sink, open_sink
from ema_cli.output.thinned import Thinned
from ema_cli.script import Script
from ema_cli.script.cells import Reading
from ema_cli.script.pieces import Piece, from_options, is_piece, piece
from ema_cli.script.source import Source
from ema_cli.usage import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.dtypes import Dtype

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
    reading = _reading(options)
    parts = _parts(context, options, reading)
    if parts is None:
        click.echo(context.get_help())
        context.exit(2)
    _Session(options, reading, parts).run()


command = EmaCalc(
    name=_PROGRAM,
    callback=_calculate,
    params=PARAMETERS,
    examples=EXAMPLES,
    help="Says exactly what an exponential moving average does, round by round.",
    epilog="Exit codes: 0 done; 1 bad data, or a file that cannot be read or written; 2 wrong usage.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _reading(options: dict[str, Any]) -> Reading:
    param_columns = options["param_column"]
    for name in param_columns:
        if param_columns.count(name) > 1:
            raise UsageError(f"--param-column names {shown(name)} twice")
    return Reading(
        missing=options["missing"],
        exact=options["dtype"] == "exact",
        header=options["header"],
        step_column=options["step_column"],
        param_columns=param_columns,
        keep=options["keep"],
    )


def _parts(ctx: click.Context, options: dict[str, Any], reading: Reading) -> list[Piece | Source] | None:
    """The script's pieces and files in order; None if nothing at all was asked for."""
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
    if _nobody_pipes():
        if not any(ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE for name in options):
            return None
        raise UsageError("there is no script: give updates such as 0:1 100:10x7, a file, or a pipe")
    return [Source("-")]


def _nobody_pipes() -> bool:
    return sys.stdin is None or sys.stdin.isatty()


def _constant(options: dict[str, Any]) -> Constant | None:
    """The decay as it was stated."""
    given = [kind for kind in STATEMENTS if options[kind.replace("-", "_")] is not None]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(f'--{kind}' for kind in given)} state the decay twice; give one of them")
    for kind in given:
        try:
            return constant(kind, options[kind.replace("-", "_")])
        except SettingError as error:
            raise UsageError(f"--{error}") from None
    return None


def _initials(text: str, exact: bool) -> list[str]:
    """The values of --initial as they were written."""
    texts = text.split(",")
    for value in texts:
        if text != "first" and not is_number(value):
            raise UsageError(f"--initial {shown(value)} is not a number; give X, X,X for several params, or first")
        if text != "first" and not exact and float(value) - float(value) != 0:
            raise UsageError(f"--initial {shown(value)} is past the range of float64, about 1.8e308")
    return texts


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


class _Session:
    """One call of the command, its options checked."""

    def __init__(self, options: dict[str, Any], reading: Reading, parts: list[Piece | Source]) -> None:
        self.options, self.reading = options, reading
        self.format = _format(options)
        if options["digits"] is not None and options["decimals"] is not None:
            raise UsageError("--digits and --decimals both round; give one of them")
        self.style = Style(options["digits"], options["decimals"])
        self.columns = chosen(options["columns"], ("round", *DEFAULT) if self.format.people else DEFAULT)
        self.initials = _initials(options["initial"], reading.exact)
        self.average = Average(
            _constant(options),
            rule=options["rule"],
            dtype=options["dtype"],
            initial=self.initials[0],
            count_from=options["count_from"],
        )
        self.note = _silent if options["quiet"] else note
        self.script = Script(parts, reading, self.note)

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
        averages: list[Average] = []
        first = 1
        exact = self.average.dtype.digits is None
        try:
            for batch in self.script.batches():
                if batch is None:
                    if writer is not None:
                        writer.flush()
                    continue
                averages = averages or self._averages()
                rounds = [
                    average.advance(batch.params(i, exact=exact), batch.steps) for i, average in enumerate(averages)
                ]
                if batch.steps is None or None in batch.steps:
                    self._tell_stepless()
                writer = writer or self._writer(averages, sink)
                writer.write(first, batch, [rounds])
                first += len(batch)
        except EmaError as error:
            if sink.begun:
                raise type(error)(f"{error}; the output breaks off before that") from None
            raise
        assert writer is not None
        writer.finish()

    def _averages(self) -> list[Average]:
        """The average of each param."""
        width = self.script.width
        initials = self.initials * width if len(self.initials) == 1 else self.initials
        if len(initials) != width:
            raise UsageError(
                f"--initial has {_count(len(initials), 'value')}, but the script has {_count(width, 'param')}"
            )
        return [self.average.beside(initial) for initial in initials]

    def _tell_stepless(self) -> None:
        counter = self.average.rule.counter
        if counter is not None and counter.first is None and self.average.count_from is None:
            self.note(
                "updates without a step use DECAY as it is, without a warm-up; --count-from 0 numbers them 0, 1, ..."
            )
            self._tell_stepless = _told  # type: ignore[method-assign]

    def _writer(self, averages: list[Average], sink: Sink) -> Writer:
        names = self._names()
        apart = len(averages) > 1 and self.reading.missing == "skip"
        found = fields(
            self.columns, [averages], [""], names, self.script.kept, self.style, people=self.format.people, apart=apart
        )
        sheet = Sheet(found, self._title(averages, names), self._settings(averages, names))
        writer = self.format.open(sheet, sink, Look(self.options["width"], self.options["color"]))
        every = self.options["every"]
        return writer if every in (None, 1) else Thinned(writer, every, initial=self.format.people)

    def _names(self) -> list[str]:
        given = self.options["name"]
        if given is None:
            return list(self.script.names)
        names = [printable(name.strip()) for name in given.split(",")]
        width = self.script.width
        if "" in names:
            raise UsageError(f"--name {shown(given)} has an empty name")
        if len(names) != width:
            raise UsageError(f"--name has {_count(len(names), 'name')}, but the script has {_count(width, 'param')}")
        return names

    def _title(self, averages: list[Average], names: list[str]) -> list[str]:
        """What a table says of itself."""
        average = self.average
        decay = str(average.stated)
        if average.stated.kind != "decay":
            decay += f" (decay {as_written(average.decay_dtype, self.style)(str(average.constant))})"
        initials = ", ".join("first param" if text == "first" else text for text in self.initials)
        line = f"{decay}, rule {average.rule.name}, {average.dtype.name}, initial value {initials}"
        if len(averages) == 1 and names and names[0] != "param":
            line = f"{names[0]}: {line}"
        given = self.options["title"]
        return [line] if given is None else [printable(given), line]

    def _settings(self, averages: list[Average], names: list[str]) -> dict[str, Any]:
        """What a JSON document says of itself."""
        average = self.average
        settings: dict[str, Any] = {
            "rule": average.rule.name,
            "dtype": average.dtype.name,
            "decay": _plain(average.constant, average.decay_dtype),
        }
        if average.stated.kind != "decay":
            settings[average.stated.kind] = float(average.stated.value)
        initials = [_plain(each.initial, each.dtype) for each in averages]
        settings["initial"] = initials[0] if len(initials) == 1 else initials
        if average.count_from is not None:
            settings["count-from"] = average.count_from
        if names:
            settings["params"] = names
        return settings


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _plain(value: Any, dtype: Dtype) -> float | str:
    """A value as JSON holds it: a number, or a string if it is a fraction or not finite."""
    text = to_text(dtype, Style())(value)
    return float(text) if is_json_number(text) else text


def _told() -> None:
    """A note that was given once is not given again."""
