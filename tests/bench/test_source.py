"""The cases of the source document, as they are measured."""

from tests.acceptance.embedded_process import running
from tests.bench import source


def test_the_scenarios_are_those_of_the_table() -> None:
    assert {"AUTH-1", "PARTIAL-1", "BULK-1", "CHOICE-5"} <= set(source.scenarios())


def test_the_module_leaves_nothing_behind() -> None:
    with running(source.RELEASE) as server:
        assert source.Module(server.url).run() > 0
        assert server.assistants() == []
