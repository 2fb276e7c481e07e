"""The front pages show what their commands print."""

from __future__ import annotations

import doctest
import re
from typing import TYPE_CHECKING

import pytest

from tests.extras import needs_plot
from tests.harness import shell
from tests.made import FRONT_PAGES, PAGES, ROOT
from tests.made.sessions import output, sessions

if TYPE_CHECKING:
    from pathlib import Path


@needs_plot
@pytest.mark.long
@pytest.mark.parametrize("page", PAGES)
def test_page_prints_what_it_shows(page: str, tmp_path: Path) -> None:
    """Every `$ command` on a page, run in order in one empty folder, prints the lines below it."""
    found = sessions((ROOT / page).read_text(encoding="utf-8"))
    assert found
    for command, expected in found:
        assert (command, expected) == (command, output(command, tmp_path))


@pytest.mark.parametrize("page", ["docs/python.md"])
def test_python_of_a_page_runs(page: str) -> None:
    """The Python sessions on a page give what they show."""
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    assert (0, len(test.examples)) == tuple(doctest.DocTestRunner().run(test))[:2]
    assert test.examples


@pytest.mark.parametrize("page", FRONT_PAGES)
def test_questions_are_answered(page: str, tmp_path: Path) -> None:
    """The command beside each question gives an answer."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = re.findall(r"^\| .*[?？] \| `(ema-calc [^`]+)` \|$", text, re.MULTILINE)
    assert len(lines) >= 10
    (tmp_path / "run.csv").write_text("Wall time,Step,Value\n1.5,0,2.5\n2.5,10,2.1\n")
    (tmp_path / "runs.csv").write_text("run,step,loss\na,0,1\nb,0,5\na,1,2\nb,1,7\n")
    (tmp_path / "load.csv").write_text("time,load\n2026-01-01 00:00,1\n2026-01-01 00:05,0\n")
    for line in lines:
        done = shell(line, tmp_path)
        assert (line, 0) == (line, done.code), done.err
        assert done.out


@pytest.mark.parametrize("page", [path.relative_to(ROOT) for path in ROOT.glob("docs/**/*.md")] + [*FRONT_PAGES])
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    """Every file that a page shows or links to exists."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r'\]\(([^)#:]+)\)|(?:src|srcset)="([^"]+)"', text)
    missing = [link for pair in links for link in pair if link and not (ROOT / page).parent.joinpath(link).exists()]
    assert links
    assert [] == missing


def test_front_pages_tell_the_same() -> None:
    """The pages in both languages have the same sessions, some of them in their own language."""
    english, chinese = (sessions((ROOT / page).read_text(encoding="utf-8")) for page in FRONT_PAGES)
    own = " --lang zh"
    same = [re.sub(rf" --title '[^']*'|{own}", "", command) for command, _ in chinese]
    assert same == [re.sub(" --title '[^']*'", "", command) for command, _ in english]
    assert [shown for shown, (command, _) in zip(english, chinese, strict=True) if own not in command] == [
        shown for shown in chinese if own not in shown[0]
    ]
