"""--lang: tables for people in another language, from one table of strings."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from string import Formatter
from subprocess import run as run_tool
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

import ema_cli
from ema_cli import Average
from ema_cli.charts.mpl import _FONT
from ema_cli.core import coefficients as scalars
from ema_cli.core import debias
from ema_cli.core import updates as forms
from ema_cli.core.catalogue import parsed_rule, rules
from ema_cli.core.decay_setting import KINDS, Constant
from ema_cli.core.gates import ACTIONS
from ema_cli.formats.latex import _CLASS
from ema_cli.formats.svg import _SANS
from ema_cli.identify.no_match import READINGS
from ema_cli.identify.patterns import DIVISORS, WINDOWS
from ema_cli.identify.report import HEADINGS
from ema_cli.identify.whole_numbers import ROUNDINGS
from ema_cli.report import rule_info as about
from ema_cli.report.column_specs import _FOR_PEOPLE, COLUMNS
from ema_cli.report.decay_info import about as about_decay
from ema_cli.report.statistics import WORDS
from ema_cli.text.language import LANGUAGES, find_language
from ema_cli.working import rule_formulas, typeset
from ema_cli.working.footnotes import MEANINGS
from tests.extras import needs_plot
from tests.harness import error_of, run, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = Path(ema_cli.__file__).parent
OTHERS = [name for name in LANGUAGES if name != "en"]
PEOPLE = ("table", "markdown", "latex", "html", "svg")


def said() -> Iterator[str]:
    """Every English text that the code translates: in a call, or in a table of texts."""
    for path in ROOM.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        of_stderr = re.search(r"^(def say|from ema_cli.cli.console import .*\bsay\b)", text, flags=re.MULTILINE)
        for node in ast.walk(ast.parse(text)):
            name = "attr" if of_stderr else "id"
            if isinstance(node, ast.Call) and "say" in (getattr(node.func, "attr", ""), getattr(node.func, name, "")):
                yield from map(_text, filter(_is_text, ast.walk(node.args[0])))
    columns = [*COLUMNS.values(), *(column for parts in _FOR_PEOPLE.values() for column in parts)]
    for column in columns:
        yield column.heading
        if column.scope in ("each", "average") and column.opened is None:  # of several params, they go by their names
            yield column.name
    yield from (
        *KINDS,
        *WORDS.values(),
        *(line.words for runs in (None, 9) for line in about_decay(Constant("decay", "0.9"), runs)),
        *typeset.JOINTS,
        *typeset.WORDS,
        *MEANINGS.values(),
        _FONT,
        _CLASS,
        _SANS,
    )
    yield from (*ACTIONS[:3], *ACTIONS[4:], "stalled")  # words in columns
    yield from ("DECAY", "WEIGHT", "weight", "count", "decay", "step", *rule_formulas.NAMES)  # names
    yield "{carried}. = is exact as printed, ≈ is rounded."
    yield from HEADINGS
    yield from (sentence for sentence, *_ in (*DIVISORS, *READINGS))
    yield from (sentence for _, sentence in WINDOWS)
    yield from (rounding.said for rounding in ROUNDINGS.values())
    yield "exact"  # the dtype that has no name of its own
    yield from (
        *about.STARTS.values(),
        *about.FIRST_CALLS.values(),
        *about.KINDS.values(),
        *about.JOINTS,
        *(text for _, text in about.LETTERS),
    )
    allowed: list[str] = []
    for rule in rules().values():
        for parameter in rule.parameters:
            parameter.allowed_in(lambda text, **_: allowed.append(text) or text)
    yield from allowed


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _text(node: Any) -> str:
    return str(node.value)


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_each_language_is_a_module() -> None:
    """The choices of --lang are English and the languages with tables."""
    found = {path.stem for path in (ROOM / "languages").glob("*.py")} - {"__init__", "language"}
    assert found == {name for language in OTHERS for name in (language, f"{language}_rules")}


@pytest.mark.parametrize("name", OTHERS)
def test_each_language_has_every_string(name: str) -> None:
    """A table has every text, and none that is no longer used."""
    assert set(said()) == set(find_language(name).strings)


@pytest.mark.parametrize("name", OTHERS)
def test_each_string_has_the_same_placeholders(name: str) -> None:
    """A translation has all placeholders of the English text."""
    for text, translated in find_language(name).strings.items():
        assert placeholders(text) == placeholders(translated), text


SCRIPTS = {
    "explained": "--decay 0.99 0:1 100:10x3 --explain --summary",
    "worksheet": "--decay 0.99 0:1 100:10x3 --explain --round-each 3 --blank shadow --answers",
    "one decimal": "--decay 0.99 0:1 100:10x3 --explain --round-each 1",
    "every": "--decay 0.99 0..9:1 --every 3",
    "exact": "--decay 0.99 0:1 100:10 --dtype exact --explain",
    "subtracting": "--decay 0.99 --rule tensorflow 0:1 100:10 --explain --digits 4",
    "decimals": "--decay 0.99 --rule tensorflow 0:1 100:10 --explain --decimals 4",
    "debiased": "--decay 0.99 --rule optax :1 :2 --explain -c +biased,debiased,initial-weight --summary",
    "copied": "--rule torch :1 :2 --explain -c +action --summary",
    "skipped": "--decay 0.9 --rule mmengine:interval=2 :1x3 --explain -c +action",
    "cases": "--decay 0.9 --rule diffusers :1x3 --explain",
    "rounded": "--decay 0.9 --rule optax :1x3 --explain --round-each 2",
    "fractions": "--decay 0.99 0:1 100:10 --dtype exact --explain --digits 4",
    "products": "--decay 0.9 --rule rlax :1x3 --explain",
    "old and new": "--decay 0.9 --rule pandas :1x3 --explain",
    "counts": "--rule torch-swa :1x3 --explain",
    "weights": "--alpha 0.1 --rule batchnorm :1x3 --explain -c +weight,gap,change",
    "no name": "--decay 0.9 --rule keras-overwrite :1x3 --explain",
    "params": "--decay 0.99 0:1,-1 100:10,5 --explain -c +change,gap,action,stalled,exact,error-ulps",
    "averages": "--decay 0.9 --decay 0.99 --decay 0.999 0:1 100:10 --summary --plot",
    "half-lives": "--half-life 10 --half-life 20 --rule fixed :1x3 -c +weight --explain",
    "half-life": "--half-life 10 --rule fixed :1x3",
    "span": "--span 10 --rule fixed :1x3 --initial first",
    "com": "--com 10 --rule fixed :1x3 --blank shadow --blank param --plot",
    "dtypes": "--decay 0.9 --dtype exact --dtype float32 :1x3 --explain",
    "stalled": "--decay 0.999 --rule fixed --dtype bfloat16 :1x600 --every 150 -c +stalled,error-ulps --summary",
    "zero": "--decay 0.9 --rule tensorboard :1x3",
    "first": "--decay 0.9 --rule torch :1x3",
}
NAMES = {
    *("warmup", "fixed", "tensorflow", "optax", "torch", "mmengine", "interval", "diffusers", "swa", "batchnorm"),
    *("keras", "overwrite", "tensorboard", "float", "bfloat", "min", "max", "floor", "ln", "abs"),
    *("rlax", "pandas", "ULP"),
    *("momentum", "n_averaged", "steps", "iterations", "optimization_step", "num_updates"),
}
"""Names of rules, types, functions and counters, which are the same in every language."""


def readable(page: str, format_: str) -> str:
    """The text of a page that a reader sees, without the markup."""
    if format_ in ("html", "svg"):
        page = re.sub(r"<style>.*?</style>|<defs>.*?</defs>", "", page, flags=re.DOTALL)
        labels = " ".join(re.findall(r'(?:aria-label|title)="([^"]*)"', page))
        page = re.sub(r"&#?\w+;", " ", f"{re.sub(r'<[^>]*>', ' ', page)} {labels}")
    if format_ == "latex":
        page = re.sub(r"\\makeatletter.*?\\def\\emanext[^\n]*", " ", page, flags=re.DOTALL)
        page = re.sub(r"\\ematable\{[lr]+\}", " ", page)
        page = re.sub(r"\\(begin|end|usepackage|documentclass|hspace|fontsize)\{[^}]*\}(\{[^}]*\})?", " ", page)
        page = re.sub(r"\[[\w.]*\]", " ", re.sub(r"^%.*$", " ", page, flags=re.MULTILINE).replace("\\_", "_"))
        page = re.sub(r"\\tabcolsep\dpt|\\[a-zA-Z]+", " ", page)
    if format_ == "markdown":
        page = re.sub(r"(?<=\w)\\ (?=\w)", "_", page)
        page = re.sub(r"\\(mathit|hspace\{[^}]*\}|[a-zA-Z]+|[ ,])", " ", page)
    return page.replace("\\_", "_").replace("```text", "")


@pytest.mark.parametrize(
    "script", [pytest.param(name, marks=[needs_plot] * ("--plot" in line)) for name, line in SCRIPTS.items()]
)
@pytest.mark.parametrize("format_", PEOPLE)
def test_no_english_leaks(format_: str, script: str) -> None:
    """A page in Chinese has no English word but names."""
    options = f"{SCRIPTS[script]} --lang zh -F {format_}"
    if format_ in ("html", "latex"):
        options = options.replace(" --plot", "")
    outcome = run(options)
    assert outcome.code == 0, outcome.err
    words = re.findall(r"[A-Za-z_]{2,}", readable(outcome.out, format_))
    assert {word for word in words if word.strip("_")} <= NAMES


@pytest.mark.parametrize("script", SCRIPTS)
def test_columns_stay_under_each_other(script: str) -> None:
    """A Chinese character takes two columns of the terminal, and all lines of a table are equally wide."""
    for line in run(f"{SCRIPTS[script]} --lang zh").out.split("\n\n"):
        for table in re.findall(r"┏.*?┘", line, flags=re.DOTALL):
            assert len({cell_len(row) for row in table.splitlines()}) == 1


def of_the_catalogue() -> tuple[set[str], set[str]]:
    """The texts of the catalogue: prose, and texts that may be names or formulas alone."""
    prose, others = set(), set()
    for rule in (*rules().values(), parsed_rule("custom")[0]):
        average = Average(0.9 if rule.needs_decay else None, rule=rule.name)
        prose |= {*rule.surprises, *(parameter.meaning for parameter in rule.parameters)}
        prose |= {average.counter.meaning} if average.counter is not None else set()
        others |= {rule.framework, rule.formula, rule.source, rule.area}
        for text in settings(rule) if rule.name in rules() else ():  # those of `custom` are settings of others
            variant = Average(0.9 if rule.needs_decay else None, rule=text)
            others |= {variant.form.description} | ({variant.readout.meaning} if variant.readout is not None else set())
    tables = [*vars(forms).values(), *vars(scalars).values(), forms.weighted(False, True)]
    others |= {each.description for each in tables if isinstance(each, forms.Form | scalars.Scalars)}
    readouts = [*vars(debias).values(), debias.by_product(False)]
    others |= {each.meaning for each in readouts if isinstance(each, debias.Readout)}
    return prose, others


@pytest.mark.parametrize("name", OTHERS)
def test_each_language_has_the_catalogue(name: str) -> None:
    """Every text about a rule has a translation, and no translation is left over."""
    prose, others = of_the_catalogue()
    strings = find_language(name, rules=True).strings.keys() - find_language(name).strings.keys()
    assert set() == prose - strings
    assert set() == strings - prose - others


def test_the_catalogue_has_no_braces() -> None:
    """The texts contain no braces, which would be placeholders."""
    prose, others = of_the_catalogue()
    assert [] == [
        text for text in {*prose, *others} if "{" in text and text in {*find_language("zh", rules=True).strings}
    ]


ENGLISH_WORDS = re.compile(
    r"(?<![\w.])(the|of|is|a|an|and|or|not|with|without|before|after|while|then|where|if|else|it|its|this|one|whether|at"
    r"|to|for|in|by|from|as|are|has|which|each|least|number)(?![\w.])"
)


def settings(rule: Any) -> Iterator[str]:
    """A rule with its defaults, and with each setting that has named values changed."""
    yield rule.name
    for parameter in rule.parameters:
        for value in parameter.names:
            if value != str(parameter.default).lower() and (rule.name, value) != (
                "composer",
                "none",
            ):  # which is an error
                yield f"{rule.name}:{parameter.name}={value}"


@pytest.mark.parametrize("rule", [text for rule in rules().values() for text in settings(rule)])
def test_no_english_leaks_from_a_rule(rule: str) -> None:
    """Chinese texts about a rule have no English words but names, whatever its parameters."""
    outcome = run(["--about-rule", rule, "--lang", "zh", "-F", "markdown"])
    assert outcome.code == 0, outcome.err
    told = outcome.out.replace("\\_", "_").replace(rule.partition(":")[0], "")
    assert [] == ENGLISH_WORDS.findall(told)


def test_the_list_of_rules() -> None:
    """The headings, the words and the note on columns that don't fit are in the language."""
    *_, before, last = run("--list-rules --lang zh --width 80").out.splitlines()
    assert (
        "宽度不够，未列出前三个衰减率（0.9999），默认衰减率，出处；用 --width 200 或 --format csv 可以看到全部"
        == f"{before} {last}"
    )
    head, _, first, *_ = run("--list-rules --rule torch --lang zh -F markdown").out.splitlines()
    assert "| 规则 | 框架 | 有效衰减率 | 前三个衰减率（0.9999） | 默认衰减率 | 出处 |" == head
    assert "| 给定衰减率 | 复制, 0.9999, 0.9999 |" in first
    assert "前三个衰减率（半衰期 10）" in run("--list-rules --half-life 10 --lang zh -F markdown").out


@pytest.mark.parametrize("line", ["--list-rules", "--about-rule torch"])
def test_lists_as_records_are_the_same_in_every_language(line: str) -> None:
    """As records, lists of rules are in English."""
    for format_ in ("csv", "tsv", "json", "jsonl"):
        assert run(f"{line} -F {format_}") == run(f"{line} -F {format_} --lang zh")


def test_the_reference_session() -> None:
    """The reference session is in the terms of the textbooks."""
    assert run("--decay 0.99 0:1 100:10 --lang zh").out.splitlines() == [
        "衰减率 0.99，规则 warmup，float64，初始值 0",
        "┏━━━━━━┳━━━━━━┳━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━┓",
        "┃ 次数 ┃ 轮数 ┃ 参数 ┃ 有效衰减率 ┃    影子值 ┃",
        "┡━━━━━━╇━━━━━━╇━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━┩",
        "│    0 │      │      │            │ 0         │",
        "│    1 │    0 │    1 │ 0.1        │ 0.9       │",
        "│    2 │  100 │   10 │ 0.91818182 │ 1.6445455 │",
        "└──────┴──────┴──────┴────────────┴───────────┘",
    ]


@pytest.mark.parametrize("format_", ["csv", "tsv", "json", "jsonl"])
def test_records_are_the_same_in_every_language(format_: str) -> None:
    """Names in records are an interface and stay English."""
    session = f"--decay 0.99 --dtype float32 --dtype exact 0:1,2 100:10,3 --explain -c +action -F {format_} --summary"
    assert run(session) == run(f"{session} --lang zh")


def test_errors_and_notes_are_english() -> None:
    """Messages on stderr are the same in every language."""
    assert error_of("--decay 0.99 0:x --lang zh", code=2) == error_of("--decay 0.99 0:x", code=2)
    assert run("--decay 0.99 :1 --lang zh").err == run("--decay 0.99 :1").err


def test_a_language_comes_from_the_option_alone() -> None:
    """No environment variable changes the language of a table."""
    drawn = terminal("ema-calc --decay 0.99 0:1", LANG="zh_CN.UTF-8", LANGUAGE="zh", LC_ALL="C.UTF-8")
    assert "round" in drawn.out


def test_the_check_in_chinese(tmp_path: Path) -> None:
    """Verdicts of --check are below the table."""
    log = "step,param,shadow\n0,1,0.9\n100,10,1.7\n"
    found = run("--decay 0.99 --check shadow --lang zh", log).out
    assert (
        "按日志的位数比较，2 次更新中有 1 次不一致，首次在第 2 次（轮数 100），最多相差 0.0554545：那里的日志值为 1.7，"
        "计算值为 1.6445454545454543" in found
    )
    assert (
        "按容差 abs:1 比较，2 次更新全部一致" in run("--decay 0.99 --check shadow --tolerance abs:1 --lang zh", log).out
    )


def test_a_page_says_its_language() -> None:
    """HTML names the language, LaTeX the engine and the class that set it."""
    assert '<html lang="zh">' in run("--decay 0.9 :1 --lang zh -F html").out
    page = run("--decay 0.9 :1 --lang zh -F latex --standalone").out
    assert page.startswith("% 用 xelatex 编译，需要 ctex 宏包\n\\documentclass[zihao=false]{ctexart}\n")
    assert run("--decay 0.9 :1 --lang zh -F latex").out.startswith(
        "% 用 xelatex 编译，导言区需要: \\usepackage{booktabs,longtable,ctex}\n"
    )


def test_a_picture_has_room_for_wide_characters() -> None:
    """In SVG, a column is as wide as its Chinese heading, and the fonts have its characters."""
    page = run("--decay 0.99 0:1 100:10 --lang zh -F svg -c round,decay").out
    assert "Noto Sans CJK SC" in page
    ends = [float(x) for x in re.findall(r'x="([\d.]+)" text-anchor="end"[^>]*>(?:次数|有效衰减率)<', page)]
    assert ends[1] - ends[0] >= 15 * cell_len("有效衰减率") / 2


@pytest.mark.skipif(shutil.which("xelatex") is None, reason="there is no xelatex")
@pytest.mark.parametrize("script", ["explained", "worksheet", "params", "cases"])
def test_latex_compiles(script: str, tmp_path: Path) -> None:
    """The engine named in the document compiles it without errors, overfull lines or missing characters."""
    if not run_tool(["kpsewhich", "ctexart.cls"], capture_output=True, check=False).stdout:
        pytest.skip("there is no ctex")
    path = tmp_path / "page.tex"
    assert run(f"{SCRIPTS[script]} --lang zh --standalone -o {path}").code == 0
    done = run_tool(
        ["xelatex", "-interaction=nonstopmode", path.name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (0, []) == (done.returncode, re.findall("Overfull.*|Missing character.*", done.stdout))


@needs_plot
def test_a_figure_in_chinese(tmp_path: Path) -> None:
    """The axes and the legend are in Chinese; SVG needs no font of this machine."""
    pytest.importorskip("matplotlib")
    path = tmp_path / "figure.svg"
    outcome = run(f"--decay 0.9 0:1 100:10 --lang zh --plot-file {path} -F csv")
    assert (0, "") == (outcome.code, outcome.err)
    words = re.findall(r">([^<>\n]+)</text>", path.read_text(encoding="utf-8"))
    assert {"次数", "数值", "参数", "影子值", "衰减率 0.9，规则 warmup，float64，初始值 0"} <= {*words}


def test_a_figure_needs_a_font_with_the_characters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a font that has them, no picture of boxes is drawn, and the error says which font would do."""
    pytest.importorskip("matplotlib")
    monkeypatch.setattr("ema_cli.charts.mpl._installed", lambda language: [])
    message = error_of(f"--decay 0.9 0:1 --lang zh --plot-file {tmp_path / 'figure.png'}", code=2)
    assert "finds none of Noto Sans CJK SC" in message
