"""A page as the elements that it is made of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Elements that never have an end.
VOID = {"meta", "link", "br", "input"}


@dataclass
class Element:
    """``parts`` are its words and the elements in it, in their order."""

    tag: str
    attributes: dict[str, str]
    parts: "list[str | Element]" = field(default_factory=list)

    def __getitem__(self, attribute: str) -> str:
        return self.attributes.get(attribute, "")

    def has(self, name: str) -> bool:
        """Whether it is of this class."""
        return name in self["class"].split()

    @property
    def children(self) -> "list[Element]":
        return [part for part in self.parts if isinstance(part, Element)]

    @property
    def text(self) -> str:
        """All that is written in it."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def all(self) -> "Iterator[Element]":
        """Every element in it, however deep."""
        for child in self.children:
            yield child
            yield from child.all()


class _Tree(HTMLParser):
    """An assertion fails where an element is ended that is not open, or is not ended at all."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(text)
        self.close()
        assert self._open == [self.root], f"<{self._open[-1].tag}> is not ended"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].parts.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(self._open[-1].children[-1])

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.pop().tag, f"</{tag}> ends nothing"

    def handle_data(self, data: str) -> None:
        self._open[-1].parts.append(data)


def elements(page: str) -> list[Element]:
    """Every element of the page, in its order."""
    return list(_Tree(page).root.all())


def with_class(page: str, name: str) -> list[Element]:
    return [each for each in elements(page) if each.has(name)]


def text_of(page: str) -> str:
    """What a reader sees of it, in one line."""
    [body] = [each for each in elements(page) if each.tag == "body"]
    return " ".join(body.text.split())
