"""Numbers: their types and operations, and the texts of settings."""
