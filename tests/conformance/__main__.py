"""python -m tests.conformance FILE...: replay recorded sequences."""

from __future__ import annotations

import sys

from tests.conformance.replay import load, replay


def main(paths: list[str]) -> int:
    """Print each case that differs, and finally the number of exact cases."""
    if not paths:
        print("usage: python -m tests.conformance FILE...", file=sys.stderr)
        return 2
    cases = [case for path in paths for case in load(path)]
    exact = 0
    for case in cases:
        try:
            difference = replay(case)
        except (LookupError, ValueError) as error:
            print(f"{case['id']}: {error}")
            continue
        if difference is None:
            exact += 1
            continue
        distance = "not comparable" if difference.ulps is None else f"{difference.ulps} ulp"
        print(
            f"{case['id']}: round {difference.round}: expected {difference.expected!r}, got {difference.actual!r}"
            f" ({distance})"
        )
    print(f"exact: {exact} of {len(cases)}")
    return 0 if exact == len(cases) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
