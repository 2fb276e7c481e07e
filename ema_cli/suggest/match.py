"""Find the names and numbers that an unknown text may mean."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING
from unicodedata import normalize

from ema_cli.core.catalogue import rules
from ema_cli.core.numbers.literals import is_number, printable
from ema_cli.core.record import aliases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Words = Mapping[str, str]

_MOST = 4
"""The most names in a suggestion."""

_LONGEST = 40
"""The most characters of a mistyped number."""

_AROUND = " []{}()'\""
"""Characters to strip from both ends of a list."""


def rule_words() -> Words:
    """The rules for each word that people use; the words have only letters and digits."""
    return aliases(rules(), "words")


def rules_called(text: str) -> list[str]:
    """The options for the rules that people call by this name."""
    return [f"--rule {rule}" for rule in rule_words().get(bare(text), "").split()]


def near(text: str, names: Iterable[str], words: Words, about: Mapping[str, str] | None = None) -> list[str]:
    """Find names similar to a text, by the first kind of similarity that finds any.

    >>> near("torch.bfloat16", ["float16", "bfloat16"], {}), near("FP16", ["float16"], {"fp16": "float16"})
    (['bfloat16'], ['float16'])

    Args:
        text: The unknown name.
        names: The known names.
        words: Other words for them.
        about: A description of each name, which may contain the text.
    """
    forms = {bare(name): name for name in names}
    for plain in dict.fromkeys((bare(text), bare(text.rpartition(".")[2]))):  # torch.bfloat16 is bfloat16
        if plain in words:
            return words[plain].split()
        if plain in forms:
            return [forms[plain]]
        if len(plain) > 2:
            ends = [name for form, name in forms.items() if form.startswith(plain) or form.endswith(plain)]
            found = ends or [name for name, told in (about or {}).items() if plain in bare(told)]
            if found:
                return found[:_MOST]
    known = {word: names for word, names in words.items() if len(word) > 4} | forms
    alike = get_close_matches(bare(text), known, cutoff=0.7)
    return [*dict.fromkeys(name for form in alike for name in known[form].split())][:_MOST]


def in_words(text: str) -> list[str]:
    """Split a text at spaces, dots and brackets.

    >>> in_words("tf.keras Adam(use_ema)")
    ['tf', 'keras', 'Adam', 'use_ema']
    """
    return re.findall(r"[A-Za-z_][\w-]*", text)


def did_you_mean(names: Iterable[str]) -> str:
    """Ask whether one of these was meant; empty if there is none.

    >>> did_you_mean(["torch", "torch-avg", "torch-swa"])
    'did you mean torch, torch-avg or torch-swa?'
    """
    meant = [printable(name) for name in names if name]
    if not meant:
        return ""
    *others, last = meant
    return f"did you mean {', '.join(others)}{' or ' * bool(others)}{last}?"


def in_list(text: str) -> list[str]:
    """Split a text that may be a list at commas, semicolons, bars, plus signs and spaces.

    >>> in_list("0.9,0.99"), in_list("warmup + fixed"), in_list("[torch]")
    (['0.9', '0.99'], ['warmup', 'fixed'], ['torch'])
    """
    return [part for part in re.split(r"[,;|+\s]", text.strip(_AROUND)) if part]


def listed(text: str, names: Iterable[str]) -> list[str]:
    """The names in a list; empty unless the text has several names and nothing else."""
    parts = in_list(text)
    return parts if len(parts) > 1 and {*parts} <= {*names} else []


def give_again(option: str, values: list[str]) -> str:
    """Suggest repeating an option that was given a list.

    >>> give_again("--rule", ["warmup", "fixed"])
    'give --rule twice: --rule warmup --rule fixed'
    """
    times = "twice" if len(values) == 2 else f"{len(values)} times"
    return f"give {option} {times}: {' '.join(f'{option} {printable(value)}' for value in values)}"


def number_meant(text: str) -> str:
    """Ask whether a number was meant by a text that resembles one; empty for other texts.

    >>> number_meant("99%"), number_meant("0,5"), number_meant("1/8"), number_meant("abc")
    ('did you mean 0.99?', 'did you mean 0.5?', 'did you mean 0.125?', '')
    """
    plain = normalize("NFKC", text[:_LONGEST]).replace("\u2212", "-").replace("_", "").strip()
    number, percent, rest = plain.partition("%")
    number = number.rstrip().replace(",", ".")
    above, slash, below = number.partition("/")
    if rest or len(text) > _LONGEST or not is_number(above) or (slash and not (below.isdecimal() and int(below))):
        return ""
    if slash:
        number = repr(float(above) / int(below))
    return did_you_mean([f"{float(number) / 100:.12g}" if percent else number])


def bare(text: str) -> str:
    """Reduce a text to its letters and digits in lower case, to compare names."""
    return "".join(filter(str.isalnum, text.lower()))
