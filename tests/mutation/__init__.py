"""How much the specification finds: small changes to the embedded server, one at a time, each put to the specification.

`python -m tests.mutation` makes them, with cosmic-ray, on copies of the project, and writes what came of it.
"""
