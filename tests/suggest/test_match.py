"""Guesses at the name or number that was meant."""

from __future__ import annotations

import pytest

from ema_cli.suggest.match import near, number_meant


@pytest.mark.parametrize(
    ("text", "names", "meant"),
    [
        ("karras", ["edm", "ema-pytorch-karras"], ["ema-pytorch-karras"]),
        ("ema-py", ["edm", "ema-pytorch-karras"], ["ema-pytorch-karras"]),
        ("em", ["ema-pytorch-karras"], []),
        ("nn.torch", ["torch"], ["torch"]),
        ("torhc", ["torch", "edm"], ["torch"]),
        ("torch", [f"torch-{n}" for n in range(9)], ["torch-0", "torch-1", "torch-2", "torch-3"]),
    ],
)
def test_a_name(text, names, meant):
    """A name is found by its beginning, its end, or its likeness; more than four are not suggested."""
    assert near(text, names, {}) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0.9 %", "0.009"),
        (" 12,5%", "0.125"),
        ("\u22120,5", "-0.5"),
        ("1_000", "1000"),
        ("\uff11.5", "1.5"),
        ("3/ 8", ""),
        ("3/8", "0.375"),
        ("1/0", ""),
        ("50%x", ""),
        ("1.5,5", ""),
        ("1,000,000", ""),
        ("0," + "1" * 38, "0." + "1" * 38),
        ("0," + "1" * 39, ""),
    ],
)
def test_a_number(text, meant):
    """A percentage, a decimal comma, a fraction and digits of another alphabet are recognized; other text is not."""
    assert number_meant(text) == (meant and f"did you mean {meant}?")
