"""Which columns of a file are the step and the params."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ema_cli.core.literals import printable
from ema_cli.core.record import Record
from ema_cli.errors import DataError, NoColumn, NoParam, shown
from ema_cli.reading import known_logs as logs
from ema_cli.reading.cells import is_numeric
from ema_cli.reading.column_names import STEP_NAMES, is_no_param, is_own_output, may_replace, step_rank

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.reading.cells import Reading
    from ema_cli.reading.shadow_names import Logged


class Columns(Record):
    """The places of the columns that matter."""

    width: int
    step: int | None
    params: tuple[int, ...]
    names: tuple[str, ...]
    """The params' names; empty in a file without a header."""
    labels: tuple[str, ...]
    """What errors call the params."""
    step_label: str
    runs: int | None
    kept: tuple[int, ...]
    """The columns to be passed through, behind them those that were logged, and then the others."""
    kept_names: tuple[str, ...]
    note: str
    """The guess that was made, if one was."""
    awaited: tuple[str, ...] = ()
    """Params that the options name and the header lacks: a later header may bring them."""
    logged: tuple[Logged, ...] = ()
    others: tuple[str, ...] = ()
    """Beside columns that were logged, those that could be the param in the place of the chosen ones."""

    @property
    def lacks(self) -> bool:
        """Whether some of the columns are not there: their place is past the end of each row."""
        return self.width in self.params or self.width in self.kept


def has_header(row: Sequence[str], reading: Reading, place: str) -> bool:
    """Whether the first row of a file is a header.

    Raises:
        DataError: Some of its cells are numbers and some are not.
    """
    if reading.header != "auto":
        return reading.header == "yes"
    numeric = [is_numeric(cell) for cell in row]
    if any(numeric) and not all(numeric):
        odd = numeric.index(False)
        raise DataError(
            f"{place}: column {odd + 1}: {shown(row[odd])} is not a number, but other cells of the first row are;"
            " --header yes or no says what the row is"
        )
    return not numeric[0]


def without_header(width: int, reading: Reading, source: str, log: logs.Log | None = None) -> Columns:
    """The columns of a file that has no header: they are named by number, from 1."""
    numbers = [str(number) for number in range(1, width + 1)]
    step: int | None = None if width == 1 else 0
    if log is not None:
        step = log.step
    if reading.step_column is not None:
        step = _find(reading.step_column, numbers, source, "--step-column")
    logged, logged_places = _logged(numbers, reading, source)
    if reading.param_columns:
        params = tuple(_find(name, numbers, source, "--param-column") for name in reading.param_columns)
        step = None if step in params and reading.step_column is None else step
    elif log is not None and log.params:
        params = tuple(index for index in log.params if index != step)
    else:
        params = tuple(index for index in range(width) if index != step and index not in logged_places)
    if logged:
        from ema_cli.reading.shadow_names import paired

        pool = params if reading.param_columns else sorted({*range(width)} - {step, *logged_places})
        named = {numbers[index]: index for index in pool}
        params, logged = paired(logged, named, params, chosen=bool(reading.param_columns))
    if not params:
        raise DataError(f"{source}: there is no column left for the param")
    used = {step, *params, *logged_places}
    others = tuple(place for place in range(width) if place not in used) if logged else ()
    note = ""
    if reading.step_column is None and (step is not None or log is not None):
        chosen = listed([numbers[index] for index in params], quote=str)
        what = "has no header" if log is None else f"is {log.name}"
        taken = f"column {step + 1} is taken for the step, {chosen}" if step is not None else f"column {chosen}"
        note = f"{source} {what}: {taken} for the param"
    kept, kept_names = _kept(numbers, used, reading)
    labels = tuple(f"column {numbers[index]}" for index in params)
    step_label = "" if step is None else f"column {numbers[step]}"
    kept += logged_places + others
    spare = tuple(numbers[index] for index in others)
    return Columns(
        width=width,
        step=step,
        params=params,
        names=(),
        labels=labels,
        step_label=step_label,
        runs=None,
        kept=kept,
        kept_names=kept_names,
        note=note,
        logged=logged,
        others=spare,
    )


def with_header(
    header: Sequence[str], first: Sequence[str] | None, reading: Reading, source: str, later: Sequence[str] = ()
) -> Columns:
    """The columns of a file with a header.

    Args:
        header: The names.
        first: The first row of data, by which a column is seen to be numeric; None if there is none.
        reading: What the options decide.
        source: The file, for errors.
        later: Names that are not there, but may be in later records.

    Raises:
        DataError: A name stands twice, or two columns could be the step, or none can be the param.
    """
    names = _distinct(header, source)
    log = logs.of_header(names)
    step = log.step if log is not None and reading.step_column is None else _step(names, reading, source)
    if step is not None and names[step] in reading.param_columns and reading.step_column is None:
        step = None
    logged, logged_places = _logged(names, reading, source)
    taken = {step, *logged_places}
    numeric = [index for index in range(len(names)) if first is None or is_numeric(first[index])]
    asked = tuple(map(printable, reading.param_columns))
    awaited = tuple(name for name in asked if name not in names) if reading.missing == "skip" else ()
    possible: list[int] = []
    if asked:
        params = tuple(
            len(names) if name in awaited else _find(name, names, source, "--param-column") for name in asked
        )
    else:
        params, possible = _params(names, numeric, taken)
    found = params
    if logged:
        from ema_cli.reading.shadow_names import paired

        pool = dict(zip(asked, params, strict=True)) if asked else {names[i]: i for i in numeric if i not in taken}
        params, logged = paired(logged, pool, params, chosen=bool(asked))
    if not params:
        cells = tuple((names[index], first[index]) for index in possible) if first else ()
        there = [name for name in names if name not in later]
        by_option = [names[index] for index in logged_places]
        raise _without_param(there, by_option, reading.logged_by, NoParam(source, cells))
    runs = next((index for index, name in enumerate(names) if name.lower() == "runs"), None)
    runs = None if runs in (step, *params) else runs
    used = {step, runs, *params, *logged_places}
    others = tuple(index for index in numeric if logged and index not in used and may_replace(names[index]))
    chosen = asked or tuple(names[index] for index in params)
    note = ""
    left_out = [name for index, name in enumerate(names) if index not in used]
    guessed_step = step is not None and reading.step_column is None and names[step].lower() != "step"
    if not asked and (guessed_step or left_out or len(params) > 1) and "param" not in chosen:
        what = f" is {log.name}" if log is not None else ""
        by = "no column" if step is None or names[step] in later else shown(names[step])
        note = f"{source}{what}: step from {by}, param from {listed(chosen)}"
        note += f" by the name of {listed([one.column for one in logged])}" if params != found else ""
        note += f"; left out: {listed(left_out)}" if left_out else ""
        if others and any(one.place is None for one in logged):
            note += f"; --param-column {shown(names[others[0]])} takes another"
    elif guessed_step and step is not None:
        note = f"{source}: step from {shown(names[step])}"
    kept, kept_names = _kept(names, used, reading)
    return Columns(
        width=len(names),
        step=step,
        params=params,
        names=chosen,
        labels=tuple(f"column {shown(name)}" for name in chosen),
        step_label="" if step is None else f"column {shown(names[step])}",
        runs=runs,
        kept=kept + logged_places + others,
        kept_names=kept_names,
        note=note,
        awaited=awaited,
        logged=logged,
        others=tuple(names[index] for index in others),
    )


def rewritten(before: Sequence[str], after: Sequence[str], columns: Columns, place: str) -> Columns:
    """The same columns below another header, which a logger wrote when it began to log more.

    Args:
        before: The header so far.
        after: The new one.
        columns: Their places below the header so far.
        place: Where the new one stands, for errors.

    Raises:
        DataError: The step is gone, or a column to be passed through.
    """
    old, names = [printable(name) for name in before], [printable(name) for name in after]

    def moved(index: int | None) -> int | None:
        if index is None or old[index] in names:
            return None if index is None else names.index(old[index])
        raise DataError(f"{place}: a new header, which lacks the column {shown(old[index])}; split the file here")

    needed = len(columns.kept) - len(columns.others)
    fresh = [name for name in names if name not in old and name not in columns.names]
    own = is_own_output(names)
    added = [name for name in fresh if not is_no_param(name, own=own)]
    note = ""
    if added:
        note = f"{place}: a new header adds {listed(added)}: left out; --param-column takes it, with --missing skip"
    kept = [index for index in map(moved, columns.kept[:needed]) if index is not None]
    others = [names.index(name) if name in names else len(names) for name in columns.others]
    return columns.but(
        width=len(names),
        step=moved(columns.step),
        params=tuple(names.index(name) if name in names else len(names) for name in columns.names),
        runs=moved(columns.runs),
        kept=(*kept, *others),
        note=note,
        awaited=tuple(name for name in columns.names if name not in names),
    )


def _distinct(header: Sequence[str], source: str) -> list[str]:
    """The names of the columns, each of which stands once."""
    places: dict[str, int] = {}
    for index, name in enumerate(map(printable, header)):
        if name in places:
            raise DataError(
                f"{source}: column name {shown(name)} stands twice, in columns {places[name] + 1} and {index + 1}"
            )
        places[name] = index
    return list(places)


def _params(names: list[str], numeric: list[int], taken: set[int | None]) -> tuple[tuple[int, ...], list[int]]:
    """The columns that are params by their names and first values; and those that are by their names."""
    if "param" in names:
        return (names.index("param"),), []
    own = is_own_output(names)
    possible = [index for index, name in enumerate(names) if index not in taken and not is_no_param(name, own=own)]
    return tuple(index for index in possible if index in numeric), possible


def _step(names: list[str], reading: Reading, source: str) -> int | None:
    if reading.step_column is not None:
        return _find(reading.step_column, names, source, "--step-column")
    for rank in range(len(STEP_NAMES)):
        found = [
            index for index, name in enumerate(names) if step_rank(name) == rank and name not in reading.param_columns
        ]
        if len(found) > 1:
            both = " and ".join(shown(names[index]) for index in found)
            raise DataError(f"{source}: {both} could each be the step; --step-column chooses")
        if found:
            return found[0]
    return None


def logged_name(text: str, names: Sequence[str]) -> tuple[str, str]:
    """The param and the column of `[PARAM=]COLUMN`; a column may have an equals sign in its name."""
    param, equals, column = text.partition("=")
    return (param, column) if equals and printable(text) not in names else ("", text)


def _logged(names: list[str], reading: Reading, source: str) -> tuple[tuple[Logged, ...], tuple[int, ...]]:
    """The columns that were logged, and their places."""
    if not reading.logged:
        return (), ()
    from ema_cli.reading.shadow_names import Logged

    logged = tuple(Logged(*logged_name(text, names)) for text in reading.logged)
    return logged, tuple(_find(one.column, names, source, reading.logged_by) for one in logged)


def _find(name: str, names: list[str], source: str, option: str) -> int:
    try:
        return names.index(printable(name))
    except ValueError:
        raise absent(name, names, source, option) from None


def absent(name: str, names: Sequence[str], source: str, option: str) -> DataError:
    """The error that a column which an option names isn't there."""
    problem = f"{source}: no column {shown(name)} for {option}; the columns are {listed(names)}"
    return DataError(problem, fact=NoColumn(name, tuple(names), option))


def listed(names: Sequence[str], quote: Callable[[str], str] = shown) -> str:
    """The names as a message lists them: some of them, if they are many."""
    most = 30
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(quote, names[:most])) + more


def _without_param(names: list[str], logged: list[str], logged_by: str, fact: NoParam) -> DataError:
    """The error that none of the columns can be the param."""
    there = f"the columns are {listed(names)}; --param-column chooses" if names else "there is none"
    taken = f"; {logged_by} takes {listed(logged)}" if logged else ""
    return DataError(f"{fact.source}: no column can be the param; {there}{taken}", fact=fact)


def _kept(names: list[str], used: set[int | None], reading: Reading) -> tuple[tuple[int, ...], tuple[str, ...]]:
    kept = tuple(index for index in range(len(names)) if index not in used) if reading.keep else ()
    return kept, tuple(names[index] for index in kept)
