"""The pictures in docs/ are what the commands on the pages draw."""

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.extras import needs_plot
from tests.harness import output
from tests.made import ROOT
from tests.made.pictures import FOLDERS, drawing
from tests.made.sessions import sessions


def text_of(page):
    """The text of a page."""
    return (ROOT / page).read_text("utf-8")


def words(path):
    """The words and numbers of a picture; the placing of its letters may change with the drawing libraries."""
    found = [element.text for element in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]
    return [text for text in found if text.strip()]


@needs_plot
@pytest.mark.parametrize(("page", "name"), [(page, name) for page in FOLDERS for name in sorted(drawing(page))])
def test_pictures_are_true(page, name, tmp_path, monkeypatch):
    """Each picture has the words that its command draws, and the page shows the picture."""
    assert f"({name})" in text_of(page)
    monkeypatch.chdir(tmp_path)
    noise = next(command for command, _ in sessions(text_of(page)) if command.startswith("awk"))
    state, lines = 1, []
    for _ in range(300):
        state = (state * 75 + 74) % 65537
        lines.append(f"{0.5 + state / 65537:.3f}\n")
    assert "s * 75 + 74) % 65537" in noise
    Path("noisy.txt").write_text("".join(lines))
    output(*shlex.split(drawing(page)[name])[1:])
    assert words(name) == words(ROOT / FOLDERS[page] / name)


@pytest.mark.parametrize("page", FOLDERS)
def test_every_picture_is_kept(page):
    """The pictures that a page's commands draw are in its folder."""
    folder = FOLDERS[page]
    shown = re.findall(r"!\[[^]]*\]\(([^/)]+)\)", text_of(page))
    assert [] == [name for name in shown if not (ROOT / folder / name).exists()]
    assert set(shown) == set(drawing(page))
