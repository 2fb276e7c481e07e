"""When the compiled core is loaded, and when its loops are used."""

from __future__ import annotations

from array import array
from types import SimpleNamespace

import pytest

from ema_cli import native
from ema_cli.core import compiled_loops
from ema_cli.core.compiled_loops import INTERFACE, Loop, compiled, worth
from tests.native import needs_core


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state before the core is first needed."""
    monkeypatch.setattr(compiled_loops, "_tried", False)
    monkeypatch.setattr(compiled_loops, "_core_module", None)
    monkeypatch.delenv("EMA_CALC_PURE", raising=False)


@needs_core
@pytest.mark.usefixtures("unloaded")
def test_it_is_loaded_at_8_kib() -> None:
    """A smaller input finds it only if a larger one came before."""
    assert compiled() is compiled(8191) is None
    assert compiled(8192) is not None
    assert compiled() is not None


@needs_core
@pytest.mark.usefixtures("unloaded")
def test_a_row_is_8_bytes() -> None:
    """1024 rows load it; from then on, 32 rows use it."""
    assert worth(1023) is None
    assert worth(1024) is not None
    assert worth(32) is not None
    assert worth(31) is None


@needs_core
@pytest.mark.usefixtures("unloaded")
def test_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is read once, when the core is first needed."""
    monkeypatch.setenv("EMA_CALC_PURE", "1")
    assert compiled(8192) is None
    monkeypatch.delenv("EMA_CALC_PURE")
    assert compiled(8192) is None


@pytest.mark.usefixtures("unloaded")
@pytest.mark.parametrize(("interface", "works"), [(INTERFACE - 1, True), (INTERFACE, False), (None, True)])
def test_a_core_of_other_sources(interface: int | None, works: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A core with another interface, or whose arithmetic is wrong here, is not used."""
    core = SimpleNamespace(works=lambda: works, **({} if interface is None else {"interface": interface}))
    monkeypatch.setattr(native, "_core", core, raising=False)
    assert compiled(8192) is None


def test_the_loops_to_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the core is being compiled, each loop in a float type is listed; exact arithmetic has none."""
    listed: set[compiled_loops.LoopKey] = set()
    monkeypatch.setattr(compiled_loops, "requested", listed)
    for system in "exact", "bfloat16":
        Loop(system, ("s",), [("s", "R(d*s)"), ("", "s + x")], {"x": 1}, ("s",))
    steps = (("s", "R(d*s)"), ("", "s + x"))
    assert listed == {("bfloat16: s: s: s = R(d*s);  = s + x", "bfloat16", ("s",), steps, ("s",))}


FIXED = Loop("float64", ("s",), [("s", "R(R(d*s) + R(w*p))")], {"d": 0.5, "w": 0.5}, ("s",))


@needs_core
def test_params_and_groups_count_as_rows() -> None:
    """Four params of 16 rows are 64; two groups of 16 rows are one param of 32."""
    compiled(8192)
    inputs = {"p": array("d", [8.0] * 64)}
    found = FIXED.run(inputs, 16, [(float(number),) for number in range(4)])
    assert found is not None
    assert [found[0][row] for row in range(0, 64, 16)] == [4, 4.5, 5, 5.5]
    groups = FIXED.run({"p": array("d", [8.0] * 32)}, 32, [(0.0,), (4.0,)], (16, 16))
    assert groups is not None
    assert [groups[0][0], groups[0][16], len(groups[0])] == [4, 6, 32]
    assert FIXED.run({"p": array("d", [8.0] * 31)}, 31, [(0.0,), (4.0,)], (16, 15)) is None


@needs_core
def test_a_short_mask_is_left_to_python() -> None:
    """It has a byte for each row, and no params."""
    compiled(8192)
    visible = Loop("float64", (), [("action", "visible != 0")], {})
    assert visible.run({"visible": array("d", [0.0, 1.0] * 16)}, 32) == [b"\0\1" * 16]
    assert visible.run({"visible": array("d", [0.0, 1.0] * 10)}, 20) is None
