"""Read what an answer created, and what it lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acceptance.errors import NotCreated, NotRAGFlow, PreparationFailed, UnusableListing
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import describe_exchange
from acceptance.ragflow.messages import Answer, Json

# Items per page. RAGFlow 0.26 and later allow no more.
PAGE_SIZE = 100


@dataclass(frozen=True)
class Session:
    """A session. ``user`` is the owner that the server names, or empty; not every list names it."""

    id: str
    name: str
    user: str = field(default="", compare=False)

    @classmethod
    def from_json(cls, item: Mapping[str, Json]) -> "Session":
        return cls(str(item["id"]), str(item.get("name")), str(item.get("user_id") or ""))


def read_created(answer: Answer) -> dict[str, Json]:
    """Return the created item, which has an id and a name. Raise NotCreated or NotRAGFlow."""
    body = ragflow_body(answer)
    item = body.get("data") if body["code"] == 0 else None
    if isinstance(item, dict) and isinstance(item.get("id"), str) and isinstance(item.get("name"), str):
        return item
    raise NotCreated(f"RAGFlow did not create this:\n{describe_exchange(answer)}")


def read_prepared(answer: Answer) -> dict[str, Json]:
    """Return an item that a scenario needs. Raise PreparationFailed if it was not created."""
    try:
        return read_created(answer)
    except NotCreated as error:
        raise PreparationFailed(str(error)) from None


def read_items(answer: Answer) -> list[dict[str, Json]]:
    """Return the items of a listing, each with an id. Raise UnusableListing or NotRAGFlow.

    Sessions are listed under ``data``; assistants too up to RAGFlow 0.24, and under ``data.chats`` from 0.25 on.
    """
    data = ragflow_body(answer).get("data")
    items = data.get("chats") if isinstance(data, dict) else data
    if answer.status == 200 and isinstance(items, list):
        with_id = [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]
        if len(with_id) == len(items):
            return with_id
    raise UnusableListing(f"this answer is not a list:\n{describe_exchange(answer)}")


def read_sessions(answer: Answer) -> list[Session]:
    return [Session.from_json(item) for item in read_items(answer)]


def is_success(answer: Answer) -> bool:
    """Whether the answer reports complete success."""
    body = answer.body if isinstance(answer.body, dict) else {}
    data = body.get("data")
    return body.get("code") == 0 and not (isinstance(data, dict) and data.get("errors"))


def is_missing(answer: Answer) -> bool:
    """Whether RAGFlow does not have the path of the request. Up to 0.23, such an answer has status 200."""
    body = answer.body if isinstance(answer.body, dict) else {}
    return answer.status == 404 or "NotFound" in str(body.get("message"))


def is_listed(assistant_id: str, owner: RAGFlow) -> bool:
    """Whether the complete list of assistants has this one: a server may ignore filters by id and name.

    Raise UnusableListing if the list lacks it, but its sessions can be listed.
    """
    if assistant_id in fetch_assistants_by_id(owner):
        return True
    try:
        read_items(owner.list_sessions(assistant_id))
    except UnusableListing:
        return False
    raise UnusableListing("the list of assistants lacks one that exists, so it proves nothing")


def fetch_assistant_names(owner: RAGFlow) -> list[str]:
    return [str(item.get("name")) for item in fetch_all_assistants(owner)]


def fetch_assistants_by_id(owner: RAGFlow) -> dict[str, dict[str, Json]]:
    return {str(item["id"]): item for item in fetch_all_assistants(owner)}


def fetch_all_assistants(owner: RAGFlow) -> list[dict[str, Json]]:
    """Read the assistants of a tenant, page by page, the oldest first: new ones do not move others to another page.

    A deletion does. So a list of several pages is read once more, in the opposite order. Raise UnusableListing.
    """
    found, pages = _read_pages(owner, {}, desc="false")
    return list((_read_pages(owner, found, desc="true")[0] if pages > 1 else found).values())


def _read_pages(owner: RAGFlow, found: dict[str, dict[str, Json]], desc: str) -> tuple[dict[str, dict[str, Json]], int]:
    """Add the assistants of all pages to those that were found. Return them and the number of pages."""
    number, earlier = 1, set[str]()
    while page := read_items(owner.list_assistants(page=number, page_size=PAGE_SIZE, orderby="create_time", desc=desc)):
        items = {str(item["id"]): item for item in page}
        if earlier.issuperset(items):
            raise UnusableListing(f"page {number} of the list of assistants repeats earlier items")
        earlier.update(items)
        found |= items
        number += 1
    return found, number - 1


def ragflow_body(answer: Answer) -> dict[str, Json]:
    """Return the object that every answer of RAGFlow is. Raise NotRAGFlow."""
    if isinstance(answer.body, dict) and answer.has_ragflow_form:
        return answer.body
    raise NotRAGFlow(f"this answer does not have RAGFlow's form:\n{describe_exchange(answer)}")
