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

from ema_cli.core.numbers.pow_v8 import pow_v8

inf, nan = math.inf, math.nan

DIGEST = "5324048f96ff6b4b0b2cd4950b48e6cdb447a7328a8bc800c02b10e0f32ff228"
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
        (-0.9, 4.0, "0x1.4fec56d5cfaaep-1"),
        (2.0, 1023.75, "0x1.ae89f995ad3aep+1023"),
        (1.0000001, 3e9, "0x1.c05a56d6753a4p+432"),
        (0.99999995, -4e9, "0x1.73f68b62ca58ep+288"),
        (1.5, -1836.3, "0x0.0000000000001p-1022"),
        (3e-310, 0.75, "0x1.ca647ebab0d1bp-772"),
        (0.7, -12.5, "0x1.5968e0196e22fp+6"),
        (1.9, 700.1, "0x1.3978d73b687c2p+648"),
        (-0.9, 5.0, "-0x1.2e54b48d3ae69p-1"),
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


SPECIAL = (0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1.5, inf, -inf, nan, 5e-324, 1e300, -1e300, 2.0**53)
EXPONENTS = (1023.9999999999999, 1024.0, -1074.0, -1075.0, -1076.0, 2.0**31, 2.0**31 + 2048, 2.0**31 + 2049)
AT_2 = (0.5, 0.5 + 2**-23, 0.5 + 2**-22 + 2**-23, 0.5 + 2**-21, 1024, -1074, -1075)
"""Powers of 2 where the algorithm takes another way."""
NEAR_1 = (1 - 2**-21, 1 + 2**-20)
"""The bases between which even a very high power may be finite, and not 0."""
NEAR_3_2 = (1 + 0x3988F / 2**20, 1 + 0xBB67A / 2**20)
"""The bases between which the logarithm is computed from that of 3/2."""

RARE = (
    (1.0000003223481189, 1325871414.8071175),
    (0.4366958731810723, 291.2620016927631),
    (1.0000003749454245, 1232384563.743061),
    (1.000000239299309, 2359690572.8963737),
    (0.9999998176758389, -3100972655.162037),
)
"""Numbers for which a term in the last bits of an intermediate result matters."""


def drawn(count):
    draw = random.Random(17).random  # the one method with the same numbers in every Python

    def between(low, high):
        return low + (high - low) * draw()

    def any_float():
        return struct.unpack("<d", struct.pack("<II", int(between(0, 2**32)), int(between(0, 2**32))))[0]

    for _ in range(count):
        yield draw(), float(int(between(1, 3000)))
        yield draw(), between(0, 1000)
        yield any_float(), any_float()
        yield any_float(), between(-2, 2)
        yield 1 + between(-0.5, 0.5) * 2.0 ** -int(between(15, 40)), between(-1, 1) * 2.0 ** int(between(0, 70))
        yield between(0, 4), between(-1100, 1100)
        yield draw(), (-1.0, 0.5, 1.0, 2.0)[int(between(0, 4))]
        yield 1 + between(2**-23, 2**-22), between(-1, 1) * 2.0**32
        yield beside(NEAR_3_2[int(between(0, 2))])[int(between(0, 3))], between(-100, 100)


def beside(x):
    return math.nextafter(x, -inf), x, math.nextafter(x, inf)


PAIRS = [
    *drawn(1000),
    *RARE,
    *((x, y) for x in SPECIAL for y in (*SPECIAL, *EXPONENTS)),
    *((x, y) for base in NEAR_1 for x in beside(base) for y in (*EXPONENTS, 2.0**32, -(2.0**32))),
    *((x, y / k) for k in range(1, 60) for x in beside(2.0**k) for y in AT_2),
    *((1 + d, s * (2.0**31 + y)) for d in (2**-23, 2**-22.5, 3e-7) for s in (1, -1) for y in range(-4096, 4097, 512)),
]
"""Numbers of all sizes, special values, and limits."""


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


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(nan, 0.0, 1.0), (1.0, inf, nan), (-1.0, -inf, nan), (2.0, nan, nan), (-8.0, 1 / 3, nan), (-0.0, 3.0, -0.0)],
)
def test_special_values_of_javascript(x, y, expected):
    """Powers of zero, infinity and NaN are JavaScript's; C's differs for 1 to the power of infinity."""
    assert repr(pow_v8(x, y)) == repr(expected)
