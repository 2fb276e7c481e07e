"""Builds the compiled core where there is a C++ compiler, and goes on without it where there is none."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HOME = Path("ema_cli/native")
LIMITED_API = "0x030B0000"  # of Python 3.11: one build serves every later version

_GCC = ["-O2", "-std=c++17", "-ffp-contract=off", "-fno-fast-math", "-fno-builtin", "-fvisibility=hidden"]
COMPILE = {"msvc": ["/O2", "/std:c++17", "/fp:strict", "/EHsc"], "unix": _GCC, "mingw32": _GCC}
"""The flags for each kind of compiler; they come last, after those of the environment. Sums and products stay apart."""

_STATIC = ["-static-libstdc++", "-static-libgcc", "-fno-fast-math", "-s"]
LINK = {"unix": ["-fno-fast-math"] if sys.platform == "darwin" else _STATIC, "mingw32": _STATIC}
"""A library that is linked for fast mathematics would flush subnormals in the whole process."""


class Build(build_ext):
    """Chooses the flags for the compiler that there is."""

    def build_extension(self, ext: Extension) -> None:
        """Compile the core."""
        kind = self.compiler.compiler_type
        ext.extra_compile_args, ext.extra_link_args = COMPILE.get(kind, []), LINK.get(kind, [])
        super().build_extension(ext)


def has_limited_api() -> bool:
    """CPython has the limited API, but not where threads run without the lock."""
    return sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")


core = Extension(
    "ema_cli.native._core",
    [str(path) for path in sorted(HOME.glob("*.cpp"))],
    depends=[str(path) for path in sorted(HOME.glob("*.h"))],
    define_macros=[("Py_LIMITED_API", LIMITED_API)],
    py_limited_api=True,
    optional=True,
)
wanted = has_limited_api() and not os.environ.get("EMA_CALC_PURE")
setup(
    ext_modules=[core] if wanted else [],
    cmdclass={"build_ext": Build},
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if wanted else {},
)
