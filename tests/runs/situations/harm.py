"""Proxies that change or forbid deletions, and tenants with assistants of others. The server is release 0.20."""

import threading
from collections.abc import Mapping
from dataclasses import replace

from tests.runs.situations.catalogue import Observed, Workplace, situation
from tests.runs.situations.failing_servers import REMOVAL
from tests.support.runs import copy_project, patch
from tests.support.servers import Embedded
from tests.unit.proxies import Change, proxy, without_body, without_body_of_assistants
from tests.unit.stand_in import Reply, Seen, json_reply

ONE, SHARED = "--tags=@CHOICE-1", ("-D", "shared_tenant=yes")
FOREIGN = ["a user's assistant", "another one", "and a third", "a fourth"]


def create_foreign(embedded: Embedded, *, other: bool = False) -> None:
    for name in FOREIGN:
        (embedded.other if other else embedded.own).create_assistant(name)


def run_behind(workplace: Workplace, change: Change, *options: str) -> Observed:
    """Run behind a proxy that changes deletions, in a tenant with assistants of others. Count only those of the run."""
    with proxy(workplace.embedded.url, change) as between:
        observed = workplace.observe(ONE, *options, settings={**workplace.settings, "RAGFLOW_URL": between.url})
    return replace(observed, left=[name for name in observed.left if name not in FOREIGN])


def foreign_in(workplace: Workplace) -> list[str]:
    return [name for name in workplace.embedded.assistants() if name in FOREIGN]


@situation
def tenant_has_other_assistants(workplace: Workplace) -> Mapping[str, Observed]:
    found = {}
    for other in (False, True):
        create_foreign(workplace.embedded, other=other)
        observed = found["other" if other else "own"] = run_behind(workplace, without_body)
        assert sorted(foreign_in(workplace)) == sorted(FOREIGN)
        error = observed.finished.err
        assert all(f"'{name}'" in error for name in FOREIGN[:3])
        assert "and 1 more, 4 in total" in error
        assert "dedicated tenant" in error
        assert "RAGFLOW_SHARED_TENANT=yes (or -D shared_tenant=yes)" in error
        workplace.clean()
    return found


@situation
def proxy_drops_bodies(workplace: Workplace) -> Observed:
    create_foreign(workplace.embedded)
    observed = run_behind(workplace, without_body, *SHARED)
    assert sorted(foreign_in(workplace)) == sorted(FOREIGN)
    assert "A deletion did not do what was sent" in observed.finished.err
    assert f"The assistant '{observed.left[0]}'" in observed.finished.err
    assert "remains on the server on purpose" in observed.finished.err
    return observed


@situation
def proxy_drops_bodies_for_one_address(workplace: Workplace) -> Mapping[str, Observed]:
    found = {}
    for workers, options in {"one process": (), "workers": ("-D", "parallel=2")}.items():
        create_foreign(workplace.embedded)
        found[workers] = run_behind(workplace, without_body_of_assistants, *SHARED, *options)
        assert foreign_in(workplace) == []
        assert "Either another client deleted them, or a proxy" in found[workers].finished.out
    return found


@situation
def gateway_forbids_deletions(workplace: Workplace) -> Mapping[str, Observed]:
    replies = {
        "405": json_reply({"message": "Method not allowed by policy"}, status=405),
        "403": Reply(403, b"<h1>Method not allowed by policy</h1>", {"Content-Type": "text/html"}),
    }
    found = {}
    for status, reply in replies.items():
        with proxy(workplace.embedded.url, lambda seen: seen, {"DELETE": reply}) as gateway:
            found[status] = workplace.observe(ONE, settings={**workplace.settings, "RAGFLOW_URL": gateway.url})
        assert "the run has created nothing" in found[status].finished.err
        assert "Method not allowed by policy" in found[status].finished.err
    return found


@situation
def gateway_forbids_deletions_of_assistants(workplace: Workplace) -> Observed:
    reply = json_reply({"message": "Method not allowed by policy"}, status=405)
    observed = workplace.observe_behind(lambda seen: reply if seen.call == REMOVAL else None, "--tags=@CHOICE-*")
    assert observed.finished.err.count("Method not allowed by policy") == 1
    return observed


@situation
def removal_takes_long(workplace: Workplace) -> Observed:
    """The project with a limit of 0.2 s instead of 10 s for the answer to a removal."""
    project = copy_project(workplace.folder / "project")
    patch(project / "acceptance" / "sandbox" / "removal.py", "REMOVAL_TIMEOUT = 10.0", "REMOVAL_TIMEOUT = 0.2")
    is_over = threading.Event()

    def slow(seen: Seen) -> None:
        if seen.method == "DELETE":
            is_over.wait(0.5 if seen.call == REMOVAL else 0.25)

    return workplace.observe_behind(slow, ONE, root=project)
