"""The console sessions of a page: find them, and run them again."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.harness import shell

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sessions(text: str) -> list[tuple[str, str]]:
    """The commands in all console blocks, each with the output that follows it."""
    return [session for block in _BLOCK.findall(text) for session in _in_block(block)]


def _in_block(block: str) -> list[tuple[str, str]]:
    found = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command = re.match(r"(?:.*\\\n)*.*", part)
        assert command is not None
        found.append((command.group(), part[command.end() + 1 :]))
    return found


def output(command: str, folder: Path) -> str:
    """The output of a command, with notes and errors."""
    return shell(f"exec 2>&1\n{command}", folder).out


def refreshed(text: str) -> str:
    """The page with the current output of its commands, all run in order in one empty folder."""
    with TemporaryDirectory() as name:
        folder = Path(name)

        def again(block: re.Match[str]) -> str:
            ran = [f"$ {command}\n{output(command, folder)}" for command, _ in _in_block(block[1])]
            return f"```console\n{''.join(ran)}```"

        return _BLOCK.sub(again, text)
