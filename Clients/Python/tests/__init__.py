"""Tests: of the pure parts without sockets, of the client against scripted servers under a clock of
the test's own, and of all of it against a real server."""
