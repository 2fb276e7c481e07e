"""The files made from the code: `make docs` writes them, and a test compares them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.made.areas import pages
from tests.made.forms import with_forms
from tests.made.man import man_page
from tests.made.pictures import PICTURES, picture
from tests.made.sessions import refreshed

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent


def _page(name: str) -> Callable[[], str]:
    return lambda: with_forms(refreshed((ROOT / name).read_text(encoding="utf-8")))


FRONT_PAGES = ("README.md", "README.zh-CN.md")

PAGES = (
    *FRONT_PAGES,
    *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")) if "```console" in page.read_text("utf-8")),
)
"""Pages written by hand, except for the output of their commands."""

MADE: dict[str, Callable[[], str]] = {
    **{name: _page(name) for name in PAGES},
    **pages(),
    "man/ema-calc.1": man_page,
    **{name: partial(picture, theme, session) for name, (theme, session) in PICTURES.items()},
}
"""From the path of a file to the function that makes its text."""
