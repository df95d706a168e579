"""What an answer has created, and what it lists."""

from dataclasses import dataclass

from acceptance.errors import NotCreated, PreparationFailed, UnusableListing
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.description import describe_exchange
from acceptance.ragflow.messages import Answer, Json


@dataclass(frozen=True)
class Session:
    id: str
    name: str


def listed_sessions(answer: Answer) -> list[Session]:
    """The sessions of a page, in its order. UnusableListing where the answer is none."""
    return [Session(str(item["id"]), str(item.get("name"))) for item in listed(answer)]


def ids_named(name: str, owner: RAGFlow) -> list[str]:
    answer = owner.list_assistants(name)
    if isinstance(answer.body, dict) and answer.body.get("code") == 102:
        return []  # RAGFlow up to 0.24: "The chat doesn't exist"
    return [str(item["id"]) for item in listed(answer) if item.get("name") == name]


def created(answer: Answer) -> dict[str, Json]:
    """What was created, which has an id and a name. NotCreated where nothing was."""
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
    always under ``data``.
    """
    data = answer.body.get("data") if isinstance(answer.body, dict) else None
    items = data.get("chats") if isinstance(data, dict) else data
    if answer.status == 200 and isinstance(items, list):
        with_id = [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]
        if len(with_id) == len(items):
            return with_id
    raise UnusableListing(f"this answer is not a listing:\n{describe_exchange(answer)}")


def the_one_named(name: str, items: list[dict[str, Json]]) -> Json:
    """The one of this name; None where there is none, or where there are several."""
    found = [item for item in items if item.get("name") == name]
    return dict(found[0]) if len(found) == 1 else None
