"""Builds the compiled core where there is a C++ compiler, and goes on without it where there is none."""

from __future__ import annotations

import os
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HOME = Path("ema_cli/native")
LIMITED_API = "0x030B0000"  # of Python 3.11: one build serves every later version

_GCC = ["-O2", "-g0", "-std=c++17", "-ffp-contract=off", "-fno-fast-math", "-fvisibility=hidden"]
_GCC += [f"-fno-builtin-{name}" for name in ("pow", "exp", "log", "cos")]  # pow(x, 2) is not x*x to the last bit
COMPILE = {"msvc": ["/O2", "/std:c++17", "/fp:strict", "/EHsc"], "unix": _GCC, "mingw32": _GCC}
"""The flags for each kind of compiler; they come last, after those of the environment. Sums and products stay apart."""

QUICK = {"unix": ["-Og"], "mingw32": ["-Og"]}
"""More flags for the loops: there are hundreds, which take twice as long at -O2 and are as fast."""

PARTS = 2
"""Files of loops, which are compiled at once."""

_STATIC = ["-static-libstdc++", "-static-libgcc", "-fno-fast-math", "-s"]
LINK = {"unix": ["-fno-fast-math"] if sys.platform == "darwin" else _STATIC, "mingw32": _STATIC}
"""A library that is linked for fast mathematics would flush subnormals in the whole process."""


class Build(build_ext):
    """Writes the generated sources, and compiles all sources at once with the flags of the compiler that there is."""

    def build_extension(self, ext: Extension) -> None:
        """Compile the core."""
        Path(self.build_temp).mkdir(parents=True, exist_ok=True)
        kind = self.compiler.compiler_type

        def compiled(name: str, text: str, more: list[str]) -> list[str]:
            path = Path(self.build_temp, name)
            path.write_text(text, encoding="utf-8")
            return self.compiler.compile(
                [str(path)],
                output_dir=self.build_temp,
                macros=ext.define_macros,
                include_dirs=[str(HOME), *ext.include_dirs],
                extra_postargs=[*COMPILE.get(kind, []), *more],
            )

        with ThreadPoolExecutor() as pool:
            # As one file, the sources read the headers once, which takes longer than all the rest.
            whole = "".join(f'#include "{Path(path).name}"\n' for path in ext.sources)
            begun = [pool.submit(compiled, "core.cpp", whole, [])]
            for name, text in generated().items():  # meanwhile
                begun.append(pool.submit(compiled, name, text, QUICK.get(kind, [])))
            ext.extra_objects = [path for one in begun for path in one.result()]
        ext.sources, ext.extra_link_args = [], LINK.get(kind, [])
        super().build_extension(ext)


def generated() -> dict[str, str]:
    """Files of C++ with the loops of all formulas, and with the powers of ten."""
    sys.path.insert(0, str(Path(__file__).parent))
    from ema_cli.core.loop_list import all_loops
    from ema_cli.native.generate import LoopKey, powers_of_ten, sources

    loops = sources((LoopKey(*loop) for loop in all_loops()), PARTS)
    return {f"loops_{part}.cpp": text for part, text in enumerate(loops)} | {"powers_of_ten.cpp": powers_of_ten()}


def has_limited_api() -> bool:
    """CPython has the limited API, but not where threads run without the lock."""
    return sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")


core = Extension(
    "ema_cli.native._core",
    [str(path) for path in sorted(HOME.glob("*.cpp"))],
    depends=[str(path) for path in (*HOME.glob("*.[chp]*"), *Path("ema_cli/core").rglob("*.py"))],
    define_macros=[("Py_LIMITED_API", LIMITED_API)],
    language="c++",
    py_limited_api=True,
    optional=True,
)
wanted = has_limited_api() and not os.environ.get("EMA_CALC_PURE")
setup(
    ext_modules=[core] if wanted else [],
    cmdclass={"build_ext": Build},
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if wanted else {},
)
