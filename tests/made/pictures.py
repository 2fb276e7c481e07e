"""The reference session as a picture, for a light page and a dark one."""

from __future__ import annotations

import html
import re
from io import StringIO

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from ema_cli.formats.svg import in_columns
from ema_cli.text.cells import text_width
from tests.harness import run

SESSION = "--decay 0.99 0:1 100:10x7"
PICTURES = {
    "docs/session-light.svg": ("light", SESSION),
    "docs/session-dark.svg": ("dark", SESSION),
    "docs/session-zh-light.svg": ("light", f"{SESSION} --lang zh"),
    "docs/session-zh-dark.svg": ("dark", f"{SESSION} --lang zh"),
}
"""From a picture's path to its theme, and what stands after `ema-calc` in it."""

_ANSI = [(0, 0, 0), (170, 0, 0), (0, 110, 40), (130, 90, 0), (0, 80, 170), (130, 40, 130), (0, 110, 120), (90, 90, 90)]
_THEMES = {
    "light": TerminalTheme((255, 255, 255), (31, 35, 40), _ANSI),
    "dark": TerminalTheme((13, 17, 23), (230, 237, 243), _ANSI),
}

# Rich's own frame loads a font from the net; a page should ask nobody but its own host.
_FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {terminal_width} {terminal_height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; \
font-size: {char_height}px; line-height: {line_height}px; white-space: pre; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
<rect x="-16" y="-8" width="100%" height="100%" rx="8" fill="BACKGROUND"/>
<g clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture(theme: str, session: str) -> str:
    """The session and its table, as SVG."""
    drawn = Text.from_ansi(run(f"{session} --color always").out)
    width = max(map(text_width, drawn.plain.splitlines()))
    console = Console(record=True, file=StringIO(), width=width, force_terminal=True, color_system="truecolor")
    console.print(f"$ ema-calc {session}", style="bold", highlight=False)
    console.print(drawn)
    colors = _THEMES[theme]
    frame = _FRAME.replace("BACKGROUND", colors.background_color.hex)
    svg = console.export_svg(title="", theme=colors, code_format=frame, unique_id=f"ema-{theme}")
    svg = in_columns(svg)
    svg = re.sub(r'viewBox="0 0 (\S+) (\S+)"', _with_margin, svg)
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def _with_margin(box: re.Match[str]) -> str:
    return f'viewBox="-16 -8 {float(box[1]) + 32:g} {float(box[2]) + 4:g}"'


def words(svg: str) -> list[str]:
    """What can be read in a picture, line by line, without spaces."""
    lines: dict[float, str] = {}
    for y, text in re.findall(r'<text [^>]*?y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        lines[float(y)] = lines.get(float(y), "") + html.unescape(text)
    return ["".join(lines[y].split()) for y in sorted(lines) if lines[y].strip()]
