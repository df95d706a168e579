"""What Locust reads: the people of the load, and what is done before them and behind them."""

import sys
from pathlib import Path

from locust import events

# Locust may be started anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from load import running, verdict
from load.people import Careful, WithOldList, WithWrongKey

__all__ = ["Careful", "WithOldList", "WithWrongKey"]

events.init_command_line_parser.add_listener(verdict.add_options)
events.init.add_listener(running.prepare)
