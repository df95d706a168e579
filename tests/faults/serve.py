"""Serve the embedded server with a fault: `python -m tests.faults.serve NAME OPTIONS`, with the server's options."""

import runpy
import sys

from embedded_ragflow import history
from embedded_ragflow.releases import find_release
from tests.faults.all import FAULTS
from tests.faults.patching import RELEASE

if __name__ == "__main__":
    name = sys.argv.pop(1)
    intact = find_release(sys.argv[sys.argv.index("--release") + 1]).rules
    RELEASE.rules = intact
    FAULTS[name].apply()
    history.RELEASES = tuple(RELEASE.rules if each is intact else each for each in history.RELEASES)
    if FAULTS[name].is_race:
        sys.argv.append("--concurrent-deletions")
    runpy.run_module("embedded_ragflow", run_name="__main__")
