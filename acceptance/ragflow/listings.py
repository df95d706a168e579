"""What an answer has created, and what it lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acceptance.errors import NotCreated, NotRAGFlow, PreparationFailed, UnusableListing
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import describe_exchange
from acceptance.ragflow.messages import Answer, Json

# Items a page of a listing: RAGFlow 0.26 and later allow no more.
PAGE_SIZE = 100


@dataclass(frozen=True)
class Session:
    """``user`` is whose it is, as the server says; empty where it is nobody's."""

    id: str
    name: str
    user: str = field(default="", compare=False)

    @classmethod
    def of(cls, item: Mapping[str, Json]) -> "Session":
        """The one that the server describes so."""
        return cls(str(item["id"]), str(item.get("name")), str(item.get("user_id") or ""))


def listed_sessions(answer: Answer) -> list[Session]:
    """The sessions of a page, in its order. UnusableListing where the answer is none."""
    return [Session.of(item) for item in listed(answer)]


def find_assistant_ids(name: str, owner: RAGFlow) -> list[str]:
    answer = owner.list_assistants(name=name)
    # RAGFlow up to 0.24 refuses what it does not find; an answer to something else proves nothing.
    if isinstance(answer.body, dict) and answer.body.get("code") == 102 and "chat" in str(answer.body.get("message")):
        return []
    if isinstance(answer.body, dict) and answer.body.get("data") == []:
        raise UnusableListing(f"this answer is not about an assistant of that name:\n{describe_exchange(answer)}")
    return [str(item["id"]) for item in listed(answer) if item.get("name") == name]


def fetch_assistant_names(owner: RAGFlow) -> list[str]:
    """The names of all assistants of a tenant, read to the last page; no page may repeat an earlier one."""
    return [str(item.get("name")) for item in fetch_all_assistants(owner)]


def fetch_all_assistants(owner: RAGFlow) -> list[dict[str, Json]]:
    """All assistants of a tenant, page after page. UnusableListing where an answer is no such page."""
    found: dict[str, dict[str, Json]] = {}
    number = 1
    while page := listed(owner.list_assistants(page=number, page_size=PAGE_SIZE)):
        new = {str(item["id"]): item for item in page if str(item["id"]) not in found}
        if len(new) < len(page):
            raise UnusableListing(f"page {number} of the list of assistants repeats an earlier one")
        found.update(new)
        number += 1
    return list(found.values())


def is_success(answer: Answer) -> bool:
    """Whether the answer says that all that was asked for is done."""
    body = answer.body if isinstance(answer.body, dict) else {}
    data = body.get("data")
    return body.get("code") == 0 and not (isinstance(data, dict) and data.get("errors"))


def created(answer: Answer) -> dict[str, Json]:
    """What was created, which has an id and a name. NotCreated where nothing was, NotRAGFlow where nobody said."""
    _check_form(answer)
    item = answer.body.get("data") if isinstance(answer.body, dict) and answer.body.get("code") == 0 else None
    if isinstance(item, dict) and isinstance(item.get("id"), str) and isinstance(item.get("name"), str):
        return item
    raise NotCreated(f"this was not created:\n{describe_exchange(answer)}")


def prepared(answer: Answer) -> dict[str, Json]:
    """What was created for a scenario to begin with. PreparationFailed where nothing was."""
    try:
        return created(answer)
    except NotCreated as trouble:
        raise PreparationFailed(str(trouble)) from None


def listed(answer: Answer) -> list[dict[str, Json]]:
    """What a listing lists, each with an id. UnusableListing where the answer is none.

    RAGFlow up to 0.24 lists assistants under ``data``, from 0.25 on under ``data.chats``; sessions
    always under ``data``. NotRAGFlow where somebody else answers.
    """
    _check_form(answer)
    data = answer.body.get("data") if isinstance(answer.body, dict) else None
    items = data.get("chats") if isinstance(data, dict) else data
    if answer.status == 200 and isinstance(items, list):
        with_id = [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]
        if len(with_id) == len(items):
            return with_id
    raise UnusableListing(f"this answer is not a listing:\n{describe_exchange(answer)}")


def _check_form(answer: Answer) -> None:
    if not answer.has_ragflow_form:
        raise NotRAGFlow(f"this answer has not RAGFlow's form:\n{describe_exchange(answer)}")


def find_by_name(name: str, items: list[dict[str, Json]]) -> Json:
    """The one of this name; None where there is none, or where there are several."""
    found = [item for item in items if item.get("name") == name]
    return dict(found[0]) if len(found) == 1 else None
