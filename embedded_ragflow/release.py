"""What one release of RAGFlow may do otherwise than another: a release is a value of `Release`.

`history` has the values. The functions in them come from the modules that are about their topic, and their names say in
which releases RAGFlow does so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Request, Response
from peewee import ModelSelect
from werkzeug.exceptions import NotFound

from embedded_ragflow.answers import Refused, Success
from embedded_ragflow.body import Body
from embedded_ragflow.database import Dialog
from embedded_ragflow.deletion import AllIds, DeleteOne, Wording
from embedded_ragflow.listing import Arguments, Page

# A call gets the release, the tenant who asks, and what stands in the address. It returns a Success or raises.
Call = Callable[..., Success]


@dataclass(frozen=True)
class Texts:
    """The words of refusals, as v0.25.0 wrote them; v0.27.0 has other ones."""

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


@dataclass(frozen=True)
class Release:
    """The rules of a release."""

    # The first version that has these rules.
    since: str

    # What is found where: "POST /chats", below /api/v1. What stands in angle brackets is an argument of the call.
    calls: Mapping[str, Call]

    # From the Authorization header to the id of a tenant. Raises Refused or Unauthorized.
    authenticate: Callable[[str | None], str]
    # What is said to whom does not own the assistant, in the words of the call, or in words of its own.
    not_owned: Callable[[str], Refused]
    # The assistants that somebody may list who asks for those of some owners. Raises Refused.
    visible_assistants: Callable[[str, Sequence[str]], "ModelSelect[Dialog]"]

    # The body of a call about sessions, and that of a call about assistants.
    read_body: Callable[[Request], Body]
    read_assistant_body: Callable[[Request], Body]

    # What to delete, how one of them is deleted, and which errors are told of it: unknown ids, repeated ids.
    choose_ids: Callable[[Body, AllIds], Body]
    delete_session: DeleteOne
    delete_assistant: DeleteOne
    errors_to_tell: Callable[[list[str], list[str]], list[str]]
    assistant_wording: Wording
    # What is answered where there was nothing to delete; the data where every session that was named is deleted; and
    # that where as many assistants are.
    nothing_deleted: Success
    sessions_deleted: object
    assistants_deleted: Callable[[int], object]

    # Which page of a list is asked for.
    page: Callable[[Arguments], Page]
    assistant_page: Callable[[Arguments], Page]

    date: Callable[[datetime], str]
    write_success: Callable[[Success], Response]
    write_refusal: Callable[[Refused], Response]
    write_unknown_route: Callable[[NotFound], Response]
    write_failure: Callable[[Exception], Response]

    greeting: str = "Hi! I'm your assistant, what can I do for you?"
    listed_messages_show_references: bool = False
    sessions_show_references: bool = False
    callers_name_a_user: bool = True
    texts: Texts = Texts()

    # What the name of a server says that exists beside the usual one of the same release: "go" for "0.27-go".
    variant: str = ""
