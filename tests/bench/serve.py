"""The embedded server, where whoever creates something may choose its id: ``python -m tests.bench.serve OPTIONS``.

So the requests of one run can be sent to another server as they are, to the last byte. Its tenants, in the order of
their keys, have the same ids in every server.
"""

import runpy
from itertools import count

from flask import has_request_context, request

from embedded_ragflow import database
from tests.bench.exchanges import CHOSEN_ID

_by_chance, _numbers = database.new_id, count(1)


def new_id() -> str:
    if not has_request_context():
        return f"{next(_numbers):032x}"
    return request.headers.get(CHOSEN_ID) or _by_chance()


if __name__ == "__main__":
    database.new_id = new_id
    runpy.run_module("embedded_ragflow", run_name="__main__")
