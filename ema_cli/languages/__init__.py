"""The languages of tables for people: a table of strings each, loaded when it is asked for.

To add one: a module with STRINGS, from each English text to its own, with the same placeholders; and its name in
LANGUAGES (`ema_cli/sheet.py`).
"""
