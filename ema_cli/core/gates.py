"""Gates: which rounds copy the param, or skip, instead of updating.

A gate is an ordered list of cases: a condition, and the action of the first one that holds. The conditions are
formulas (`core/formula.py`) of the counter n, of the number `call` of the call (from 1), and of how many rounds are
`done`, that is, not skipped. A gate that can never act is None itself.
"""

from __future__ import annotations

from typing import Any

from ema_cli.core.record import Record

ACTIONS = ("skip", "update", "copy", "restart", "wait", "seed")
"""Actions of a round; formulas know their places here by their names in capitals."""

SKIP, UPDATE, COPY, RESTART, WAIT, SEED = ACTIONS

SKIPS, UPDATES, COPIES, RESTARTS, WAITS, SEEDS = range(len(ACTIONS))
"""The numbers of the actions. In a round that restarts the shadow becomes the param, then the update runs. A round that
waits adds its param to those that the shadow starts from, and one that seeds completes them: no gate says so.
"""

CODES = {action.upper(): code for code, action in enumerate(ACTIONS)}
"""The numbers by their names in formulas."""

UPDATING = bytes(code in (UPDATES, RESTARTS) for code in range(len(ACTIONS))).ljust(256, b"\0")
"""For `bytes.translate`: whether an action is an update."""

DONE = bytes(code != SKIPS for code in range(len(ACTIONS))).ljust(256, b"\0")
"""For `bytes.translate`: whether an action is something else than to skip."""


class Gate(Record):
    """Choice of the rounds that do something other than update."""

    cases: tuple[tuple[str, str], ...]
    """Conditions, and the action of each; where none holds, the round updates."""
    names: tuple[tuple[str, Any], ...] = ()
    """The constants in them."""

    @property
    def text(self) -> str:
        """The formula of a round's action."""
        return "".join(f"{action.upper()} if {condition} else " for condition, action in self.cases) + "UPDATE"

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """The assignments of a round: its action, and how many rounds are done."""
        return ("action", self.text), ("done", "done + 1 if action != SKIP else done")


first_copied = Gate((("n == 0", COPY),))
"""The round at n = 0 copies."""

first_done_copied = Gate((("done == 0", COPY),))
"""The first round that isn't skipped copies, whatever n."""

restarted = Gate((("n == 0", RESTART),))
"""The round at n = 0 copies, then updates."""


frozen = Gate((("1", SKIP),))
"""Every round skips."""


def skipped_before(start: int) -> Gate | None:
    """Rounds with n < start skip."""
    return Gate((("n < start", SKIP),), (("start", start),)) if start > 0 else None


def interval(every: int) -> Gate | None:
    """Rounds whose n isn't a multiple of `every` skip."""
    return Gate((("n % every", SKIP),), (("every", every),)) if every > 1 else None


def interval_of_calls(every: int, phase: int = 0) -> Gate | None:
    """Calls skip unless their number, less `phase`, is a multiple of `every`, whatever n is."""
    if every < 2:
        return None
    call, names = ("(call - phase)", (("phase", phase),)) if phase % every else ("call", ())
    return Gate(((f"{call} % every", SKIP),), (("every", every), *names))


def copied_until(last: int) -> Gate:
    """Rounds with n <= last copy."""
    return Gate((("n <= last", COPY),), (("last", last),))


def chain(*gates: Gate | None) -> Gate | None:
    """The gates in one: the first that does not update decides."""
    active = [gate for gate in gates if gate is not None]
    cases = tuple(case for gate in active for case in gate.cases)
    return Gate(cases, tuple(name for gate in active for name in gate.names)) if cases else None
