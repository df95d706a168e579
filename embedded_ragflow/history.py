"""The history of RAGFlow's calls about assistants and sessions. A release does what the one before it does, but for
what is said here; one that is not named does just the same.

Another server of the same release is one more value with a `variant`, in RELEASES.
"""

from dataclasses import replace

from embedded_ragflow import authentication, body, deletion, listing, writing
from embedded_ragflow.answers import Success
from embedded_ragflow.calls import assistants, deleting, sessions
from embedded_ragflow.release import Release, Texts

V0_18 = Release(
    since="0.18",
    calls={
        "POST /chats": assistants.create_to_0_20_1,
        "GET /chats": assistants.list_to_0_24,
        "DELETE /chats": deleting.delete_assistants,
        "PUT /chats/<chat_id>": assistants.update_to_0_24,
        "POST /chats/<chat_id>/sessions": sessions.create_to_0_24,
        "GET /chats/<chat_id>/sessions": sessions.list_all,
        "DELETE /chats/<chat_id>/sessions": deleting.delete_sessions,
        "PUT /chats/<chat_id>/sessions/<session_id>": sessions.update_to_0_24,
    },
    authenticate=authentication.by_second_word,
    not_owned=writing.not_owned_to_0_24,
    visible_assistants=assistants.of_these_owners,
    read_body=body.json_or_nothing,
    read_assistant_body=body.json_or_nothing,
    choose_ids=deletion.everything_where_none_is_named,
    delete_session=deletion.session,
    delete_assistant=deletion.assistant,
    errors_to_tell=deletion.unknown_hide_repeated,
    assistant_wording=deletion.ASSISTANTS_TO_0_24,
    nothing_deleted=Success(),
    sessions_deleted=None,
    assistants_deleted=lambda _: None,
    page=listing.page_to_0_24,
    assistant_page=listing.page_to_0_24,
    date=writing.as_http_date,
    write_success=writing.success_to_0_24,
    write_refusal=writing.refusal,
    write_unknown_route=writing.failure_to_0_22_0,
    write_failure=writing.failure_to_0_22_0,
)

V0_20_1 = replace(V0_18, since="0.20.1", listed_messages_show_references=True)

V0_20_2 = replace(
    V0_20_1,
    since="0.20.2",
    calls={**V0_20_1.calls, "POST /chats": assistants.create_to_0_24},
    greeting="Hi! I'm your assistant. What can I do for you?",
)

# From Flask to Quart, which reads JSON only where it is declared, and runs in one thread: what a request looks up
# cannot change until it has acted on it. So, of several that delete the same thing at once, one is told that it did.
V0_22_1 = replace(
    V0_20_2,
    since="0.22.1",
    read_body=body.json_if_declared,
    read_assistant_body=body.json_if_declared_or_empty,
    delete_session=deletion.in_one_step(deletion.session),
    delete_assistant=deletion.in_one_step(deletion.assistant),
    write_unknown_route=writing.failure_of_0_22_1,
    write_failure=writing.failure_of_0_22_1,
)

V0_23 = replace(
    V0_22_1,
    since="0.23",
    read_body=body.json_or_form,
    read_assistant_body=body.json_or_form,
    write_unknown_route=writing.unknown_route_of_0_23,
)

V0_23_1 = replace(V0_23, since="0.23.1", listed_messages_show_references=False)

# What is not what it is declared to be is no longer taken for nothing.
V0_24 = replace(
    V0_23_1,
    since="0.24",
    read_body=body.json_or_form_as_declared,
    read_assistant_body=body.json_or_form_as_declared,
    date=writing.as_iso_date,
    write_unknown_route=writing.unknown_route_from_0_24,
    write_failure=writing.failure_from_0_24,
)

# The calls are written anew, in a "RESTful" style: HTTP status 401, ownership before all else, and everything is
# deleted only where that is asked for.
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
    authenticate=authentication.by_bearer,
    not_owned=writing.not_owned_from_0_25,
    choose_ids=deletion.everything_where_that_is_said,
    errors_to_tell=deletion.unknown_before_repeated,
    assistant_wording=deletion.ASSISTANTS,
    nothing_deleted=Success({}),
    sessions_deleted=True,
    assistants_deleted=lambda count: {"success_count": count},
    page=listing.page_from_0_25,
    assistant_page=listing.assistants_from_0_25,
    write_success=writing.success_from_0_25,
    write_failure=writing.failure_from_0_25,
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
)

V0_25_6 = replace(V0_25_1, since="0.25.6", callers_name_a_user=False, visible_assistants=assistants.of_these_own_owners)

V0_26 = replace(
    V0_25_6,
    since="0.26",
    visible_assistants=assistants.own_of_these_owners,
    delete_assistant=deletion.in_one_step(deletion.assistant_by_rows),
    page=listing.page_from_0_26,
    assistant_page=listing.assistants_from_0_26,
    write_failure=writing.failure_from_0_26,
)

# Refusals without full stops, a malformed body told apart, and page numbers forgiven that are none.
V0_27 = replace(
    V0_26,
    since="0.27",
    calls={**V0_26.calls, "DELETE /chats/<chat_id>/sessions": deleting.delete_sessions_from_0_27},
    not_owned=writing.not_owned_from_0_27,
    page=listing.page_from_0_27,
    assistant_page=listing.assistants_from_0_27,
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

RELEASES: tuple[Release, ...] = (
    *(V0_18, V0_20_1, V0_20_2, V0_22_1, V0_23, V0_23_1, V0_24),
    *(V0_25, V0_25_1, V0_25_6, V0_26, V0_27),
)

# What a name without a patch number stands for: the last patch of each minor version.
LAST_PATCHES = ("0.18.0", "0.19.1", "0.20.5", "0.21.1", "0.22.1", "0.23.1", "0.24.0", "0.25.6", "0.26.4", "0.27.0")
