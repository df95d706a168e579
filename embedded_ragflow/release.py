"""What differs between the releases of RAGFlow: each release is a value of `Release`, listed in `history`.

The functions in these values come from the module of their topic. Their names state the releases that they imitate.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Request, Response
from peewee import ModelSelect
from werkzeug.exceptions import NotFound

from embedded_ragflow.answers import Refused, Success
from embedded_ragflow.body import Body
from embedded_ragflow.database import Dialog
from embedded_ragflow.deletion import AllIds, DeleteOne, Tally, Wording
from embedded_ragflow.listing import Arguments, Page
from embedded_ragflow.transport import Reader

# Takes the release, the tenant (unless it is a call about accounts) and the arguments in the path. Returns a Success or
# raises an error.
Call = Callable[..., Success]


@dataclass(frozen=True)
class Texts:
    """The messages of refusals. The defaults are those of 0.25.0."""

    session_name_empty: str = "`name` can not be empty."
    messages_fixed: str = "`messages` cannot be changed."
    reference_fixed: str = "`reference` cannot be changed."
    name_required: str = "`name` is required."
    name_not_text: str = "Chat name must be a string."
    name_too_long: str = "Chat name length is {} which is larger than 255."
    name_taken: str = "Duplicated chat name in creating chat."
    new_name_taken: str = "Duplicated chat name."
    new_name_empty: str = "`name` cannot be empty."
    tenant_given: str = "`tenant_id` must not be provided."
    dataset_not_owned: str = "You don't own the dataset {}"
    session_unknown: str = "Session not found!"
    session_of_other: str = "Session does not belong to this chat!"


@dataclass(frozen=True)
class Release:
    """The behaviour of a release."""

    # The first version with this behaviour.
    since: str

    # The calls by route below /api/v1, such as "POST /chats". Parts in angle brackets are arguments of the call.
    calls: Mapping[str, Call]
    # The calls about accounts, by complete route. They authenticate the user themselves, if at all.
    account_calls: Mapping[str, Call]

    # Reads the head of a request like RAGFlow's HTTP server.
    reader: type[Reader]
    # Adds the headers that every answer has.
    add_headers: Callable[[Response], Response]
    # Returns the id of the tenant for an Authorization header. Raises Refused or Unauthorized.
    authenticate: Callable[[str | None], str]
    # The same for calls about accounts. Raises Unauthorized.
    authenticate_user: Callable[[str | None], str]
    # Returns the nickname to store for a new user. Raises Refused.
    check_nickname: Callable[[Any], object]
    # The tenant as which a user may use the sessions of an assistant: the user's own, or that of a team.
    tenant_for_sessions: Callable[[str, str], str]
    # The refusal for a caller who does not own the assistant. It takes the message of the call, and may replace it.
    not_owned: Callable[[str], Refused]
    # The assistants that a tenant may list when the query names these owners. Raises Refused.
    visible_assistants: Callable[[str, Sequence[str]], "ModelSelect[Dialog]"]

    # Parse the body of a call about sessions, and of a call about assistants.
    read_body: Callable[[Request], Body]
    read_assistant_body: Callable[[Request], Body]

    # How ids are chosen, how each is deleted, and which errors are reported: for unknown and for duplicate ids.
    choose_ids: Callable[[Body, AllIds], Body]
    delete_session: DeleteOne
    delete_assistant: DeleteOne
    delete_each: Callable[[Iterable[object], Callable[[object], int | None]], Tally]
    errors_to_tell: Callable[[list[str], list[str]], list[str]]
    assistant_wording: Wording
    # The answer if there was nothing to delete, and the `data` if all sessions, or all assistants, were deleted.
    nothing_deleted: Success
    sessions_deleted: object
    assistants_deleted: Callable[[int], object]

    # Read the page of a list from the query.
    page: Callable[[Arguments], Page]
    assistant_page: Callable[[Arguments], Page]

    date: Callable[[datetime], str]
    write_success: Callable[[Success], Response]
    write_refusal: Callable[[Refused], Response]
    write_unknown_route: Callable[[NotFound], Response]
    write_failure: Callable[[Exception], Response]

    greeting: str = "Hi! I'm your assistant, what can I do for you?"
    # The columns of an assistant that only later releases have, and the references of a new session.
    later_columns: tuple[str, ...] = ()
    first_reference: str = "[]"
    listed_messages_show_references: bool = False
    # Other names of fields of a session in a list.
    listed_session_names: Mapping[str, str] = field(default_factory=dict)
    session_filters: tuple[str, ...] = ("id", "name", "user_id")
    sessions_show_references: bool = False
    clients_set_users: bool = True
    users_show_secrets: bool = True
    # The number of random bytes in a new API key: 24 are 32 characters, 32 are 43.
    octets_in_key: int = 24
    texts: Texts = Texts()
    # Whether calls run one at a time, as in an event loop whose handlers never pause: a long one holds up all others.
    runs_one_call_at_a_time: bool = False

    # What is taken off around names; None means Python's white space.
    white_space: str | None = None
    # The character set of the connection to the database.
    charset: str = "utf8mb3"
    # Whether the calls answer HEAD and OPTIONS, and addresses that end in a slash.
    answers_related_requests: bool = True

    # Distinguishes another server of the same release: "go" in "0.27-go".
    variant: str = ""
