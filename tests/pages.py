"""The reference session, and its pages read back without the tool's own parser."""

import csv
import io
import re
from fractions import Fraction

from tests.harness import output

SHADOWS = ("1.6445455", "2.3281736", "2.9558684", "3.5322065", "4.0613896", "4.5472759", "4.9934079")
FORMATS = ("table", "markdown", "latex", "html", "svg")


def workings(*args):
    """The cells of the column `working`."""
    rows = csv.DictReader(io.StringIO(output(*args, "--explain", "-F", "csv", "-q")))
    return [row["working"] for row in rows]


def evaluated(expression):
    """The exact value of an expression on the page."""
    numbers = re.sub(r"\d+(\.\d+)?(e[+-]?\d+)?", lambda match: f"Fraction('{match.group()}')", expression)
    names = {"Fraction": Fraction, "min": min, "max": max, "floor": lambda x: x // 1}
    return eval(numbers.replace(" x ", "*").replace(" × ", "*").replace("^", "**"), names)  # the tool's output


def shown(page, format_):
    """The text of a page, as far as numbers go."""
    if format_ in ("svg", "html"):
        return re.sub(r"<style>.*?</style>|<[^>]*>", "", page, flags=re.S).replace("\xa0", " ").replace("&#160;", " ")
    return page
