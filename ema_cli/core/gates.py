"""Gates: conditions under which a round copies the param, restarts or skips, instead of updating.

A gate is an ordered list of cases, each a condition and an action; the first case that holds decides. Conditions are
formulas (`core/formula.py`) of the counter n, the number `call` of the call (from 1), and the number `done` of earlier
rounds that were not skipped. A gate that can never act is represented by None.
"""

from __future__ import annotations

from typing import Any

from ema_cli.core.record import Record

ACTIONS = ("skip", "update", "copy", "restart", "wait", "seed")
"""Actions of a round. A formula names the index of an action by its name in capitals."""

SKIP, UPDATE, COPY, RESTART, WAIT, SEED = ACTIONS

SKIPS, UPDATES, COPIES, RESTARTS, WAITS, SEEDS = range(len(ACTIONS))
"""The codes of the actions. In a round that restarts, the shadow becomes the param, then the update runs. A round that
waits adds its param to the mean that the shadow starts from, and the round that seeds completes it: no gate has these.
"""

CODES = {action.upper(): code for code, action in enumerate(ACTIONS)}
"""The codes by their names in formulas."""

UPDATING = bytes(code in (UPDATES, RESTARTS) for code in range(len(ACTIONS))).ljust(256, b"\0")
"""For `bytes.translate`: 1 for the code of an action that updates."""

DONE = bytes(code != SKIPS for code in range(len(ACTIONS))).ljust(256, b"\0")
"""For `bytes.translate`: 1 for the code of every action but skip."""


class Gate(Record):
    """The cases in which a round does something other than update."""

    cases: tuple[tuple[str, str], ...]
    """Conditions, and the action of each; if none holds, the round updates."""
    names: tuple[tuple[str, Any], ...] = ()
    """The constants in the conditions."""

    @property
    def text(self) -> str:
        """The formula of a round's action code."""
        return "".join(f"{action.upper()} if {condition} else " for condition, action in self.cases) + "UPDATE"

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """The assignments of a round: its action, and how many rounds are done."""
        return ("action", self.text), ("done", "done + 1 if action != SKIP else done")


first_copied = Gate((("n == 0", COPY),))
"""The round at n = 0 copies."""

first_done_copied = Gate((("done == 0", COPY),))
"""The first round that isn't skipped copies, whatever its n."""

restarted = Gate((("n == 0", RESTART),))
"""The round at n = 0 copies, then updates."""


frozen = Gate((("1", SKIP),))
"""Every round skips."""


def skipped_before(start: int) -> Gate | None:
    """Skip rounds with n < start."""
    return Gate((("n < start", SKIP),), (("start", start),)) if start > 0 else None


def interval(every: int) -> Gate | None:
    """Skip rounds whose n isn't a multiple of `every`."""
    return Gate((("n % every", SKIP),), (("every", every),)) if every > 1 else None


def interval_of_calls(every: int, phase: int = 0) -> Gate | None:
    """Skip calls unless their number minus `phase` is a multiple of `every`, whatever their n."""
    if every < 2:
        return None
    call, names = ("(call - phase)", (("phase", phase),)) if phase % every else ("call", ())
    return Gate(((f"{call} % every", SKIP),), (("every", every), *names))


def copied_until(last: int) -> Gate:
    """Copy in rounds with n <= last."""
    return Gate((("n <= last", COPY),), (("last", last),))


def chain(*gates: Gate | None) -> Gate | None:
    """Combine gates: the first one that does not update decides."""
    active = [gate for gate in gates if gate is not None]
    cases = tuple(case for gate in active for case in gate.cases)
    return Gate(cases, tuple(name for gate in active for name in gate.names)) if cases else None
