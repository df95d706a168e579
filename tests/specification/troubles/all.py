"""Every trouble there is, topic by topic."""

from tests.specification.troubles import answers, interrupting, project, servers, starting
from tests.specification.troubles.catalogue import TROUBLES

__all__ = ["TROUBLES", "answers", "interrupting", "project", "servers", "starting"]
