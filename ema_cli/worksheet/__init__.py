"""Worksheets: pages with blanks to fill in, and their answer keys."""
