"""What to type instead: for an option, a value, or an operand that there is none of. Imported only to say so."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import click

from ema_cli.core.near import DTYPE_WORDS, did_you_mean, near, number_meant
from ema_cli.core.numerals import is_number, printable
from ema_cli.errors import EmaError, UsageError, shown
from ema_cli.script.cells import Reading
from ema_cli.script.pieces import is_piece, piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ema_cli.core.near import Words

OPTION_WORDS = {
    "--about": "--about-rule",
    "--average": "--rule",
    "--backend": "--rule",
    "--beta": "--decay",
    "--beta1": "--decay",
    "--beta2": "--decay",
    "--chart": "--plot",
    "--coefficient": "--decay",
    "--cols": "--columns",
    "--count": "--runs",
    "--debias": "-c +debiased",
    "--ema-decay": "--decay",
    "--epoch": "--step",
    "--factor": "--decay",
    "--framework": "--rule",
    "--gamma": "--decay",
    "--global-step": "--step",
    "--graph": "--plot",
    "--implementation": "--rule",
    "--init": "--initial",
    "--initial-value": "--initial",
    "--iteration": "--step",
    "--key": "--answers",
    "--list": "--list-rules",
    "--method": "--rule",
    "--mode": "--rule",
    "--momentum": "--decay",
    "--no-warmup": "--rule fixed",
    "--num-updates": "--step",
    "--out": "--output",
    "--period": "--span",
    "--places": "--decimals",
    "--precision": "--digits or --dtype",
    "--repeat": "--runs",
    "--rho": "--decay",
    "--rounds": "--runs",
    "--rules": "--list-rules",
    "--save": "--output",
    "--silent": "--quiet",
    "--smoothing": "--rule tensorboard --decay",
    "--start": "--initial",
    "--tau": "--alpha",
    "--times": "--runs",
    "--type": "--dtype",
    "--value": "--param",
    "--values": "--param",
    "--verbose": "--explain",
    "--weight": "--alpha",
    "--window": "--span",
    "--work": "--explain",
    "--worksheet": "--blank shadow",
    "-?": "--help",
    "-V": "--version",
    "-a": "--alpha",
    "-b": "--decay",
    "-d": "--decay",
    "-f": "-F",
    "-k": "--runs",
    "-l": "--list-rules",
    "-m": "--decay",
    "-n": "--runs",
    "-p": "--param",
    "-r": "--rule",
    "-s": "--step",
    "-t": "--dtype",
    "-v": "--version",
    "-x": "--param",
}
"""From what other tools and papers call an option to what stands for it here."""

_INPUTS = frozenset(["--input", "--file", "--in", "--csv-file", "--data", "-i"])
"""Options of other tools that take a file."""

VALUE_WORDS: dict[str, Words] = {
    "dtype": DTYPE_WORDS,
    "format": {
        "excel": "csv",
        "image": "svg",
        "jsonlines": "jsonl",
        "md": "markdown",
        "ndjson": "jsonl",
        "pdf": "latex html",
        "picture": "svg",
        "png": "svg",
        "tab": "tsv",
        "tex": "latex",
        "text": "table",
        "txt": "table",
        "xls": "csv",
        "xlsx": "csv",
        "yaml": "json",
    },
    "lang": {"chinese": "zh", "cn": "zh", "english": "en", "us": "en", "zhcn": "zh", "zhhans": "zh"},
    "missing": {"drop": "skip", "ffill": "hold", "ignore": "skip", "nan": "rule", "pad": "hold"},
    "color": {"no": "never", "off": "never", "on": "always", "yes": "always"},
}

COLUMN_WORDS: Words = {
    "alpha": "weight",
    "average": "shadow",
    "avg": "shadow",
    "beta": "decay",
    "corrected": "debiased",
    "delta": "change",
    "diff": "change difference",
    "effectivedecay": "decay",
    "ema": "shadow",
    "error": "gap error-ulps",
    "formula": "working",
    "index": "round",
    "iteration": "step",
    "loss": "param",
    "mean": "shadow",
    "momentum": "decay",
    "n": "round",
    "numupdates": "step",
    "row": "round",
    "smoothed": "shadow",
    "unbiased": "debiased",
    "value": "param",
    "work": "working",
    "x": "param",
}

_OPERANDS = {
    "help": "--help",
    "list": "--list-rules",
    "list-rules": "--list-rules",
    "rules": "--list-rules",
    "version": "--version",
}

_SIGNS = str.maketrans({"*": "x", "X": "x", "\u00d7": "x", "\u2212": "-", "@": ":", "=": ":", " ": None})
"""What people write for the signs of a piece, beside the wide ones of Chinese keyboards."""


def of_choice(option: str, value: str, choices: Sequence[str]) -> UsageError:
    """The value of an option is none of its choices."""
    there = f"{option}{shown(value)} is none of {', '.join(choices)}"
    alike = near(value, choices, VALUE_WORDS.get(option.strip("- "), {}))
    return UsageError(f"{there}; {did_you_mean(alike)}" if alike else there)


def of_option(error: click.UsageError, params: Iterable[click.Parameter], args: Sequence[str]) -> str:
    """What Click finds wrong with the options, in words that are the same in every version of it."""
    names = {name: param for param in params for name in param.opts if isinstance(param, click.Option)}
    if isinstance(error, click.NoSuchOption):
        # Of -decay and -0.5 Click tells the first letter.
        given = [arg.partition("=")[0] for arg in args if arg.startswith(error.option_name)]
        name = given[0] if given and not given[0].startswith("--") else error.option_name
        return f"no option {shown(name)}; {_instead(name, names)}"
    if isinstance(error, click.BadOptionUsage) and error.option_name in names:
        param: Any = names[error.option_name]
        if param.is_flag:
            return f"{error.option_name} takes no value"
        value = param.metavar or "|".join(getattr(param.type, "choices", ())) or param.type.name
        return f"{error.option_name} needs a value: {error.option_name} {value}"
    return error.format_message()


def _instead(name: str, names: Iterable[str]) -> str:
    """What to type for an option that there is none of."""
    from ema_cli.columns import COLUMNS
    from ema_cli.core.catalogue import rules
    from ema_cli.core.dtypes import DTYPES
    from ema_cli.output import FORMATS

    if name in _INPUTS:
        return "a file's name stands alone: ema-calc --decay 0.99 updates.csv"
    if is_number(name):
        return f"a negative param is written with a colon: {':' + name}"
    if is_piece(name):
        return "a step is a whole number from 0"
    if f"-{name}" in names:
        return did_you_mean([f"-{name}"])
    if name in OPTION_WORDS:
        return did_you_mean([OPTION_WORDS[name]])
    bare = name.lstrip("-").replace("_", "-")
    long = f"--{bare}"
    if long in OPTION_WORDS:
        return did_you_mean([OPTION_WORDS[long]])
    for option, values in (("--format ", FORMATS), ("--rule ", rules()), ("--dtype ", DTYPES), ("-c +", COLUMNS)):
        if bare in values:
            return did_you_mean([option + bare])
    if bare in DTYPE_WORDS:
        return did_you_mean([f"--dtype {dtype}" for dtype in DTYPE_WORDS[bare].split()])
    alike = near(name, [each for each in names if each.startswith("--")], {}) if len(bare) > 1 else []
    return did_you_mean(alike) if alike else "ema-calc --help lists them"


def check_operand(operand: str, options: dict[str, Any]) -> None:
    """An operand that is no piece, and no file that there is.

    Raises:
        UsageError: It looks like something else; the message says what.
    """
    meant = _meant(operand, options)
    if meant:
        raise UsageError(f"there is no file {shown(operand)}; {meant}")


def _meant(operand: str, options: dict[str, Any]) -> str:
    if operand in _OPERANDS:
        return did_you_mean([_OPERANDS[operand]])
    bare = operand.lstrip("\u2014\u2013")  # what a word processor makes of two hyphens
    if bare != operand:
        return did_you_mean([f"--{bare}"])
    head, equals, _ = operand.partition("=")
    if equals and head.replace("-", "_") in options:
        return did_you_mean([f"--{operand}"])
    if is_number(operand):
        if not any(options[kind] for kind in ("decay", "rule", "half_life", "span", "com", "alpha")):
            return f"did you mean --decay {operand}?" if 0 <= float(operand) <= 1 else f"did you mean :{operand}?"
        return f"did you mean :{operand}, a param without a step?"
    words = operand.split()
    if len(words) > 1 and all(map(is_piece, words)):
        return f"without quotes, {' '.join(words)} are {len(words)} pieces"
    respelled = normalize("NFKC", operand).translate(_SIGNS)
    for attempt in (respelled, f":{respelled}"):
        if is_piece(attempt) and _is_sound(attempt):
            apart = [f":{text}" for text in respelled.split(",")] if attempt == f":{operand}" and "," in operand else []
            rounds = f", {len(apart)} params in one round, or {' '.join(apart)}, {len(apart)} rounds" if apart else ""
            return f"did you mean {attempt}{rounds}?"
    step, colon, param = operand.partition(":")
    if colon and (not step or is_number(step)):
        return f"as a piece, its param {shown(param)} would have to be a number{number_meant(param)}"
    return ""


def _is_sound(text: str) -> bool:
    try:
        piece(text, Reading(fractional=True))
    except EmaError:
        return False
    return True


def of_file(path: str) -> str:
    """A file of nearly that name, as a question to add to an error; or nothing."""
    folder, name = os.path.split(path)
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return ""
    alike = [each for each in names if each.lower() == name.lower()] or get_close_matches(name, names, 2, 0.75)
    return f"; {did_you_mean([printable(os.path.join(folder, each)) for each in alike])}" if alike else ""
