"""Suggestions for operands that are neither a piece nor a file."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from ema_cli.core.catalogue import joined_rule
from ema_cli.core.numbers.literals import is_number
from ema_cli.errors import UsageError, quoted
from ema_cli.reading.inline import is_piece
from ema_cli.suggest.bad_pieces import is_sound, separate
from ema_cli.suggest.match import did_you_mean, number_meant, rules_called
from ema_cli.suggest.unknown_rule import takes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Options = dict[str, Any]

_WORDS = {
    "/?": "--help",
    "help": "--help",
    "list": "--list-rules",
    "rules": "--list-rules",
    "version": "--version",
}

_SIGNS = str.maketrans(
    {"*": "x", "X": "x", "\u00d7": "x", "\u2212": "-", "@": ":", "=": ":", **dict.fromkeys("()[]{}'\" ")}
)
"""Other characters that people type in or around a piece. Full-width characters are normalized earlier."""

_JOINS = re.compile(r"(\d+)(?:[-=]>|\u2192|[/;|])(.+)")
"""A step and a param with another separator than a colon."""

_INNER = (":", "x")
"""Characters inside a piece; a space next to one may have cut the piece in two."""

_MOST = 65536
"""The most characters of a line that is searched for a column."""

_PICTURES = (".svg", ".png", ".pdf")
_STATED = ("decay", "rule", "half_life", "span", "com", "alpha", "leaves")


def check_operand(operand: str, options: Options) -> None:
    """Refuse an operand that is neither a piece nor a file, if it looks like something else.

    Raises:
        UsageError: The operand looks like something else; the message says what to type.
    """
    for look in _LOOKS:
        meant = look(operand, options)
        if meant:
            raise UsageError(f"there is no file {quoted(operand)}; {meant}")


def without_script(options: Mapping[str, Any]) -> str:
    """Name the option whose value may be the missing script."""
    if options["script"]:
        return ""
    option, value = _taken(options)
    return f"{option} took {quoted(value)} as its value; give {option} another one" if option else ""


def _taken(options: Mapping[str, Any]) -> tuple[str, str]:
    """An option whose value is a piece or a file, and that value; two empty texts if there is none."""
    for name in ("check", "identify", "blank", "param_column", "step_column", "columns", "name", "title"):
        values = options[name] if isinstance(options[name], tuple) else (options[name] or "",)
        for value in values:
            if is_piece(value) or os.path.isfile(value):
                return f"--{name.replace('_', '-')}", value
    return "", ""


def _swapped(operand: str, options: Options) -> str:
    """Suggest the right order for a column and a file that were swapped, or for a column and its value."""
    option, value = _taken(options)
    if option and re.fullmatch(r"[\w./-]*[A-Za-z_][\w./-]*", operand):
        return did_you_mean([f"{option} {operand} {value}"])
    bare_columns = [condition for condition in options["where"] if "=" not in condition]
    value = operand.strip("=") or next((word for word in options["script"] if word != "="), "")
    return did_you_mean(f"--where {column}={value}" for column in bare_columns[:1])


def _word(operand: str, options: Options) -> str:
    """Suggest an option for its name without hyphens, or for a subcommand of other tools."""
    if operand in _WORDS:
        return did_you_mean([_WORDS[operand]])
    return did_you_mean([f"--{operand}"]) if operand.replace("-", "_") in options else ""


def _option(operand: str, options: Options) -> str:
    """Suggest options before the --, and hyphens for the dashes of a word processor."""
    word = operand.lstrip("\u2014\u2013")
    if word != operand:
        return did_you_mean([f"--{word}"])
    return "options go before the --" if operand.startswith("-") else ""


def _setting(operand: str, options: Options) -> str:
    """Suggest hyphens for a setting without them: `rule=fixed`, `step:0`."""
    head, sign, value = re.fullmatch(r"([\w-]*)([=:]?)(.*)", operand, re.DOTALL).groups()  # type: ignore[union-attr]
    if sign and head.replace("-", "_") in options:
        return did_you_mean([f"--{head}={value}"])
    rules = [joined_rule(rule, {head: value}) for rule in options["rule"]] if sign == "=" else []
    return did_you_mean(f"--rule {rule}" for rule in rules if takes(rule))


def _cut(operand: str, options: Options) -> str:
    """Join the parts of a piece that a space has cut."""
    operands = options["script"]
    place = operands.index(operand)
    for first in range(max(place - 2, 0), place + 1):
        for behind in range(place + 1, min(place + 3, len(operands)) + 1):
            parts = operands[first:behind]
            cut = all(left[-1:] in _INNER or right[:1] in _INNER for left, right in pairwise(parts))
            if len(parts) > 1 and cut and is_sound("".join(parts)):
                return did_you_mean([f"{''.join(parts)} (without a space)"])
    return ""


def _number(operand: str, options: Options) -> str:
    """Suggest --decay or a piece for a bare number."""
    if not is_number(operand):
        return ""
    if options["step"] is not None or not is_number(options["param"] or operand):
        return "write several updates as 0:1 100:10x7"
    numbers = [text for text in options["script"] if is_number(text) and not os.path.lexists(text)]
    numbers = [*filter(None, [options["param"]]), *numbers]
    stated = any(options[kind] for kind in _STATED)
    between = 0 <= float(numbers[0]) <= 1
    decay = [f"--decay {numbers.pop(0)}"] if between and not stated and options["param"] is None else []
    rounds = " ".join([*decay, *(f":{text}" for text in numbers)])
    if decay:
        return did_you_mean([rounds])
    if len(numbers) > 1:
        step = f"{numbers[0]}:{numbers[1]}"
        both = [f"{step} (a step and its param)"] * (len(numbers) == 2 and is_sound(step))
        return did_you_mean([f"{rounds} ({len(numbers)} rounds)", *both])
    another = [f"--decay {operand} (another average)"] if between and options["decay"] else []
    return did_you_mean([f"{rounds} (a param without a step)", *another])


def _pieces(operand: str, options: Options) -> str:
    """Separate pieces that were joined or quoted together."""
    words = [f":{word}" if is_number(word) else word for word in operand.split()]
    if len(words) > 1 and all(map(is_sound, words)):
        return f"without quotes, {' '.join(words)} are {len(words)} pieces"
    if is_sound(alone := "".join(operand.split())):
        return did_you_mean([alone])
    return did_you_mean([" ".join(separate(_respelled(operand)))])


def _piece(operand: str, options: Options) -> str:
    """Suggest a correct piece for one with other characters or without its colon."""
    respelled = _respelled(operand)
    texts = respelled.split(",")
    if len(texts) > 1 and is_sound(f":{respelled}") and respelled == operand:
        rounds = " ".join(f":{text}" for text in texts)
        ways = [f":{operand} ({len(texts)} params in one round)", f"{rounds} ({len(texts)} rounds)"]
        piece = f"{texts[0]}:{texts[1]}"
        return did_you_mean([*ways, *[f"{piece} (a step and its param)"] * (len(texts) == 2 and is_sound(piece))])
    if re.fullmatch(r"\d+\.\.\d+", respelled):
        if options["blank"]:
            return did_you_mean([f"--blank {options['blank'][-1]}:{respelled}"])
        return did_you_mean([f"{respelled}:PARAM (a param at each step)"])
    attempts = (respelled, f":{respelled}", _JOINS.sub(r"\1:\2", respelled))
    return did_you_mean([next(filter(is_sound, attempts), "")])


def _name(operand: str, options: Options) -> str:
    """Suggest an option for the name of a rule, a dtype, a format, or the rest of a list that a space has cut."""
    from ema_cli.core.catalogue import rules
    from ema_cli.core.numbers.dtypes import DTYPES
    from ema_cli.formats.registry import FORMATS
    from ema_cli.report.column_specs import COLUMNS

    if of_file(operand):
        return ""
    if options["columns"] is not None and operand.strip(",") in COLUMNS:
        return did_you_mean([f"--columns {options['columns'].strip(',')},{operand.strip(',')}"])
    for option, values in (("--rule", rules()), ("--dtype", DTYPES), ("--format", FORMATS)):
        if operand.partition(":")[0] in values:
            return did_you_mean([f"{option} {operand}"])
    files = [other for other in options["script"] if other != operand and not is_piece(other)]
    columns = [name for file in files for name in _heads(file) if name.lower() == operand.lower()]
    if columns:
        return did_you_mean([f"--param-column {columns[0]}"])
    if called := rules_called(operand):
        return did_you_mean(called)
    if options["name"] is not None and re.fullmatch(r"[\w-]+,?", operand):
        return did_you_mean([f"--name {options['name'].strip(',')},{operand.strip(',')}"])
    picture = options["plot"] and operand.endswith(_PICTURES)
    return did_you_mean([f"--plot-file {operand}"] if picture else [])


def _part(operand: str, options: Options) -> str:
    """Name the part of a piece that is not a number."""
    step, colon, param = operand.partition(":")
    if colon and (not step or is_number(step)):
        meant = number_meant(param)
        return f"as a piece, its param {quoted(param)} must be a number{meant and f'; {meant}'}"
    if colon and is_sound(f"{colon}{param}"):
        return f"as a piece, its step {quoted(step)} must be a whole number; --name names params"
    return ""


_LOOKS: tuple[Callable[[str, Options], str], ...] = (
    _word, _option, _setting, _cut, _swapped, _number, _pieces, _piece, _name, _part,
)  # fmt: skip


def _respelled(operand: str) -> str:
    return normalize("NFKC", operand).translate(_SIGNS)


def _heads(path: str) -> list[str]:
    """The cells of a file's first line; none if it is not a text file."""
    try:
        with open(path if os.path.isfile(path) else os.devnull, encoding="utf-8") as file:
            return [cell.strip('" \n') for cell in re.split("[,;\t]", file.readline(_MOST))]
    except (OSError, ValueError):
        return []


def of_file(path: str) -> str:
    """Suggest files with similar names."""
    if "://" in path:
        return f"curl -L {quoted(path)} | ema-calc reads it"
    folder, name = os.path.split(path)
    try:
        names = sorted(os.listdir(folder or "."))
    except (OSError, ValueError):  # ValueError: no folder can have that name
        return ""
    lower = name.lower()
    same = [each for each in names if lower in (each.lower(), os.path.splitext(each)[0].lower())]
    alike = same or get_close_matches(name, names, 2, 0.75)
    return did_you_mean(os.path.join(folder, each) for each in alike)
