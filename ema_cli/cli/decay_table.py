"""--about-decay: a table of decays in other terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.cli.request import constants_of, format_of
from ema_cli.cli.rule_list import check_goes_with, write
from ema_cli.core.decay_setting import TimedHalfLife, constant
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.numbers.literals import LAST_STEP, is_number, whole
from ema_cli.errors import UsageError, quoted
from ema_cli.report.decay_info import records, table
from ema_cli.text.language import ENGLISH, find_language
from ema_cli.text.number_text import Style, for_people, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMON_DECAYS = ("0.9", "0.99", "0.999", "0.9999")
"""The decays of the table if none is given."""


def tell_decays(options: dict[str, Any], given: Sequence[str]) -> None:
    """Write the table of the decays in the options, or of common decays.

    Raises:
        UsageError: An option has no effect on the table, or a half-life has a unit of time.
    """
    check_goes_with("--about-decay", options, given)
    chosen_format, language = format_of(options), find_language(options["lang"])
    decays = constants_of(options) or [constant("decay", text) for text in COMMON_DECAYS]
    if any(isinstance(stated, TimedHalfLife) for stated in decays):
        raise UsageError("--about-decay counts rounds: give --half-life as a number of rounds, without a unit")
    style = Style(options["digits"], options["decimals"], language if chosen_format.people else ENGLISH)
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    if chosen_format.people:
        columns, rows = table(decays, _runs(options["runs"]), for_people(dtype("float64"), style), language)
    else:
        columns, rows = records(decays, _runs(options["runs"]))
        if not chosen_format.name.startswith("json"):
            number = to_text(dtype("float64"), style)
            rows = [
                [number(cell) if isinstance(cell, float) else "" if cell is None else str(cell) for cell in row]
                for row in rows
            ]
    write(options, columns, rows, language)


def _runs(text: str | None) -> int | None:
    runs = whole(text) if text is not None and is_number(text) else None
    if text is not None and (runs is None or not 1 <= runs <= LAST_STEP):
        raise UsageError(f"--runs {quoted(text)} is not a number of rounds")
    return runs
