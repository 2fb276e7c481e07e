"""Gates: which rounds copy the param, or skip, instead of updating.

A gate is a pure function of the counter n, of the number k of the call (from 1), and of whether the average is fresh:
no round so far copied or updated. It gives an action, or None where it has nothing to say. A gate that can never act
is None itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Gate = Callable[[int, int, bool], str | None]

UPDATE = "update"
COPY = "copy"
SKIP = "skip"
RESTART = "restart"
"""The shadow becomes the param, then the update runs."""


def first_copied(n: int, k: int, fresh: bool) -> str | None:
    """The round at n = 0 copies."""
    return COPY if n == 0 else None


def first_done_copied(n: int, k: int, fresh: bool) -> str | None:
    """The first round that isn't skipped copies, whatever n."""
    return COPY if fresh else None


def restarted(n: int, k: int, fresh: bool) -> str | None:
    """The round at n = 0 copies, then updates."""
    return RESTART if n == 0 else None


def skipped_before(start: int) -> Gate | None:
    """Rounds with n < start skip."""
    return (lambda n, k, fresh: SKIP if n < start else None) if start > 0 else None


def interval(every: int) -> Gate | None:
    """Rounds whose n isn't a multiple of `every` skip."""
    return (lambda n, k, fresh: SKIP if n % every else None) if every > 1 else None


def interval_of_calls(every: int) -> Gate | None:
    """Calls whose number isn't a multiple of `every` skip, whatever n."""
    return (lambda n, k, fresh: SKIP if k % every else None) if every > 1 else None


def copied_until(last: int) -> Gate:
    """Rounds with n <= last copy."""
    return lambda n, k, fresh: COPY if n <= last else None


def frozen(n: int, k: int, fresh: bool) -> str | None:
    """Every round skips."""
    return SKIP


def chain(*gates: Gate | None) -> Gate | None:
    """The first of these gates that has something to say."""
    active = [gate for gate in gates if gate is not None]
    if len(active) < 2:
        return active[0] if active else None

    def first(n: int, k: int, fresh: bool) -> str | None:
        for gate in active:
            action = gate(n, k, fresh)
            if action is not None:
                return action
        return None

    return first
