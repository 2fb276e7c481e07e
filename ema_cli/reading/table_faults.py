"""Errors for files that are not tables and for lines that are not rows, each with a command that helps."""

from __future__ import annotations

import re
from itertools import chain, pairwise, product, takewhile
from typing import TYPE_CHECKING

from ema_cli.core.numbers.literals import is_number
from ema_cli.errors import DataError, quoted
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_names import STEP_RANKS, step_rank
from ema_cli.reading.dates import is_date
from ema_cli.reading.encoding import nul_bytes
from ema_cli.reading.numerals import is_meant
from ema_cli.reading.rows import COMMENTS, Rows, is_value
from ema_cli.reading.table_start import first_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.reading.cells import Reading
    from ema_cli.reading.column_facts import Sample
    from ema_cli.reading.source import Block
    from ema_cli.reading.table_start import Start

_ENOUGH = 100
"""Rows in which to look for another table."""

_FEW = 20
"""Lines in which to look for a prefix."""

_MOST_HEADERS = 12
"""Maximum rows of words below a header."""

_PERIODS = {"0000": "", "0000 A0": "[0-9]{4} Q", "0000 AAA": "[0-9]{4} [A-Z]{3}"}
"""Forms of years, quarters and months (1988 JAN), as statistics offices write them, each with a pattern for grep."""

_SUMS = frozenset(
    [
        *("total", "totals", "grand total", "sum", "summary", "subtotal", "mean", "average", "avg", "median", "std"),
        *("summe", "gesamt", "mittelwert", "durchschnitt", "somme", "moyenne", "suma", "promedio", "media"),
        *("合计", "总计", "平均", "平均值"),
    ]
)
"""Labels of rows that summarize the rows above."""


def comment(source: str, line: int, row: list[str]) -> DataError:
    """The error for a comment below the first row."""
    mark = next(filter(row[0].startswith, COMMENTS))
    return DataError(
        f"{source}:{line}: {quoted(row[0])} looks like a comment; grep -v '^{mark}' FILE | ema-calc leaves them out"
    )


def filled_late(place: str, cell: str, column: int, header: Sequence[str] | None) -> DataError:
    """The error for a value in a column that was empty so far, with the options that help."""
    name = "" if header is None else header[column]
    what = f"column {column + 1}, which has no name"
    if name:
        takes = "--missing skip reads it, " if step_rank(name) == STEP_RANKS else ""
        what = f"column {quoted(name)}, empty so far; {takes}--param-column leaves it out"
    return DataError(f"{place}: {quoted(cell)} is in {what}")


def check_prefixes(start: Start) -> None:
    """Refuse a table with a prefix before each line, or with an index and spaces in its names, as pandas prints it."""
    lines = list(filter(str.strip, start.table.text().split("\n")))[:_FEW]
    if lines[0][0].isalpha() and not {":", "|"} & {*lines[0]}:
        return  # most files
    from ema_cli.reading.text_kinds import prefixed, spaced

    above = start.block.text().split("\n") if start.delimiter == " " == lines[0][0] else []
    if error := prefixed(start.table.source, lines) or spaced(start.table.source, above):
        raise error


def check_header(header: Sequence[str], row: Sequence[str], start: Start, reading: Reading) -> None:
    """Refuse a header that shares words but not numbers with the row below (`loss=1` above `loss=2`): a text log."""
    below = {re.sub(r"\d+", "0", cell) for cell in row}
    for head in header:
        if re.search(r"[A-Za-z]\D*\d|\d\D*[A-Za-z]", head) and head not in row and re.sub(r"\d+", "0", head) in below:
            what = f"{start.block.source}: {quoted(head)} in the first row is not a name"
            raise no_table(start, reading) or DataError(f"{what}; --header no reads the row as data")


def check_times_across(start: Start) -> None:
    """Refuse a table whose columns are years or dates, as statistics offices publish them."""
    parted = {",": "", "\t": ", sep='\\t'"}.get(start.delimiter, f", sep='{start.delimiter}'")
    for (line, row), (_, below) in pairwise(first_rows(start.table, start.rows(), _ENOUGH)):
        years = [int(cell) for cell in row if len(cell) == 4 and cell.isdecimal() and cell[:2] in ("19", "20")]
        times = years == [*range(years[0], years[-1] + 1)] if len(years) > 2 else sum(map(is_date, row)) > 2
        series = row[0] and any(map(is_number, below)) and not any(map(is_date, below))
        if times and series and not (is_numeric(row[0]) or is_date(row[0])):
            name = next((place for place, cell in enumerate(below) if not is_numeric(cell)), 0)
            raise DataError(
                f'{start.table.source}: the columns are times, and each row is a series; python -c "import pandas; t ='
                f" pandas.read_csv('FILE'{parted}, skiprows={line - 1}, index_col={name});"
                " print(t.filter(regex='^[0-9]+[-0-9/.]+ *$').T.to_csv())\" | ema-calc transposes it"
            )


def no_table(start: Start, reading: Reading) -> DataError | None:
    """The error for a file that is not a table, or whose table begins further down; None if neither is so."""
    from ema_cli.reading import text_kinds, text_log

    check_times_across(start)
    source, lines = start.block.source, start.block.text().split("\n")
    rows = [row for _, row in first_rows(start.table, start.rows())]
    even = len(rows) > 1 and len(set(map(len, rows))) == 1 < len(rows[0])
    if known := text_kinds.kind(source, lines, even=even) or text_kinds.spaced(source, lines):
        return known
    check_prefixes(start)
    marks = [""] if even else ["", *"\t; ", *"," * (start.delimiter != ",")]
    for numbers, mark in product((False, True), marks):
        cut = Rows(mark, source) if mark else start.rows()
        numbered = first_rows(start.table, cut, _ENOUGH)
        if later := _table_below([row for _, row in numbered], numbers=numbers and mark != ""):
            return _from_line(start.block, numbered[later][0], cut)
    typed, texts = text_log.command(lines, reading, even=even), [row for row in rows if len(row) == 1 and " " in row[0]]
    return text_log.as_text_log(source, "" if typed is None and 2 * len(texts) > len(rows) else typed)


def _from_line(start: Block, first: int, cut: Rows) -> DataError:
    """The error for a table that begins at this line, with a command that leaves other lines below it out as well."""
    lines, rows = start.text().split("\n"), first_rows(start.after(first - start.line), cut.again(), _ENOUGH)
    first -= lines[first - start.line - 1].lstrip().startswith(COMMENTS)  # a header, perhaps
    odd = [line for line, row in rows if len(row) != len(rows[0][1]) or sum(map(bool, row)) < 2]
    way = f"tail -n +{first} FILE"
    few = 0 < 2 * len(odd) < len(rows) and first == rows[0][0]
    if few and cut.delimiter == " ":
        way = f"awk 'NR >= {first} && NF == {len(rows[0][1])}' FILE"
    elif few and rows[-len(odd)][0] == odd[0]:
        way = f"sed -n {first},{odd[0] - 1}p FILE"
    return DataError(
        f"{start.source}: the table seems to begin at line {first}, {quoted(lines[first - start.line])};"
        f" {way} | ema-calc reads it from there"
    )


def odd_row(
    block: Block, line: int, row: list[str], rows: Rows, reading: Reading, first: Start | None
) -> DataError | None:
    """The error for a line that is not a row, such as a comment or the header of another table; None if it may be one.
    `first` is the start of the file if this is its first row.
    """
    if first is not None and (none := no_table(first, reading)):
        return none
    if row[0].startswith(COMMENTS):
        return comment(block.source, line, row)
    place = f"{block.source}:{line}"
    if not any(row):
        return DataError(
            f"{place}: a row without values; grep -v '^[,;[:space:]]*$' FILE | ema-calc leaves such rows out"
        )
    if any("\x00" in cell for cell in row):
        return nul_bytes(place)
    if any("\r" in cell for cell in row):
        return DataError(f"{place}: the line has a carriage return; tr '\\r' '\\n' < FILE | ema-calc ends a line there")
    below = [row for _, row in first_rows(block.after(line - block.line), rows.again(), _ENOUGH)]
    if _is_header(below):
        if first is not None:
            last = next(number for number, row in enumerate(below, line - 1) if any(map(is_value, row)))
            way = f"sed {line},{last}d FILE | ema-calc reads it" if reading.header != "no" else "leave --header no out"
            return DataError(f"{place}: the first row is a header, {quoted(row[0])}; {way}")
        return DataError(
            f"{place}: another table begins here; tail -n +{line} FILE | ema-calc reads it, and head -n {line - 1} FILE"
            " | ema-calc the one before"
        )
    return None


def of_other_width(block: Block, line: int, rows: Rows, width: int, first: int, error: DataError) -> DataError:
    """The error for a row with a different number of cells, with a command that leaves such rows out."""
    if b'"' not in block.data and not rows.barred:
        parted = {" ": "", "\t": " -F '\\t'"}.get(rows.delimiter, f" -F '{rows.delimiter}'")
        above = f"NR < {first} || " if first > 1 else ""
        way = f"awk{parted} '{above}NF == {width}' FILE | ema-calc leaves such rows out"
    elif width in [len(row) for _, row in first_rows(block.after(line - block.line + 1), rows, _ENOUGH)]:
        way = f"sed {line}d FILE | ema-calc leaves it out"
    else:
        way = f"head -n {line - 1} FILE | ema-calc reads the rows above it"
    return DataError(error.problem, way, error.fact)


def _table_below(rows: Sequence[Sequence[str]], *, numbers: bool = False) -> int:
    """Number of rows above a table that differs from these rows; 0 if there is none. The table has a header, unless
    `numbers` allows one of numbers alone.
    """
    width = names = widest = 0
    numbered: set[int] = set()
    for number, row in enumerate(rows):
        filled, those = sum(map(bool, row)), rows[number : number + 3]
        begins = filled > 1 and all(row[:filled]) and _is_header(rows[number : number + 5])
        again = any(map(is_number, rows[0])) and _is_header(those)  # below settings, with their values
        if number and begins and (len(row) != width or filled > names or again):
            return number
        even = len(row) > 1 and len(those) == 3 and len(set(map(len, those))) == 1
        if numbers and number and even and len(row) not in numbered and all(map(_is_mostly_numbers, those)):
            return number
        wider = number and even and len(row) > widest and not any(map(is_numeric, filter(None, row)))
        if wider and any(map(is_numeric, filter(None, those[1]))):
            return number
        width, names, widest = len(row), max(names, filled), max(widest, len(row))
        numbered |= {len(row)} if _is_mostly_numbers(row) else set()
    return 0


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """True if rows begin with a header above numbers; up to two rows between them (units) are allowed."""
    width = len(rows[0]) if rows else 0
    stamped = width > 2 and ":" in rows[0][0] and is_date(rows[0][0])  # 10:00:01 CPU %usr of sysstat
    if width < 2 or any(is_numeric(cell) or is_date(cell) for cell in filter(None, rows[0][stamped:])):
        return False
    return any(
        len(pair) == 2
        and all(width <= len(row) <= width + (not row[-1]) and 2 * sum(map(is_value, row)) > width for row in pair)
        for pair in (rows[1:3], rows[2:4], rows[3:5])
    )


def check_first_rows(sample: Sample, start: Block, line: int) -> None:
    """Refuse words in the first rows of numeric columns (a second header, units), and tables wrapped by pandas."""
    if sample.header is not None and sample.header[-1] == "\\":
        raise DataError(f"{start.source}: the columns stand in parts, one below the other; print df.to_csv() instead")
    cut = Rows(sample.delimiter, start.source)
    if sample.heads[0] == "" and all(sample.rows[0]) and not any(map(is_value, sample.rows[0])):
        raise _from_line(start, line, cut)  # a header as wide as the rows
    periods = {re.sub("[A-Z]", "A", re.sub("[0-9]", "0", row[0])) for row in sample.rows} & _PERIODS.keys()
    if len(periods) > 1:
        raise DataError(
            f"{start.source}: years, quarters and months take turns; grep -E '^\"?({sample.heads[0]}|"
            f"{_PERIODS[max(periods)]})' FILE | ema-calc reads the shortest"
        )
    numeric = [place for place in range(sample.width) if sample.column(place).is_numeric]

    def is_data(row: Sequence[str]) -> bool:
        return any(is_number(row[place]) or is_meant(row[place]) for place in numeric)

    above = [*takewhile(lambda row: not is_data(row), sample.rows[: _MOST_HEADERS + 1])]
    words = [[row[place] for place in numeric if not is_numeric(row[place])] for row in above]
    told = len(numeric) < 2 and _is_header(sample.rows[:5])  # by the error for the first row
    if len(above) > _MOST_HEADERS or len(above) == len(sample.rows) or told or not any(words):
        return
    number = _table_below([sample.header or [], *sample.rows])
    if number or any(map(is_value, sample.rows[0])):  # a table of one row comes first
        raise _from_line(start, line + (number or len(above)) - 1, cut)
    lines, word = f"{line},{line + len(above) - 1}" if len(above) > 1 else f"{line}", next(chain.from_iterable(words))
    raise DataError(
        f"{start.source}:{line}: {quoted(word)} below the header is not a number, perhaps a second header or a unit;"
        f" sed {lines}d FILE | ema-calc leaves it out"
    )


def check_sums(sample: Sample) -> None:
    """Refuse summary rows at the end or the start: a word such as "total" in a column."""
    for place in range(sample.width):
        cells = [row[place] for row in sample.rows]
        sums = [cell for cell in cells if cell.rstrip(":").lower() in _SUMS]
        if 0 < len(sums) < min(4, len(cells)) and sums in (cells[-len(sums) :], cells[: len(sums)]):
            way = f"--where {quoted(f'{sample.names[place]}!={sums[0]}')} leaves it out"
            raise DataError(f"{sample.source}: the row {quoted(sums[0])} sums up the others; {way}")


def _is_mostly_numbers(row: Sequence[str]) -> bool:
    return 2 * sum(map(is_numeric, row)) > len(row)
