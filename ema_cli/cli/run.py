"""A run of the calculator: read the script, compute, write the rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.cli.console import is_watched, note, say, silent
from ema_cli.cli.request import (
    arithmetic_notes,
    asked_averages,
    asked_format,
    asked_names,
    asked_parts,
    asked_reading,
    count,
    settled_by_step,
)
from ema_cli.core.errors import Backwards, SettingError
from ema_cli.core.literals import printable
from ema_cli.core.rule import label
from ema_cli.core.together import advance_together
from ema_cli.errors import DataError, EmaError, UsageError
from ema_cli.formats.registry import Look
from ema_cli.formats.sink import Sink, open_sink
from ema_cli.languages.language import ENGLISH, find_language
from ema_cli.reading.script import Script
from ema_cli.reading.times import Times
from ema_cli.report.build_columns import fields
from ema_cli.report.column_specs import DEFAULT, EXPLAINED, FRACTIONS, LOGGED, chosen, for_people
from ema_cli.report.diagnostics import SHORT, HeldParams, InitialEffect, StepNotes
from ema_cli.report.header import Headline
from ema_cli.report.summary import Tally
from ema_cli.report.table import Closing, Sheet
from ema_cli.text.numbers import Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ema_cli.check.comparison import Check
    from ema_cli.check.seed import Seeds
    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.formats.writer import Writer
    from ema_cli.reading.batch import Batch
    from ema_cli.report.column_specs import Column
    from ema_cli.report.derived import Companions
    from ema_cli.working.rule_text import Formula
    from ema_cli.worksheet.blanks import Blanks


class Session:
    """One call of the command, with its options checked."""

    def __init__(self, options: dict[str, Any]) -> None:
        if options["variant"] is not None:
            from ema_cli.worksheet.variants import varied

            options = varied(options)
        self.options, self.asked = options, asked_averages(options)
        self.reading = asked_reading(options, self.asked)
        parts = asked_parts(options, self.reading)
        self.format = asked_format(options)
        if self.format.file and options["output"] in (None, "-"):
            raise UsageError(f"--format {self.format.name} is a file: give --output FILE{self.format.endings[0]}")
        if options["interactive"] and self.format.interactive:
            self.format = self.format.as_interactive()
        if options["digits"] is not None and options["decimals"] is not None:
            raise UsageError("--digits and --decimals both round; give one of them")
        self.language = find_language(options["lang"])
        if options["symbols"] is not None:
            from ema_cli.report.symbols import asked_language

            self.language = asked_language(options["lang"], options["symbols"])
        self.style = Style(options["digits"], options["decimals"], self.language if self.format.people else ENGLISH)
        self.columns = self._columns()
        self.taught = self._is_taught()
        self.tolerance = options["tolerance"]
        beside_log = self.tolerance is not None or any(column.name in LOGGED for column in self.columns)
        if beside_log and not options["check"]:
            raise UsageError("--tolerance and the columns logged, difference and ulps need --check COLUMN")
        if options["only_different"] and not options["check"]:
            raise UsageError("--only-different shows the rounds that differ under --check; give --check COLUMN")
        if options["only_different"] and options.get("by"):
            raise UsageError("--only-different shows one average, and --by keeps many: choose one group with --where")
        if options["only_different"] and options["every"] is not None:
            raise UsageError("--only-different and --every both choose the rounds that are shown; give one of them")
        self.check: Check | None = None
        self.companions: Companions | None = None
        self.seeds: Seeds | None = None
        self.initials: InitialEffect | None = None
        self.held: HeldParams | None = None
        self._told: Sequence[str] = ()  # the averages in messages
        self._begun: set[tuple[int, int]] = set()  # the averages that have had a param
        self.times = Times()
        self.note = silent if options["quiet"] else note
        for sentence in arithmetic_notes(options):
            self.note(sentence)
        self.script = Script(parts, self.reading, self.note)
        warming = [one.average for one in self.asked if not one.average.by_row]
        of_file = bool(self.script.sources)
        self.steps = StepNotes(warming, options["count_from"], self.note, of_file=of_file)

    def _columns(self) -> list[Column]:
        """Columns of the output, as its format shows them."""
        people = self.format.people
        explain = self.options["explain"] and not self.options["interactive"]  # which has a place of its own for it
        default = EXPLAINED if people and explain else DEFAULT
        default = (*default, *LOGGED) if self.options["check"] else default
        if self.options["time_column"] is not None:
            default = ("time", *default)
        columns = chosen(self.options["columns"], ("round", *default) if people else default)
        if explain and all(column.name != "working" for column in columns):
            columns += chosen("working", ())
        return for_people(columns) if people else columns

    def _is_taught(self) -> bool:
        """True if the output is a page and not only a table."""
        names = ("blank", "answers", "plot", "plot_file", "standalone", "interactive")
        if not self.format.document and not any(self.options[name] for name in names):
            return False
        from ema_cli.worksheet.page import wanted

        return wanted(self.options, self.format)

    def run(self) -> int:
        """Read, compute, write, and return the exit code."""
        path = self.options["output"]
        if path is not None and any(source.is_file(path) for source in self.script.sources):
            self.note(f"{printable(path)} is read, and then replaced by the output")
        with open_sink(self.options["output"]) as sink:
            self._loop(sink)
        return 0 if self.check is None else self.check.exit_code

    def _loop(self, sink: Sink) -> None:
        writer: Writer | None = None
        tally: Tally | None = None
        averages: list[list[Average]] = []
        first = 1
        try:
            for batch in self._watched(sink):
                if batch is None:
                    if writer is not None:
                        writer.flush()
                    continue
                if not averages:
                    self.asked = settled_by_step(
                        self.options, self.asked, None if batch.steps is None else batch.steps[0]
                    )
                    averages = self._for_params()
                    self.steps.begin(batch)
                rounds = [self._advance(each, batch) for each in averages]
                self.steps.follow(batch)
                if writer is None or tally is None:
                    writer, tally = self._open(averages, sink)
                if self.companions is not None:
                    self.companions.follow(batch, rounds)
                if self.initials is not None:
                    self.initials.follow(batch, rounds)
                if self.held is not None:
                    self.held.follow(batch, rounds)
                tally.add(rounds)
                writer.write(first, batch, rounds)
                first += len(batch)
        except EmaError as error:
            if sink.begun:
                error.add_note("the output breaks off before that")
            raise
        assert writer is not None  # a script without an update is an error
        assert tally is not None
        self.steps.finish()
        unseen = [] if self.initials is None else self.initials.notes(tally.labels, self.style.language)
        if self.held is not None:
            unseen += self.held.notes(tally.labels, self.style)
        closing = tally.closing(self.check).beside([*unseen, *self._remarks(averages)])
        writer.finish(closing)
        self._say(closing)

    def _say(self, closing: Closing) -> None:
        """Say what records have no place for."""
        if not self.format.people:
            for sentence in closing.notes:
                self.note(sentence)
            if closing.rows and self.format.name != "json":
                widths = [max(map(len, column)) for column in zip(*closing.rows, strict=True)]
                for row in closing.rows:
                    line = "  ".join(map(str.ljust, row, widths))
                    say(line.rstrip())

    def _advance(self, averages: list[Average], batch: Batch, row: int = 0) -> list[Rounds]:
        """Advance the average of each param by a batch, from the row of its table of states."""
        counter, steps, exact = averages[0].counter, batch.steps, averages[0].dtype.digits is None
        if self.reading.fractional and steps is not None and counter is not None and not counter.fractional:
            from ema_cli.core.convert import plain_steps

            steps = plain_steps(steps, len(batch), fractional=False)  # another average takes fractions
        columns = [batch.params(index, exact=exact) for index in range(len(averages))]
        times, decays = self._beside(batch)
        try:
            found = advance_together(
                averages, columns, steps, times=times, decays=decays, floats=batch.complete, row=row
            )
        except SettingError as error:
            raise self._located(error, batch, times) from None
        if self.seeds is not None:
            self.seeds.follow(averages, batch, found)
        if self.script.sparse and self.options["initial"] is None:
            for average, rounds in zip(averages, found, strict=True):
                self._hide((id(average), row), rounds)
        return found

    def _beside(self, batch: Batch) -> tuple[list[Any] | None, list[Any] | None]:
        """Times and decays of a batch, where columns of the file have them."""
        names = [option for _, option in self.reading.beside]
        if not names:
            return None, None
        if not batch.kept:
            raise UsageError(f"{names[0]} is a column of a file; pieces have none")
        cells = batch.kept[-1]
        if names == ["--decay-column"]:
            from ema_cli.reading.times import decays

            return None, decays(batch, cells, exact=all(one.average.dtype.digits is None for one in self.asked))
        times = self.times.read(batch, cells)
        for one in self.asked:
            self.times.check(one.average.stated)
        return times, None

    def _located(self, error: SettingError, batch: Batch, times: list[Any] | None) -> EmaError | SettingError:
        """The error of the core, with the line that it is about."""
        if times is None or not isinstance(error.fact, Backwards):
            return error
        row = next((row for row, time in enumerate(times) if time is error.fact.time), 0)
        cell = batch.kept[-1][row]
        return DataError(
            f"{batch.where(row)}: time runs backwards: {cell} comes after a later one",
            "turn the file round (head -1 FILE; tail -n +2 FILE | tac), or sort it",
        )

    def _hide(self, key: tuple[int, int], rounds: Rounds) -> None:
        """Leave the shadow of an average blank until there is a param to average."""
        if key not in self._begun:
            gaps = next((row for row, param in enumerate(rounds.params) if param is not None), len(rounds))
            rounds.hide(gaps)
            if gaps < len(rounds):
                self._begun.add(key)

    def _watched(self, sink: Sink) -> Iterator[Batch | None]:
        """Batches, with a progress bar if the output doesn't go to the terminal that stderr goes to."""
        if self.options["quiet"] or sink.terminal or not self.script.sources or not is_watched():
            yield from self._batches()
            return
        from ema_cli.cli.progress import progress

        with progress(self.script.sources) as look:
            for batch in self._batches():
                yield batch
                look()

    def _batches(self) -> Iterator[Batch | None]:
        batches = self.script.batches()
        if self.options["initial"] == "logged":
            from ema_cli.check.seed import Seeds

            self.seeds = Seeds(self.script, lambda: asked_names(self.options, self.script))
            batches = self.seeds.split(batches)
        averages = [one.average for one in self.asked]
        exact = any(average.dtype.digits is None for average in averages)
        if exact or any(column.name in FRACTIONS for column in self.columns):
            from ema_cli.reading.rebatch import FEW, in_parts

            batches = in_parts(batches, FEW)
        ahead = [average.input_dtype for average in averages if average.rule.looks_ahead]
        if ahead:
            from ema_cli.reading.rebatch import until_points_differ

            batches = until_points_differ(batches, [float if each.digits is None else each.round for each in ahead])
        elif self.reading.missing == "skip":
            from ema_cli.reading.rebatch import first_alone

            batches = first_alone(batches)
        return batches

    def _for_params(self) -> list[list[Average]]:
        """Make the average of each param, for each average."""
        width = self.script.width
        initials = self.asked[0].initials
        initials = initials * width if len(initials) == 1 else initials
        if len(initials) != width:
            raise UsageError(
                f"--initial has {count(len(initials), 'value')}, but the script has {count(width, 'param')}"
            )
        return [[one.average.beside(initial) for initial in initials] for one in self.asked]

    def _accompany(self, averages: list[list[Average]], labels: list[list[str]]) -> None:
        """Set up the columns that are computed beside the averages."""
        beside = [column.name for column in self.columns if column.beside]
        if self.options["check"]:
            from ema_cli.check.comparison import of_script

            self.check = of_script(
                self.script, asked_names(self.options, self.script), averages, labels, self.tolerance
            )
            for each in self.check.each:
                for index, comparison in enumerate(each):
                    comparison.seeded = set() if self.seeds is None else self.seeds.rounds.setdefault(index, set())
        if beside or self.check is not None:
            from ema_cli.report.derived import Companions

            self.companions = Companions(averages, beside, self.check.each if self.check is not None else ())

    def _open(self, averages: list[list[Average]], sink: Sink) -> tuple[Writer, Tally]:
        people = self.format.people
        names = asked_names(self.options, self.script, self.style.language)
        about = Headline(
            averages,
            [label(one.rule) for one in self.asked],
            names,
            self.options["title"],
            self.style.but(language=self.language),
            from_first=self.asked[0].initials == ["first"],
        )
        told = about.told if people else about.labels
        apart = self.script.width > 1 and self.script.sparse
        formulas = self._formulas(averages, told)

        def sheet(blanks: Blanks | None = None) -> Sheet:
            found = fields(
                self.columns,
                averages,
                about.labels,
                told,
                names,
                self.script.kept,
                self.style,
                people=people,
                apart=apart,
                blanks=blanks,
            )
            return Sheet(found, about.title(), about.settings, formulas, averages, self.style)

        tally = self._tally(averages, told)
        self._accompany(averages, [[series.label for series in each] for each in tally.series])
        if any(each[0].input_dtype.name in SHORT for each in averages):
            self.held = HeldParams(averages)
        if self.options["initial"] is not None and self.asked[0].average.seed is None:
            self.initials = InitialEffect(averages)
        if self.taught:
            from ema_cli.worksheet.page import Page

            remarks = self._remarks(averages)
            options = self.options
            page = Page(self.format, sink, options, sheet, averages, about.legend, names, self._thin, remarks)
            return self._held(page.waiting(averages, self.style)), tally
        whole = self._arranged(sheet())
        look = Look(self.options["width"], self.options["color"], language=self.language)
        return self._held(self._thin(self.format.open(whole, sink, look), whole)), tally

    def _held(self, writer: Writer) -> Writer:
        """Put before a writer what holds the rows, where a column looks ahead."""
        ahead = [column.name for column in self.columns if column.looks_ahead]
        if not ahead or self.companions is None:
            return writer
        from ema_cli.formats.held import Held

        if self.script.sources:
            self.note(f"the column {' and '.join(ahead)} depends on all rounds: the rows come at the end")
        return Held(writer, self.companions.reveal)

    def _tally(self, averages: list[list[Average]], told: Sequence[str] | None = None) -> Tally:
        """The counts of the rounds of some averages."""
        names = asked_names(self.options, self.script, self.style.language) if self.script.width > 1 else [""]
        self._told = self._told if told is None else told
        asked = self.options["summary"]
        return Tally(averages, self._told, names, self.style, whole=asked or self.format.name == "json", rows=asked)

    def _arranged(self, sheet: Sheet) -> Sheet:
        """The columns in the order of the output."""
        return sheet

    def _thin(self, writer: Writer, sheet: Sheet) -> Writer:
        """Put --every before a writer."""
        every = self.options["every"]
        language = self.language if self.format.people else None
        if self.options["only_different"] and self.check is not None:
            from ema_cli.check.only_different import OnlyDifferent

            return OnlyDifferent(writer, self.check, language)
        if every in (None, 1):
            return writer
        from ema_cli.formats.every import Thinned

        return Thinned(writer, every, language)

    @property
    def _works(self) -> bool:
        """True if the output shows the working."""
        return any(column.opened is not None for column in self.columns)

    def _remarks(self, averages: list[list[Average]]) -> list[str]:
        """Notes on the working and on the rule in symbols."""
        if not self._works and not self.format.rule:
            return []
        from ema_cli.working.footnotes import remarks

        return remarks([each[0] for each in averages], self.style, worked=self._works)

    def _formulas(self, averages: list[list[Average]], labels: list[str]) -> list[Formula]:
        """The rule in symbols, if the output shows it."""
        if not self._works and not self.format.rule:
            return []
        from ema_cli.working.rule_text import formulas

        return formulas([each[0] for each in averages], labels, self.style.language)
