"""The situations of docs/errors.md: each is a function that brings a run into it and returns what was observed."""
