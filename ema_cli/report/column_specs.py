"""Specifications of the output's columns, one entry each. To add one, write an entry and a line in the tests."""

from __future__ import annotations

from array import array
from itertools import repeat
from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import TimedHalfLife
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.record import Record
from ema_cli.errors import UsageError, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Literal

    from ema_cli.core.average import Average
    from ema_cli.core.numbers.dtypes import Dtype
    from ema_cli.core.rounds import Rounds
    from ema_cli.reading.batch import Batch
    from ema_cli.text.number_text import Style
    from ema_cli.worksheet.blanks import Hidden


class View(Record):
    """The input of a column's `values`: a batch, and the rounds of one average of one param."""

    batch: Batch
    param: int
    rounds: Rounds
    average: Average
    alone: bool
    """True if the output has a single average."""


class Column(Record):
    """One kind of column."""

    name: str
    scope: Literal["record", "param", "average", "each"]
    """The column exists once (`record`), per `param`, per `average`, or for `each` average of each param."""
    values: Callable[[View], Iterable[Any]] | None = None
    """Its values, for a column of records as texts, or as whole numbers in an array or a range; None if a follower
    computes them, or if `opened` makes them."""
    dtype: Callable[[Average], Dtype] | None = None
    """The type of its numbers; None for a column of words, counts or unchanged input cells."""
    initial: Callable[[Average], Any] | None = None
    """Its value in round 0; None if round 0 has none."""
    words: bool = False
    """True if its values are words, which are translated."""
    lasts: bool = False
    """True if its value is the same throughout a batch in which only params and shadows change."""
    place: Callable[..., int | None] | None = None
    """For a column of unchanged input cells: from the lines and the param's number to its place in the lines."""
    masked: bool = False
    """True if `Rounds.masked_column` has it, as a column with a mask; its value exists in each round that updates."""
    aliases: tuple[str, ...] = ()
    """Other words for it, in letters and digits alone; an error suggests the name for them."""
    axis: str = ""
    """The scale that a chart draws it on; empty for a column that charts do not draw."""
    looks_ahead: bool = False
    """True if its values are known only after the last round; rows are held until then."""
    bars: bool = False
    """True if a chart draws it as bars."""
    drawn: Callable[[View], Iterable[Any]] | None = None
    """The numbers that a chart draws, if `values` are texts."""
    reveals: tuple[str, ...] = ()
    """Columns whose values can be derived from it: where one of them is blank, this one must be blank too."""
    opened: Callable[[Average, Style, Hidden | None], Callable[[View], list[str]]] | None = None
    """For a column of working: makes, for an average, the function that replaces `values`."""
    title: str = ""
    """Its heading, if it is not its name."""

    @property
    def heading(self) -> str:
        """Its name in tables for people."""
        return self.title or self.name

    @property
    def key(self) -> bool:
        """True if it identifies the round."""
        return self.scope in ("record", "param")

    @property
    def beside(self) -> bool:
        """True if a follower computes it (`report/derived.py`)."""
        return self.values is None and self.opened is None

    def start(self, average: Average) -> Any:
        """Its value in round 0; None if round 0 has none."""
        return None if self.initial is None else self.initial(average)

    def read(self, view: View) -> Iterable[Any]:
        """The values of a batch's cells."""
        return view.rounds.extra[self.name] if self.values is None else self.values(view)


def _steps(view: View) -> Iterable[Any]:
    written = view.batch.step_texts
    if written is not None and (view.rounds.steps is None or "" not in written):
        return written
    counters = view.rounds.steps
    if counters is None or not view.alone:  # several averages may have different counters
        return written if written is not None else repeat("", len(view.batch))
    if written is None and isinstance(counters, array | range):
        return counters
    numbers = ("" if step is None else str(step) for step in counters)
    return numbers if written is None else (text or number for text, number in zip(written, numbers, strict=True))


def _elapsed(view: View) -> list[Any]:
    times = view.rounds.elapsed or [None] * len(view.rounds)
    if isinstance(view.average.stated, TimedHalfLife):  # elapsed nanoseconds become seconds
        return [None if time is None else time / 10**9 for time in times]
    return times


def _held(view: View) -> list[Any]:
    return view.rounds.params


def _differences(average: Average, pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    """a - b in the dtype; None if either is missing, as in a round without a param."""
    R = average.dtype.round
    return [None if a is None or b is None else R(a - b) for a, b in pairs]


def _changes(view: View) -> list[Any]:
    rounds = view.rounds
    return _differences(view.average, zip(rounds.shadows, map(rounds.start_of, range(len(rounds))), strict=True))


def _gaps(view: View) -> list[Any]:
    return _differences(view.average, zip(view.rounds.params, view.rounds.shadows, strict=True))


def _biased(view: View) -> list[Any]:
    return view.rounds.shadows if view.rounds.biased is None else view.rounds.biased


def _stalled(view: View) -> Iterable[str]:
    return ["stalled" if lost else "" for lost in view.rounds.stalled()]


def _initial(average: Average) -> Any:
    return None if average.begins_blank else average.initial


def shadow_dtype(average: Average) -> Dtype:
    """The type that shadows are held in."""
    return average.dtype


def _decay_dtype(average: Average) -> Dtype:
    """The type that decays are printed in: float64 for a decay that is derived from the rule's weight or count."""
    is_own = average.scalars.written == "v" or average.dtype.digits is None
    return average.decay_dtype if is_own else dtype("float64")


def _weight_dtype(average: Average) -> Dtype:
    """The type that weights are printed in: float32 for dtypes of at most 32 bits, whose compute type it is."""
    return average.dtype if average.dtype.name in ("float64", "exact") else dtype("float32")


def _share_dtype(average: Average) -> Dtype:
    return average.dtype if average.dtype.digits is None else dtype("float64")


def _float64(average: Average) -> Dtype:
    return dtype("float64")


def _working(part: str) -> Callable[[Average, Style, Hidden | None], Callable[[View], list[str]]]:
    """The value of `opened` for a part of the working: `decay`, `shadow` or `whole`."""

    def opened(average: Average, style: Style, hidden: Hidden | None) -> Callable[[View], list[str]]:
        from ema_cli.working.derivations import Working

        line: Callable[[Rounds, int], str] = getattr(Working(average, style, hidden), part)
        return lambda view: [line(view.rounds, row) for row in range(len(view.rounds))]

    return opened


_ENTRIES = (
    Column(
        "round", "record", lambda view: view.rounds.numbers, initial=lambda average: "0", aliases=("index", "n", "row")
    ),
    Column(
        "step", "record", _steps, place=lambda lines, param: lines.columns.step, aliases=("iteration", "numupdates")
    ),
    Column("time", "record", lambda view: view.batch.kept[-1] if view.batch.kept else [""] * len(view.batch)),
    Column("elapsed", "average", _elapsed, shadow_dtype),
    Column(
        "param",
        "param",
        lambda view: view.batch.texts[view.param],
        place=lambda lines, param: lines.columns.params[param],
        axis="value",
        drawn=_held,
        aliases=("loss", "value", "x"),
    ),
    Column(
        "decay",
        "average",
        lambda view: view.rounds.decays,
        _decay_dtype,
        lasts=True,
        masked=True,
        axis="decay",
        reveals=("working",),
        aliases=("beta", "effectivedecay", "momentum"),
        title="effective decay",
    ),
    Column(
        "weight",
        "average",
        lambda view: view.rounds.weights,
        _weight_dtype,
        lasts=True,
        masked=True,
        axis="weight",
        reveals=("decay", "working"),
        aliases=("alpha",),
    ),
    Column(
        "shadow",
        "each",
        lambda view: view.rounds.shadows,
        shadow_dtype,
        initial=_initial,
        masked=True,
        axis="value",
        reveals=("working",),
        aliases=("average", "avg", "ema", "mean", "smoothed"),
    ),
    Column("change", "each", _changes, shadow_dtype, axis="change", reveals=("shadow",), aliases=("delta", "diff")),
    Column(
        "held",
        "each",
        _held,
        lambda average: average.input_dtype,
        axis="value",
        reveals=("param",),
        title="param as held",
    ),
    Column(
        "gap",
        "each",
        _gaps,
        shadow_dtype,
        axis="change",
        reveals=("param", "shadow"),
        aliases=("error",),
        title="param - shadow",
    ),
    Column("biased", "each", _biased, shadow_dtype, initial=_initial, masked=True, axis="value", reveals=("shadow",)),
    Column(
        "debiased", "each", dtype=shadow_dtype, axis="value", reveals=("shadow",), aliases=("corrected", "unbiased")
    ),
    Column("initial-weight", "average", dtype=_share_dtype, axis="weight", reveals=("weight",), title="initial weight"),
    Column("share", "each", dtype=_share_dtype, axis="share", reveals=("weight",), bars=True, looks_ahead=True),
    Column(
        "exact", "each", dtype=lambda average: dtype("exact"), axis="value", reveals=("shadow",), title="exact value"
    ),
    Column(
        "error-ulps", "each", dtype=_float64, axis="ulps", reveals=("exact",), aliases=("error",), title="error in ulps"
    ),
    Column("logged", "each", axis="value", reveals=("shadow",)),
    Column("difference", "each", dtype=shadow_dtype, axis="change", reveals=("logged",), aliases=("diff",)),
    Column("ulps", "each", dtype=_float64, axis="ulps", reveals=("difference",)),
    Column("action", "each", lambda view: view.rounds.actions or repeat("update", len(view.rounds)), words=True),
    Column("stalled", "each", _stalled, words=True, reveals=("biased", "change")),
    Column("working", "each", opened=_working("whole"), aliases=("formula", "work")),
)

_FOR_PEOPLE = {
    "working": (
        Column("decay working", "average", opened=_working("decay"), title="effective decay"),
        Column(
            "shadow working", "each", None, shadow_dtype, initial=_initial, opened=_working("shadow"), title="shadow"
        ),
    )
}
"""Columns that a table for people splits into several."""

COLUMNS = {entry.name: entry for entry in _ENTRIES}

DEFAULT = ("step", "param", "decay", "shadow")
EXPLAINED = ("step", "param", "working")
"""The default columns of a table for people with --explain; the working includes the decay and the shadow."""

FRACTIONS = ("exact", "error-ulps")
"""The columns that are computed in fractions, whatever the dtype."""

COMPUTED = frozenset(COLUMNS) - {"step", "param"}
"""The columns that are not copied from the input."""

SHOWN_BY_WORKING = ("step", "param", "decay", "weight", "shadow", "biased", "working")
"""The columns whose values appear in the working, and may be blanked in it."""

LOGGED = ("logged", "difference", "ulps")
"""The columns of --check."""


def parse_columns(text: str | None, default: Sequence[str]) -> list[Column]:
    """Parse a list of columns such as `step,shadow`; `+change,weight` adds to the default.

    Raises:
        UsageError: A name is unknown or appears twice.
    """
    names = list(default)
    if text is not None:
        added = [name.strip() for name in text.split(",")]
        if text.startswith("+"):  # each name may have a plus
            added = [name.removeprefix("+") for name in added]
            names += [name for name in added if name not in names]
        else:
            names = added
    for index, name in enumerate(names):
        if name not in COLUMNS:
            from ema_cli.error_facts import ListOfColumns

            fact = ListOfColumns(name, text or "", tuple(COLUMNS))
            raise UsageError(f"no column {quoted(name)}", f"there are {', '.join(COLUMNS)}", fact)
        if name in names[:index]:
            raise UsageError(f"--columns names {quoted(name)} twice")
    return [COLUMNS[name] for name in names]


CHARTED = ("param", "shadow")
"""The columns of a chart, unless --columns names others that it can draw."""


def chart_columns(text: str | None) -> list[Column]:
    """The columns of a list that a chart can draw, or the usual ones; `+` adds to the usual ones."""
    default = CHARTED if text is None or text.startswith("+") else ()
    return [each for each in parse_columns(text, default) if each.axis] or [COLUMNS[name] for name in CHARTED]


def chart_axis(text: str | None) -> str | None:
    """The column for a chart's horizontal axis: the first of `round`, `step` and `time` in a list, or None."""
    names = [] if text is None else [name.strip("+ ") for name in text.split(",")]
    return next((name for name in names if name in ("round", "step", "time")), None)


def columns_of(options: Mapping[str, Any], *, people: bool, computes: bool = False) -> list[Column]:
    """The columns that the options ask for.

    Args:
        options: The command's options.
        people: True for a table for people, False for a data format.
        computes: True if the working is added to decays and shadows, instead of replacing them.

    Raises:
        UsageError: A column is unknown or named twice.
    """
    explain = options["explain"] and not options["interactive"]  # an interactive page shows the working elsewhere
    splits = people and not computes
    default = EXPLAINED if splits and explain else DEFAULT
    default = (*default, *LOGGED) if options["check"] else default
    if options["time_column"] is not None:
        timed = ("time",) if people else ("time", "step")  # people see only the one that the decay depends on
        default = (*timed, *default[1:])
    columns = parse_columns(options["columns"], ("round", *default) if people else default)
    if explain and all(column.name != "working" for column in columns):
        columns += parse_columns("working", ())
    parts = _FOR_PEOPLE if splits else {}
    return [each for column in columns for each in parts.get(column.name, (column,))]
