"""Put a mutant in the place of a module that others have imported already.

The changed source is run separately, and its definitions are put into those of the module: functions get the new code,
and so do functions that they have made; classes get the new code of their methods; records, tables and the entries of
tuples get the new fields. So whoever imported a name sees the change. A number or a text is replaced wherever the same
object has the same name.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, MemberDescriptorType, ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
_NOTHING = object()


def module_name(path: str) -> str:
    """The module name of a file in ema_cli/."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def put(path: str, text: bytes) -> None:
    """Replace a module of ema_cli by another source."""
    name = module_name(path)
    old, new = import_module(name), ModuleType(name)
    new.__dict__.update(
        __file__=old.__file__,
        __package__=old.__package__,
        __path__=getattr(old, "__path__", None),
        __spec__=old.__spec__,
    )
    exec(compile(text, str(ROOT / path), "exec"), new.__dict__)
    _renew(old, new)
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


def _renew(old: ModuleType, new: ModuleType) -> None:
    """Give new code to functions that others have made, such as the closures of a factory."""
    codes: dict[int, CodeType] = {}
    for key, value in vars(new).items():
        before = vars(old).get(key)
        if isinstance(value, FunctionType) and isinstance(before, FunctionType):
            _pair(before.__code__, value.__code__, codes)
    for made in gc.get_objects() if codes else ():
        if type(made) is FunctionType and (code := codes.get(id(made.__code__))) is not None:
            made.__code__ = code


def _pair(old: CodeType, new: CodeType, codes: dict[int, CodeType]) -> None:
    """The code objects within a function's code, and their new versions."""
    inner = [[part for part in code.co_consts if isinstance(part, CodeType)] for code in (old, new)]
    for before, after in zip(*inner, strict=False):
        if (before.co_name, before.co_freevars) == (after.co_name, after.co_freevars) and before != after:
            codes[id(before)] = after
        _pair(before, after, codes)


def _same(old: type, new: type) -> bool:
    """True if it is the same class, or the one made in its place."""
    return (old.__module__, old.__qualname__) == (new.__module__, new.__qualname__)


def _transplanted(old: Any, new: Any) -> bool:
    """True if the new object could be put into the old one."""
    if not _same(type(old), type(new)):
        return False
    if isinstance(new, MemberDescriptorType):  # a slot, which the old class has at a place of its own
        return True
    if isinstance(new, FunctionType):
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
        old.__doc__ = new.__doc__
        return True
    if hasattr(new, "cache_clear"):
        old.cache_clear()
        return _transplanted(old.__wrapped__, new.__wrapped__)
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
    if not (isinstance(fields[0], dict) and isinstance(fields[1], dict)):
        return False
    fields[0].clear()
    fields[0].update(fields[1])
    return True
