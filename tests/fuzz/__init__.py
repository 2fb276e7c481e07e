"""Generated and mutated input for every parser and every writer.

Each test makes a call of the command from what hypothesis draws, and knows what must come of it. `make fuzz` lets
atheris choose what is drawn, so that it follows the coverage.
"""
