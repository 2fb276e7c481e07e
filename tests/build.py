"""Build the packages, as an installer would from a clone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

from tests.made import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_NO_SOURCE = (".git", ".venv*", ".nox", ".*_cache", ".hypothesis", "__pycache__", "build", "dist", "*.egg-info", "*.so")


def build(folder: Path) -> tuple[Path, Path]:
    """Build the source package, and the wheel from it. Gives the unpacked source and the wheel."""
    tree = folder / "tree"  # a build leaves files beside what it builds
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*_NO_SOURCE))
    _build("sdist", tree, folder)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extraction_filter = getattr(tarfile, "data_filter", None)  # which Python 3.11.3 and before lack
        file.extractall(folder)
    source = folder / archive.name.removesuffix(".tar.gz")
    _build("wheel", source, folder)
    (wheel,) = folder.glob("*.whl")
    return source, wheel


def _build(target: str, source: Path, folder: Path) -> None:
    code = f"from setuptools import build_meta; build_meta.build_{target}({str(folder)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=source, check=True, capture_output=True)
