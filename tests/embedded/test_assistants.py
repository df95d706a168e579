"""What a release does with assistants where no recording says so."""

from typing import Any

import pytest

from tests.embedded.server_process import KEY_A, KEY_B, Client, Servers
from tests.embedded.tables import (
    BAD_REQUEST,
    DONE,
    JSON,
    NO_AUTHORIZATION,
    NOTHING,
    NUMBERS,
    OK,
    OLD,
    RELEASES,
    RESTFUL,
    TOO_MANY,
    Assistant,
    by_release,
    each_by_release,
    error,
    failure,
    on,
)


class TestAssistants:
    @each_by_release(
        "payload",
        [
            ({"name": "", "dataset_ids": []}, {"0.18.0": error("`name` is required."),
                                               "0.27.0": error("`name` is required")}),
            ({"name": "  ", "dataset_ids": []}, {"0.25.0": error("`name` is required."),
                                                 "0.27.0": error("`name` is required")}),
            ({"name": 1, "dataset_ids": []}, {"0.25.0": error("Chat name must be a string."),
                                              "0.27.0": error("chat name must be a string")}),
            ({"name": "é" * 128, "dataset_ids": []},
             {"0.25.0": error("Chat name length is 256 which is larger than 255."),
              "0.27.0": error("chat name length is 256 which is larger than 255")}),
            ({"name": "TAKEN ", "dataset_ids": []}, {"0.18.0": error("Duplicated chat name in creating chat."),
                                                     "0.27.0": error("duplicated chat name in creating chat")}),
            ({"name": "fresh", "dataset_ids": [], "tenant_id": "x"},
             {"0.18.0": error("`tenant_id` must not be provided."),
              "0.27.0": error("`tenant_id` must not be provided")}),
            ({"name": "fresh", "dataset_ids": None},
             {"0.18.0": failure("TypeError(\"'NoneType' object is not iterable\")"), "0.25.0": None}),
            ({"name": "fresh", "dataset_ids": ["", "d1", "d2"]},
             {"0.18.0": error("You don't own the dataset d1")}),
        ],
    )  # fmt: skip
    def test_creation(self, assistant: Assistant, payload: Any, expected: Any) -> None:
        if payload["name"] == "TAKEN ":
            payload = {**payload, "name": f"{assistant.name.upper()} "}
        if payload["name"] == "fresh":
            payload = {**payload, "name": f"fresh {next(NUMBERS)}"}
        answer = assistant.client.call("POST", "/chats", payload)
        assert answer["code"] == 0 if expected is None else answer == expected

    @pytest.mark.parametrize("release", ["0.18.0", "0.20.1"])
    def test_without_dataset_ids_an_assistant_is_created_with_an_error(self, client: Client) -> None:
        name = f"no datasets {next(NUMBERS)}"
        assert client.call("POST", "/chats", {"name": name}) == failure("KeyError('dataset_ids')")
        assert client.call("POST", "/chats", {"name": name}) == error("Duplicated chat name in creating chat.")

    @on(RELEASES)
    def test_a_name_is_free_again_after_deletion_and_for_another_tenant(self, assistant: Assistant) -> None:
        assert assistant.client.new_assistant(assistant.name, KEY_B)
        assistant.client.call("DELETE", "/chats", {"ids": [assistant.id]})
        assert assistant.client.new_assistant(assistant.name)

    @by_release(
        {
            "0.18.0": (OK, error("Assistant({}) not found.")),
            "0.25.0": ({"code": 0, "data": {"success_count": 1}, "message": "success"}, error("Chat({}) not found.")),
        }
    )
    def test_deleting_twice(self, assistant: Assistant, expected: Any) -> None:
        once, twice = expected
        assert assistant.client.call("DELETE", "/chats", {"ids": [assistant.id]}) == once
        again = assistant.client.call("DELETE", "/chats", {"ids": [assistant.id]})
        assert again == error(twice["message"].format(assistant.id))

    @by_release({"0.18.0": (OK, True), "0.25.0": (NOTHING, False)})
    @pytest.mark.parametrize("payload", [None, {}, {"ids": []}, {"ids": None}])
    def test_deleting_without_ids(self, servers: Servers, release: str, expected: Any, payload: Any) -> None:
        client = servers(release)
        chat = client.new_assistant(f"of the other {next(NUMBERS)}", KEY_B)
        answer, gone = expected
        assert client.call("DELETE", "/chats", payload, KEY_B) == answer
        assert (client.session_ids(chat, KEY_B) is None) == gone

    @on(RESTFUL)
    def test_deleting_all_where_that_is_said(self, client: Client) -> None:
        chats = [client.new_assistant(f"one of all {next(NUMBERS)}", KEY_B) for _ in range(2)]
        answer = client.call("DELETE", "/chats", {"delete_all": True}, KEY_B)
        assert answer["data"]["success_count"] >= 2
        assert [client.session_ids(chat, KEY_B) for chat in chats] == [None, None]
        assert client.call("DELETE", "/chats", {"delete_all": True}, KEY_B) == NOTHING

    @pytest.mark.parametrize(("release", "deleted"), [("0.25.0", False), ("0.25.1", True), ("0.27.0", True)])
    def test_deleting_by_chat_id_from_v0_25_1_on(self, assistant: Assistant, deleted: bool) -> None:
        assistant.client.call("DELETE", "/chats", {"chat_id": assistant.id})
        assert (assistant.left() is None) == deleted

    @by_release({"0.25.0": NO_AUTHORIZATION, "0.27.0": {"code": 109, "data": False, "message": "no authorization"}})
    def test_deleting_one_by_its_address(self, assistant: Assistant, expected: Any) -> None:
        path = f"/chats/{assistant.id}"
        assert assistant.client.call("DELETE", path, key=KEY_B) == expected
        assert assistant.client.call("DELETE", path) == DONE
        assert assistant.client.call("DELETE", path) == expected

    @on(OLD)
    def test_listing_up_to_v0_24(self, assistant: Assistant) -> None:
        assert [one["id"] for one in assistant.client.call("GET", f"/chats?id={assistant.id}")["data"]] == [
            assistant.id
        ]
        assert assistant.client.call("GET", "/chats?name=nobody") == error("The chat doesn't exist")
        assert assistant.client.call("GET", f"/chats?id={assistant.id}", key=KEY_B) == error("The chat doesn't exist")
        assert assistant.client.call("GET", "/chats?page_size=1")["data"][0]["id"] == assistant.id
        bogus = assistant.client.call("GET", "/chats?orderby=bogus")
        assert bogus == failure("AttributeError(\"type object 'Dialog' has no attribute 'bogus'\")")

    @on(RESTFUL)
    def test_listing_from_v0_25_on(self, assistant: Assistant) -> None:
        Assistant(assistant.client)
        by_name = assistant.client.call("GET", f"/chats?name={assistant.name.replace(' ', '%20')}")["data"]
        assert ([one["id"] for one in by_name["chats"]], by_name["total"]) == ([assistant.id], 1)
        page = assistant.client.call("GET", "/chats?page=1&page_size=1")["data"]
        assert (len(page["chats"]), page["total"] > 1) == (1, True)
        everything = assistant.client.call("GET", "/chats")["data"]
        assert len(everything["chats"]) == everything["total"]

    @on(RELEASES)
    def test_renaming(self, assistant: Assistant) -> None:
        name = f"renamed {next(NUMBERS)}"
        assert assistant.client.call("PUT", f"/chats/{assistant.id}", {"name": name})["code"] == 0
        found = assistant.client.call("GET", f"/chats?id={assistant.id}")["data"]
        chats = found if isinstance(found, list) else found["chats"]
        assert [chat["name"] for chat in chats] == [name]
        other = Assistant(assistant.client)
        taken = assistant.client.call("PUT", f"/chats/{other.id}", {"name": name.upper()})
        assert (taken["code"], taken["message"][:10].lower()) == (102, "duplicated")


def listed(client: Client, query: str, key: str = KEY_A) -> list[str]:
    """The ids of the assistants in a list from v0.25 on."""
    return [chat["id"] for chat in client.call("GET", f"/chats{query}", key=key)["data"]["chats"]]


def chat_ids_of(client: Client, key: str) -> list[str]:
    """All assistants of a tenant, the newest first."""
    answer = client.call("GET", "/chats?page=1&page_size=100", key=key)["data"]
    return [chat["id"] for chat in (answer if isinstance(answer, list) else answer["chats"])]


class TestUnreadableBodies:
    @by_release({"0.18.0": OK, "0.24.0": BAD_REQUEST})
    def test_a_deletion(self, client: Client, release: str, expected: Any) -> None:
        """Up to v0.23 what is no JSON stands for all, in v0.22.1 too, which refuses it where sessions are meant."""
        chat = client.new_assistant(f"unreadable {next(NUMBERS)}", KEY_B)
        headers = {"Authorization": f"Bearer {KEY_B}", "Content-Type": JSON}
        assert client.send("DELETE", "/api/v1/chats", headers, "{").body == expected
        assert (client.session_ids(chat, KEY_B) is None) == (expected == OK), release

    @by_release(
        {
            "0.18.0": failure("AttributeError(\"'NoneType' object has no attribute 'get'\")"),
            "0.22.1": error("`name` is required."),
            "0.24.0": BAD_REQUEST,
        }
    )
    def test_a_creation(self, client: Client, expected: Any) -> None:
        headers = {"Authorization": f"Bearer {KEY_A}", "Content-Type": JSON}
        assert client.send("POST", "/api/v1/chats", headers, "{").body == expected


class TestDatasets:
    @each_by_release(
        "dataset_ids",
        [
            (value, {"0.25.0": error("`dataset_ids` should be a list.")}) for value in ("", 0, {}, False, "x", 5)
        ],
    )  # fmt: skip
    def test_what_is_no_list_is_refused(self, client: Client, dataset_ids: object, expected: Any) -> None:
        name = f"no list {next(NUMBERS)}"
        assert client.call("POST", "/chats", {"name": name, "dataset_ids": dataset_ids}) == expected
        assert client.call("GET", f"/chats?name={name.replace(' ', '%20')}")["data"]["total"] == 0


class TestDeletingByChatId:
    LATER = ("0.25.1", "0.25.6", "0.26.4", "0.27.0")

    @pytest.mark.parametrize("release", LATER)
    def test_it_is_deleted_once_and_again_and_by_anybody(self, assistant: Assistant) -> None:
        for key in (KEY_B, KEY_A, KEY_A):
            assert assistant.client.call("DELETE", "/chats", {"chat_id": assistant.id}, key) == DONE
            assert assistant.left() is None

    @pytest.mark.parametrize("release", LATER)
    def test_an_unknown_one(self, client: Client) -> None:
        assert client.call("DELETE", "/chats", {"chat_id": "nope"}) == error("Failed to delete chat nope")

    @pytest.mark.parametrize("release", LATER)
    @pytest.mark.parametrize("payload", [{"ids": ["x"]}, {"delete_all": True}])
    def test_ids_and_the_wish_to_delete_all_count_for_more(self, assistant: Assistant, payload: Any) -> None:
        of_the_other = assistant.client.new_assistant(f"of the other {next(NUMBERS)}", KEY_B)
        assistant.client.call("DELETE", "/chats", {**payload, "chat_id": assistant.id}, KEY_B)
        assert assistant.left() == assistant.sessions
        assert (assistant.client.session_ids(of_the_other, KEY_B) is None) == ("delete_all" in payload)

    @pytest.mark.parametrize("release", LATER)
    @pytest.mark.parametrize("chat_id", ["", None, 0, [], {}])
    def test_an_empty_one_is_none(self, client: Client, chat_id: object) -> None:
        assert client.call("DELETE", "/chats", {"chat_id": chat_id}) == NOTHING


class TestCountingAssistants:
    @each_by_release(
        "more",
        [
            (False, {"0.18.0": OK, "0.25.0": {"success_count": 1}, "0.26.4": {"success_count": 0}}),
            (True, {"0.18.0": OK, "0.25.0": {"success_count": 2}, "0.26.4": {"success_count": 1}}),
        ],
    )
    def test_a_null_among_the_ids(self, assistant: Assistant, more: bool, expected: Any) -> None:
        """It finds an assistant, and deletes none; from v0.26 on it does not count."""
        ids = [assistant.id, None] if more else [None]
        answer = assistant.client.call("DELETE", "/chats", {"ids": ids})
        assert answer.get("data", answer) == expected
        assert (assistant.left() is None) == more


class TestListingAssistants:
    @on(OLD)
    @pytest.mark.parametrize("query", ["?id=&name={name}", "?id={id}&name=", "?id=nope&name={name}"])
    def test_an_empty_filter_beside_another_one_is_looked_for(self, assistant: Assistant, query: str) -> None:
        asked = query.format(id=assistant.id, name=assistant.name.replace(" ", "%20"))
        assert assistant.client.call("GET", f"/chats{asked}") == error("The chat doesn't exist")

    @on(OLD)
    @pytest.mark.parametrize("query", ["?id=", "?name=", "?id=&name="])
    def test_an_empty_filter_alone_is_none(self, assistant: Assistant, query: str) -> None:
        found = assistant.client.call("GET", f"/chats{query}")["data"]
        assert found[0]["id"] == assistant.id

    @on(RESTFUL)
    def test_a_list_has_times_but_no_dates(self, assistant: Assistant) -> None:
        (found,) = assistant.client.call("GET", f"/chats?id={assistant.id}")["data"]["chats"]
        assert {"create_time", "update_time"} <= found.keys()
        assert not {"create_date", "update_date"} & found.keys()
        alone = assistant.client.call("GET", f"/chats/{assistant.id}")["data"]
        assert {"create_time", "update_time", "create_date", "update_date"} <= alone.keys()

    @on(RESTFUL)
    @pytest.mark.parametrize(
        ("keywords", "found"),
        [
            ("URDL", True),
            ("hurdle", True),
            ("h%C3%BCrdl%C3%A9", True),
            ("hurdles", False),
            ("%25", False),
            ("_", False),
        ],
    )
    def test_keywords_are_a_part_of_the_name_in_any_case(self, client: Client, keywords: str, found: bool) -> None:
        chat = client.new_assistant(f"A Hurdle {next(NUMBERS)}")
        assert (chat in listed(client, f"?keywords={keywords}&page=1&page_size=100")) == found

    @on(RESTFUL)
    def test_keywords_do_not_count_beside_an_id_or_a_name(self, assistant: Assistant) -> None:
        name = assistant.name.replace(" ", "%20")
        for query in (f"?id={assistant.id}", f"?name={name}", f"?id={assistant.id}&name={name}"):
            assert listed(assistant.client, f"{query}&keywords=nothing") == [assistant.id]

    @on(["0.25.0", "0.26.4"])
    def test_all_unless_a_page_and_its_size_are_asked_for(self, client: Client) -> None:
        for _ in range(3):
            client.new_assistant(f"one of many {next(NUMBERS)}")
        total = client.call("GET", "/chats")["data"]["total"]
        for query in ("", "?page=2", "?page_size=2", "?page=0&page_size=2", "?page=2&page_size=0"):
            assert len(listed(client, query)) == total
        assert len(listed(client, "?page=1&page_size=2")) == 2

    @pytest.mark.parametrize("release", ["0.27.0"])
    def test_pages_of_30_from_v0_27_on(self, client: Client) -> None:
        ids = [client.new_assistant(f"one of 32 {next(NUMBERS)}", KEY_B) for _ in range(32)][::-1]
        everything = listed(client, "?page_size=100", KEY_B)
        assert everything[:32] == ids
        assert listed(client, "", KEY_B) == everything[:30]
        assert listed(client, "?page=2", KEY_B) == everything[30:60]
        assert listed(client, "?page_size=2", KEY_B) == everything[:2]
        assert listed(client, "?page=x&page_size=-1", KEY_B) == everything[:30]
        assert client.call("GET", "/chats", key=KEY_B)["data"]["total"] == len(everything)

    @pytest.mark.parametrize("release", ["0.27.0"])
    def test_the_order_is_refused_before_the_size(self, client: Client) -> None:
        assert client.call("GET", "/chats?page_size=101") == TOO_MANY
        assert client.call("GET", "/chats?page_size=101&orderby=x") == failure("invalid orderby field: x", 101)

    @each_by_release(
        "owners",
        [
            ("A", {"0.25.0": [True, False]}),
            ("B", {"0.25.0": [False, True], "0.26.4": [False, False]}),
            ("AB", {"0.25.0": [True, True], "0.26.4": [True, False]}),
        ],
    )
    def test_whose_assistants_may_be_listed(self, client: Client, owners: str, expected: Any) -> None:
        """Whether those of the tenant, and those of the other, are in the list."""
        chats = {key: client.new_assistant(f"whose {next(NUMBERS)}", key) for key in (KEY_A, KEY_B)}
        tenants = {
            name: client.call("GET", f"/chats?id={chats[key]}", key=key)["data"]["chats"][0]["tenant_id"]
            for name, key in (("A", KEY_A), ("B", KEY_B))
        }
        query = "&".join(f"owner_ids={tenants[owner]}" for owner in owners)
        found = listed(client, f"?{query}&page=1&page_size=100")
        assert [chat in found for chat in chats.values()] == expected

    @pytest.mark.parametrize("release", ["0.25.6"])
    def test_v0_25_6_refuses_the_owners_that_it_does_not_show(self, assistant: Assistant) -> None:
        answer = assistant.client.call("GET", "/chats?owner_ids=nope")
        assert answer == {"code": 103, "data": False, "message": "Only authorized owner_ids can be queried."}

    @pytest.mark.parametrize("release", ["0.27.0"])
    def test_no_more_than_100_owners(self, client: Client) -> None:
        for count, code in ((100, 0), (101, 101)):
            answer = client.call("GET", f"/chats?{'&'.join(['owner_ids=x'] * count)}")
            assert answer["code"] == code
        assert answer == failure("owner_ids must contain at most 100 IDs", 101)
        assert client.call("GET", f"/chats?page_size=101&{'&'.join(['owner_ids=x'] * count)}") == answer


class TestChangingAssistants:
    @on(RESTFUL)
    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    @pytest.mark.parametrize(
        ("payload", "complaint"),
        [
            ({"dataset_ids": "x"}, "`dataset_ids` should be a list"),
            ({"dataset_ids": ["x"]}, "You don't own the dataset x"),
            ({"prompt_config": []}, "`prompt_config` should be an object"),
        ],
    )
    def test_what_is_refused(self, assistant: Assistant, method: str, payload: Any, complaint: str) -> None:
        answer = assistant.client.call(method, f"/chats/{assistant.id}", payload)
        assert (answer["code"], answer["message"].rstrip(".")) == (102, complaint)

    @on(RESTFUL)
    def test_a_name_that_is_empty_or_null(self, assistant: Assistant) -> None:
        path = f"/chats/{assistant.id}"
        assert assistant.client.call("PATCH", path, {"name": " "})["message"].startswith("`name` cannot be empty")
        assert assistant.client.call("PUT", path, {"name": " "})["message"].startswith("`name` is required")
        assert assistant.client.call("PATCH", path, {"name": None}) == failure(
            "AttributeError(\"'NoneType' object has no attribute 'lower'\")"
        )

    @on(OLD)
    @pytest.mark.parametrize(
        ("payload", "answer"),
        [
            ({"name": ""}, error("`name` cannot be empty.")),
            ({"name": 1}, failure("AttributeError(\"'int' object has no attribute 'lower'\")")),
            ({"dataset_ids": ["x"]}, error("You don't own the dataset x")),
            ({"llm": {"temperature": 1}, "description": "other"}, OK),
        ],
    )
    def test_a_change_up_to_v0_24(self, assistant: Assistant, payload: Any, answer: Any) -> None:
        assert assistant.client.call("PUT", f"/chats/{assistant.id}", payload) == answer

    @on(OLD)
    def test_what_is_no_column_is_an_error_up_to_v0_24(self, assistant: Assistant) -> None:
        answer = assistant.client.call("PUT", f"/chats/{assistant.id}", {"colour": "red"})
        assert answer["message"].startswith('ValueError(\'Unrecognized field name: "colour" in {')
        assert answer["code"] == 100

    @by_release({"0.25.0": 102, "0.26.4": 0})
    def test_a_tenant_is_refused_by_put_and_overlooked_by_patch(self, assistant: Assistant, expected: int) -> None:
        path = f"/chats/{assistant.id}"
        assert assistant.client.call("PUT", path, {"tenant_id": "x"})["code"] == 102
        assert assistant.client.call("PATCH", path, {"tenant_id": "x"})["code"] == expected
        assert assistant.left() == assistant.sessions

    @on(RESTFUL)
    def test_a_status_is_not_read_only(self, assistant: Assistant) -> None:
        assert assistant.client.call("PATCH", f"/chats/{assistant.id}", {"status": "0"})["data"]["status"] == "0"
        assert assistant.left() is None

    @on(OLD)
    def test_what_is_kept_of_a_change_up_to_v0_24(self, assistant: Assistant) -> None:
        change = {"description": "other", "avatar": "picture", "prompt": {"opener": "Hi!"}}
        assert assistant.client.call("PUT", f"/chats/{assistant.id}", change) == OK
        (found,) = assistant.client.call("GET", f"/chats?id={assistant.id}")["data"]
        assert (found["description"], found["avatar"], found["prompt"]["opener"]) == ("other", "picture", "Hi!")
        session = assistant.client.call("POST", f"/chats/{assistant.id}/sessions", {"name": "x"})["data"]
        assert session["messages"][0]["content"] == "Hi!"

    @on(RESTFUL)
    def test_what_is_kept_of_a_change_from_v0_25_on(self, assistant: Assistant) -> None:
        path, other = f"/chats/{assistant.id}", {"prompt_config": {"tone": "soft"}, "icon": "picture", "colour": "red"}
        patched = assistant.client.call("PATCH", path, other)["data"]
        assert (patched["icon"], patched["prompt_config"]["tone"]) == ("picture", "soft")
        assert patched["prompt_config"]["prologue"].startswith("Hi!")
        assert assistant.client.call("PUT", path, other)["data"]["prompt_config"] == {"tone": "soft"}
        session = assistant.client.call("POST", f"{path}/sessions", {"name": "x"})["data"]
        assert session["messages"][0]["content"] == ""
        assert assistant.client.call("GET", f"{path}/sessions/{session['id']}")["data"]["avatar"] == "picture"
