"""Printed numbers and text."""
