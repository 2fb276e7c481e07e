"""Find the log in a folder, or list the files to choose from."""

from __future__ import annotations

import fnmatch
import os

from ema_cli.core.numbers.literals import printable
from ema_cli.errors import DataError

LOGS = (
    *("events.out.tfevents.*", "*.tfevents", "metrics.csv", "progress.csv", "results.csv", "log.csv", "history.csv"),
    *("progress.json", "metrics.json", "metrics.jsonl", "result.json", "trainer_state.json", "trainer_log.jsonl"),
    *("monitor.csv", "*.monitor.csv", "train.csv", "eval.csv", "training_log.csv", "learn_error.tsv", "test_error.tsv"),
    *("scalars.json", "vis_data/*.json", "metrics/*", "progress.txt", "log"),
)
"""Patterns of the names of logs, with the parent folder where the name alone is ambiguous."""

_DEPTH, _MOST = 4, 2000
"""Limits of the search: the depth of folders and the number of files."""


def log_in(folder: str) -> str:
    """The log in a folder.

    Raises:
        DataError: There is no log, or more than one.
    """
    files = _files(folder)
    known = [path for path in files if any(_fits(path, folder, pattern) for pattern in LOGS)]
    tables = [path for path in files if path.endswith((".csv", ".tsv", ".jsonl"))]
    found = known or tables
    if len(found) == 1:
        return found[0]
    name = printable(folder)
    if not found:
        raise DataError(f"{name} is a folder without a known log; give a file")
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    raise DataError(
        f"{name} is a folder with {len(found)} logs; give one: {', '.join(map(printable, found[:5]))}{more}"
    )


def _fits(path: str, folder: str, pattern: str) -> bool:
    inside = os.path.join(os.path.basename(os.path.abspath(folder)), os.path.relpath(path, folder))
    parts = inside.split(os.sep)[-1 - pattern.count("/") :]
    return fnmatch.fnmatch("/".join(parts), pattern)


def _files(folder: str) -> list[str]:
    """The files in a folder and its subfolders, in order; hidden ones are skipped."""
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        deep = place.removeprefix(folder).count(os.sep)
        folders[:] = sorted(each for each in folders if not each.startswith(".")) if deep < _DEPTH else []
        found += [os.path.join(place, name) for name in sorted(names) if not name.startswith(".")]
        if len(found) > _MOST:
            break
    return found
