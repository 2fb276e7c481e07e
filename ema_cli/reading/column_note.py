"""The note on the columns of a file: what was guessed, the option that overrides it, and what looks odd."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ema_cli.errors import quoted
from ema_cli.reading import column_names as known
from ema_cli.reading.cells import is_missing
from ema_cli.reading.column_facts import without_marks
from ema_cli.reading.file_columns import listed
from ema_cli.reading.numerals import may_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ema_cli.reading.column_facts import Sample
    from ema_cli.reading.column_roles import Choice


class Note:
    """The note on a choice of columns."""

    def __init__(self, choice: Choice) -> None:
        self.choice, self.sample, self.reading = choice, choice.sample, choice.reading
        self.params, self.left_out = choice.params, choice.left_out
        self.chosen = [choice.names[place] for place in choice.params]
        awaited = choice.step is not None and choice.names[choice.step] in choice.later
        self.step = None if awaited else choice.step

    @property
    def same(self) -> dict[int, str]:
        """The constant columns that may separate series later in the file, each with its value."""
        labels = [] if self.reading.by else filter(self._tells, self.left_out)
        return {place: value for place in labels if (value := self.sample.column(place).same)}

    @cached_property
    def backwards(self) -> list[int]:
        """The step column, or without a step the clocks, if their values run backwards."""
        clocks = filter(self._is_clock, self.left_out) if self.step is None else [self.step]
        return [place for place in clocks if self.sample.column(place).falls]

    def text(self) -> str:
        """The note; empty if nothing was guessed and nothing looks odd."""
        choice, log, runs = self._choice(), self.choice.log, self.choice.runs
        parts = [*choice, *self._remarks()]
        if parts and runs is not None and self.sample.names[runs] not in self.choice.later:
            parts.append(f"{quoted(self.sample.names[runs])} repeats its row")
        what = f" is {log.name}" if log else "" if self.sample.named or not choice else " has no header"
        return f"{self.sample.source}{what}: {'; '.join(parts)}" if parts else ""

    def _choice(self) -> list[str]:
        """The parts that name the step, the params and the columns left out; empty if none was guessed."""
        called, names = quoted if self.sample.named else "column {}".format, self.sample.names
        step = "" if self.step is None else f"step from {called(names[self.step])}"
        step_guessed = step and self.reading.step_column is None and names[self.step or 0].lower() != "step"
        left_out = [names[place] for place in self.left_out if names[place] not in self.choice.later]
        params_guessed = not self.reading.param_columns and "param" not in self.chosen
        if not (params_guessed and (self.choice.log or step_guessed or left_out or len(self.chosen) > 1)):
            return [step] if step_guessed else []
        by = f" by the name of {listed(self.choice.named_by)}" if self.choice.named_by else ""
        parts = [f"{step or 'no step'}, param from {listed(self.chosen, called)}{by}"]
        if left_out:
            parts.append(f"left out: {listed(left_out, called)}")
        if self.choice.others and any(one.place is None for one in self.choice.logged):
            parts.append(f"--param-column {quoted(names[self.choice.others[0]])} takes another")
        return parts

    def _remarks(self) -> Iterator[str]:
        """Clauses on what looks odd."""
        sample = self.sample
        if self.choice.fractions and self.choice.step is None:
            name = quoted(self.choice.fractions) if sample.named else f"column {self.choice.fractions}"
            yield f"{name} has fractions, so it is not a step"
        if self.step is None and not self.choice.log:
            yield from self._counts_up()
        yield from self._series()
        for place in self.backwards[:1]:
            how = f": {sample.turned} | ema-calc reverses the file" if sample.turned else ""
            yield f"{quoted(self.sample.names[place])} runs backwards, the newest row first{how}"
        yield from self._disorder()
        for place in self.left_out:
            *cells, last = self.sample.column(place).cells
            if not last and len(cells) > 2 and len({*cells, ""}) == len(cells) + 1:
                name = self.sample.names[place]
                option = f"--where {quoted(f'{name}!=')}"
                yield f"the last row has no {quoted(name)}, and may sum up the others: {option} leaves it out"
        yield from self._sentinel()
        yield from filter(None, [marked(sample, self.left_out)])
        yield from self._numerals()
        yield from self._names_of_pandas()
        for head, name in zip(sample.heads, self.sample.names, strict=True):
            if head and head != name:
                yield f"two columns are called {quoted(head)}; the second is read as {quoted(name)}"
                return

    def _names_of_pandas(self) -> Iterator[str]:
        """Warn of a first row 0, 1, 2, ... above decimals."""
        sample = self.sample
        guessed = not sample.named and self.reading.header == "auto"
        first = guessed and sample.rows[0] == [*map(str, range(sample.width))]
        if first and all("." in cell for row in sample.rows[1:] or [["0"]] for cell in row):
            yield "the first row may be pandas' default names: --header yes makes it the header"

    def _disorder(self) -> Iterator[str]:
        """Warn of the first column with dates out of order, if neither a step nor several series explain it."""
        sample = self.sample
        spare = [] if self.step is not None or self.backwards or any(self._series()) else self.left_out
        for place in spare:
            if self.sample.column(place).is_disordered:
                name, turned, number = self.sample.names[place], sample.turned, place + 1
                parted = "" if sample.delimiter == " " else f" -t '{sample.delimiter}'"
                typed = turned.replace("tac", f"sort{parted} -k {number},{number}")
                if sample.has_gaps:
                    typed = f"jq -s 'sort_by(.{name})' FILE"
                    typed = typed if turned.startswith("tac") else turned.replace("| reverse", f"| sort_by(.{name})")
                yield f"the rows are not in order of {quoted(name)}: {typed} | ema-calc sorts them"
                return

    def _series(self) -> Iterator[str]:
        """Warn of the first column that seems to separate series."""
        for place in filter(self._tells, self.left_out):
            values = self.sample.column(place).series
            if values and any(self._mixes(param, place) for param in self.params):
                name, more = quoted(self.sample.names[place]), [f"{len(values) - 3} more"] * (len(values) > 3)
                listing = " and ".join([", ".join(map(quoted, values[:3])), *more])
                yield f"{name} has several values, {listing}, averaged together: --by {name} separates them"
                return

    def _mixes(self, param: int, place: int) -> bool:
        """True if a param has numbers in rows to read with different values of a column."""
        rows: Iterable[list[str]] = self.sample.rows
        if self.reading.where:
            from ema_cli.reading.where import Where

            rows = filter(Where(self.reading.where, self.sample.names, self.sample.source).keeps, rows)
        return len({row[place] for row in rows if not is_missing(row[param])}) > 1

    def _tells(self, place: int) -> bool:
        """True if a column may separate series: by a name like an identifier's, or by words under an unknown name."""
        entry, facts = self.sample.entry(place), self.sample.column(place)
        words = not facts.is_numeric and not facts.is_date
        return words if entry is None else entry.role in (known.IDENTIFIER, known.TRIAL, known.INDEX)

    def _sentinel(self) -> Iterator[str]:
        """Warn of the first param with a number that probably marks missing values."""
        for place in self.params:
            if number := self.sample.column(place).sentinel:
                name = self.sample.names[place]
                option = f"--where {quoted(f'{name}!={number}')}"
                yield f"{quoted(name)} has {number}, which may mean a missing value: {option} leaves such rows out"
                return

    def _counts_up(self) -> Iterator[str]:
        """Suggest a column that counts up as the step, if there is exactly one."""
        spare = self.params if len(self.params) > 1 and not self.reading.param_columns else ()
        places = [place for place in (*self.left_out, *spare) if self._may_be_step(place)]
        if len(places) == 1 and self.reading.step_column is None:
            name = quoted(self.sample.names[places[0]])
            yield f"{name} counts up: --step-column {name} makes it the step"

    def _may_be_step(self, place: int) -> bool:
        entry, facts = self.sample.entry(place), self.sample.column(place)
        clocks = (known.CLOCK, known.DURATION)
        other = entry is not None and entry.role in (clocks if entry.weak else (*clocks, known.IDENTIFIER))
        return facts.counts_up and not facts.is_date and not facts.is_stamp and not other

    def _is_clock(self, place: int) -> bool:
        entry, facts = self.sample.entry(place), self.sample.column(place)
        return facts.is_date or facts.is_stamp or (entry is not None and entry.role == known.CLOCK)

    def _numerals(self) -> Iterator[str]:
        """State how numbers in unusual notation are read."""
        numerals = self.sample.numerals
        if numerals.grouped:
            yield "1,234.5 is read as 1234.5"
        elif numerals.decimal == ",":
            yield "0,5 is read as 0.5"
        cells = (cell for place in self.params for cell in self.sample.column(place).cells)
        if self.sample.delimiter == ";" and numerals.decimal == "." and (pointed := may_group(cells)):
            yield f"{pointed} is read with a decimal point"
        if numerals.apart:
            yield "1'234 is read as 1234"


def marked(sample: Sample, places: Iterable[int], least: int = 1) -> str:
    """Advice on columns whose numbers have marks, such as units; empty if there are fewer than `least` of them."""
    columns = [(sample.names[place], sample.column(place).marked, sample.entry(place)) for place in places]
    columns = [one for one in columns if one[1] and not (one[2] and one[2].alone and one[2].role == known.IDENTIFIER)]
    marks = [(name, cell) for name, cell, entry in columns if entry is None or ":" not in cell]
    if len(marks) < least:
        return ""
    (name, cell), command = marks[0], without_marks([cell for _, cell in marks])
    return f"{quoted(name)} has cells such as {quoted(cell)}, not a number: {command} | ema-calc reads it"
