"""Where rounds go: one module per format."""
