"""HTML tables for notebooks. They follow the notebook's colours, and their styles affect no other table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ema_cli.core.errors import SettingError
from ema_cli.core.numbers.dtypes import dtype
from ema_cli.core.record import Record
from ema_cli.text.number_text import Style, for_people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.core.rounds import Rounds

_MOST = 60
"""The most rows of a table; a longer one shows the first and the last half of these."""

_STYLE = (
    ".ema-rounds{border-collapse:collapse;font-variant-numeric:tabular-nums;color:inherit}"
    ".ema-rounds th,.ema-rounds td{padding:.2em .8em;text-align:right;border:0;background:none;color:inherit}"
    ".ema-rounds thead th{border-top:2px solid currentColor;border-bottom:1px solid currentColor;font-weight:600}"
    ".ema-rounds tbody th{font-weight:400}.ema-rounds tbody tr:last-child>*{border-bottom:2px solid currentColor}"
)


class SideBySide(Record):
    """Averages of the same params, side by side: a table in a notebook, and rows for a data frame."""

    averages: Mapping[str, Rounds]
    """The rounds of each average, by its label."""

    def rows(self) -> list[dict[str, Any]]:
        """A row for each round, from round 0 on; columns are named as in the command's CSV."""
        merged = []
        for rows in zip(*(rounds.rows() for rounds in self.averages.values()), strict=True):
            record = {name: rows[0][name] for name in ("round", "step", "param")}
            for label, row in zip(self.averages, rows, strict=True):
                record |= {f"{name}[{label}]": row[name] for name in ("decay", "shadow")}
            merged.append(record)
        return merged

    def _repr_html_(self) -> str:
        return html(self.rows())


def side_by_side(averages: Mapping[str, Rounds]) -> SideBySide:
    """Show averages of the same params side by side.

    >>> from ema_cli import Average, side_by_side
    >>> both = side_by_side({d: Average(float(d), rule="fixed").advance([1.0]) for d in ("0.9", "0.5")})
    >>> [row["shadow[0.5]"] for row in both.rows()]
    [0.0, 0.5]

    Args:
        averages: The rounds of each average, by its label.

    Returns:
        A table that a notebook displays; `rows()` returns its records, with columns such as `shadow[0.9]`.

    Raises:
        SettingError: There is no average, or their params differ.
    """
    if not averages:
        raise SettingError("side_by_side needs an average")
    first, *others = averages.values()
    for other in others:
        if list(other.params) != list(first.params) or other.first != first.first:
            raise SettingError("the averages side by side must have the same params")
    return SideBySide(averages)


def html(rows: list[dict[str, Any]]) -> str:
    """Rows as an HTML table, without columns that are empty or always `update`."""
    names = [name for name in rows[0] if name == "round" or any(row[name] not in (None, "update") for row in rows)]
    if len(rows) > _MOST:
        rows = [*rows[: _MOST // 2], {}, *rows[-_MOST // 2 :]]
    write = for_people(dtype("float64"), Style())

    def text(value: Any) -> str:
        return "" if value is None else write(value) if isinstance(value, float) else str(value)

    return table(names, [[text(row.get(name) if row else "…") for name in names] for row in rows])


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of text as an HTML table; the cells of the column `round` are row headings."""

    def cell(name: str, text: str) -> str:
        return f'<th scope="row">{escape(text)}</th>' if name == "round" else f"<td>{escape(text)}</td>"

    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(map(cell, names, row))}</tr>" for row in rows)
    head = f"<thead><tr>{heads}</tr></thead>"
    return f'<style>{_STYLE}</style><table class="ema-rounds">{head}<tbody>{body}</tbody></table>'
