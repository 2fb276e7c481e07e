"""Suggestions for unknown options, and for values that an option does not take."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any

import click

from ema_cli.core.catalogue import joined_rule, parsed_rule, rules
from ema_cli.core.decay_setting import KINDS, constant
from ema_cli.core.numbers.literals import is_number
from ema_cli.errors import SettingError, UsageError, quoted
from ema_cli.reading.inline import is_piece
from ema_cli.suggest.match import did_you_mean, give_again, in_list, near, number_meant, rule_words
from ema_cli.suggest.missing_rules import instead_of
from ema_cli.suggest.other_names import other_names, other_values
from ema_cli.suggest.unknown_rule import MOST, keys, rule_aliases, rules_like

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.cli.click_ext import Option
    from ema_cli.error_facts import NoChoice


_SUPERFLUOUS = {
    name: sentence
    for names, sentence in {
        "sep separator delim delimiter dialect": "leave it out: the separator is found in the file",
        "skip skip-rows skip-lines skiprows": "tail -n +2 FILE | ema-calc leaves out the first line",
        "head limit max-rows nrows": "head -n 100 FILE | ema-calc reads the first 100 lines",
        "tail last final": "ema-calc ... --format csv | tail -n 1 prints the last round",
        "decimal-comma locale": "leave it out: a decimal comma is found in the file",
        "follow live stream watch": "leave it out: tail -f FILE | ema-calc ... prints each row at once",
        "copies students versions": "run it once with --variant 1, once with --variant 2, ...: each draws new params",
        "exit-code strict fail": "leave it out: --check COLUMN exits 3 if a round differs",
        "encoding": "iconv -f latin1 -t UTF-8 FILE | ema-calc ... reads other encodings",
        "force overwrite": "leave it out: --output replaces the file",
        "debug log-level": "leave it out: notes on stderr say what was guessed",
        "threads jobs workers": "leave it out: one core reads a million rows in a second",
    }.items()
    for name in names.split()
}
"""Options of other tools that do not exist here, and the alternatives."""


def of_choice(fact: NoChoice) -> str:
    """Suggest a value for an option with fixed choices."""
    option, value, choices = fact.option, fact.value, fact.choices
    if is_piece(value) or os.path.lexists(value):
        return f"give {option} a value before {quoted(value)}"
    if several := _listed_choices(option, value, choices, other_values(option), multiple=fact.multiple):
        return several
    if option == "--format" and os.path.splitext(value)[1].lstrip(".") in choices:
        return did_you_mean([f"--output {value}"])
    return did_you_mean(near(value, choices, other_values(option)))


def of_decay(text: str, options: Mapping[str, Any]) -> str:
    """Suggest repeating a decay option that was given a list."""
    kind = next((kind for kind in KINDS if text in (options.get(kind.replace("-", "_")) or ())), None)
    if kind is None:
        return ""
    if is_piece(text):
        return f"give --{kind} a value before {quoted(text)}"
    if kind == "decay" and keys(formula := f"custom:decay={text}"):
        return did_you_mean([f'--rule "{formula}"'])
    parts, meant = in_list(text), number_meant(text)
    try:
        for part in parts:
            constant(kind, part)
    except SettingError:
        several = f"repeat --{kind} to compare several" if "." in text and "," in text else ""
        return meant or several
    if meant:  # 10,20 may also be one number
        return f"{meant[:-1]}, or {' '.join(f'--{kind} {part}' for part in parts)}?"
    return give_again(f"--{kind}", parts) if len(parts) > 1 else ""


def _listed_choices(option: str, text: str, choices: Sequence[str], words: Any, *, multiple: bool) -> str:
    """Suggest the choices in a list that was given as one value."""
    parts = in_list(text)
    alike = [near(part, choices, words)[:1] for part in parts]  # the likeliest match of each part
    if len(parts) < 2 or not all(alike):
        return ""
    names = [name for each in alike for name in each]
    return give_again(option.strip(), names) if multiple else did_you_mean(names)


def of_option(error: click.UsageError, options: Sequence[Option], args: Sequence[str]) -> str:
    """The message for an error of Click, worded independently of Click's version."""
    names = {name: option for option in options for name in option.names}
    if isinstance(error, click.NoSuchOption):
        # For -decay and -0.5, Click names only the first letter.
        given = [arg.partition("=")[0] for arg in args if arg.startswith(error.option_name)]
        name = given[0] if given and not given[0].startswith("--") else error.option_name
        return f"no option {quoted(name)}; {_instead(name, names, args)}"
    if isinstance(error, click.BadOptionUsage) and error.option_name in names:
        option = names[error.option_name]
        means = "; ema-calc --about-decay --decay 0.99 lists what a decay means" * (option.name[2:] in KINDS[1:])
        return f"{option.name} takes no value" if option.is_flag else option.needs_value(error.option_name) + means
    return error.format_message()


def _value_of(name: str, args: Sequence[str]) -> str:
    """Find the value that an unknown option was given; empty if there is none."""
    for arg, after in zip(args, [*args[1:], "--"], strict=True):
        option, sign, value = arg.partition("=")
        if option == name:
            return value if sign or after.startswith("--") or is_piece(after) else after
    return ""


def _with_value(meant: Sequence[str], options: Mapping[str, Option], value: str) -> list[str]:
    """Add the value to the suggested options; drop those that don't take it."""
    found = []
    for text in meant:
        option = options.get(text)
        if option is not None and option.is_flag:
            text += f" ({option.help[:1].lower()}{option.help[1:]})"
        elif option is not None and value:
            if not _takes(option, value):
                continue
            text += f" {value}"
        found.append(re.sub(r"\bN$", value or "N", text))
    if is_number(value) and float(value) < 0.5:  # a decay is near 1
        found.sort(key=lambda text: text.startswith("--decay"))
    return found or list(meant)


def _takes(option: Option, value: str) -> bool:
    """True if an option accepts a value, or has a similar choice."""
    kind = option.name.removeprefix("--")
    try:
        option.read(value)
        if kind == "rule":
            parsed_rule(value)
        return kind not in KINDS or bool(constant(kind, value))
    except UsageError as error:
        return bool(error.fact) and bool(near(value, error.fact.choices, other_values(option.name)))
    except SettingError:
        return False


def _instead(name: str, names: Mapping[str, Option], args: Sequence[str]) -> str:
    """Suggest an option, with the value that was given to an unknown one."""
    from ema_cli.core.numbers.dtypes import ENTRIES as DTYPES
    from ema_cli.formats.registry import FORMATS
    from ema_cli.report.column_specs import COLUMNS

    value, others = _value_of(name, args), other_names()
    if is_number(name):
        return f"write a negative param with a colon: {':' + name}"
    if is_piece(name):
        return "a step is a whole number from 0 up"
    if f"-{name}" in names:
        return did_you_mean(_with_value([f"-{name}"], names, value))
    bare = name.lstrip("-").replace("_", "-")
    long, key, setting = f"--{bare}", bare.replace("-", "_"), "true" if os.path.lexists(value) else value or "true"
    rule = _value_of("--rule", args)
    for each in [rule, *(other for other in rules() if other.startswith(rule)), *rules_like(rule)] if rule else []:
        if own := near(bare, keys(each), {}):
            return did_you_mean([f"--rule {joined_rule(each, {own[0]: setting})}"])
    meant = others.get(f"-{bare}" if len(bare) == 1 else long)
    if meant == [""]:
        behind = args[args.index(name) + 1 :] if name in args else [value]
        lists = takewhile(lambda texts: all(map(is_number, texts)), map(in_list, behind))
        pieces = " ".join(f":{number}" for number in chain.from_iterable(lists))
        return did_you_mean([pieces]) or "give a file without an option: ema-calc --decay 0.99 updates.csv"
    if meant is not None:
        return did_you_mean(_with_value(meant, names, value))
    if bare in _SUPERFLUOUS:
        return _SUPERFLUOUS[bare]
    if bare in FORMATS and "." in value and not os.path.lexists(value):
        return did_you_mean([f"--output {value}"])
    called = {
        "--format ": other_values("--format") | {each: each for each in FORMATS},
        "--dtype ": other_values("--dtype") | {each: each for each in DTYPES},
        "--rule ": {**rule_words(), **{each: each for each in (*rules(), *rule_aliases())}},
        "-c +": {each: each for each in COLUMNS},
    }
    for option, words in called.items():
        if found := words.get(bare) or words.get(bare.replace("-", "")):
            return did_you_mean(option + word for word in found.split())
    alike = near(name, sorted((each for each in names if each.startswith("--")), key=len), {}) if len(bare) > 1 else []
    having = [f"--rule {joined_rule(each, {key: setting})}" for each in rules() if key in keys(each)]
    mistyped = [text for word in get_close_matches(long, others, 1, 0.85) for text in others[word]]
    likely = _with_value(alike, names, value) or having[:MOST] or _with_value(mistyped, names, value)
    return did_you_mean(likely) or instead_of(bare) or "ema-calc --help lists them"
