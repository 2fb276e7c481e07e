"""The working: the arithmetic of each round, in symbols and numbers."""
