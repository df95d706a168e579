"""The file of the users that ``make tenants`` signs up: their addresses, password and API keys."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec

from acceptance.errors import CannotRun

# The rights of the group and of others.
OTHERS = 0o077


@dataclass(frozen=True)
class Tenants:
    """Two users of the server at ``url``, with the same password, and their API keys by e-mail address.

    A key is empty until it has been created.
    """

    url: str
    keys: Annotated[dict[str, str], msgspec.Meta(min_length=2, max_length=2)] = field(repr=False)
    password: str = field(default="", repr=False)


class TenantsFile:
    """A file that only its owner can read, with the users of several servers.

    Every method raises CannotRun if the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        try:
            self.path = path.expanduser()
        except RuntimeError:
            raise CannotRun("This user has no home folder. Set RAGFLOW_TENANTS_FILE to a file.") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process use the file during the block: it would sign up the same users."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = os.open(self.path.parent, os.O_RDONLY)
        except OSError as error:
            raise self._unusable("written", error) from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def find(self, url: str, emails: tuple[str, str]) -> Tenants | None:
        """Return the users that were saved last for a server. An address that is empty matches all."""
        found = [each for each in self._read() if each.url == url and all(map(_matches, emails, each.keys))]
        return found[-1] if found else None

    def save(self, tenants: Tenants) -> None:
        """Write the file as a whole, or not at all."""
        others = [each for each in self._read() if (each.url, [*each.keys]) != (tenants.url, [*tenants.keys])]
        data = msgspec.json.format(msgspec.json.encode([*others, tenants]))
        path = self.path.resolve()
        try:
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                try:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                    Path(file.name).replace(path)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise self._unusable("written", error) from None

    def _read(self) -> list[Tenants]:
        try:
            with self.path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & OTHERS:
                    raise CannotRun(
                        f"Other users of this machine can read or change {self.path}, which holds a password and API "
                        f"keys. Enter: chmod 600 '{self.path}'. If somebody else may have read it, move it away and "
                        "choose other e-mail addresses."
                    )
                return msgspec.json.decode(file.read(), type=list[Tenants])
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable("read", error) from None
        except msgspec.DecodeError:
            raise CannotRun(
                f"{self.path} is not a file of make tenants, or it is damaged. Repair it, or move it away; then the "
                "users in it have to be replaced by others, because their password is lost."
            ) from None

    def _unusable(self, verb: str, error: OSError) -> CannotRun:
        return CannotRun(f"{self.path} cannot be {verb}: {error.strerror}. Set RAGFLOW_TENANTS_FILE to another file.")


def _matches(wanted: str, email: str) -> bool:
    return wanted.lower() in ("", email.lower())
