"""The screen: which rules, settings and offsets of the counter have the decays of the log. Nothing is averaged yet."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Any

from ema_cli.core.decay_setting import Constant
from ema_cli.core.errors import SettingError
from ema_cli.core.gates import COPY, SKIP, UPDATE
from ema_cli.core.rule import Counter
from ema_cli.identify.candidates import Candidate, counters, numbering, starts
from ema_cli.identify.common_decays import constants
from ema_cli.identify.grids import plainest, settings
from ema_cli.identify.warmups import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ema_cli.core.average import Average
    from ema_cli.core.rounds import Rounds
    from ema_cli.core.rule import Rule
    from ema_cli.identify.constraints import Narrowed, Tried
    from ema_cli.identify.estimates import Hints
    from ema_cli.identify.log import Between, Evidence

IMPOSSIBLE = (SettingError, ArithmeticError, ValueError, TypeError)
"""What a candidate raises whose settings or steps make no sense together; a negative number to a power that is no whole
number is a complex one, which no dtype takes."""

_FAR = 2**32
"""A counter that every warm-up has passed."""

_PERIODS = 16
"""Of an average that updates after so many rounds or less each phase is tried."""

_MOST = 24
"""So many candidates of a rule are run; more pass only where the log says little."""

_FAR_TOO_MANY = 400
"""After so many of a rule no further settings are looked at."""

_MOST_OFFSETS = 8
"""So many offsets of the counter are run of one average."""

_SLACK = 2.0**-22
"""How far a decay may be from the weight's rest, which was rounded apart, in the shortest type that decays have."""

_SHORT_IN_LONG = 2.0**16
"""How much less exact a bfloat16 is than a float32."""

_FIRST = 4
"""The rounds that an average runs at first, if its decays are not those of its shadow."""


class Screen:
    """The screen for one log.

    Args:
        prefix: The first rounds of the log.
        hints: What the whole log suggests.
        narrowed: What the options say.
        look: Told now and then what is tried.
    """

    def __init__(
        self, prefix: Evidence, hints: Hints, narrowed: Narrowed, look: Callable[[str], None] = lambda tried: None
    ) -> None:
        self.prefix, self.hints, self.narrowed, self.look = prefix, hints, narrowed, look
        whole = hints.evidence
        rows = [row for row, interval in enumerate(prefix.decays) if interval is not None]
        later = [row for row, _ in hints.known if row >= len(prefix)]
        self._rows = rows
        self._later = later[:: max(len(later) // 16, 1)] + later[-1:]
        self._whole = whole
        self._obeying: dict[Any, bool] = {}

    def passing(self) -> Iterator[tuple[Tried, Candidate]]:
        """What has the decays of the log, in float64 and without an initial value: of each rule the simplest."""
        tried = self.narrowed.tried()
        for number, one in enumerate(tried, 1):
            told = f"looking for the decays of {one.rule.name}, rule {number} of {len(tried)}"
            yield from ((one, candidate) for candidate in self._of_rule(one, told)[:_MOST])

    def _of_rule(self, tried: Tried, told: str) -> list[Candidate]:
        """The candidates of a rule: the simplest of each setting of its parameters, then the next of each."""
        turns: list[tuple[int, tuple[int, ...], int, Candidate]] = []
        rule = tried.rule
        stated = constants(rule, self.hints, tried.constants, self._rule_obeys(rule))
        for parameters in settings(rule, self.hints, tried.parameters) if stated else ():
            self.look(told)
            ways = islice(self._of_settings(tried, parameters, stated), _MOST)
            some = sorted(ways, key=lambda one: one.simplicity)
            turns += ((turn, one.simplicity, len(turns) + turn, one) for turn, one in enumerate(some))
            if len(turns) > _FAR_TOO_MANY:
                break
        return [candidate for *_, candidate in sorted(turns, key=lambda turn: turn[:3])]

    def _of_settings(
        self, tried: Tried, parameters: dict[str, str], constants: list[Constant | None]
    ) -> Iterator[Candidate]:
        rule = tried.rule
        plain = plainest(rule)
        own = parameters.pop(CONSTANT, None)
        if own is not None and not tried.constants:
            constants = [Constant("decay", own)]
        for stated, number in product(constants, self._numbers(rule)):
            base = Candidate(rule.name, parameters, stated, "float64", None, 0, count_from=number)
            try:
                average = base.but(parameters=plain | parameters).average()
                offsets = list(islice(self._offsets(average), _MOST_OFFSETS))
            except IMPOSSIBLE:
                continue
            yield from (base.but(offset=offset) for offset in offsets)

    def _numbers(self, rule: Rule) -> tuple[int | None, ...]:
        """What updates without a step are numbered from: nothing, and from somewhere if the caller counts them."""
        given, counter = self.narrowed.count_from, rule.counter
        callers = isinstance(counter, Counter) and counter.first is None and not counter.fractional
        return (None, 0) if given is None and callers and self.prefix.steps is None else (given,)

    def _offsets(self, average: Average) -> Iterator[int | None]:
        """The offsets of the counter under which the decays are those of the log."""
        counter, steps = average.counter, self.prefix.steps
        own = counter is not None and counter.first is not None
        obeys = self._obeys(average)
        moves = counter is not None and obeys and (steps is not None or self.narrowed.count_from is None)
        tried: list[int | None] = [0]
        if counter is not None and moves:
            if steps is not None or numbering(average) is not None:
                tried += [1, -1]
            if own and steps is not None and not counter.fractional:
                tried.append(None)
            if own and average.rule.gate is not None and 1 < self.hints.period < _PERIODS:
                tried += range(2, self.hints.period)
        elif own and steps is not None:
            tried.append(None)
        elif not own and average.count_from == 0 and self.narrowed.count_from is None:
            tried.append(1)
        passes = self._has_decays if obeys else self._has_shadows
        found = False
        for offset in tried:
            if passes(average, offset):
                found = True
                yield offset
        if not found and counter is not None and moves and not counter.fractional:
            yield from (offset for offset in self._inverted(average) if passes(average, offset))

    def _rule_obeys(self, rule: Rule) -> bool:
        if rule.debias is not None or rule.start == "none":
            return False
        stated = None if rule.decay is None else Constant("decay", "0.9")
        return self._obeys(Candidate(rule.name, {}, stated, "float64", None, 0).average())

    def _obeys(self, average: Average) -> bool:
        """Whether the rule's shadow' is decay * shadow + (1 - decay) * param. That of a debiasing rule is not."""
        key = average.rule.name, average.form, average.readout
        if key not in self._obeying:
            try:
                self._obeying[key] = average.readout is None and average.rule.start != "none" and _obeys(average)
            except IMPOSSIBLE:
                return True
        return self._obeying[key]

    def _has_decays(self, average: Average, offset: int | None) -> bool:
        numbers = counters(average, offset, self.prefix)
        if numbers is not None and any(n is not None and n < 0 for n in numbers):
            return False
        if average.rule.gate is not None:
            rounds = average.beside().advance_plain(self.prefix.params, numbers)
            actions = rounds.actions or [UPDATE] * len(rounds)
            columns = zip(self.prefix.decays, rounds.decays, rounds.weights, actions, strict=True)
            return all(_within(decay, weight, action, one) for one, decay, weight, action in columns)
        decays = self._whole.decays
        for rows in (self._rows[:1] + self._rows[-1:], self._rows, self._later):
            given = counters(average, offset, self._whole, rows)
            rounds = average.beside().advance_plain([0.0] * len(rows), given)
            if not all(
                _within(decay, weight, UPDATE, decays[row])
                for row, decay, weight in zip(rows, rounds.decays, rounds.weights, strict=True)
            ):
                return False
        return True

    def _has_shadows(self, average: Average, offset: int | None) -> bool:
        """Whether the first shadows are about those of the log. What a debiasing rule shows has not the decays of its
        accumulator: it is run.
        """
        prefix = self.prefix
        count = next((k for k in range(_FIRST, len(prefix)) if None not in prefix.values[k - 2 : k]), len(prefix))
        numbers = counters(average, offset, prefix)
        if numbers is not None and any(n is not None and n < 0 for n in numbers):
            return False
        params, numbers = prefix.params[:count], None if numbers is None else numbers[:count]
        begins = [initial for initial, continued in starts(average.rule, self.narrowed.initial) if not continued]
        # A short param with a longer shadow may have a short weight.
        loose = 1.0 if average.rule.state is None else _SHORT_IN_LONG
        return any(self._is_about(average.beside(begin).advance_plain(params, numbers), loose) for begin in begins)

    def _is_about(self, rounds: Rounds, loose: float) -> bool:
        """Whether shadows are those of the log, apart from rounding."""
        weight = next((w for w in rounds.weights if w is not None), 1.0)
        amplified = loose / max(abs(weight), 1e-9)  # as debiasing divides by it
        for row, shadow in enumerate(rounds.shadows):
            logged = self.prefix.values[row]
            known = logged is not None and shadow is not None
            if known and abs(shadow - logged) > self.prefix.noise(row) * amplified:
                return False
        return True

    def _inverted(self, average: Average) -> list[int]:
        """Offsets at which the first and the last decay are those of the log: by bisection, as a warm-up rises."""
        rows = dict(self.hints.updating[:1] + self.hints.rising[-1:] + self.hints.updating[-1:])
        if not rows:
            return []

        def effective(n: int) -> Any:
            return average.operands(n)[0]

        lowest, highest = effective(1), effective(_FAR)
        own = _effective_counters(average, self._whole)
        least, most = -_FAR, _FAR
        for row, interval in rows.items():
            if own is None or own(row) is None or lowest == highest:
                return []
            if lowest > interval.high + _SLACK or highest < interval.low - _SLACK:
                return []
            first = _first_above(effective, interval.low - _SLACK)
            least = max(least, first - int(own(row)))
            most = min(most, _first_above(effective, interval.high + _SLACK, first) - 1 - int(own(row)))
            if least > most:
                return []
        if most - least < _MOST_OFFSETS:
            return list(range(least, most + 1))
        return _roundest(least, most)


def _roundest(least: int, most: int) -> list[int]:
    """Round numbers between two, from those of the size of the least on, and their neighbours."""
    size = len(str(max(least, 1)))
    near = [-(-least // 10**digits) * 10**digits for digits in (*range(size, 0, -1), size + 1, size + 2)]
    found = [*near[:2], near[0] + 1, near[0] - 1, *near[2:], least, least + 1]
    return [n for n in dict.fromkeys(found) if least <= n <= most]


def _first_above(effective: Callable[[int], Any], bound: float, first: int = 0) -> int:
    """The first counter from `first` on whose decay is not below the bound; a far one if there is none."""
    if effective(_FAR) < bound:
        return _FAR
    low, high, step = first, first, 1
    while high < _FAR and effective(high) < bound:
        low, high, step = high + 1, high + step, step * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if effective(middle) < bound else (low, middle)
    return low


def _effective_counters(average: Average, evidence: Evidence) -> Callable[[int], Any] | None:
    """The counter of each row, under no offset."""
    steps = evidence.steps
    return numbering(average) if steps is None else lambda row: steps[row]


def _within(decay: Any, weight: Any, action: str, interval: Between | None) -> bool:
    """Whether a round's decay is in the interval: as it is, or as its weight has it, which was rounded apart."""
    if interval is None:
        return True
    value = {COPY: 0.0, SKIP: 1.0}.get(action, decay)
    return value is None or value in interval or (weight is not None and 1 - weight in interval)


def _obeys(average: Average) -> bool:
    params = [1.0, 0.3, -0.7, 2.0]
    counted = average.counter is not None and average.counter.first is None
    rounds = average.beside().advance_plain(params, [5, 6, 7, 8] if counted else None)
    before = rounds.shadows[0]
    for decay, shadow, param in zip(rounds.decays[1:], rounds.shadows[1:], params[1:], strict=True):
        expected = None if decay is None else decay * before + (1 - decay) * param
        if expected is not None and abs(expected - shadow) > 1e-6 * (abs(before) + abs(param)):
            return False
        before = shadow
    return True
