"""Rounds as a table of a notebook: light and dark as the notebook is, its styles inside of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ema_cli.core.dtypes import dtype
from ema_cli.text.numbers import Style, for_people

if TYPE_CHECKING:
    from ema_cli.core.rounds import Rounds

_MOST = 60
"""Rows of a longer table: the first half of them, and the last."""

_STYLE = (
    ".ema-rounds{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    ".ema-rounds th,.ema-rounds td{padding:.2em .8em;text-align:right;border:0;background:none;color:inherit}"
    ".ema-rounds thead th{border-top:2px solid currentColor;border-bottom:1px solid currentColor;font-weight:600}"
    ".ema-rounds tbody th{font-weight:400}.ema-rounds tbody tr:last-child>*{border-bottom:2px solid currentColor}"
)


def html(rounds: Rounds) -> str:
    """The rounds as an HTML table, the one before the first of them included."""
    rows = rounds.rows()
    names = [name for name in rows[0] if name in ("round", "shadow") or any(row[name] is not None for row in rows[1:])]
    skipped = len(rows) - _MOST
    if skipped > 0:
        rows = [*rows[: _MOST // 2], {}, *rows[-_MOST // 2 :]]
    write = for_people(dtype("float64"), Style())

    def cell(name: str, row: dict[str, Any]) -> str:
        value = row.get(name) if row else "…"
        text = "" if value is None else write(value) if isinstance(value, float) else escape(str(value))
        return f'<th scope="row">{text}</th>' if name == "round" else f"<td>{text}</td>"

    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(cell(name, row) for name in names)}</tr>" for row in rows)
    return (
        f'<style>{_STYLE}</style><table class="ema-rounds"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
    )
