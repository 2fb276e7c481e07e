"""Generated and mutated input for every parser and every writer.

Each test makes a call of the command from hypothesis' draws, and knows the right result. `make fuzz` lets atheris
choose the draws, guided by coverage.
"""
