"""The languages of tables for people: a table of strings each, loaded when it is asked for.

To add one: a module in `languages/` with STRINGS, from each English text to its own, with the same placeholders;
another with those of the catalogue of rules, which is loaded for lists of rules alone; and its name in LANGUAGES.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Say = Callable[..., str]
    """`Language.say` of a language."""

LANGUAGES = ("en", "zh")
"""Languages of --lang. Each but English is a table of strings: a module of its name in `languages/`."""

ALIASES = {"chinese": "zh", "cn": "zh", "english": "en", "us": "en", "zhcn": "zh", "zhhans": "zh", "中文": "zh"}
"""Other names for them."""


class Language(Record):
    """Language of tables for people."""

    name: str = "en"
    """The language's name in HTML."""
    strings: Mapping[str, str] = {}
    """For each English text, its own; English has none."""

    def say(self, text: str, /, **values: Any) -> str:
        """The text in this language, with the values in their places. What has no string stays as it is."""
        return self.strings.get(text, text).format(**values)

    def named(self, name: str, text: str) -> str:
        """The text after the name of what it is about, or alone where that has none."""
        return self.say("{name}: {text}", name=name, text=text) if name else text


ENGLISH = Language()


def find_language(name: str) -> Language:
    """A language by its name; its table is loaded when it is wanted."""
    if name == ENGLISH.name:
        return ENGLISH
    from importlib import import_module

    return Language(name, import_module(f"ema_cli.languages.{name}").STRINGS)


def catalogue_language(name: str) -> Language:
    """Language with the texts of the catalogue of rules."""
    language = find_language(name)
    if language is ENGLISH:
        return ENGLISH
    from importlib import import_module

    return Language(name, {**import_module(f"ema_cli.languages.{name}_rules").STRINGS, **language.strings})
