"""Creating, deleting, listing and changing assistants, as far as no recording shows it."""

from typing import Any

from tests.embedded.client import Client
from tests.embedded.tables import (
    NOT_OWNED,
    NOTHING,
    NUMBERS,
    OK,
    Assistant,
    by_release,
    each_by_release,
    error,
    failure,
    on,
)
from tests.support.servers import OTHER_KEY, OWN_KEY


# FRESH stands for a name that is not in use, TAKEN for the name of an assistant of the tenant.
@each_by_release(
    "payload",
    [
        ({"name": "  "}, {"0.25.0": error("`name` is required."), "0.27.0": error("`name` is required")}),
        ({"name": 1}, {"0.25.0": error("Chat name must be a string."), "0.27.0": error("chat name must be a string")}),
        ({"name": "é" * 128}, {"0.25.0": error("Chat name length is 256 which is larger than 255."),
                               "0.27.0": error("chat name length is 256 which is larger than 255")}),
        ({"name": "TAKEN "}, {"0.18.0": error("Duplicated chat name in creating chat."),
                              "0.27.0": error("duplicated chat name in creating chat")}),
        ({"name": "FRESH", "tenant_id": "x"}, {"0.18.0": error("`tenant_id` must not be provided."),
                                               "0.27.0": error("`tenant_id` must not be provided")}),
        ({"name": "FRESH", "dataset_ids": None}, {"0.18.0": failure("TypeError(\"'NoneType' object is not iterable\")"),
                                                  "0.25.0": OK}),
        ({"name": "FRESH", "dataset_ids": ["", "d1", "d2"]}, {"0.18.0": error("You don't own the dataset d1")}),
        ({"name": "FRESH", "dataset_ids": ""}, {"0.25.0": error("`dataset_ids` should be a list.")}),
    ],
)  # fmt: skip
def test_creating_an_assistant(assistant: Assistant, payload: Any, expected: Any) -> None:
    names = {"TAKEN ": f"{assistant.name.upper()} ", "FRESH": f"fresh {next(NUMBERS)}"}
    sent = {"dataset_ids": [], **payload, "name": names.get(payload["name"], payload["name"])}
    answer = assistant.client.call("POST", "/chats", sent)
    assert answer["code"] == 0 if expected == OK else answer == expected


@on("0.20.1")
def test_an_assistant_without_dataset_ids_is_created_with_an_error(client: Client) -> None:
    name = f"no datasets {next(NUMBERS)}"
    assert client.call("POST", "/chats", {"name": name}) == failure("KeyError('dataset_ids')")
    assert client.call("POST", "/chats", {"name": name}) == error("Duplicated chat name in creating chat.")


@each_by_release(
    "body",
    [
        (None, {"0.18.0": OK, "0.25.0": NOTHING}),
        ('{"ids": []}', {"0.18.0": OK, "0.25.0": NOTHING}),
        ("{", {"0.18.0": OK, "0.24.0": failure("<BadRequest '400: Bad Request'>")}),
        ('{"delete_all": true}', {"0.25.0": None}),
    ],
)
def test_requests_without_ids_delete_all_assistants_until_0_24(client: Client, body: str | None, expected: Any) -> None:
    chat = client.new_assistant(f"of the other tenant {next(NUMBERS)}", OTHER_KEY)
    headers = {"Authorization": f"Bearer {OTHER_KEY}", "Content-Type": "application/json" if body else ""}
    answer = client.send("DELETE", "/api/v1/chats", headers, body).body
    assert answer["data"]["success_count"] >= 1 if expected is None else answer == expected
    assert (client.session_ids(chat, OTHER_KEY) is None) == (expected in (OK, None))


DONE = {"code": 0, "data": True, "message": "success"}


@by_release(NOT_OWNED)
def test_deleting_one_assistant_by_its_address(assistant: Assistant, expected: Any) -> None:
    assert assistant.call("DELETE", key=OTHER_KEY) == expected
    assert assistant.call("DELETE") == DONE
    assert assistant.call("DELETE") == expected


@on("0.25.1", "0.27.0")
def test_any_tenant_deletes_an_assistant_by_chat_id(assistant: Assistant) -> None:
    def delete(payload: dict[str, object]) -> Any:
        return assistant.client.call("DELETE", "/chats", payload, OTHER_KEY)

    for ignored in ({"ids": ["x"]}, {"delete_all": True}):
        delete({**ignored, "chat_id": assistant.id})
        assert assistant.left() == assistant.sessions
    assert [delete({"chat_id": empty}) for empty in ("", None, 0, [])] == [NOTHING] * 4
    assert delete({"chat_id": "nope"}) == error("Failed to delete chat nope")
    for _ in range(2):
        assert delete({"chat_id": assistant.id}) == DONE
        assert assistant.left() is None


@on("0.18.0", "0.24.0")
def test_an_empty_filter_finds_nothing_together_with_another_filter(assistant: Assistant) -> None:
    name = assistant.name.replace(" ", "%20")
    for query in (f"id=&name={name}", f"id={assistant.id}&name=", f"id=nope&name={name}", "name=unknown"):
        assert assistant.client.call("GET", f"/chats?{query}") == error("The chat doesn't exist")
    for query in ("id=", "name=", "id=&name=", "page_size=1", f"id={assistant.id}", f"name={name}"):
        assert assistant.client.call("GET", f"/chats?{query}")["data"][0]["id"] == assistant.id


def listed(client: Client, query: str, key: str = OWN_KEY) -> list[str]:
    """The ids of the assistants in a list of release 0.25 or later."""
    return [chat["id"] for chat in client.call("GET", f"/chats?{query}", key=key)["data"]["chats"]]


@on("0.25.0", "0.27.0")
def test_keywords_are_part_of_the_name(client: Client) -> None:
    chat = client.new_assistant(f"A Hurdle {next(NUMBERS)}")
    for keywords, found in (("URDL", 1), ("h%C3%BCrdl%C3%A9", 1), ("hurdles", 0), ("%25", 0), ("_", 0)):
        assert listed(client, f"keywords={keywords}&page=1&page_size=100").count(chat) == found
    assert listed(client, f"id={chat}&keywords=nothing") == [chat]


@on("0.25.0", "0.26.4")
def test_all_assistants_are_listed_unless_page_and_size_are_given(client: Client) -> None:
    for _ in range(3):
        client.new_assistant(f"one of many {next(NUMBERS)}")
    total = client.call("GET", "/chats")["data"]["total"]
    for query in ("", "page=2", "page_size=2", "page=0&page_size=2", "page=2&page_size=0"):
        assert len(listed(client, query)) == total
    assert len(listed(client, "page=1&page_size=2")) == 2


@on("0.27.0")
def test_a_page_holds_30_assistants_from_0_27(client: Client) -> None:
    for _ in range(32):
        client.new_assistant(f"one of 32 {next(NUMBERS)}", OTHER_KEY)
    everything = listed(client, "page_size=100", OTHER_KEY)
    assert listed(client, "page=2", OTHER_KEY) == everything[30:60]
    assert listed(client, "page_size=2", OTHER_KEY) == everything[:2]
    assert listed(client, "page=x&page_size=-1", OTHER_KEY) == everything[:30]
    assert client.call("GET", "/chats?page_size=101&orderby=x") == failure("invalid orderby field: x", 101)


@by_release({"0.25.0": [True, True], "0.26.4": [True, False]})
def test_assistants_of_other_owners_are_listed_in_0_25_only(client: Client, expected: list[bool]) -> None:
    chats = {key: client.new_assistant(f"an owner's {next(NUMBERS)}", key) for key in (OWN_KEY, OTHER_KEY)}
    found = (client.call("GET", f"/chats?id={chat}", key=key)["data"]["chats"][0] for key, chat in chats.items())
    query = "".join(f"owner_ids={assistant['tenant_id']}&" for assistant in found)
    all_listed = listed(client, f"{query}page=1&page_size=100")
    assert [chat in all_listed for chat in chats.values()] == expected


@each_by_release(
    "method payload",
    [
        ("PUT", {"name": 1}, {"0.25.0": "Chat name must be a string", "0.27.0": "chat name must be a string"}),
        ("PUT", {"name": ""}, {"0.18.0": "`name` cannot be empty", "0.25.0": "`name` is required"}),
        ("PATCH", {"name": " "}, {"0.25.0": "`name` cannot be empty"}),
        ("PUT", {"dataset_ids": ["x"]}, {"0.18.0": "You don't own the dataset x"}),
        ("PATCH", {"dataset_ids": "x"}, {"0.25.0": "`dataset_ids` should be a list"}),
        ("PUT", {"prompt_config": []}, {"0.25.0": "`prompt_config` should be an object"}),
        ("PUT", {"tenant_id": "x"}, {"0.25.0": "`tenant_id` must not be provided"}),
    ],
)  # fmt: skip
def test_changes_that_are_refused(assistant: Assistant, method: str, payload: Any, expected: str) -> None:
    answer = assistant.call(method, payload=payload)
    assert (answer["code"], answer["message"].rstrip(".")) == (102, expected)


@on("0.25.0", "0.27.0")
def test_a_patch_of_the_status_deletes_an_assistant(assistant: Assistant) -> None:
    assert assistant.call("PATCH", payload={"status": "0"})["data"]["status"] == "0"
    assert assistant.left() is None


@on("0.18.0", "0.24.0")
def test_a_change_keeps_the_other_settings_until_0_24(assistant: Assistant) -> None:
    change = {"description": "other", "avatar": "picture", "prompt": {"opener": "Hi!"}, "llm": {"temperature": 1}}
    assert assistant.call("PUT", payload=change) == OK
    (found,) = assistant.client.call("GET", f"/chats?id={assistant.id}")["data"]
    assert (found["description"], found["avatar"], found["prompt"]["opener"]) == ("other", "picture", "Hi!")
    assert assistant.call("POST", "/sessions", {"name": "x"})["data"]["messages"][0]["content"] == "Hi!"


@on("0.25.0", "0.27.0")
def test_put_replaces_the_prompt_and_patch_extends_it(assistant: Assistant) -> None:
    change = {"prompt_config": {"tone": "soft"}, "icon": "picture", "colour": "red"}
    patched = assistant.call("PATCH", payload=change)["data"]
    assert (patched["icon"], patched["prompt_config"]["tone"]) == ("picture", "soft")
    assert patched["prompt_config"]["prologue"].startswith("Hi!")
    assert assistant.call("PUT", payload=change)["data"]["prompt_config"] == {"tone": "soft"}
    session = assistant.call("POST", "/sessions", {"name": "x"})["data"]
    assert session["messages"][0]["content"] == ""
    assert assistant.call("GET", f"/sessions/{session['id']}")["data"]["avatar"] == "picture"
