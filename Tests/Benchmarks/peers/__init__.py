"""Servers that the comparisons start, load and end; each module says what it brings."""
