"""Regular expressions that cost nothing until they are needed."""

from __future__ import annotations

import re
from functools import cached_property


class Pattern:
    """A regular expression that is compiled when the first text is compared with it: a plain file needs few of them.

    >>> bool(Pattern("[a-z]+").fullmatch("step")), bool(Pattern("[a-z]+").fullmatch("step 1"))
    (True, False)
    """

    def __init__(self, text: str, flags: int = 0) -> None:
        self._given = text, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(*self._given)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The match of a whole text; None if there is none."""
        return self._compiled.fullmatch(text)

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in a text; None if there is none."""
        return self._compiled.search(text)
