"""Putting a mutant in the place of a module that others have imported already.

The changed source is run aside, and what it defines is put into what the module has defined: functions get the new
code, classes that of their methods, records, tables and the entries of tuples the new fields. So whoever imported a
name sees the change. A number or a text is replaced wherever the same object has the same name.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
_NOTHING = object()


def module_name(path: str) -> str:
    """The name of the module in a file of the house."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def put(path: str, text: bytes) -> None:
    """Replace a module of the house by another source of it."""
    name = module_name(path)
    old, new = import_module(name), ModuleType(name)
    new.__dict__.update(
        __file__=old.__file__,
        __package__=old.__package__,
        __path__=getattr(old, "__path__", None),
        __spec__=old.__spec__,
    )
    exec(compile(text, str(ROOT / path), "exec"), new.__dict__)
    for key, value in vars(new).items():
        before = vars(old).get(key)
        elsewhere = isinstance(value, FunctionType | type) and value.__module__ != name
        if key.startswith("__") or value is before or elsewhere or _transplanted(before, value):
            continue
        for module in list(sys.modules.values()):
            ours = getattr(module, "__name__", "").startswith(("ema_cli", "tests"))
            if ours and vars(module).get(key, _NOTHING) is before:
                setattr(module, key, value)
        setattr(old, key, value)


def _transplanted(old: Any, new: Any) -> bool:
    """Whether what is new could be put into what is there."""
    if type(old) is not type(new):
        return False
    if isinstance(new, FunctionType):
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
        old.__doc__ = new.__doc__
        return True
    if isinstance(new, type):
        for name, value in vars(new).items():
            before = vars(old).get(name)
            if isinstance(value, property):
                _transplanted(before.fget, value.fget)  # type: ignore[union-attr]
            elif isinstance(value, staticmethod | classmethod):
                _transplanted(before.__func__, value.__func__)  # type: ignore[union-attr]
            elif (isinstance(value, FunctionType) or not name.startswith("__")) and not _transplanted(before, value):
                setattr(old, name, value)
        return True
    if isinstance(new, tuple | list) and len(old) == len(new) > 0:
        done = [_transplanted(a, b) for a, b in zip(old, new, strict=True)]
        return all(done)
    fields = (old, new) if isinstance(new, dict) else (getattr(old, "__dict__", None), getattr(new, "__dict__", None))
    if fields[0] is None or fields[1] is None:
        return False
    fields[0].clear()
    fields[0].update(fields[1])
    return True
