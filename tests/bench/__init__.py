"""What a run costs: ``python -m tests.bench`` and ``python -m tests.bench.growth``."""
