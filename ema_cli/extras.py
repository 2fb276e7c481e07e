"""Optional packages, which may be missing or broken."""

from __future__ import annotations

from importlib import import_module

from ema_cli.errors import UsageError


def require(option: str, package: str, module: str) -> None:
    """Import the package that an option needs.

    Raises:
        UsageError: It is not installed, or does not load.
    """
    hint = f"pip install {package}"  # which works from a clone and from an index
    try:
        import_module(package)
        import_module(module)
    except ModuleNotFoundError:
        raise UsageError(f"{option} needs {package}: {hint}") from None
    except Exception as error:  # a broken one may raise anything
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UsageError(f"{option} needs {package}, which does not load here ({what}): {hint}") from None
