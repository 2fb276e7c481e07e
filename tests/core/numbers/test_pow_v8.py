"""V8's power, compared with Node if installed, with recorded results, and with exact fractions."""

from __future__ import annotations

import hashlib
import json
import math
import random
import shutil
import struct
import subprocess
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ema_cli.core.numbers.operations import power64
from ema_cli.core.numbers.pow_v8 import pow_v8

inf, nan = math.inf, math.nan

DIGEST = "ad095add964fab8ca5be7f450965913d9b1af2c1c5933ab0eaf144f49dff40e0"
"""SHA-256 of the bits of Math.pow for PAIRS."""

NEW_POWER = (13, 2)
"""The first V8 that may use the C library's power."""


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0.9, 4.0, "0x1.4fec56d5cfaaep-1"),
        (0.6, 25.0, "0x1.7d95b9d0e1a0ap-19"),
        (0.99, 6.0, "0x1.e209afa7055ecp-1"),
        (0.999, 16.0, "0x1.f7de80e3e9722p-1"),
        (0.97, 6.0, "0x1.aa7b4e7f4ea56p-1"),
        (0.85, 7.0, "0x1.48455c380f3b0p-2"),
        (3e-310, 0.75, "0x1.ca647ebab0d1bp-772"),
    ],
)
def test_results_of_node_20(x, y, expected):
    """pow_v8 gives the results of Math.pow in Node 20, even where they are off by an ulp."""
    assert pow_v8(x, y).hex() == expected


@pytest.mark.parametrize("base", [0.6, 0.85, 0.9, 0.97, 0.99, 0.999])
def test_it_is_not_the_c_librarys(base):
    """Some powers of each usual weight differ from the C library's, none by more than an ulp."""
    pairs = [(pow_v8(base, n), math.pow(base, n)) for n in range(1, 1001)]
    assert 20 < sum(ours != c for ours, c in pairs) < 200
    assert all(abs(ours - c) <= math.ulp(c) for ours, c in pairs)


AT_2 = (0.5, 0.5 + 2**-23, 0.5 + 2**-22 + 2**-23, 0.5 + 2**-21, 1024, 1074, 1075, 1076)
"""Inverse powers of 2 where the algorithm takes another way."""
NEAR_3_2 = (1 + 0x3988F / 2**20, 1 + 0xBB67A / 2**20)
"""The bases between which the logarithm is computed from that of 3/2."""


def drawn(count):
    draw = random.Random(17).random  # the one method with the same numbers in every Python

    def between(low, high):
        return low + (high - low) * draw()

    def any_float():
        return struct.unpack("<d", struct.pack("<II", int(between(0, 2**32)), int(between(0, 2**32))))[0]

    for _ in range(count):
        yield draw(), float(int(between(1, 3000)))
        yield draw(), between(0, 1000)
        yield abs(any_float()), between(0, 2)
        yield 1 - between(0, 0.5) * 2.0 ** -int(between(15, 40)), between(1, 2) * 2.0 ** int(between(0, 31))
        yield draw(), (0.5, 1.0, 2.0)[int(between(0, 3))]
        yield beside(NEAR_3_2[int(between(0, 2))] / 2)[int(between(0, 3))], between(0, 100)


def beside(x):
    return math.nextafter(x, -inf), x, math.nextafter(x, inf)


_PAIRS = [
    *drawn(1000),
    (0.4366958731810723, 291.2620016927631),  # in these, a term in the last bits of an intermediate result matters
    (0.9797511509519659, 33883.68080927242),
    (0.9998936490903155, 6517201.625696971),
    *((x, y / k) for k in range(1, 60) for x in beside(2.0**-k) for y in AT_2),
]
PAIRS = [(x, y) for x, y in _PAIRS if 0 < x < 1 and 0 < y < 2**31]
"""Numbers of all sizes and limits, where charts take a power."""


def bits(value):
    return "nan" if value != value else struct.pack(">d", value).hex()


def test_many_results_of_node_20():
    """pow_v8 gives the bits of Math.pow; only their digest is kept."""
    told = "".join(bits(pow_v8(x, y)) for x, y in PAIRS)
    assert hashlib.sha256(told.encode()).hexdigest() == DIGEST


def test_against_node():
    """Math.pow gives the bits with this digest."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node")
    version = subprocess.run([node, "-p", "process.versions.v8"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, version.split(".")[:2])) >= NEW_POWER:
        pytest.skip("this V8 may take its power from the C library")
    script = """
        const pairs = JSON.parse(require("fs").readFileSync(0));
        const number = (hex) => hex === "nan" ? NaN : Buffer.from(hex, "hex").readDoubleBE();
        const bits = (x) => { const b = Buffer.alloc(8); b.writeDoubleBE(x); return b.toString("hex"); };
        const hex = (x) => Number.isNaN(x) ? "nan" : bits(x);
        console.log(JSON.stringify(pairs.map(([x, y]) => hex(Math.pow(number(x), number(y))))));
    """
    pairs = json.dumps([[bits(x), bits(y)] for x, y in PAIRS])
    told = json.loads(
        subprocess.run([node, "-e", script], input=pairs, capture_output=True, text=True, check=True).stdout
    )
    assert told == [bits(pow_v8(x, y)) for x, y in PAIRS]
    assert hashlib.sha256("".join(told).encode()).hexdigest() == DIGEST


@given(st.floats(0.3, 1.9), st.integers(-60, 60))
@example(0.9, 4)
def test_it_is_within_a_unit_of_the_exact_power(x, n):
    """pow_v8 differs from the exact power by less than an ulp."""
    exact = Fraction(x) ** n
    assume(Fraction(2) ** -1000 < exact < Fraction(2) ** 1000)
    result = pow_v8(x, n)
    assert abs(Fraction(result) - exact) < Fraction(math.ulp(result))


@given(st.floats(), st.floats())
@example(1.0, inf)
@example(-8.0, 1 / 3)
@example(0.0, 3.0)
@example(1.0, 1e9)
@example(0.9, 0.0)
@example(0.9999999999, 2.0**31)
def test_elsewhere_it_is_the_c_librarys(x, y):
    """No chart takes such a power: it is C's."""
    assume(not (0 < x < 1 and 0 < y < 2**31))
    assert repr(pow_v8(x, y)) == repr(power64(x, y))
