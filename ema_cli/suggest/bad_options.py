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
from ema_cli.suggest.unknown_rule import MOST, keys, of_unknown, rule_aliases, rules_like

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ema_cli.cli.click_ext import Option
    from ema_cli.error_facts import NoChoice


_SENSES = {"decay": "weight of the old shadow", "alpha": "weight of the new param"}

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
        "batch batch-scale batch-size bs kappa scale": "--decay 0.999^4 is 0.999 for a batch 4 times as big",
        "cutoff cutoff-frequency cut-off fc freq frequency": "a cut-off of 1 Hz at 100 rows a second is --rule"
        ' "custom:decay=exp(-2*pi*1/100),start=first"',
        "rc": "RC = 0.1 s with a row each 0.02 s is --half-life 0.6931471805599453*0.1/0.02",
        "delta-t dt fs sample-rate sample-time sampling-rate": "leave it out: 60 s with a row each 5 s are 60/5"
        " rounds; --time-column NAME reads the times",
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
        return _of_unknown(name, names, args)
    if isinstance(error, click.BadOptionUsage) and error.option_name in names:
        option = names[error.option_name]
        means = "; ema-calc --about-decay --decay 0.99 lists what a decay means" * (option.name[2:] in KINDS[1:])
        return f"{option.name} takes no value" if option.is_flag else option.needs_value(error.option_name) + means
    return error.format_message()


def _of_unknown(first: str, names: Mapping[str, Option], args: Sequence[str]) -> str:
    """A sentence for each unknown option, and for an unknown rule; the parameters of a rule are in one."""
    given = [arg.partition("=")[0] for arg in takewhile("--".__ne__, args)]
    unknown = dict.fromkeys([first, *(name for name in given if name.startswith("--") and name not in names)])
    rule, own, told = _value_of("--rule", args), {}, []
    called, known = rule.partition(":")[0], bool(keys(rule))
    if rule and not known and (other := instead_of(called)):
        return f"no rule {quoted(called)}; {other}"
    if not known and re.fullmatch(r"[\w.-]*[A-Za-z][\w.-]*", called) and (other := of_unknown(called)):
        told = [f"no rule {quoted(called)}; {other}"]
    values = {name: _value_of(name, args) for name in unknown}
    alike = [rule, *(each for each in rules() if each.startswith(rule)), *rules_like(rule)] if rule else []
    for each in (candidates := dict.fromkeys(filter(keys, alike))):
        found = {name: _key_for(name, each, known or len(candidates) == 1) for name in unknown}
        if own := {name: key for name, key in found.items() if key}:
            meant = _with_keys(each, {key: _setting(values[name]) for name, key in own.items()})
            told = [f"no option {' or '.join(map(quoted, own))}; {did_you_mean(meant)}"]
            break
    told += [f"no option {quoted(name)}; {_instead(name, names, args)}" for name in unknown if name not in own]
    return "; ".join(told).replace("?; no", "? no")


def _key_for(name: str, rule: str, sure: bool) -> str:
    """The parameter of a rule with this name, or its length, if the rule is sure; empty if there is none."""
    others = other_names()
    lengths = (key for key in keys(rule) if "--span" in others.get("-" * min(len(key), 2) + key, ()))
    alike = lengths if "--span" in others.get(name, ()) else (key for key in keys(rule) if name.endswith(f"-{key}"))
    return next(iter(near(name.lstrip("-"), keys(rule), {}) or (alike if sure else ())), "")


def _with_keys(rule: str, settings: Mapping[str, str]) -> list[str]:
    """A rule with these parameters; if a value suits the opposite convention, a rule that has it, too."""
    entry, texts = parsed_rule(rule)[0], [joined_rule(rule, settings)]
    for key, value in settings.items():
        sense = entry.constants.get(key)
        if is_number(value) and sense == ("decay" if float(value) < 0.5 else "alpha"):
            alike = [each for each in rules().values() if {*each.words} & {*entry.words}]
            others = [each.name for each in alike if each.constants.get(key) in {*_SENSES} - {sense}]
            texts += [joined_rule(name, {key: value}) for name in others[:1]]
    return [f'--rule "{text}"' if re.search(r"[\s()*]", text) else f"--rule {text}" for text in texts]


def _setting(value: str) -> str:
    return "true" if os.path.lexists(value) else value or "true"


def _value_of(name: str, args: Sequence[str]) -> str:
    """Find the value that an unknown option was given; empty if there is none."""
    for arg, after in zip(args, [*args[1:], "--"], strict=True):
        option, sign, value = arg.partition("=")
        if option == name:
            return value if sign or after.startswith("--") or is_piece(after) else after
    return ""


def _with_value(meant: Sequence[str], options: Mapping[str, Option], value: str) -> list[str]:
    """Add the value to the suggested options; drop those that don't take it. A value of the opposite convention leads
    to both: a decay is near 1, and a weight near 0.
    """
    small = is_number(value) and float(value) < 0.5
    likely, other = ("--alpha", "--decay") if small else ("--decay", "--alpha")
    found: list[str] = []
    for text in [*meant, *([likely] if is_number(value) and other in meant and likely not in " ".join(meant) else [])]:
        option = options.get(text)
        if option is not None:
            text += f" ({option.help[:1].lower()}{option.help[1:]})" if option.is_flag else " N" * bool(value)
        text = re.sub(r"\bN\b", value or "N", text)
        last = re.search(r"(--[a-z-]+) (\S+)(?: \(.*)?$", text)
        if not (last and value and last[1] in options) or _takes(options[last[1]], last[2]):
            found.append(text)
    found.sort(key=lambda text: (":" in text, text == f"{other} {value}"))
    said = {f"--{sense} {value}": f"--{sense} {value} ({means})" for sense, means in _SENSES.items()}
    if said.keys() <= {*found}:
        found = [said.get(text, text) for text in found]
    return found or [text for text in meant if " " not in text] or list(meant)


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
    long, key = f"--{bare}", bare.replace("-", "_")
    meant = others.get(f"-{bare}" if len(bare) == 1 else long)
    if meant == [""]:
        behind = args[args.index(name) + 1 :] if name in args else [value]
        lists = takewhile(lambda texts: all(map(is_number, texts)), map(in_list, behind))
        pieces = " ".join(f":{number}" for number in chain.from_iterable(lists))
        return did_you_mean([pieces]) or "give a file without an option: ema-calc --decay 0.99 updates.csv"
    if meant is not None:
        timed, ruled = bool(_value_of("--time-column", args)), bool(_value_of("--rule", args))
        fit = [text for text in meant if ("elapsed" in text) is timed and not (ruled and text.startswith("--rule "))]
        return did_you_mean(_with_value(fit or meant, names, value))
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
    having = [f"--rule {joined_rule(each, {key: _setting(value)})}" for each in rules() if key in keys(each)]
    mistyped = [text for word in get_close_matches(long, others, 1, 0.85) for text in others[word]]
    likely = _with_value(alike, names, value) or having[:MOST] or _with_value(mistyped, names, value)
    return did_you_mean(likely) or instead_of(bare) or "ema-calc --help lists them"
