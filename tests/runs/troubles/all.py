"""Every trouble there is, topic by topic."""

from tests.runs.troubles import answers, interrupting, project, servers, starting
from tests.runs.troubles.catalogue import TROUBLES

__all__ = ["TROUBLES", "answers", "interrupting", "project", "servers", "starting"]
