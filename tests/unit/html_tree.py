"""Reads a page as an element tree, and checks that every element is closed."""

from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

# Elements without an end tag.
VOID = {"meta", "link", "br", "input"}


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tree = TreeBuilder()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.tree.end(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.tree.end(tag).tag == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.tree.data(data)


def elements(page: str, tag: str | None = None) -> list[Element]:
    """Every element of the page, or those with this tag, in their order."""
    parser = _Parser()
    parser.feed(page.removeprefix("<!doctype html>").strip())
    parser.close()
    return list(parser.tree.close().iter(tag))


def with_class(page: str, name: str) -> list[Element]:
    return [each for each in elements(page) if name in each.get("class", "").split()]


def text_of(element: Element) -> str:
    """The text of the element and its descendants in one line."""
    return " ".join("".join(element.itertext()).split())
