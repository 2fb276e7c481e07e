"""Generated and mutated input for every parser and every writer.

A target takes a `Feed` of bytes, makes a call of the command from it, and knows what must come of it. The same targets
are fed by hypothesis (`test_fuzz.py`, in `make test`) and by atheris, which follows the coverage (`make fuzz`).
"""
