"""Golden cases: a folder each, with the command line in `cmd` and its output in `expout` and `experr`.

`code` holds the exit code if it is not 0; all other files are input. After an intended change of the output, `python -m
tests.test_cases` rewrites the files; read the difference before committing it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from tests.harness import Outcome, shell

CASES = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/cmd"))


def outcome_of(case: Path, folder: Path) -> Outcome:
    """Run a case in an empty folder."""
    shutil.copytree(case, folder, dirs_exist_ok=True)
    return shell((case / "cmd").read_text(), folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path) -> None:
    """The command prints what the case says, byte for byte."""
    code = case / "code"
    expected = Outcome(
        int(code.read_text()) if code.exists() else 0, (case / "expout").read_text(), (case / "experr").read_text()
    )
    assert expected == outcome_of(case, tmp_path)


def test_cases_are_there() -> None:
    """The cases are found."""
    assert len(CASES) >= 20


def rewrite() -> None:
    """Write the current output of each case."""
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            outcome = outcome_of(case, Path(folder))
        (case / "expout").write_text(outcome.out)
        (case / "experr").write_text(outcome.err)
        (case / "code").unlink(missing_ok=True)
        if outcome.code:
            (case / "code").write_text(f"{outcome.code}\n")
        sys.stdout.write(f"{case.name}\n")


if __name__ == "__main__":
    rewrite()
