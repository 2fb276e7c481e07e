"""The languages of tables for people. Each has a table of strings, loaded on demand.

To add one: write a module in `languages/` with STRINGS, from each English text to its translation with the same braces,
and a second one with the texts of the catalogue, loaded only for texts about rules; add its name to LANGUAGES.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Say = Callable[..., str]
    """`Language.say` of a language."""

LANGUAGES = ("en", "zh")
"""The languages of --lang. Each except English has a module of its name in `languages/`."""


class Language(Record):
    """A language of tables for people."""

    name: str = "en"
    """The language's name in HTML."""
    strings: Mapping[str, str] = {}
    """The translation of each English text; empty for English."""

    def say(self, text: str, /, **values: Any) -> str:
        """Translate a text, and fill in the values; a text without a translation stays English."""
        return self.strings.get(text, text).format(**values)

    def named(self, name: str, text: str) -> str:
        """The text after the name of its subject; without a name, the text alone."""
        return self.say("{name}: {text}", name=name, text=text) if name else text


ENGLISH = Language()


def find_language(name: str, *, rules: bool = False) -> Language:
    """Load a language by its name; with `rules`, also its texts for the catalogue of rules."""
    if name == ENGLISH.name:
        return ENGLISH
    from importlib import import_module

    strings = import_module(f"ema_cli.languages.{name}").STRINGS
    return Language(name, {**import_module(f"ema_cli.languages.{name}_rules").STRINGS, **strings} if rules else strings)
