"""What each column of an output shows. To add one: add an entry, and a line to the tests."""

from __future__ import annotations

from itertools import groupby, islice, repeat
from typing import TYPE_CHECKING, Any

from ema_cli.core.dtypes import dtype
from ema_cli.core.records import Record
from ema_cli.errors import UsageError, shown
from ema_cli.output import numbers
from ema_cli.sheet import BLANK, Field
from ema_cli.summary import stalled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ema_cli.core.dtypes import Dtype
    from ema_cli.core.engine import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.output.numbers import Style, ToText
    from ema_cli.script.batch import Batch

    Texts = Callable[[int, Batch, Sequence[Sequence[Rounds]]], list[str]]
    from ema_cli.teaching.blanks import Blanks, Hidden


class View(Record):
    """What a column sees of a batch: one average of one param, round by round."""

    first: int
    """The number of the first round."""
    batch: Batch
    param: int
    rounds: Rounds
    average: Average
    alone: bool
    """Whether it is the only average."""


class Column(Record):
    """One kind of column."""

    name: str
    heading: str
    """What tables for people call it."""
    scope: str
    """What it belongs to: the record, a param, an average (of all params), or each (the average of a param)."""
    values: Callable[[View], Iterable[Any]]
    initial: Callable[[Average], Any]
    """Its value in round 0, None for none."""
    dtype: Callable[[Average], Dtype] | None = None
    """The type of its numbers; None for a column of words, counts or cells as they were written."""
    beside: bool = False
    """Whether a companion computes it (`companions.py`)."""
    gaps: bool = False
    """Whether a value may be missing though the round is an update."""
    opened: Callable[[Average, Style, Hidden], Opened] | None = None
    """For a column of text that is made for an average: its values instead of `values`."""


class Opened(Record):
    """A column that was made for one average of one param."""

    values: Callable[[View], list[str]]
    follow: Callable[[int, Rounds], None]
    """Handed rounds that are not shown: what has a memory must see them all."""


def _steps(view: View) -> Iterable[Any]:
    written = view.batch.step_texts
    if written is not None and (view.rounds.steps is None or "" not in written):
        return written
    counted = view.rounds.steps
    if counted is None or not view.alone:  # several averages may count differently
        return written if written is not None else repeat("", len(view.batch))
    numbers = ("" if step is None else str(step) for step in counted)
    return numbers if written is None else map(_or, written, numbers)


def _or(written: str, number: str) -> str:
    return written or number


def _differences(average: Average, pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    """a - b in the dtype; None where one of them isn't there: no param in this round, or no shadow yet."""
    R = average.dtype.round
    return [None if a is None or b is None else R(a - b) for a, b in pairs]


def _changes(view: View) -> list[Any]:
    shadows = view.rounds.shadows
    return _differences(view.average, zip(shadows, [view.rounds.before, *shadows], strict=False))


def _gaps(view: View) -> list[Any]:
    return _differences(view.average, zip(view.rounds.params, view.rounds.shadows, strict=True))


def _biased(view: View) -> list[Any]:
    return view.rounds.shadows if view.rounds.biased is None else view.rounds.biased


def _extra(name: str) -> Callable[[View], list[Any]]:
    """A column that a companion computes (`companions.py`)."""
    return lambda view: view.rounds.extra[name]


def _actions(view: View) -> Iterable[str]:
    return view.rounds.actions or repeat("update", len(view.rounds))


def _stalled(view: View) -> Iterable[str]:
    return ["stalled" if lost else "" for lost in stalled(view.rounds)]


def _nothing(average: Average) -> None:
    return None


def _shadow_dtype(average: Average) -> Dtype:
    return average.dtype


def _decay_dtype(average: Average) -> Dtype:
    """A decay that only stands for the weight or the count that the rule has is shown in full."""
    bare = average.scalars.written == "v" or average.dtype.digits is None
    return average.decay_dtype if bare else dtype("float64")


def _weight_dtype(average: Average) -> Dtype:
    """A weight is an operand of the form, in the compute type at most."""
    return average.dtype if average.dtype.name in ("float64", "exact") else dtype("float32")


def _exact_dtype(average: Average) -> Dtype:
    return dtype("exact")


def _initial_weight_dtype(average: Average) -> Dtype:
    return average.dtype if average.dtype.digits is None else dtype("float64")


def _float64(average: Average) -> Dtype:
    return dtype("float64")


def _working(part: str) -> Callable[[Average, Style, Hidden], Opened]:
    """The working: `decays`, `shadows`, or the `whole` of it."""

    def opened(average: Average, style: Style, hidden: Hidden) -> Opened:
        from ema_cli.teaching.working import Working

        working = Working(average, style, hidden)
        lines: Callable[[int, Rounds], list[str]] = getattr(working, part)
        return Opened(lambda view: lines(view.first, view.rounds), working.follow)

    return opened


def _no_values(view: View) -> list[str]:
    return []


_ENTRIES = (
    Column(
        "round",
        "round",
        "record",
        lambda view: map(str, range(view.first, view.first + len(view.batch))),
        lambda a: "0",
    ),
    Column("step", "step", "record", _steps, _nothing),
    Column("param", "param", "param", lambda view: view.batch.texts[view.param], _nothing),
    Column("decay", "effective decay", "average", lambda view: view.rounds.decays, _nothing, _decay_dtype),
    Column("weight", "weight", "average", lambda view: view.rounds.weights, _nothing, _weight_dtype),
    Column("shadow", "shadow", "each", lambda view: view.rounds.shadows, lambda a: a.initial, _shadow_dtype),
    Column("change", "change", "each", _changes, _nothing, _shadow_dtype, gaps=True),
    Column("gap", "param - shadow", "each", _gaps, _nothing, _shadow_dtype, gaps=True),
    Column("biased", "biased", "each", _biased, lambda a: a.initial, _shadow_dtype),
    Column("debiased", "debiased", "each", _extra("debiased"), _nothing, _shadow_dtype, True, True),
    Column(
        "initial-weight",
        "initial weight",
        "average",
        _extra("initial-weight"),
        _nothing,
        _initial_weight_dtype,
        True,
        True,
    ),
    Column("exact", "exact value", "each", _extra("exact"), _nothing, _exact_dtype, True, True),
    Column("error-ulps", "error in ulps", "each", _extra("error-ulps"), _nothing, _float64, True, True),
    Column("logged", "logged", "each", _extra("logged"), _nothing, beside=True),
    Column("difference", "difference", "each", _extra("difference"), _nothing, _shadow_dtype, True, True),
    Column("ulps", "ulps", "each", _extra("ulps"), _nothing, _float64, True, True),
    Column("action", "action", "each", _actions, _nothing),
    Column("stalled", "stalled", "each", _stalled, _nothing),
    Column("working", "working", "each", _no_values, _nothing, opened=_working("whole")),
)

_FOR_PEOPLE = {
    "working": (
        Column("decay working", "effective decay", "average", _no_values, _nothing, opened=_working("decays")),
        Column(
            "shadow working",
            "shadow",
            "each",
            _no_values,
            lambda a: a.initial,
            _shadow_dtype,
            opened=_working("shadows"),
        ),
    )
}
"""Columns that a table for people shows as several."""

COLUMNS = {entry.name: entry for entry in _ENTRIES}

DEFAULT = ("step", "param", "decay", "shadow")
EXPLAINED = ("step", "param", "working")
"""What a table for people shows instead with --explain: the working ends with the decay and the shadow."""

LOGGED = ("logged", "difference", "ulps")
"""The columns of --check."""


def chosen(text: str | None, default: Sequence[str]) -> list[Column]:
    """The columns of a list such as `step,shadow`; `+change,weight` adds to the default.

    Raises:
        UsageError: There is no column of a name, or it stands twice.
    """
    names = list(default)
    if text is not None:
        added = [name.strip() for name in text.split(",")]
        if text.startswith("+"):  # each may have the sign
            added = [name.removeprefix("+") for name in added]
            names += [name for name in added if name not in names]
        else:
            names = added
    for index, name in enumerate(names):
        if name not in COLUMNS:
            from ema_cli.core.near import did_you_mean, near
            from ema_cli.mistakes import COLUMN_WORDS

            alike = near(name, COLUMNS, COLUMN_WORDS)
            there = did_you_mean(alike) if alike else f"there are {', '.join(COLUMNS)}"
            raise UsageError(f"no column {shown(name)}; {there}")
        if name in names[:index]:
            raise UsageError(f"--columns names {shown(name)} twice")
    return [COLUMNS[name] for name in names]


def for_people(columns: Sequence[Column]) -> list[Column]:
    """The columns as a table for people shows them."""
    return [each for column in columns for each in _FOR_PEOPLE.get(column.name, (column,))]


def fields(
    columns: Sequence[Column],
    averages: Sequence[Sequence[Average]],
    labels: Sequence[str],
    told: Sequence[str],
    names: Sequence[str],
    kept: Sequence[str],
    style: Style,
    *,
    people: bool,
    apart: bool,
    blanks: Blanks | None = None,
) -> list[Field]:
    """The columns of an output in order.

    Args:
        columns: The kinds of column.
        averages: For each average, that of each param.
        labels: What tells each average from the others; empty for a single one.
        told: The same in the language of the style.
        names: The params' names; of a single param it stands elsewhere.
        kept: The names of the columns that are passed through.
        style: How numbers are rounded, and the language of headings and words.
        people: Whether the output is a table for people.
        apart: Whether the params of an average may have different decays.
        blanks: Which cells are to be filled in.

    Raises:
        UsageError: Two columns would have the same name.
    """
    width = len(averages[0])
    made: list[tuple[Column, str, str, tuple[int, int]]] = []
    for of_averages, group in groupby(columns, lambda column: column.scope in ("average", "each")):
        group_columns = list(group)
        for number, label in enumerate(labels) if of_averages else [(0, "")]:
            for column in group_columns:
                scope = "each" if apart and column.scope == "average" else column.scope
                for index in range(width) if scope in ("param", "each") else (0,):
                    param = names[index] if width > 1 else ""
                    bare = _bare_name(column.name, scope, param)
                    name = f"{bare}[{label}]" if label else bare
                    if bare == column.name:
                        heading = style.language.say(column.heading)
                    else:
                        called = column.heading if column.opened is not None and people else column.name
                        heading = _bare_name(style.language.say(called), scope, param)
                    heading += f"\n{told[number]}" if label else ""
                    place = number, index
                    if blanks is not None:
                        blanks.meet(column, name, bare, place, scope)
                    made.append((column, name, heading, place))
    found = []
    for column, name, heading, place in made:
        # Which cells are blank is known when all columns are.
        hidden = blanks.hidden(place, _kind(column)) if blanks is not None else None
        average = averages[place[0]][place[1]]
        found.append(_field(column, name, heading, place, average, style, people, hidden))
    for at, name in enumerate(kept):
        found.append(Field(name, name, key=False, group=None, numeric=True, texts=_passing(at), initial="", free=True))
    seen: set[str] = set()
    for field in found:
        if field.name in seen:
            remedy = (
                "--keep passes one of them, --columns leaves the other out"
                if field.free
                else "--name renames the params"
            )
            raise UsageError(f"two columns of the output would be called {shown(field.name)}; {remedy}")
        seen.add(field.name)
    return found


def _bare_name(name: str, scope: str, param: str) -> str:
    """What a column is called, but for the average that it is of."""
    if param and scope == "param":
        return param
    return f"{param}.{name}" if param and scope == "each" else name


def _field(
    column: Column,
    name: str,
    heading: str,
    place: tuple[int, int],
    average: Average,
    style: Style,
    people: bool,
    hidden: Hidden | None,
) -> Field:
    write = _writing(column, average, style, people)
    number, index = place
    opened = column.opened(average, style, hidden or _nothing_hidden) if column.opened is not None else None
    read = column.values if opened is None else opened.values
    words = column.name in ("action", "stalled")
    say = style.language.say if words and style.language.strings else None

    def texts(first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> list[str]:
        own = rounds[number][index]
        view = View(first, batch, index, own, average, len(rounds) == 1)
        values = read(view)
        if write is None or opened is not None:
            return [*map(say, values)] if say is not None else [*values]
        if _lasts(column, own):
            return [write(value) for value in islice(values, 1)] * len(own)
        return numbers.column(write, values, gaps=column.gaps or own.actions is not None)

    def doubles(first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> list[float] | None:
        own = rounds[number][index]
        if own.actions is not None or _lasts(column, own):
            return None
        return list(read(View(first, batch, index, own, average, len(rounds) == 1)))

    initial = column.initial(average)
    if initial is None:
        initial = ""
    elif write is not None:
        initial = write(initial)
    key = column.name in ("round", "step") or (column.name == "param" and name == "param")
    group = number if column.scope in ("average", "each") else None
    source = {"step": 0, "param": 1 + index}.get(column.name)
    follow = None if opened is None else lambda first, rounds: opened.follow(first, rounds[number][index])
    return Field(
        name,
        heading,
        key,
        group,
        not words and opened is None,
        texts if hidden is None else _with_blanks(texts, _kind(column), hidden, BLANK if people else ""),
        initial,
        free=opened is not None,
        source=source,
        blanks=hidden is not None,
        math=opened is not None,
        follow=follow,
        doubles=doubles if write is repr and not column.gaps else None,
    )


def _lasts(column: Column, rounds: Rounds) -> bool:
    """Whether all cells of a batch are the same."""
    return rounds.constant and column.name in ("decay", "weight")


def _kind(column: Column) -> str:
    """What a blank calls it: the parts of the working are the working."""
    return column.name.rpartition(" ")[2]


def _with_blanks(texts: Texts, kind: str, hidden: Hidden, blank: str) -> Texts:
    """A column whose hidden cells are blank."""

    def blanked(first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> list[str]:
        return [
            blank if hidden(kind, number) and cell else cell
            for number, cell in enumerate(texts(first, batch, rounds), first)
        ]

    return blanked


def _nothing_hidden(name: str, number: int) -> bool:
    return False


def _writing(column: Column, average: Average, style: Style, people: bool) -> ToText | None:
    """How the values of a column become text; None if they are text."""
    if column.dtype is not None:
        write = (numbers.for_people if people else numbers.to_text)(column.dtype(average), style)
        if people and column.dtype is _shadow_dtype and average.round_each is not None and not style.rounds:
            return numbers.by_hand(average.dtype, write, average.round_each)
        return write
    if column.scope == "param" and people:
        return numbers.as_written(average.dtype, style)
    return None


def _passing(place: int) -> Callable[[int, Batch, Sequence[Sequence[Rounds]]], list[str]]:
    def texts(first: int, batch: Batch, rounds: Sequence[Sequence[Rounds]]) -> list[str]:
        return batch.kept[place] if batch.kept else [""] * len(batch)

    return texts
