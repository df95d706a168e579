"""The requests of a run, as they went out, and what they may be asked for: to be sent again by a bare client."""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby

import msgspec
import requests

# The header in which a request says which id it wants for what it creates; only `tests.bench.serve` looks at it.
CHOSEN_ID = "Chosen-Id"


class Exchange(msgspec.Struct, frozen=True):
    """A request to the last byte, the thread that sent it, and of its answer the status and the length in bytes."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    thread: str
    status: int
    length: str | None

    @property
    def pool(self) -> str:
        """What the thread belongs to: itself, or a pool of threads, which Python names ``POOL_NUMBER``."""
        return self.thread.rpartition("_")[0] or self.thread


class OtherAnswer(Exception):
    """What was sent again was not answered as it was in the run."""


def read(data: bytes) -> list[Exchange]:
    return msgspec.json.decode(data, type=list[Exchange])


def written(exchanges: Sequence[Exchange]) -> bytes:
    return msgspec.json.encode(exchanges)


def shifts(exchanges: Iterable[Exchange]) -> Iterator[list[list[Exchange]]]:
    """What is sent at a time, one after the other: of each thread of it the requests in their order.

    A run waits for a pool to its end before it goes on.
    """
    for _, together in groupby(exchanges, key=lambda each: each.pool):
        by_thread: dict[str, list[Exchange]] = {}
        for each in together:
            by_thread.setdefault(each.thread, []).append(each)
        yield list(by_thread.values())


def replay(url: str, exchanges: Sequence[Exchange]) -> float:
    """Send them again, in the same order and as many at a time, and throw the answers away.

    Returns the seconds from the first request to the last. OtherAnswer where an answer is not like that of the run, if
    what came before it came in the same order.
    """
    workers = [_session() for _ in {each.thread for each in exchanges}]
    with ThreadPoolExecutor(len(workers)) as pool:
        began = time.perf_counter()
        for shares in shifts(exchanges):
            if len(shares) > 1:
                list(pool.map(partial(_send_all, url), workers, shares))
            else:
                _compare(shares[0], _send_all(url, workers[0], shares[0]))
        return time.perf_counter() - began


def _session() -> requests.Session:
    session = requests.Session()
    # A proxy of the environment is for other machines than this one.
    session.trust_env = False
    return session


def _send_all(url: str, session: requests.Session, exchanges: Sequence[Exchange]) -> list[requests.Response]:
    return [
        session.request(
            each.method, url + each.path, data=each.body or None, headers=each.headers, allow_redirects=False
        )
        for each in exchanges
    ]


def _compare(exchanges: Sequence[Exchange], answers: Sequence[requests.Response]) -> None:
    """Their statuses and lengths. OtherAnswer where one differs."""
    for was, answer in zip(exchanges, answers, strict=True):
        if (was.status, was.length) != (answer.status_code, answer.headers.get("Content-Length")):
            raise OtherAnswer(f"{was.method} {was.path} was answered otherwise than in the run.")
