"""Cookies of gateways are a note; cookies of RAGFlow break a rule."""

import pytest

from acceptance.ragflow.cookies import GatewayCookies
from tests.unit.ragflow.test_client import OK, client, replying
from tests.unit.stand_in import Reply

SIGNED = "IjE2ZmQyNzA2LThiYWYtNDMzYi04MmViLThjN2ZhZGE4NDdkYSI.aSm8Qg.Wq0qXhZ1pB3o5mF0yV9tL2cN4eS"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

GATEWAYS = (
    *("AWSALB", "AWSALBCORS", "AWSALBTG-2", "route", "INGRESSCOOKIE", "__cf_bm", "__cflb", "_cfuvid", "SERVERID"),
    *("SRV", "ARRAffinity", "ARRAffinitySameSite", "ApplicationGatewayAffinityCORS", "BIGipServer~pool~a", "GCLB"),
)
LOGINS = (
    *("session=eyJfZnJlc2giOmZhbHNlfQ", "__Host-session=1", "access_token=1", "remember_token=1|2", "Authorization=x"),
    *(f"{name}={value}; Path=/" for name in ("lb", "Sticky") for value in (SIGNED, TOKEN, f'"{TOKEN}"')),
)


@pytest.mark.parametrize("name", GATEWAYS)
def test_well_known_cookies_of_gateways_are_excused(name: str) -> None:
    assert GatewayCookies().without([f"{name}={SIGNED}; Path=/", "a=1"]) == ("a=1",)


@pytest.mark.parametrize("login", LOGINS)
def test_a_login_is_never_excused(login: str) -> None:
    cookies = GatewayCookies()
    for is_ragflow in (True, True, True, True, False):
        cookies.learn([login], is_ragflow=is_ragflow)
    assert cookies.without([login]) == (login,)
    assert cookies.note == ""


def test_a_cookie_on_every_answer_is_a_gateways() -> None:
    cookies = GatewayCookies()
    for number in range(5):
        cookies.learn([f"lb={number}", f"worker={number}"], is_ragflow=True)
    assert cookies.without(["lb=7", "worker=7", "lang=en"]) == ("lang=en",)
    assert cookies.note == "note: a gateway sets the cookies lb, worker; they are not RAGFlow's and fail no rule"
    cookies.learn(["lb=6"], is_ragflow=True)
    assert cookies.without(["lb=7", "worker=7"]) == ("worker=7",)


def test_a_cookie_of_an_answer_that_ragflow_did_not_write_is_a_gateways() -> None:
    cookies = GatewayCookies()
    cookies.learn(["lb=1", "session=1"], is_ragflow=False)
    assert cookies.without(["lb=2", "session=2"]) == ("session=2",)


def test_the_client_learns_from_every_answer_and_reads_each_cookie_by_itself() -> None:
    # http.server sends one header for each pair of a dictionary, so the second one hides in the value of the first.
    joined = "lb=1; Expires=Tue, 01 Dec 2026 00:00:00 GMT\r\nSet-Cookie: AWSALB=2\r\nSet-Cookie: session=3"
    with replying(*[OK] * 2, then=Reply(200, b"{}", {"Set-Cookie": joined})) as server:
        ragflow = client(server)
        answers = [ragflow.list_assistants() for _ in range(3)]
    expires = "lb=1; Expires=Tue, 01 Dec 2026 00:00:00 GMT"
    assert [each.cookies for each in answers] == [(), (), (expires, "session=3")]
