"""The pictures: the reference session on the front pages, light and dark, and those drawn by commands on pages."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from tests.harness import run
from tests.made.sessions import output, sessions

ROOT = Path(__file__).parent.parent.parent

SESSION = "--decay 0.99 0:1 100:10x7"
PICTURES = {
    f"docs/session{language and '-zh'}-{theme}.svg": (theme, f"{SESSION}{language}")
    for language in ("", " --lang zh")
    for theme in ("light", "dark")
}
"""From the path of a picture to its theme and its command line after `ema-calc`."""

FOLDERS = {"docs/teaching.md": "docs"}
"""The folders for pictures that the commands of a page draw."""


def picture(theme: str, session: str) -> str:
    """The session and its table, as SVG."""
    return run([*session.split(), "-F", "svg", "--theme", theme, "--title", f"$ ema-calc {session}"]).out


def words(svg: str) -> list[str]:
    """The texts of a picture in order."""
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return [text for element in found if (text := "".join(element.itertext())).strip()]


def drawing(page: str) -> dict[str, str]:
    """The commands on a page that draw a picture, by its name."""
    return {
        name: command
        for command, _ in sessions((ROOT / page).read_text("utf-8"))
        for name in re.findall(r"(?:-o|--plot-file) (\S+\.svg)", command)
    }


def draw(page: str) -> None:
    """Draw the pictures of a page."""
    with TemporaryDirectory() as name:
        for command, _ in sessions((ROOT / page).read_text("utf-8")) if drawing(page) else ():
            output(command, Path(name))
        for drawn in drawing(page):
            (ROOT / FOLDERS[page] / drawn).write_bytes((Path(name) / drawn).read_bytes())
