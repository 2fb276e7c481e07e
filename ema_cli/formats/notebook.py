"""Tables for notebooks, light or dark as the notebook is; their styles touch no other table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ema_cli.core.dtypes import dtype
from ema_cli.text.numbers import Style, for_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ema_cli.core.rounds import Rounds

_MOST = 60
"""Rows of a longer table: the first half of them, and the last."""

_STYLE = (
    ".ema-rounds{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    ".ema-rounds caption{text-align:left;padding:.2em .8em;color:inherit}"
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

    def text(value: Any) -> str:
        return "" if value is None else write(value) if isinstance(value, float) else str(value)

    return table(names, [[text(row.get(name) if row else "…") for name in names] for row in rows])


def table(names: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """Rows of text as an HTML table; the column `round` has their headings."""

    def cell(name: str, text: str) -> str:
        return f'<th scope="row">{escape(text)}</th>' if name == "round" else f"<td>{escape(text)}</td>"

    told = f"<caption>{escape(caption)}</caption>" if caption else ""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(map(cell, names, row))}</tr>" for row in rows)
    head = f"<thead><tr>{heads}</tr></thead>" if names else ""
    return f'<style>{_STYLE}</style><table class="ema-rounds">{told}{head}<tbody>{body}</tbody></table>'
