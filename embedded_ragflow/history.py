"""The history of RAGFlow's calls about assistants, sessions and accounts.

Each release lists only what differs from the previous one. A release that is not listed has no differences.
Another server of the same release is one more value in RELEASES, with a `variant`.
"""

from dataclasses import replace
from functools import partial

from embedded_ragflow import authentication, body, cross_origin, deletion, listing, teams, transport, writing
from embedded_ragflow.answers import Success
from embedded_ragflow.calls import accounts, assistants, deleting, go, sessions
from embedded_ragflow.calls import teams as team_calls
from embedded_ragflow.release import Call, Release, Texts

# Calls about accounts. 0.25.0 moves only those about API keys below /api/v1.
USERS_UNTIL_0_25_0: dict[str, Call] = {
    "POST /v1/user/register": accounts.register,
    "POST /v1/user/login": accounts.log_in,
    "GET /v1/user/logout": accounts.log_out,
    "GET /v1/system/config": accounts.show_settings,
    "GET /v1/system/version": accounts.show_version_to_users,
}
KEYS_FROM_0_25: dict[str, Call] = {
    "POST /api/v1/system/tokens": accounts.create_key,
    "GET /api/v1/system/tokens": accounts.list_keys,
    "DELETE /api/v1/system/tokens/<key>": accounts.delete_key,
}

V0_18 = Release(
    since="0.18",
    calls={
        "POST /chats": assistants.create_until_0_20_1,
        "GET /chats": assistants.list_until_0_24,
        "DELETE /chats": deleting.delete_assistants,
        "PUT /chats/<chat_id>": assistants.update_until_0_24,
        "POST /chats/<chat_id>/sessions": sessions.create_until_0_24,
        "GET /chats/<chat_id>/sessions": sessions.list_all,
        "DELETE /chats/<chat_id>/sessions": deleting.delete_sessions,
        "PUT /chats/<chat_id>/sessions/<session_id>": sessions.update_until_0_24,
    },
    account_calls={
        **USERS_UNTIL_0_25_0,
        "POST /v1/system/new_token": accounts.create_key,
        "GET /v1/system/token_list": accounts.list_keys,
        "DELETE /v1/system/token/<key>": accounts.delete_key,
    },
    reader=transport.WerkzeugReader,
    add_headers=cross_origin.allow_asking_origin,
    authenticate=authentication.by_second_word,
    authenticate_user=authentication.by_login,
    check_nickname=accounts.any_nickname,
    tenant_for_sessions=teams.own_tenant,
    not_owned=writing.not_owned_until_0_24,
    visible_assistants=assistants.of_any_owners,
    read_body=body.json_or_nothing,
    read_assistant_body=body.json_or_nothing,
    choose_ids=deletion.all_if_no_ids,
    delete_session=deletion.session,
    delete_assistant=deletion.assistant,
    delete_each=deletion.delete_each,
    errors_to_tell=deletion.unknown_or_repeated,
    assistant_wording=deletion.ASSISTANTS_UNTIL_0_24,
    nothing_deleted=Success(),
    sessions_deleted=None,
    assistants_deleted=lambda _: None,
    page=listing.page_until_0_24,
    assistant_page=listing.page_until_0_24,
    date=writing.as_http_date,
    write_success=writing.success_until_0_24,
    write_refusal=writing.refusal,
    write_unknown_route=writing.failure_until_0_20,
    write_failure=writing.failure_until_0_20,
    later_columns=("meta_data_filter", "tenant_llm_id", "tenant_rerank_id"),
)

V0_20_1 = replace(V0_18, since="0.20.1", listed_messages_show_references=True, first_reference="[{}]")

V0_20_2 = replace(
    V0_20_1,
    since="0.20.2",
    calls={**V0_20_1.calls, "POST /chats": assistants.create_until_0_24},
    greeting="Hi! I'm your assistant. What can I do for you?",
    later_columns=("tenant_llm_id", "tenant_rerank_id"),
)

V0_21 = replace(
    V0_20_2, since="0.21", write_unknown_route=writing.failure_from_0_21, write_failure=writing.failure_from_0_21
)

# RAGFlow moves from Flask to Quart, which parses JSON only if the content type says so, and runs all calls in one event
# loop. Their database calls are synchronous, so a long deletion holds up every other call, and only one of several
# simultaneous deletions of the same session succeeds. `atomically` keeps the latter with --concurrent-deletions.
V0_22_1 = replace(
    V0_21,
    since="0.22.1",
    reader=transport.HypercornReader,
    add_headers=cross_origin.allow_any_origin,
    read_body=body.json_if_declared,
    read_assistant_body=body.json_if_declared_or_empty,
    delete_session=deletion.atomically(deletion.session),
    delete_assistant=deletion.atomically(deletion.assistant),
    octets_in_key=32,
    runs_one_call_at_a_time=True,
)

V0_23 = replace(
    V0_22_1,
    since="0.23",
    read_body=body.json_or_form,
    read_assistant_body=body.json_or_form,
    write_unknown_route=writing.unknown_route_of_0_23,
)

V0_23_1 = replace(V0_23, since="0.23.1", listed_messages_show_references=False)

# A body that does not match its content type is an error; until 0.23 it counts as empty.
V0_24 = replace(
    V0_23_1,
    since="0.24",
    authenticate_user=authentication.by_login_or_key,
    read_body=body.json_or_form_as_declared,
    read_assistant_body=body.json_or_form_as_declared,
    date=writing.as_iso_date,
    write_unknown_route=writing.unknown_route_from_0_24,
    write_failure=writing.failure_from_0_24,
)

# All calls are rewritten in a RESTful style: an invalid key is answered with status 401, ownership is checked before
# the body, and a request deletes everything only with `delete_all`.
V0_25 = replace(
    V0_24,
    since="0.25",
    calls={
        "POST /chats": assistants.create,
        "GET /chats": assistants.list_all,
        "DELETE /chats": deleting.delete_assistants,
        "GET /chats/<chat_id>": assistants.get,
        "PUT /chats/<chat_id>": assistants.replace,
        "PATCH /chats/<chat_id>": assistants.update_of_0_25_0,
        "DELETE /chats/<chat_id>": deleting.delete_assistant,
        "POST /chats/<chat_id>/sessions": sessions.create,
        "GET /chats/<chat_id>/sessions": sessions.list_all,
        "DELETE /chats/<chat_id>/sessions": deleting.delete_sessions,
        "GET /chats/<chat_id>/sessions/<session_id>": sessions.get,
        "PUT /chats/<chat_id>/sessions/<session_id>": sessions.update,
    },
    account_calls={**USERS_UNTIL_0_25_0, **KEYS_FROM_0_25},
    authenticate=authentication.by_bearer,
    authenticate_user=authentication.by_bearer,
    not_owned=writing.not_owned_from_0_25,
    choose_ids=deletion.all_if_delete_all,
    errors_to_tell=deletion.unknown_then_repeated,
    assistant_wording=deletion.ASSISTANTS,
    nothing_deleted=Success({}),
    sessions_deleted=True,
    assistants_deleted=lambda count: {"success_count": count},
    page=listing.page_from_0_25,
    assistant_page=listing.assistant_page_from_0_25,
    write_success=writing.success_from_0_25,
    later_columns=(),
    first_reference="[]",
    sessions_show_references=True,
)

V0_25_1 = replace(
    V0_25,
    since="0.25.1",
    calls={
        **V0_25.calls,
        "DELETE /chats": deleting.delete_assistants_from_0_25_1,
        "PATCH /chats/<chat_id>": assistants.update,
        "PATCH /chats/<chat_id>/sessions/<session_id>": sessions.update,
    },
    account_calls={
        "POST /api/v1/users": accounts.register,
        "POST /api/v1/auth/login": accounts.log_in,
        "POST /api/v1/auth/logout": accounts.log_out,
        "GET /api/v1/system/config": accounts.show_settings,
        "GET /api/v1/system/version": accounts.show_version,
        **KEYS_FROM_0_25,
    },
)

V0_25_6 = replace(V0_25_1, since="0.25.6", clients_set_users=False, visible_assistants=assistants.of_authorized_owners)

V0_26 = replace(
    V0_25_6,
    since="0.26",
    check_nickname=accounts.checked_nickname,
    users_show_secrets=False,
    visible_assistants=assistants.own_among_owners,
    delete_assistant=deletion.atomically(deletion.assistant_by_rows),
    page=listing.page_from_0_26,
    assistant_page=listing.assistant_page_from_0_26,
    write_failure=writing.failure_from_0_26,
)

# Refusals end without a full stop, malformed JSON has its own message, and invalid page numbers are ignored.
V0_27 = replace(
    V0_26,
    since="0.27",
    calls={
        **V0_26.calls,
        "DELETE /chats/<chat_id>/sessions": deleting.delete_sessions_from_0_27,
        # Earlier releases have some of these calls. They were not tried.
        "GET /users/me": team_calls.show_user,
        "POST /tenants/<owner_id>/users": team_calls.invite,
        "PATCH /tenants/<owner_id>": team_calls.accept,
        "DELETE /tenants/<owner_id>/users": team_calls.remove,
    },
    account_calls={**V0_26.account_calls, "GET /api/v1/system/config": accounts.show_settings_from_0_27},
    not_owned=writing.not_owned_from_0_27,
    page=listing.page_from_0_27,
    assistant_page=listing.assistant_page_from_0_27,
    texts=Texts(
        session_name_empty="`name` can not be empty",
        messages_fixed="`messages` cannot be changed",
        reference_fixed="`reference` cannot be changed",
        name_required="`name` is required",
        name_not_text="chat name must be a string",
        name_too_long="chat name length is {} which is larger than 255",
        name_taken="duplicated chat name in creating chat",
        new_name_taken="duplicated chat name",
        new_name_empty="`name` cannot be empty",
        tenant_given="`tenant_id` must not be provided",
    ),
)

# RAGFlow's Go server of 0.27.0, written anew. It reads bodies, keys and pages in its own way.
V0_27_GO = replace(
    V0_27,
    variant="go",
    calls={
        **{route: call for route, call in V0_27.calls.items() if route != "PUT /chats/<chat_id>/sessions/<session_id>"},
        "GET /chats": go.list_assistants,
        "POST /chats": go.create_assistant,
        "DELETE /chats": go.delete_assistants,
        "PUT /chats/<chat_id>": go.changing(assistants.replace),
        "PATCH /chats/<chat_id>": go.changing(assistants.update),
        "POST /chats/<chat_id>/sessions": go.create_session,
        "DELETE /chats/<chat_id>/sessions": go.delete_sessions,
        "GET /chats/<chat_id>/sessions/<session_id>": go.get_session,
        "PATCH /chats/<chat_id>/sessions/<session_id>": go.update_session,
        "GET /users/me": go.show_user,
    },
    account_calls={
        **V0_27.account_calls,
        "POST /api/v1/users": go.register,
        "POST /api/v1/auth/login": go.log_in,
        "GET /api/v1/system/config": go.show_settings,
        "POST /api/v1/system/keys": accounts.create_key,
        "GET /api/v1/system/keys": accounts.list_keys,
        "DELETE /api/v1/system/keys/<key>": accounts.delete_key,
    },
    reader=transport.GoReader,
    add_headers=writing.headers_of_go,
    authenticate=authentication.by_key_after_any_word,
    authenticate_user=authentication.by_key_after_any_word,
    tenant_for_sessions=teams.tenant_of_team,
    read_body=body.first_json_value_or_nothing,
    read_assistant_body=body.first_json_value,
    choose_ids=deletion.trimmed_texts_or_all,
    delete_each=partial(deletion.delete_each, once=dict.fromkeys),
    delete_session=deletion.session_of_go,
    errors_to_tell=deletion.unknown_then_repeated_in_any_order,
    page=listing.page_of_go,
    assistant_page=listing.assistant_page_of_go,
    date=writing.as_utc_date,
    write_unknown_route=writing.unknown_route_of_go,
    write_failure=writing.failure_of_go,
    listed_session_names={"chat_id": "dialog_id", "messages": "message"},
    session_filters=("id", "name"),
    charset="utf8mb4",
    texts=replace(
        V0_27.texts,
        dataset_not_owned="you don't own the dataset {}",
        session_unknown="session not found",
        session_of_other="session does not belong to this chat",
    ),
    users_show_secrets=True,
    white_space=deletion.WHITE_SPACE,
    answers_related_requests=False,
    runs_one_call_at_a_time=False,
)

RELEASES: tuple[Release, ...] = (
    *(V0_18, V0_20_1, V0_20_2, V0_21, V0_22_1, V0_23, V0_23_1, V0_24),
    *(V0_25, V0_25_1, V0_25_6, V0_26, V0_27, V0_27_GO),
)

# The last patch of each minor version. A name without a patch number means this one.
LAST_PATCHES = ("0.18.0", "0.19.1", "0.20.5", "0.21.1", "0.22.1", "0.23.1", "0.24.0", "0.25.6", "0.26.4", "0.27.0")
