"""RAGFlow v0.27."""

from werkzeug.exceptions import BadRequest

from embedded_ragflow.answers import ARGUMENT_ERROR, Refused, Success
from embedded_ragflow.listing import Arguments, Page
from embedded_ragflow.releases.v0_26 import Release0260

ORDERS = ("create_time", "update_time", "name")


class Release0270(Release0260):
    """v0.27.0 words its refusals without full stops, and forgives a page number or size that is none."""

    since = "0.27"

    not_owned = "no authorization"
    name_empty = "`name` can not be empty"
    messages_fixed = "`messages` cannot be changed"
    reference_fixed = "`reference` cannot be changed"
    name_required = "`name` is required"
    name_not_text = "chat name must be a string"
    name_too_long = "chat name length is {} which is larger than 255"
    name_taken = "duplicated chat name in creating chat"
    new_name_taken = "duplicated chat name"
    tenant_given = "`tenant_id` must not be provided"
    datasets_not_list = "`dataset_ids` should be a list"

    def delete_sessions(self, tenant_id: str, chat_id: str) -> Success:
        """Only here is a malformed body told apart from other errors."""
        try:
            return super().delete_sessions(tenant_id, chat_id)
        except (BadRequest, UnicodeDecodeError):
            text = "Malformed JSON syntax: Missing commas/brackets or invalid encoding"
            raise Refused(ARGUMENT_ERROR, text, data=None) from None

    def page(self, asked: Arguments, number: int = 1, size: int = 30) -> Page:
        numbers = {"page": positive(asked.get("page"), number), "page_size": positive(asked.get("page_size"), size)}
        page = super().page({**asked, **numbers}, number, size)
        if page.order_by not in ORDERS:
            raise Refused(ARGUMENT_ERROR, f"invalid orderby field: {page.order_by}", data=None)
        return page


def positive(text: str | None, default: int) -> str:
    """The text where it is a number above 0, otherwise the default."""
    try:
        return str(default) if text is None or int(text) <= 0 else text
    except ValueError:
        return str(default)
