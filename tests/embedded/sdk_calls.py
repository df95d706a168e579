"""Calls of RAGFlow's own Python client. `test_document.py` copies this test next to the document's fixture."""

import pytest
from ragflow_sdk import RAGFlow


def ids(things: list) -> list[str]:
    return [thing.id for thing in things]


def test_the_client_works(ragflow: str) -> None:
    tenant, other = (RAGFlow(api_key=key, base_url=ragflow) for key in ("KEY_A", "KEY_B"))
    chat, second = (tenant.create_chat(name=name) for name in ("first", "second"))
    assert ids(tenant.list_chats())[:2] == [second.id, chat.id]
    assert ids(tenant.list_chats(id=chat.id)) == ids(tenant.list_chats(name="first")) == [chat.id]
    assert ids(tenant.list_chats(page=2, page_size=1)) == [chat.id]
    chat.update({"name": "renamed"})
    assert ids(tenant.list_chats(name="renamed")) == [chat.id]

    sessions = [chat.create_session(name=f"session {number}") for number in range(1, 6)]
    assert [session.name for session in sessions] == [f"session {number}" for number in range(1, 6)]
    assert ids(chat.list_sessions()) == ids(sessions)[::-1]
    assert ids(chat.list_sessions(id=sessions[0].id)) == ids(chat.list_sessions(name="session 1")) == [sessions[0].id]
    assert ids(chat.list_sessions(page=1, page_size=2, desc=False)) == ids(sessions)[:2]
    sessions[0].update({"name": "another name"})
    assert chat.list_sessions(id=sessions[0].id)[0].name == "another name"
    chat.delete_sessions(ids=ids(sessions)[:2])
    chat.delete_sessions(ids=[sessions[2].id, "unknown"])
    assert ids(chat.list_sessions()) == ids(sessions)[:2:-1]

    foreign = other.create_chat(name="of another tenant")
    theirs = foreign.create_session()
    for session in (theirs, sessions[0]):
        with pytest.raises(Exception, match="doesn't own the session"):
            chat.delete_sessions(ids=[session.id])
    with pytest.raises(Exception, match="not found"):
        tenant.delete_chats(ids=[foreign.id])
    assert ids(foreign.list_sessions()) == [theirs.id]
    tenant.delete_chats(ids=[chat.id])
    assert ids(tenant.list_chats())[0] == second.id
