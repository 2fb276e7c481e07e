"""The pictures in docs/ are what the README's commands draw."""

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.extras import needs_plot
from tests.made import ROOT
from tests.made.sessions import sessions
from tests.teaching.command import run

README, DOCS = ROOT / "README.md", ROOT / "docs"


def drawing():
    """The README's commands that draw a picture, by its name."""
    return {
        name: command
        for command, _ in sessions(README.read_text("utf-8"))
        for name in re.findall(r"(?:-o|--plot-file) (\S+\.svg)", command)
    }


def words(path):
    """The words and numbers of a picture; how its letters are placed may change with the libraries that draw it."""
    found = [element.text for element in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]
    return [text for text in found if text.strip()]


@needs_plot
@pytest.mark.parametrize("name", sorted(drawing()))
def test_pictures_are_true(name, tmp_path, monkeypatch):
    """Each picture has the words that its command draws, and the README shows it."""
    assert f"(docs/{name})" in README.read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    noise = next(command for command, _ in sessions(README.read_text("utf-8")) if command.startswith("awk"))
    state, lines = 1, []
    for _ in range(300):
        state = (state * 75 + 74) % 65537
        lines.append(f"{0.5 + state / 65537:.3f}\n")
    assert "s * 75 + 74) % 65537" in noise
    Path("noisy.txt").write_text("".join(lines))
    run(*shlex.split(drawing()[name])[1:])
    assert words(name) == words(DOCS / name)


def test_every_picture_is_kept():
    """What the README's commands draw for it is in docs/."""
    shown = re.findall(r"!\[[^]]*\]\(docs/(\S+)\)", README.read_text("utf-8"))
    assert [] == [name for name in shown if not (DOCS / name).exists()]
    assert set(shown) == set(drawing())
