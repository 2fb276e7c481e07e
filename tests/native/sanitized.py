"""Build the compiled core with ASan and UBSan, and run tests with it: `python -m tests.native.sanitized
[PYTEST...]`.

By default these are its own tests and the fuzz tests. It needs gcc, whose runtime is loaded before Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

FLAGS = "-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer -fno-wrapv"
"""Python's own flags let signed numbers wrap around, which would go unreported."""
TESTS = ("tests/native", "tests/fuzz")


def library(name: str) -> str:
    """Path of a library of gcc."""
    found = subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True)
    return found.stdout.strip()


def main() -> int:
    """Build and test in a copy of the tree."""
    top = Path(__file__).parents[2]
    with TemporaryDirectory() as folder:
        for name in ("ema_cli", "tests"):
            shutil.copytree(top / name, Path(folder, name), ignore=shutil.ignore_patterns("*.so", "__pycache__"))
        for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(top / name, folder)
        settings = {**os.environ, "PYTHONPATH": folder}
        build = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
        flags = dict.fromkeys(("CFLAGS", "CXXFLAGS", "LDFLAGS"), FLAGS)  # the first are for older setuptools
        subprocess.run(build, cwd=folder, env=settings | flags, check=True)
        [core] = Path(folder, "ema_cli/native").glob("_core*.so")
        if not all(name in core.read_bytes() for name in (b"__asan_report", b"__ubsan_handle")):
            raise SystemExit("the core was built without the sanitizers")
        settings |= {
            "LD_PRELOAD": f"{library('libasan.so')} {library('libubsan.so')}",
            "PYTHONMALLOC": "malloc",  # Python's own would hide what lies behind the end of a small array
            "ASAN_OPTIONS": "detect_leaks=0",  # Python's own, at its end
            "UBSAN_OPTIONS": "print_stacktrace=1",
        }
        tests = [sys.executable, "-m", "pytest", "-q", "-p", "tests.native.everywhere", "-p", "no:cacheprovider"]
        return subprocess.run([*tests, *(sys.argv[1:] or TESTS)], cwd=folder, env=settings).returncode


if __name__ == "__main__":
    sys.exit(main())
