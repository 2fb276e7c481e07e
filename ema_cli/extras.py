"""Import of optional packages, which may be missing or broken."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from subprocess import list2cmdline

from ema_cli.errors import UsageError


def require(what: str, package: str, *modules: str) -> None:
    """Import the package that an option or a file needs.

    Raises:
        UsageError: The package is not installed, or can't be imported.
    """
    try:
        for module in (package, *modules):
            import_module(module)
    except ModuleNotFoundError:
        raise UsageError(f"{what} needs {package}: {_install(package)}") from None
    except Exception as error:  # a broken package may raise anything
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        again = _install("--force-reinstall", package)
        raise UsageError(f"{what} needs {package}, which does not load here ({reason}): {again}") from None


def _install(*arguments: str) -> str:
    """The command that installs a package for this Python, even if its environment is not active."""
    pip = [sys.executable, "-m", "pip", "install"]
    uv = ["uv", "pip", "install", "--python", sys.executable]  # for environments without pip, such as uv's
    return list2cmdline([*(pip if find_spec("pip") else uv), *arguments])
