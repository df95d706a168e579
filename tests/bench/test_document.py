"""What is measured is written between its markers."""

import pytest

from tests.bench import document
from tests.bench.__main__ import WAYS

DOCUMENT = "# Title\n<!-- one -->\nold\n<!-- end of one -->\n<!-- two -->\n<!-- end of two -->\n"


def test_only_the_part_itself_is_written() -> None:
    written = document.with_part(DOCUMENT, "one", r"\1 new")
    assert written == DOCUMENT.replace("old\n", "\n\\1 new\n\n")
    assert document.with_part(written, "one", "old").count("<!-- one -->") == 1


def test_a_part_that_is_not_there_is_not_written() -> None:
    with pytest.raises(ValueError, match="the document has 0 parts three"):
        document.with_part(DOCUMENT, "three", "")


def test_a_table_has_a_head() -> None:
    assert document.table([["a", "b"], ["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


@pytest.mark.parametrize("name", [*WAYS, "growth"])
def test_the_document_has_a_place_for_everything_that_is_measured(name: str) -> None:
    document.with_part(document.FILE.read_text("utf-8"), name, "")
