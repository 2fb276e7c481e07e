"""The lowest versions that pyproject.toml allows: `python -m tests.lowest` prints what pip takes to install them."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def lowest(*extras: str) -> list[str]:
    """The dependencies, and those of some extras, each at its lower bound."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    bounds = [*project["dependencies"]]
    for extra in extras:
        bounds += project["optional-dependencies"][extra]
    return [bound.replace(">=", "==") for bound in bounds]


if __name__ == "__main__":
    print(*lowest(*sys.argv[1:]), sep="\n")
