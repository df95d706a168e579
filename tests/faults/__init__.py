"""Faults that a server of this kind may have, one at a time, and whether the specification notices them.

Each is a mistake that a developer makes, put into the embedded server from outside. `python -m tests.faults` tries
all of them, and publishes in docs/faults.md which scenarios noticed each, and why.
"""
