"""The environment of the processes that tests start."""

import os
from collections.abc import Mapping

from acceptance.reports.github_summary import VARIABLE

# A developer's own target, load settings and CI summary must not reach a test.
REMOVED = ("RAGFLOW_", "LOCUST_", VARIABLE)


def clean_environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of this process without such variables, with unbuffered output and these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(REMOVED)}
    return {**kept, "PYTHONUNBUFFERED": "1", **(settings or {})}
