"""The packages in empty environments: on each Python, with the newest and the lowest versions, and for type checkers.

`make everywhere` runs all sessions; `nox --list` names them. A Python that is not here is skipped.
"""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv"

TRIALS = (
    ("ema-calc", "--decay", "0.99", "0:1", "100:10x7"),
    ("python", "-m", "ema_cli", "--decay", "0.99", "--rule", "tensorflow", "0:1", "-F", "json"),
    ("ema-calc", "--completion", "zsh"),
)
"""What must work before anything else is installed."""


def build(session: nox.Session, **settings: str) -> tuple[Path, Path]:
    """Build the source package, and the wheel from it, in this environment. Gives the unpacked source and the wheel."""
    folder = Path(session.create_tmp()).resolve()
    shutil.rmtree(folder)
    session.run("uv", "build", "--quiet", "--out-dir", str(folder), external=True, env=settings)
    (archive,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    with tarfile.open(archive) as file:
        file.extraction_filter = getattr(tarfile, "data_filter", None)  # which Python 3.11.3 and before lack
        file.extractall(folder)
    return folder / archive.name.removesuffix(".tar.gz"), wheel


def install(session: nox.Session, source: Path, wheel: Path, *settings: str) -> None:
    """Install the wheel and its dependencies, and try it in an empty folder."""
    session.install("--requirements", str(source / "pyproject.toml"), *settings)
    session.install("--no-deps", str(wheel))
    empty = source.parent / "empty"
    empty.mkdir()
    with session.chdir(empty):
        for trial in TRIALS:
            session.run(*trial, silent=True)


def test(session: nox.Session, source: Path) -> None:
    """Run the tests of the source package on the installed wheel; arguments are handed to pytest."""
    session.install("--group", f"{source / 'pyproject.toml'}:test")
    session.run("uv", "pip", "list", external=True)
    where = "import ema_cli, os; print(os.path.dirname(ema_cli.__file__))"
    with session.chdir(source.parent):
        installed = session.run("python", "-c", where, silent=True)
    # The tests find the package beside them, and that is the one that was installed.
    shutil.rmtree(source / "ema_cli")
    (source / "ema_cli").symlink_to(str(installed).strip())
    with session.chdir(source):
        session.run("pytest", "-q", "-p", "no:cacheprovider", *session.posargs)


@nox.session(python=["3.11", "3.12", "3.13"])
@nox.parametrize(
    "settings",
    [
        nox.param(("--extra", "plot", "--extra", "xlsx"), id="newest"),
        nox.param(("--extra", "plot", "--extra", "xlsx", "--resolution", "lowest-direct"), id="lowest"),
        nox.param((), id="bare"),
    ],
)
def tests(session: nox.Session, settings: tuple[str, ...]) -> None:
    """Run the tests with the newest versions, with the lowest, and without what is optional."""
    source, wheel = build(session)
    install(session, source, wheel, *settings)
    test(session, source)


@nox.session(python="3.11")
def typing(session: nox.Session) -> None:
    """Check somebody else's code against the types of the wheel."""
    source, wheel = build(session)
    install(session, source, wheel)
    session.install("mypy", "pyright")
    consumer = (source / "tests/typing/consumer.py").read_text(encoding="utf-8")
    with session.chdir(source.parent / "empty"):
        Path("consumer.py").write_text(f"# pyright: strict\n{consumer}", encoding="utf-8")
        session.run("mypy", "--strict", "consumer.py")
        session.run("pyright", "consumer.py")


@nox.session(python="3.11")
def plain(session: nox.Session) -> None:
    """Run the tests where no compiler works: everything is there in plain Python."""
    source, wheel = build(session, CC="false", CXX="false")
    install(session, source, wheel)
    told = session.run("ema-calc", "--version", silent=True)
    if "plain Python" not in str(told):
        session.error(f"a compiled core without a compiler: {told}")
    test(session, source)
