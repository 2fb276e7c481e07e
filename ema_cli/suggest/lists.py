"""Lists where an option takes one value, and is given again for the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ema_cli.core.catalogue import rules
from ema_cli.core.decay_setting import constant
from ema_cli.core.literals import is_number
from ema_cli.errors import SettingError, UsageError, shown
from ema_cli.suggest.match import RULE_WORDS, bare, did_you_mean, give_again, in_list, near

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_rules(texts: Sequence[str]) -> None:
    """A rule that there is none of may be a list of them, or have its parameters written otherwise.

    Raises:
        UsageError: One is; the message says what to type.
    """
    for text in texts:
        if is_number(text) and 0 <= float(text) <= 1:
            raise UsageError(f"no rule {shown(text)}; {did_you_mean([f'--decay {text}'])}")
        meant = [each for each in _rules(text) if each != text]
        if meant:
            several = give_again("--rule", meant) if len(meant) > 1 else did_you_mean(meant)
            raise UsageError(f"no rule {shown(text)}; {several}")


def check_explained(text: str) -> None:
    """A rule to be explained may be a list of them.

    Raises:
        UsageError: It is; the message says what to type.
    """
    meant = _rules(text)
    if len(meant) > 1:
        raise UsageError(f"no rule {shown(text)}; --about-rule explains one: {' or '.join(meant)}")


def rules_meant(operands: Sequence[str]) -> str:
    """The rules that operands beside a list of rules may mean, as a hint to add to an error; or nothing."""
    known = rules()
    about = {entry.name: entry.framework for entry in known.values()}
    for operand in operands:
        alike = [operand] if operand.partition(":")[0] in known else near(operand, known, RULE_WORDS, about)
        if alike:
            return f"; {did_you_mean([f'--about-rule {name}' for name in alike])}"
    return ""


def _rules(text: str) -> list[str]:
    """The rules that a text lists, with their parameters; none if it lists none, or is one that there is."""
    known = {bare(name): name for name in rules()}
    if bare(text) in known or bare(text) in RULE_WORDS:
        return []
    found: list[str] = []
    for part in in_list(text.replace("/", ",").replace("(", ":").replace(")", " ")):
        name, colon, rest = part.partition(":")
        if "=" in name and found:  # a parameter of the rule before it
            found[-1] += f"{',' if found[-1].partition(':')[2] else ':' * (':' not in found[-1])}{part}"
            continue
        name, equals, value = name.partition("=")
        if is_number(value or rest) and (equals or "(" in text):  # torch=0.9, torch(0.9)
            colon, rest = ":", f"decay={value or rest}"
        alike = [known[bare(name)]] if bare(name) in known else near(name, known.values(), RULE_WORDS)
        if not alike:
            return []
        found.append(f"{alike[0]}{colon}{rest}")
    return found if len(found) > 1 or "=" in text or "(" in text else []


def of_constants(kind: str, text: str, error: str) -> str:
    """The error of a text that states no decay, with what to type if it lists several."""
    parts = in_list(text)
    try:
        for part in parts:
            constant(kind, part)
    except SettingError:
        return f"{error}; several are compared by one --{kind} for each" if "." in text and "," in text else error
    if error.endswith("?"):  # 10,20 may be one number, too
        return f"{error[:-1]}, or {' '.join(f'--{kind} {part}' for part in parts)}?"
    return f"{error}; {give_again(f'--{kind}', parts)}" if len(parts) > 1 else error


def choices_meant(option: str, text: str, choices: Sequence[str], words: Any, *, multiple: bool) -> str:
    """The choices that a text lists, as a hint; or nothing."""
    parts = in_list(text)
    alike = [near(part, choices, words)[:1] for part in parts]  # of several, the first is the likeliest
    if len(parts) < 2 or not all(alike):
        return ""
    names = [name for each in alike for name in each]
    return give_again(option.strip(), names) if multiple else did_you_mean(names)
