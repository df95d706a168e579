"""All faults, in the order of their topics."""

from dataclasses import replace
from importlib import import_module

from tests.faults.fault import GO, Fault

TOPICS = (
    *("authentication", "ownership", "teams", "selection", "malformed", "deletion", "answers", "headers", "listing"),
    *("side_effects", "concurrency", "users", "names", "characters", "extra_fields", "encoding", "sequences"),
)

# A fault has the name of its variable.
FAULTS = {
    (name := variable.replace("_", "-")): replace(value, name=name)
    for topic in TOPICS
    for variable, value in vars(import_module(f"tests.faults.{topic}")).items()
    if isinstance(value, Fault)
}

# Each fault with each of its releases.
PAIRS = [
    (replace(fault, detected_by=fault.in_go) if release == GO and fault.in_go else fault, release)
    for fault in FAULTS.values()
    for release in fault.releases
]
