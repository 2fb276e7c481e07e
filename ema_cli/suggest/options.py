"""Options that there are none of, and values that are none of an option's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from ema_cli.core.literals import is_number
from ema_cli.errors import UsageError, shown
from ema_cli.reading.inline import is_piece
from ema_cli.suggest.lists import choices_meant
from ema_cli.suggest.match import DTYPE_WORDS, RULE_WORDS, did_you_mean, near
from ema_cli.suggest.match import bare as plain
from ema_cli.suggest.synonyms import INPUTS, OPTION_WORDS, VALUE_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def of_choice(option: str, value: str, choices: Sequence[str], *, multiple: bool = False) -> UsageError:
    """The value of an option is none of its choices."""
    there = f"{option}{shown(value)} is none of {', '.join(choices)}"
    words = VALUE_WORDS.get(option.strip("- "), {})
    if is_piece(value) or os.path.lexists(value):
        return UsageError(f"{there}; its value is missing before {shown(value)}")
    if several := choices_meant(option, value, choices, words, multiple=multiple):
        return UsageError(f"{there}; {several}")
    if option.strip() == "--format" and os.path.splitext(value)[1].lstrip(".") in choices:
        return UsageError(f"{there}; {did_you_mean([f'--output {value}'])}")
    alike = near(value, choices, words)
    return UsageError(f"{there}; {did_you_mean(alike)}" if alike else there)


def of_lacking(name: str, value: str, params: Sequence[click.Parameter]) -> UsageError:
    """The value of an option is the name of another one, as if its own were forgotten."""
    param: Any = next(param for param in params if param.name == name)
    return UsageError(f"{_needs(max(param.opts, key=len), param)}, which is missing before {value}")


def _needs(option: str, param: Any) -> str:
    value = param.metavar or "|".join(getattr(param.type, "choices", ())) or param.type.name
    return f"{option} needs a value: {option} {value}"


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
        return _needs(error.option_name, param)
    return error.format_message()


def _instead(name: str, names: Iterable[str]) -> str:
    """What to type for an option that there is none of."""
    from ema_cli.core.catalogue import rules
    from ema_cli.core.dtypes import DTYPES
    from ema_cli.formats.registry import FORMATS
    from ema_cli.report.column_specs import COLUMNS

    if name in INPUTS:
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
    if plain(long) in RULE_WORDS:
        return did_you_mean([f"--rule {rule}" for rule in RULE_WORDS[plain(long)].split()])
    alike = near(name, [each for each in names if each.startswith("--")], {}) if len(bare) > 1 else []
    return did_you_mean(alike) if alike else "ema-calc --help lists them"
