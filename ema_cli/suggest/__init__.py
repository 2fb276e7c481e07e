"""Suggestions: what to type instead of an unknown option, value, operand or rule."""
