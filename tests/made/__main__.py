"""Write the files that are made from the code."""

from tests.made import MADE, ROOT
from tests.made.pictures import FOLDERS, draw

for name, make in MADE.items():
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(make(), encoding="utf-8")

for page in FOLDERS:
    draw(page)
