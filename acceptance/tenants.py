"""Sign up two users, and print the settings of a run with their API keys: ``make tenants URL=http://localhost:9380``.

A second call prints them again. A file that only you can read keeps the users, their password and their API keys.
"""

import argparse
import os
import re
import secrets
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from acceptance.errors import CannotRun, Inconclusive, UnusableListing
from acceptance.ragflow.accounts import Accounts, WrongPassword, read_public_key
from acceptance.ragflow.client import RAGFlow, ServerState
from acceptance.ragflow.description import shorten
from acceptance.ragflow.listings import fetch_assistant_names
from acceptance.ragflow.messages import NO_KEY, Credentials
from acceptance.ragflow.responses import DEFAULT_PORTS
from acceptance.ragflow.throttle import Throttle
from acceptance.running.settings import VARIABLES, Settings, checked_url
from acceptance.running.target import first_answer
from acceptance.running.tenants_file import Tenants, TenantsFile
from acceptance.sandbox.inventory import PREFIX, is_of_a_run
from acceptance.terminal import print_error, print_line, print_progress

# The options and their meanings; the environment variable RAGFLOW_OTHER_EMAIL is the default of --other-email.
OPTIONS = {
    "email": f"the e-mail address of the first user; default: {PREFIX}@example.com",
    "other_email": f"the e-mail address of the second user; default: {PREFIX}-other@example.com",
    "tenants_file": f"the file of the users; default: {PREFIX}/tenants.json in $XDG_CONFIG_HOME or ~/.config",
    "public_key": "a PEM file with the public key of a RAGFlow that does not use RAGFlow's own",
}
PASSWORD = "RAGFLOW_PASSWORD"
DEFAULT_EMAILS = (f"{PREFIX}@example.com", f"{PREFIX}-other@example.com")

# The addresses that RAGFlow accepts, in all releases.
EMAIL = re.compile(r"[\w.-]+@([\w-]+\.)+[\w-]{2,}")

# Instead of an address: a run in the same shell refuses to start, and does not test the embedded server by mistake.
FAILED = "make-tenants-failed"

OTHER_EMAILS = "choose other e-mail addresses with RAGFLOW_EMAIL and RAGFLOW_OTHER_EMAIL"


def set_up(chosen: argparse.Namespace) -> Tenants:
    """Return two users of the chosen server with API keys that work. Sign them up if they do not exist."""
    url = _normalized(checked_url(chosen.url, "URL"))
    public_key = read_public_key(chosen.public_key)
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    file = TenantsFile(Path(chosen.tenants_file or f"{config}/{PREFIX}/tenants.json"))
    defines = {"insecure": "yes"} if chosen.insecure else {}
    settings = Settings.read(
        {VARIABLES[name]: os.environ.get(VARIABLES[name], "") for name in ("insecure", "rate")}, defines
    )
    if settings.insecure == "yes":
        print_progress("WARNING: any certificate is accepted, so the connection is not secure")
    with file.locked():
        tenants = _chosen_tenants(url, (chosen.email, chosen.other_email), file)
        server = ServerState(
            secrets=frozenset(filter(None, (tenants.password, *tenants.keys.values()))),
            throttle=Throttle(settings.rate),
            is_insecure=settings.insecure == "yes",
        )
        accounts = Accounts(RAGFlow(url, NO_KEY, server=server), public_key)
        first_answer(accounts.probe, url, "URL", print_progress)
        tenants = sign_up(accounts, file, tenants)
        _check_assistants(accounts.ragflow, tenants)
    print_progress(
        f"Two users stay at {url}, because RAGFlow's API cannot delete users: {' and '.join(tenants.keys)}. "
        f"Their password and API keys are in {file.path}, which only you can read."
    )
    return tenants


def sign_up(accounts: Accounts, file: TenantsFile, tenants: Tenants) -> Tenants:
    """Return the tenants with API keys that work. Create what is missing, and save it."""
    ragflow = accounts.ragflow
    without_key = [email for email, key in tenants.keys.items() if _assistants(ragflow, key) is None]
    registered = [email for email in without_key if accounts.exists(email)]
    new = [email for email in without_key if email not in registered]
    if not tenants.password:
        if registered:
            raise CannotRun(
                f"RAGFlow at {ragflow.url} has these users already, and {file.path} has no password for them: "
                f"{', '.join(registered)}. Set {PASSWORD} to their password, or {OTHER_EMAILS}."
            )
        tenants = replace(tenants, password=secrets.token_urlsafe(24))
    ragflow.server.secrets |= {tenants.password}
    if new:
        if not accounts.is_open():
            raise CannotRun(
                f"RAGFlow at {ragflow.url} allows no new users: sign-up is disabled. Enable it, or set RAGFLOW_EMAIL, "
                f"RAGFLOW_OTHER_EMAIL and {PASSWORD} to two users that exist and have the same password."
            )
        # Before the users exist, so that an interrupt loses no password.
        file.save(tenants)
    # The new ones come last: if the password is wrong for the others, none is created.
    for email in registered + new:
        if email in new:
            print_progress(f"signing up {email}")
            accounts.register(email, tenants.password)
        print_progress(f"creating an API key for {email}")
        try:
            key = accounts.create_key(email, tenants.password)
        except WrongPassword as refusal:
            raise CannotRun(
                f"{refusal} If somebody has changed it, set {PASSWORD} to the new one. If the server has a key pair of "
                f"its own, set RAGFLOW_PUBLIC_KEY. Otherwise, {OTHER_EMAILS}."
            ) from None
        tenants = replace(tenants, keys={**tenants.keys, email: key})
        file.save(tenants)
    return tenants


def _check_assistants(ragflow: RAGFlow, tenants: Tenants) -> None:
    """Raise CannotRun if a key does not work, or if a tenant has an assistant that no run created."""
    for email, key in tenants.keys.items():
        names = _assistants(ragflow, key)
        if names is None:
            raise CannotRun(f"RAGFlow at {ragflow.url} rejects the API key that it has just created for {email}.")
        if others := [name for name in names if not is_of_a_run(name)]:
            raise CannotRun(
                f"The tenant of {email} has assistants that no run created, such as '{shorten(others[0])}'. It should "
                f"have nothing that you need. Remove them, or {OTHER_EMAILS}."
            )


def _assistants(ragflow: RAGFlow, key: str) -> list[str] | None:
    """Return the names of the tenant's assistants; None if there is no key, or if it does not work."""
    try:
        return fetch_assistant_names(ragflow.acting_as(Credentials.bearer("the API key", key))) if key else None
    except UnusableListing:
        return None


def _chosen_tenants(url: str, emails: tuple[str, str], file: TenantsFile) -> Tenants:
    """Return the users in the file, or new ones. A password of the environment takes precedence."""
    for email in filter(None, emails):
        if not EMAIL.fullmatch(email):
            raise CannotRun(
                f"RAGFlow does not accept '{email}' as an e-mail address: it allows letters, digits, '.', '_' and '-', "
                f"but no '+'. Check RAGFLOW_EMAIL and RAGFLOW_OTHER_EMAIL."
            )
    first, second = (email or default for email, default in zip(emails, DEFAULT_EMAILS, strict=True))
    if first.lower() == second.lower():
        raise CannotRun(f"Both users have the e-mail address {first}. Set RAGFLOW_EMAIL to another one.")
    tenants = file.find(url, emails) or Tenants(url, {first: "", second: ""})
    return replace(tenants, password=os.environ.get(PASSWORD) or tenants.password)


def _normalized(url: str) -> str:
    """Write the same server always in the same way."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.lower().removesuffix(f":{DEFAULT_PORTS[parts.scheme]}")).geturl()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make tenants", description=__doc__)
    parser.add_argument("url", nargs="?", default=os.environ.get(VARIABLES["url"], ""), help="the address of a RAGFlow")
    for name, meaning in OPTIONS.items():
        default = os.environ.get(f"RAGFLOW_{name.upper()}", "").strip()
        parser.add_argument(f"--{name.replace('_', '-')}", default=default, help=meaning)
    parser.add_argument("--insecure", action="store_true", help="accept any certificate")
    chosen = parser.parse_args()
    values, status = [FAILED, "", ""], 1
    try:
        tenants = set_up(chosen)
        values, status = [tenants.url, *tenants.keys.values()], 0
    except (CannotRun, Inconclusive, UnusableListing) as trouble:
        print_error(f"The tenants cannot be set up. {trouble}")
    except KeyboardInterrupt:
        print_error("The sign-up was interrupted.")
    for name, value in zip(("url", "api_key", "other_api_key"), values, strict=True):
        print_line(f"export {VARIABLES[name]}={shlex.quote(value)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
