"""Which further data would tell candidates apart that fit alike: tried on data made up for it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from ema_cli.identify.candidates import told
from ema_cli.identify.prefilter import IMPOSSIBLE
from ema_cli.identify.search import Fit, shadows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ema_cli.identify.log import Evidence
    from ema_cli.languages.language import Language

    Say = Callable[..., str]
    Tries = list[tuple[dict[int, str], Evidence]]
    """Data, and what it is called up to which row."""

_MORE = (100, 2000)
"""So many more rounds are tried."""

_MUCH_LATER = 100_000
"""So much later steps are tried."""

_CONSTANTS = 5
"""So many constants of one rule are held against each other."""


def what_tells_apart(distinct: list[Fit], fits: list[Fit], evidence: Evidence, language: Language) -> list[str]:
    """Sentences on what would tell the best candidate from the others.

    Args:
        distinct: The best candidate of each rule and dtype, the best of all first.
        fits: All that fit.
        evidence: The log.
        language: Of the sentences.
    """
    say = language.say
    best = distinct[0]
    tries = _tries(evidence, say)
    found = _sentence(best, distinct[1:], tries, _name_of, say)
    alike = [fit for fit in fits[1:] if fit.candidate.is_written and _differs_in_constant(fit, best)][:_CONSTANTS]
    if alike:

        def constant_of(fit: Fit) -> str:
            return "" if fit.candidate.constant is None else told(fit.candidate.constant, language)

        alone = _fit_as_well(alike, best.candidate.rule, constant_of, say)
        found = [say("; ").join([alone, *_sentence(best, alike, tries, constant_of, say)]), *found]
    return found


def _fit_as_well(alike: list[Fit], rule: str, constant_of: Callable[[Fit], str], say: Say) -> str:
    stated = [fit.candidate.constant for fit in alike]
    values = list(dict.fromkeys(str(one.value) for one in stated if one is not None and one.kind == "decay"))
    if any(one is None or one.kind != "decay" for one in stated):
        return say(
            "with the rule {rule}, {constants} fit as well",
            rule=rule,
            constants=_list(list(map(constant_of, alike)), say),
        )
    if len(values) == 1:
        return say("with the rule {rule}, the decay {decay} fits as well", rule=rule, decay=values[0])
    return say(
        "with the rule {rule}, the decays {decays} and {last} fit as well",
        rule=rule,
        decays=_list(values[:-1], say),
        last=values[-1],
    )


def _differs_in_constant(fit: Fit, best: Fit) -> bool:
    one, other = fit.candidate, best.candidate
    return (one.rule, one.dtype, one.parameters) == (other.rule, other.dtype, other.parameters) and (
        one.constant is not None and one.constant != other.constant
    )


def _name_of(fit: Fit) -> str:
    return fit.candidate.rule


def _sentence(best: Fit, others: list[Fit], tries: Tries, called: Callable[[Fit], str], say: Say) -> list[str]:
    if not others:
        return []
    name = called(best)
    of_best = [_shadows(best, data) for _, data in tries]
    by: dict[str, list[str]] = {}
    for other in others:
        label = called(other)
        if label == name:
            label = say("{label} in {dtype}", label=label, dtype=other.candidate.dtype)
        by.setdefault(_first_that_differs(of_best, other, tries), []).append(label)
    parts = [
        say("{what} would tell {labels} from {best}", what=what, labels=_list(labels, say), best=name)
        for what, labels in by.items()
        if what
    ]
    if "" in by:
        labels = _list(by[""], say)
        one = say("{labels} computes the same on all data that was tried", labels=labels)
        parts.append(
            one if len(set(by[""])) == 1 else say("{labels} compute the same on all data that was tried", labels=labels)
        )
    return [say("; ").join(parts)]


def _list(labels: Sequence[str], say: Say) -> str:
    return say(", ").join(dict.fromkeys(labels))


def _tries(evidence: Evidence, say: Say) -> Tries:
    """More data: the same rounds with all their digits, then more rounds, then rounds at much later steps."""
    random = Random(0)
    steps = evidence.steps
    last = steps[-1] if steps is not None and None not in steps else None
    scale = max(map(abs, evidence.params[-1000:]), default=1.0) or 1.0
    count = len(evidence)

    def longer(rounds: int, stride: int) -> Evidence:
        more = [random.uniform(-scale, scale) for _ in range(rounds)]
        return evidence.extended(more, None if last is None else [last + stride * k for k in range(1, rounds + 1)])

    names = {count: say("the same rounds logged with all digits")}
    names |= {count + more: say("{count} more rounds", count=more) for more in _MORE}
    tries: Tries = [(names, longer(_MORE[-1], 1))]
    if last is not None:
        tries.append(({count + _MORE[0]: say("rounds at much later steps")}, longer(_MORE[0], _MUCH_LATER)))
    return tries


def _shadows(fit: Fit, data: Evidence) -> list[Any] | None:
    try:
        return shadows_of(fit.candidate, data)[0]
    except IMPOSSIBLE:
        return None


def _first_that_differs(of_best: list[list[Any] | None], other: Fit, tries: Tries) -> str:
    """The name of the least data on which another candidate differs; empty if there is none."""
    for best, (names, data) in zip(of_best, tries, strict=True):
        shadows = _shadows(other, data)
        if best == shadows:
            continue
        if best is None or shadows is None:
            return str(next(reversed(names.values())))
        row = next(row for row, (one, two) in enumerate(zip(best, shadows, strict=True)) if one != two)
        return str(next(name for until, name in names.items() if row < until))
    return ""
