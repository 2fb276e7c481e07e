"""Write the files that are made from the code."""

from tests.made import MADE, ROOT

for name, make in MADE.items():
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(make(), encoding="utf-8")
