"""Build the columns of an output from their specifications: one for each average and param, with cells as text."""

from __future__ import annotations

from array import array
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record
from ema_cli.errors import UsageError, quoted
from ema_cli.report.column_specs import COLUMNS, LOGGED, SHOWN_BY_WORKING, View, shadow_dtype
from ema_cli.report.output import Field
from ema_cli.text import number_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ema_cli.core.average import Average
    from ema_cli.report.column_specs import Column
    from ema_cli.report.header import Headline
    from ema_cli.report.output import Numbers, Results
    from ema_cli.text.language import Language
    from ema_cli.text.number_text import Style, ToText
    from ema_cli.worksheet.blanks import Blanks, Hidden


def fields(
    columns: Sequence[Column],
    about: Headline,
    kept: Sequence[str],
    style: Style,
    *,
    people: bool,
    apart: bool,
    unlogged: Collection[int] = (),
    blanks: Blanks | None = None,
) -> list[Field]:
    """Build the columns of an output, in order.

    Args:
        columns: The specifications of the columns.
        about: The averages, with their labels and the names of their params.
        kept: The names of the input columns that are passed through.
        style: The rounding of numbers, and the language of headings and words.
        people: True for a table for people.
        apart: True if the params of an average may have different decays.
        unlogged: The numbers of the params that --check does not compare; they get none of its columns.
        blanks: The cells to be filled in.

    Raises:
        UsageError: Two columns would have the same name.
    """
    placed = [*_placed(columns, about, style.language, people=people, apart=apart, unlogged=unlogged)]
    if blanks is not None:
        for each in placed:
            _register(blanks, each, apart=apart)
    # The blank cells are known once all columns are registered.
    built = [_field(each, about.averages, style, people, blanks) for each in placed]
    built += [_passed_through(name, at) for at, name in enumerate(kept)]
    _check_names(built)
    return built


class _Placed(Record):
    """A column for one average and param, before its cells are computed."""

    column: Column
    name: str
    heading: str
    place: tuple[int, int]
    """The numbers of the average and of the param."""
    param: str
    """The name of the param; empty if there is only one."""
    label: str
    """The label of the average; empty if there is only one, or the column belongs to none."""


def _placed(
    columns: Sequence[Column],
    about: Headline,
    language: Language,
    *,
    people: bool,
    apart: bool,
    unlogged: Collection[int],
) -> Iterator[_Placed]:
    """The columns in order; neighbouring columns that belong to averages are grouped by average."""
    labels, width = about.translated if people else about.labels, len(about.averages[0])
    for of_averages, group in groupby(columns, lambda column: column.scope in ("average", "each")):
        members = list(group)
        for number, label in enumerate(about.labels) if of_averages else [(0, "")]:
            for column in members:
                scope = _scope(column, apart)
                for index in range(width) if scope in ("param", "each") else (0,):
                    if column.name in LOGGED and index in unlogged:
                        continue
                    param = about.names[index] if width > 1 else ""
                    bare = _bare_name(column.name, scope, param)
                    heading = language.say(column.heading)
                    if bare != column.name:
                        name = heading if column.opened is not None and people else language.say(column.name)
                        heading = _bare_name(name, scope, param)
                    heading += f"\n{labels[number]}" if label else ""
                    yield _Placed(column, _labelled(bare, label), heading, (number, index), param, label)


def _check_names(fields: Sequence[Field]) -> None:
    """Refuse two columns of the same name."""
    seen: set[str] = set()
    for field in fields:
        if field.name in seen:
            free = "one is from --keep or --by; --columns leaves the other out"
            remedy = free if field.free else "--name renames the params"
            raise UsageError(f"two columns of the output would be called {quoted(field.name)}; {remedy}")
        seen.add(field.name)


def _passed_through(name: str, at: int) -> Field:
    """A column of the input that is passed through; `at` is its place among the kept columns."""
    return Field(
        name,
        name,
        key=False,
        group=None,
        numeric=True,
        texts=lambda results: results.batch.kept[at] if results.batch.kept else [""] * len(results),
        initial="",
        free=True,
        place=lambda lines: lines.columns.kept[at],
    )


def _register(blanks: Blanks, placed: _Placed, *, apart: bool) -> None:
    """Register a column with the blanks; for a column of working, all columns that it shows."""
    for kind in SHOWN_BY_WORKING if placed.column.opened is not None else (placed.column.name,):
        scope = _scope(COLUMNS[kind], apart)
        bare = _bare_name(kind, scope, placed.param)
        name = _labelled(bare, placed.label) if scope in ("average", "each") else bare
        blanks.register(kind, name, bare, placed.place, scope)


def _scope(column: Column, apart: bool) -> str:
    """The scope of a column; `each` for a column of averages whose params may have different decays."""
    return "each" if apart and column.scope == "average" else column.scope


def _labelled(name: str, label: str) -> str:
    """A column's name with the label of its average."""
    return f"{name}[{label}]" if label else name


def _bare_name(name: str, scope: str, param: str) -> str:
    """A column's name without the label of its average."""
    if param and scope == "param":
        return param
    return f"{param}.{name}" if param and scope == "each" else name


def _field(
    placed: _Placed, averages: Sequence[Sequence[Average]], style: Style, people: bool, blanks: Blanks | None
) -> Field:
    column, name, (number, index) = placed.column, placed.name, placed.place
    average, hidden = averages[number][index], None if blanks is None else blanks.hidden(placed.place, _kind(column))
    write = _to_text(column, average, style, people)
    opened = column.opened(average, style, hidden) if column.opened is not None else None
    read = column.read if opened is None else opened
    say = style.language.say if column.words and style.language.strings else None
    known = number_text.printed_type(write) if write is not None and hidden is None else None

    of_record = column.scope == "record"

    def view(results: Results) -> View:
        return View(results.batch, index, results.rounds[number][index], average, len(results.rounds) == 1)

    def values(results: Results) -> list[Any]:
        cells = read(view(results))
        return [*(map(str, cells) if of_record else cells)]

    def texts(results: Results) -> list[str]:
        of_column = results.rounds[number][index]
        if write is not None and column.lasts and of_column.constant:
            return [*map(write, of_column.columns[column.name][:1])] * len(of_column)
        if write is not None and column.masked:
            return number_text.column(write, *of_column.masked_column(column.name))
        cells = values(results)
        if write is None or opened is not None:
            return cells if say is None else [*map(say, cells)]
        return number_text.column(write, cells, bytes(value is not None for value in cells))

    def numbers(results: Results) -> Numbers | array[int] | range | None:
        if of_record:
            counts = read(view(results))
            return counts if isinstance(counts, array | range) else None
        if column.masked:
            return results.rounds[number][index].masked_column(column.name), known
        cells = values(results)
        mask = bytes(value is not None for value in cells)
        return (array("d", (0.0 if value is None else value for value in cells)), mask), known

    start = column.start(average)
    initial = "" if start is None else start if write is None else write(start)
    group = number if column.scope in ("average", "each") else None
    return Field(
        name,
        placed.heading,
        column.key and name == column.name,  # with several params, a param column has another name and is no key
        group,
        not column.words and opened is None,
        texts if hidden is None else _with_blanks(texts, _kind(column), hidden, people=people),
        initial,
        free=opened is not None,
        place=partial(column.place, param=index) if column.place is not None and hidden is None else None,
        blanks=hidden is not None,
        kind=column.name,
        of=(number if group is not None else 0, index),
        values=values if opened is None else None,
        math=opened is not None,
        numbers=numbers if hidden is None and (known is not None or of_record) else None,
    )


def _kind(column: Column) -> str:
    """The kind of column, as blanks name it: both parts of the working are `working`."""
    return column.name.rpartition(" ")[2]


def _with_blanks(
    texts: Callable[[Results], list[str]], kind: str, hidden: Hidden, *, people: bool
) -> Callable[[Results], list[str]]:
    """Wrap a column's `texts` to blank its hidden cells."""
    from ema_cli.text.cell_text import BLANK  # rarely needed

    blank = BLANK if people else ""

    def blanked(results: Results) -> list[str]:
        cells = zip(results.numbers, texts(results), strict=True)
        return [blank if hidden(kind, number) and cell else cell for number, cell in cells]

    return blanked


def _to_text(column: Column, average: Average, style: Style, people: bool) -> ToText | None:
    """Function that writes the values of a column; None if they are texts."""
    if column.dtype is not None:
        write = (number_text.for_people if people else number_text.to_text)(column.dtype(average), style)
        if people and column.dtype is shadow_dtype and average.round_each is not None and not style.rounds:
            return number_text.by_hand(average.dtype, write, average.round_each)
        return write
    if column.scope == "param" and people:
        return number_text.as_written(average.dtype, style)
    return None
