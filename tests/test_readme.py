"""The front pages print what they show."""

from __future__ import annotations

import doctest
import re
from typing import TYPE_CHECKING

import pytest

from tests.extras import needs_plot
from tests.made import FRONT_PAGES, PAGES, ROOT
from tests.made.sessions import output, sessions

if TYPE_CHECKING:
    from pathlib import Path


@needs_plot
@pytest.mark.long
@pytest.mark.parametrize("page", PAGES)
def test_page_prints_what_it_shows(page: str, tmp_path: Path) -> None:
    """Every `$ command` of a page, run in order in one empty folder, prints the lines below it."""
    found = sessions((ROOT / page).read_text(encoding="utf-8"))
    assert found
    for command, expected in found:
        assert (command, expected) == (command, output(command, tmp_path))


@pytest.mark.parametrize("page", FRONT_PAGES)
def test_python_of_a_page_runs(page: str) -> None:
    """The Python sessions of a page give what they show."""
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    assert (0, len(test.examples)) == tuple(doctest.DocTestRunner().run(test))[:2]
    assert test.examples


@pytest.mark.parametrize("page", [path.relative_to(ROOT) for path in ROOT.glob("docs/**/*.md")] + [*FRONT_PAGES])
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    """Every file that a page shows or leads to is there."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r'\]\(([^)#:]+)\)|(?:src|srcset)="([^"]+)"', text)
    missing = [link for pair in links for link in pair if link and not (ROOT / page).parent.joinpath(link).exists()]
    assert links
    assert [] == missing


@pytest.mark.parametrize("page", FRONT_PAGES)
def test_links_inside_of_a_page(page: str) -> None:
    """Every link to a section leads to a heading, as forges make an address of one."""
    text = (ROOT / page).read_text(encoding="utf-8")
    headings = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
    places = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(links) > 10
    assert [] == [link for link in links if link not in places]


def test_front_pages_tell_the_same() -> None:
    """The pages in both languages show the same sessions, some of them in their own language."""
    english, chinese = (sessions((ROOT / page).read_text(encoding="utf-8")) for page in FRONT_PAGES)
    own = " --lang zh"
    same = [re.sub(rf" --title '[^']*'|{own}", "", command) for command, _ in chinese]
    assert same == [re.sub(" --title '[^']*'", "", command) for command, _ in english]
    assert [shown for shown, (command, _) in zip(english, chinese, strict=True) if own not in command] == [
        shown for shown in chinese if own not in shown[0]
    ]
