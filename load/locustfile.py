"""The entry point for Locust: the user classes, and the setup and teardown of the load test."""

import sys
from pathlib import Path

from locust import events

# Locust may be started in any folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from load import running, verdict
from load.users import CarefulUser, StaleListUser, WrongKeyUser

__all__ = ["CarefulUser", "StaleListUser", "WrongKeyUser"]

events.init_command_line_parser.add_listener(verdict.add_options)
events.init.add_listener(running.prepare)
