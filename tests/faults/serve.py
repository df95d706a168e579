"""The embedded server with a fault: `python -m tests.faults.serve NAME OPTIONS`, with the options of the server."""

import runpy
import sys

from embedded_ragflow import history
from embedded_ragflow.releases import find_release
from tests.faults.all import FAULTS

if __name__ == "__main__":
    name = sys.argv.pop(1)
    sound = find_release(sys.argv[sys.argv.index("--release") + 1]).rules
    faulty = FAULTS[name].put_into(sound)
    history.RELEASES = tuple(faulty if each is sound else each for each in history.RELEASES)
    runpy.run_module("embedded_ragflow", run_name="__main__")
