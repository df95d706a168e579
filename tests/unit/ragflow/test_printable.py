import pytest

from acceptance.ragflow.printable import printable

SHOWN = [
    ("a session, שיחה 会话 🗑️ é", "a session, שיחה 会话 🗑️ é"),
    ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
    ("\x00\x08\x7f\x9b", r"\x00\x08\x7f\x9b"),
    ("one\r\n\ttwo\u2028three", r"one\r\n\ttwo\u2028three"),
    ("\u202eevil\u2066 \u200b\ufeff\u00ad", r"\u202eevil\u2066 \u200b\ufeff\xad"),
    ("\ud83d \ufffe \U000e0041", r"\ud83d \ufffe \U000e0041"),
    ("::warning::text :: a::b", r"\::warning::text :: a::b"),
    ("  ::stop-commands::x", r"  \::stop-commands::x"),
    (
        "so ##[error]x ##vso[task.complete] ##TeamCity[x] ## [x]",
        r"so #\#[error]x #\#vso[task.complete] #\#TeamCity[x] ## [x]",
    ),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_text_that_could_do_harm_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_newlines_remain_on_request() -> None:
    assert printable("one\n::error::two\r\n", keep_newlines=True) == "one\n\\::error::two\\r\n"
