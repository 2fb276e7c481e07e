"""A run of the calculator: it reads the script, computes, and writes the rounds."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from ema_cli.cli.console import is_watched, note_of, open_sink, say_rows
from ema_cli.cli.feed import Feed, GroupedBatch
from ema_cli.cli.request import (
    arithmetic_notes,
    averages_of,
    format_of,
    initials_of,
    length_notes,
    names_of,
    parts_of,
    reading_of,
)
from ema_cli.core.catalogue import label
from ema_cli.core.numbers.literals import printable
from ema_cli.core.typed_columns import Parts
from ema_cli.errors import EmaError, UsageError
from ema_cli.formats.registry import Look, imported
from ema_cli.reading.script import Script
from ema_cli.report.build_columns import fields
from ema_cli.report.column_specs import FRACTIONS, columns_of
from ema_cli.report.header import Headline
from ema_cli.report.output import Output, Results
from ema_cli.report.step_notes import StepNotes
from ema_cli.report.summary import Tally
from ema_cli.text.language import ENGLISH, find_language
from ema_cli.text.number_text import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ema_cli.check.comparison import Check
    from ema_cli.check.seed import Seeds
    from ema_cli.core.average import Average
    from ema_cli.formats.sink import Sink
    from ema_cli.reading.batch import Batch
    from ema_cli.report.derived import DerivedColumns
    from ema_cli.report.output import Closing, Writer
    from ema_cli.report.value_notes import HeldParams, InitialEffect
    from ema_cli.working.rule_formulas import Formula
    from ema_cli.worksheet.blanks import Blanks


class Session:
    """One call of the command. Its construction checks the options."""

    def __init__(self, options: dict[str, Any]) -> None:
        if options["variant"] is not None:
            from ema_cli.worksheet.variants import varied

            options = varied(options)
        self.options, self.requests = options, averages_of(options)
        self.reading = reading_of(options, self.requests)
        parts = parts_of(options, self.reading)
        self.format = format_of(options)
        if self.format.file and options["output"] in (None, "-"):
            raise UsageError(f"--format {self.format.name} needs a file: give --output FILE{self.format.ending}")
        if options["interactive"] and self.format.interactive:
            self.format = self.format.as_interactive()
        self.language = find_language(options["lang"])
        if options["symbols"] is not None:
            from ema_cli.report.symbols import with_symbols

            self.language = with_symbols(self.language, options["symbols"])
        self.style = Style(options["digits"], options["decimals"], self.language if self.format.people else ENGLISH)
        self.columns = columns_of(options, people=self.format.people, computes=self.format.computes)
        self._works = any(column.opened is not None for column in self.columns)  # True if it shows the working
        of_page = ("blank", "answers", "plot", "plot_file", "standalone", "interactive")
        self.is_page = bool(self.format.document) or any(options[name] for name in of_page)
        if self.is_page:
            from ema_cli.worksheet.page import check_options

            check_options(options, self.format)
        self.tally: Tally
        self.check: Check | None = None
        self._derived: DerivedColumns | None = None
        self._labels: Sequence[str] = ()  # the labels of the averages in messages
        self._notes: list[HeldParams | InitialEffect] = []
        self._group: Callable[[int], str] | None = None  # from a group's number to its name
        self._groups_drawn: int | None = None
        self.note = note_of(options)
        for sentence in (*arithmetic_notes(options), *length_notes(options)):
            self.note(sentence)
        self.script = Script(parts, self.reading, self.note)
        self.seeds: Seeds | None = None
        if options["initial"] == "logged":
            from ema_cli.check.seed import Seeds

            self.seeds = Seeds(self.script, lambda: names_of(self.options, self.script))
        self.feed = Feed(self.script, self.reading, self.seeds, hides=options["initial"] is None)
        warming = [request.average for request in self.requests if not request.average.by_row]
        self.steps = StepNotes(warming, options["count_from"], self.note, of_file=bool(self.script.sources))

    def run(self) -> int:
        """Read, compute and write; return the exit code."""
        path = self.options["output"]
        if path is not None and any(source.is_file(path) for source in self.script.sources):
            self.note(f"{printable(path)} is read, then replaced by the output")
        with open_sink(path) as sink:
            self._loop(sink)
        return 0 if self.check is None else self.check.exit_code

    def _loop(self, sink: Sink) -> None:
        writer: Writer | None = None
        averages: list[list[Average]] = []
        try:
            for batch in self._watched(sink):
                if batch is None:
                    if writer is not None:
                        writer.flush()
                    continue
                if not averages:
                    averages = self._for_params(batch)
                    self.steps.begin(batch, [each[0] for each in averages])
                parted = self._parted(batch)
                results = Results(parted.batch, [self.feed(each, parted) for each in averages], parted.order)
                self.steps.follow(parted.batch, Parts(parted.groups, parted.lengths or [len(batch)]))
                if writer is None:
                    writer = self._open(averages, sink)
                for follower in (self._derived, self.tally, *self._notes):
                    if follower is not None:
                        follower.follow(results)
                writer.write(results)
                del batch, parted, results  # free memory before reading on: the batches of a wide file are large
        except EmaError as error:
            if sink.begun:
                error.add_note("the output is incomplete")
            raise
        assert writer is not None  # a script without an update is an error
        self.steps.finish()
        self.feed.finish(self.note)
        notes = [each.notes(self._labels, self.style) for each in self._notes]
        closing = self._closing().beside([*chain.from_iterable(notes), *self._remarks(averages)])
        writer.finish(closing)
        self._say(closing)

    def _parted(self, batch: Batch) -> GroupedBatch:
        """The batch, with its updates sorted by group."""
        return GroupedBatch(batch)

    @property
    def _separates_groups(self) -> bool:
        """True if the end of the output reports on each group separately."""
        return False

    def _closing(self) -> Closing:
        """The end of the output."""
        return self.tally.closing(self.check)

    def _say(self, closing: Closing) -> None:
        """Print the notes and the summary to stderr if the format can't hold them."""
        if not self.format.people:
            for sentence in closing.notes:
                self.note(sentence)
            if closing.rows and not self.format.summed:
                say_rows(closing.rows)

    def _watched(self, sink: Sink) -> Iterator[Batch | None]:
        """The batches; the progress is shown if stderr is a terminal and the output goes elsewhere."""
        if self.options["quiet"] or sink.terminal or not self.script.sources or not is_watched():
            return self._batches()
        from ema_cli.cli.progress import watched

        return watched(self._batches(), self.script.sources)

    def _batches(self) -> Iterator[Batch | None]:
        return self.feed.batches(self.requests, small=any(column.name in FRACTIONS for column in self.columns))

    def _for_params(self, first: Batch) -> list[list[Average]]:
        """Make, for each requested average, an average of each param."""
        if any(request.of_script for request in self.requests):
            from ema_cli.cli.deferred_settings import complete

            self.requests = complete(self.options, self.requests, self.feed.held or [first])
        initials = initials_of(self.options, self.script.width)
        return [[request.average.beside(initial) for initial in initials] for request in self.requests]

    def _prepare(self, averages: list[list[Average]]) -> None:
        """Create everything that follows the rounds: the counts, the check, the derived columns and the notes."""
        names = names_of(self.options, self.script, self.style.language) if self.script.width > 1 else [""]
        rows, apart = self.options["summary"], self._separates_groups
        shape = {"whole": rows or self.format.summed, "worked": self._works and self.format.people}
        self.tally = Tally(averages, self._labels, names, self.style, rows=rows, apart=apart, **shape)
        if self.options["check"]:
            from ema_cli.check.comparison import Check

            params = names_of(self.options, self.script)
            seeded = {} if self.seeds is None else self.seeds.rounds
            self.check = Check(self.script, params, averages, self.tally.labels, self.options["tolerance"], seeded)
        beside = [column.name for column in self.columns if column.beside]
        if beside or self.check is not None:
            from ema_cli.report.derived import DerivedColumns

            self._derived = DerivedColumns(averages, beside, () if self.check is None else self.check.each)
        if any(self.options[name] for name in ("initial", "dtype", "rule")):  # the defaults lose no value
            from ema_cli.report.value_notes import HeldParams, InitialEffect

            self._notes = [InitialEffect(averages)] if self.options["initial"] not in (None, "logged") else []
            self._notes.append(HeldParams(averages))

    def _open(self, averages: list[list[Average]], sink: Sink) -> Writer:
        about = Headline(
            averages,
            [label(request.rule) for request in self.requests],
            names_of(self.options, self.script, self.style.language),
            self.options["title"],
            self.style.but(language=self.language),
            start=self.options["initial"],
            by=bool(self.reading.by),
        )
        self._labels = about.translated if self.format.people else about.labels
        self._prepare(averages)
        formulas = self._formulas(averages)
        skips = self.options["missing"] == "rule" and any(each[0].rule.skips_missing for each in averages)

        def output(blanks: Blanks | None = None) -> Output:
            built = fields(
                self.columns,
                about,
                self.script.kept,
                self.style,
                people=self.format.people,
                apart=self.script.width > 1 and (self.script.sparse or skips),
                unlogged=() if self.check is None else self.check.unlogged,
                blanks=blanks,
            )
            begun = built if self.seeds is None else [each if each.key else each.but(initial="") for each in built]
            return self._arranged(Output(begun, about.title(), about.settings, formulas, averages, self.style))

        look = Look(self.options["width"], self.options["color"], theme=self.options["theme"], language=self.language)
        if self.is_page:
            from ema_cli.worksheet.page import Page

            look = look.but(standalone=self.options["standalone"], signed=self.options["variant"] is not None)
            step, remarks = self.script.step_name, self._remarks(averages)
            page = Page(self.format, sink, look, self.options, output, about, step, self._thin, remarks, self._group)
            self._groups_drawn = page.most_groups
            return self._held(page.waiting(self.style))
        whole = output()
        return self._held(self._thin(imported(self.format.writer)(whole, sink, look), whole))

    def _held(self, writer: Writer) -> Writer:
        """Wrap a writer to hold the rows until the end, if a column looks ahead."""
        ahead = [column.name for column in self.columns if column.looks_ahead]
        if not ahead or self._derived is None:
            return writer
        from ema_cli.formats.held_rows import HoldingWriter

        if self.script.sources:
            self.note(f"the column {' and '.join(ahead)} depends on all rounds: rows are written at the end")
        return HoldingWriter(writer, self._derived.reveal)

    def _arranged(self, output: Output) -> Output:
        """Reorder the columns for the output; a session with groups overrides it."""
        return output

    def _thin(self, writer: Writer, output: Output) -> Writer:
        """Wrap a writer to choose rounds, for --every or --only-different."""
        every = self.options["every"]
        language = self.language if self.format.people else None
        if self.options["only_different"] and self.check is not None:
            from ema_cli.formats.some_rounds import OnlyDifferent

            return OnlyDifferent(writer, self.check.differs, language)
        if every in (None, 1):
            return writer
        from ema_cli.formats.some_rounds import EveryWriter

        return EveryWriter(writer, every, people=self.format.people, language=language)

    def _remarks(self, averages: list[list[Average]]) -> list[str]:
        """Notes on the working and on the rule in symbols."""
        if not self._works and not self.format.rule:
            return []
        from ema_cli.working.footnotes import remarks

        return remarks([each[0] for each in averages], self.style, worked=self._works)

    def _formulas(self, averages: list[list[Average]]) -> list[Formula]:
        """The rule in symbols, if the output shows it."""
        if not self._works and not self.format.rule:
            return []
        from ema_cli.working.rule_formulas import formulas

        return formulas([each[0] for each in averages], self._labels, self.style.language)
