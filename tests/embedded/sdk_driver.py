"""RAGFlow's own Python client, at work for two tenants: `python sdk_driver.py RELEASE ADDRESS KEY_A KEY_B`.

It runs in an environment of its own, which has ragflow-sdk and knows nothing of this project. It prints nothing, and
ends with a traceback where something is not as it should be.
"""

import sys

from ragflow_sdk import RAGFlow

release, address, *keys = sys.argv[1:]


def ids(things: list) -> list[str]:
    return [thing.id for thing in things]


def refused(act) -> str:
    """With which words that is refused."""
    try:
        act()
    except Exception as refusal:  # the client raises nothing more special
        return str(refusal)
    raise AssertionError("it was not refused")


def work(tenant: RAGFlow, other: RAGFlow) -> None:
    # Assistants
    chat, second = (tenant.create_chat(name=name) for name in ("first", "second"))
    assert (chat.name, second.name) == ("first", "second")
    assert ids(tenant.list_chats()) == [second.id, chat.id]
    assert ids(tenant.list_chats(id=chat.id)) == ids(tenant.list_chats(name="first")) == [chat.id]
    assert ids(tenant.list_chats(page=2, page_size=1)) == [chat.id]
    chat.update({"name": "renamed"})
    assert ids(tenant.list_chats(name="renamed")) == [chat.id]
    assert not {chat.id, second.id}.intersection(ids(other.list_chats()))

    # Sessions
    sessions = [chat.create_session(name=f"session {number}") for number in range(1, 6)]
    assert [session.name for session in sessions] == [f"session {number}" for number in range(1, 6)]
    assert ids(chat.list_sessions()) == ids(sessions)[::-1]
    assert ids(chat.list_sessions(id=sessions[0].id)) == ids(chat.list_sessions(name="session 1")) == [sessions[0].id]
    assert ids(chat.list_sessions(page=1, page_size=2, desc=False)) == ids(sessions)[:2]
    if release == "0.25.0":  # which cannot be asked in the way of this client
        assert "Method Not Allowed" in refused(lambda: sessions[0].update({"name": "another name"}))
    else:
        sessions[0].update({"name": "another name"})
        assert chat.list_sessions(id=sessions[0].id)[0].name == "another name"

    chat.delete_sessions(ids=ids(sessions)[:2])
    assert ids(chat.list_sessions()) == ids(sessions)[:1:-1]
    assert "doesn't own the session" in refused(lambda: chat.delete_sessions(ids=[sessions[0].id]))
    chat.delete_sessions(ids=[sessions[2].id, "unknown"])
    assert ids(chat.list_sessions()) == ids(sessions)[:2:-1]

    # What another tenant has
    stranger = other.create_chat(name="of another tenant")
    theirs = stranger.create_session()
    assert "doesn't own the session" in refused(lambda: chat.delete_sessions(ids=[theirs.id]))
    assert "not found" in refused(lambda: tenant.delete_chats(ids=[stranger.id]))
    assert ids(stranger.list_sessions()) == [theirs.id]
    other.delete_chats(ids=[stranger.id])

    tenant.delete_chats(ids=[chat.id])
    assert ids(tenant.list_chats()) == [second.id]
    refused(chat.list_sessions)
    tenant.delete_chats(ids=[second.id])


tenants = [RAGFlow(api_key=key, base_url=address) for key in keys]
work(*tenants)
work(*reversed(tenants))
