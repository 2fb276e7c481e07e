"""--check: compare logged shadows with computed ones."""
