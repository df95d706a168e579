"""Faults in the embedded server. They prove that each scenario of the specification can fail."""
