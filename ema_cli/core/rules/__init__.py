"""The rules: one entry for each published implementation."""
