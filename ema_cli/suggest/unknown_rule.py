"""Suggestions for an unknown rule, and for mistakes in a rule's parameters."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from ema_cli.core.catalogue import parsed_rule, rules
from ema_cli.core.decay_setting import constant
from ema_cli.core.numbers.literals import is_number
from ema_cli.errors import SettingError, quoted
from ema_cli.report.rule_info import mentions
from ema_cli.suggest.match import bare, did_you_mean, give_again, in_list, in_words, near, rule_words
from ema_cli.suggest.missing_rules import instead_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST = 4
"""The most rules in a suggestion."""


def of_unknown(name: str) -> str:
    """Suggest rules similar to an unknown one, or an alternative."""
    return instead_of(name) or did_you_mean(rules_like(name))


def rule_aliases() -> list[str]:
    """Other names of rules, with the parameters that they fix."""
    return [alias for rule in rules().values() for alias, _ in rule.aliases]


def rules_like(text: str) -> list[str]:
    """Find the rules that a text may mean: the name of a library or a class, a dotted path, or several words.

    >>> rules_like("pytorch"), rules_like("mmengine.model.MomentumAnnealingEMA"), rules_like("ewma pandas")
    (['torch'], ['mmengine-annealing'], ['pandas'])
    """
    known, words, parts = rules(), rule_words(), in_words(text)
    aliases = rule_aliases()
    counts = {name: sum(mentions(rule, part) for part in parts) for name, rule in known.items()}
    most = max(counts.values())
    best = [name for name, count in counts.items() if count == most > 0][:MOST]
    if most > 1 and bare(text) not in words and bare(text) not in map(bare, [*known, *aliases]):
        return best
    about = {name: rule.framework for name, rule in known.items()}
    name = text.partition("(")[0]
    return near(name, known, words, about) or near(name, aliases, {}) or best


def of_rules(options: Mapping[str, Any], problem: str) -> tuple[str, str]:
    """Find a --rule or --about-rule whose value is a list or a decay, or has mistakes in its parameters.

    Args:
        options: The options by their names.
        problem: The problem to return if no such option is found.

    Returns:
        The problem, and a suggestion, which may be empty.
    """
    for text in options["rule"]:
        if is_number(text) and 0 <= float(text) <= 1:
            return f"no rule {quoted(text)}", did_you_mean([f"--decay {text}"])
        if length := re.fullmatch(r"(?i)ew?ma\W*(\d+)\W*", text):
            return f"no rule {quoted(text)}", did_you_mean([f"--span {length[1]}"])
        if other := instead_of(called := text.partition(":")[0]):
            return f"no rule {quoted(called)}", other
        if keyed := _keyed(text):
            return problem, did_you_mean([keyed])
        if meant := _rules(text):
            return f"no rule {quoted(text)}", give_again("--rule", meant) if len(meant) > 1 else did_you_mean(meant)
    text = options["about_rule"] or ""
    if keyed := _keyed(text):
        return problem, did_you_mean([keyed])
    if meant := _rules(text):
        one = f"--about-rule explains one: {' or '.join(meant)}" if len(meant) > 1 else did_you_mean(meant)
        return f"no rule {quoted(text)}", one
    return problem, ""


def _keyed(text: str) -> str:
    """Correct `RULE:VALUE` to `RULE:KEY=VALUE`, with the first key that accepts the value; empty if none does."""
    name, _, value = text.partition(":")
    if not value or "=" in value:
        return ""
    if bare(name) == "custom":
        return f"{name}:decay={value}"
    try:
        rule = parsed_rule(name)[0]
    except SettingError:
        name = "".join(near(name, rules(), rule_words())[:1])
        if not name:
            return ""
        rule = parsed_rule(name)[0]
    readers: dict[str, Callable[[Any], Any]] = {key: partial(constant, kind) for key, kind in rule.constants.items()}
    readers |= {parameter.name: parameter.read for parameter in rule.parameters}
    for key, read in readers.items():
        with suppress(SettingError):
            read(value)
            return f"{name}:{key}={value}"
    return ""


def of_operands(operands: Sequence[str], options: Mapping[str, Any]) -> str:
    """Suggest --decay for numbers after --about-decay, and --about-rule for a word similar to a rule."""
    if options.get("about_decay"):
        return did_you_mean([" ".join(f"--decay {operand}" for operand in operands if is_number(operand))])
    for operand in operands:
        alike = [operand] if operand.partition(":")[0] in rules() else rules_like(operand)
        if alike:
            return did_you_mean([f"--about-rule {name}" for name in alike])
    return ""


def _rules(text: str) -> list[str]:
    """Find the rules in a list, with their parameters; empty if the text is not a list, or is a known name."""
    known = {bare(name): name for name in (*rules(), *rule_aliases())}
    if bare(text) in known or bare(text) in rule_words() or instead_of(text):
        return []
    found: list[str] = []
    in_words = " " in text.strip() and not re.search(r"[,;|+/(=:]", text)
    if in_words and any(all(mentions(entry, word) for word in text.split()) for entry in rules().values()):
        return []
    for part in in_list(text.replace("/", ",").replace("(", ":").replace(")", " ")):
        name, colon, rest = part.partition(":")
        if "=" in name and found:  # a parameter of the previous rule
            found[-1] += f"{',' if found[-1].partition(':')[2] else ':' * (':' not in found[-1])}{part}"
            continue
        name, equals, value = name.partition("=")
        if is_number(value or rest) and (equals or "(" in text):  # torch=0.9, torch(0.9)
            colon, rest = ":", f"decay={value or rest}"
        alike = [known[bare(name)]] if bare(name) in known else [] if in_words else rules_like(name)
        if not alike:
            return []
        found.append(f"{alike[0]}{colon}{rest}")
    if "(" in text:
        return found if all(map(takes, found)) else []
    name, _, rest = text.partition(":")
    return found if len(found) > 1 or ("=" in text and found != [f"{known.get(bare(name))}:{rest}"]) else []


def takes(text: str) -> bool:
    """True if a rule has all parameters given after its name."""
    return bool(known := keys(text)) and parsed_rule(text)[1].keys() <= {*known}


def keys(text: str) -> list[str]:
    """The parameters of a rule; empty for an unknown rule."""
    try:
        rule = parsed_rule(text)[0]
    except SettingError:
        return []
    return [*rule.constants, *(parameter.name for parameter in rule.parameters)]
