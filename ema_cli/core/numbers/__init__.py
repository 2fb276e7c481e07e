"""Numbers: the types they are held in, their operations, and what settings state as text."""
