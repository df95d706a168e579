"""The database that is imitated: what RAGFlow's connection to MySQL or MariaDB does to the text of a statement.

RAGFlow connects with peewee's default character set, utf8mb3, which has no characters above U+FFFF.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from peewee import OperationalError, ProgrammingError

# The character in bytes, each of which the database replaces.
REPLACEMENT = "????"
# How much of a text MySQL quotes in an error, in bytes.
QUOTED = 6


@dataclass(frozen=True)
class Dialect:
    """A kind of database, "mysql" or "mariadb", and the character set of RAGFlow's connection to it."""

    kind: str = "mysql"
    charset: str = "utf8mb3"

    def received(self, text: str) -> str:
        """Return the text as the database receives a value to store."""
        if self.charset == "utf8mb4" or text.isascii():
            return text
        return "".join(REPLACEMENT if one > "\uffff" else one for one in text)

    def check(self, sql: str, values: Iterable[object]) -> None:
        """Check the values that a statement compares with columns; stored values have been `received` before.

        Raises OperationalError, because characters above U+FFFF cannot be converted to the column's character set.
        """
        if self.charset == "utf8mb4":
            return
        for value in values:
            if isinstance(value, str) and not value.isascii() and max(value) > "\uffff":
                raise self._not_converted(sql, value)

    def _not_converted(self, sql: str, text: str) -> OperationalError:
        if self.kind == "mysql":
            return OperationalError(3854, f"Cannot convert string '{quoted(text)}' from utf8mb3 to utf8mb4")
        collations = "(utf8mb4_unicode_ci,IMPLICIT) and (utf8mb3_general_ci,COERCIBLE)"
        operation = "like" if " LIKE " in sql and text.startswith("%") else "="
        return OperationalError(1267, f"Illegal mix of collations {collations} for operation '{operation}'")

    def syntax_error(self, near: str) -> ProgrammingError:
        """Return error 1064 for a statement that SQLite would accept."""
        product = {"mysql": "MySQL", "mariadb": "MariaDB"}[self.kind]
        return ProgrammingError(
            1064,
            f"You have an error in your SQL syntax; check the manual that corresponds to your {product} server version "
            f"for the right syntax to use near '{near}' at line 1",
        )


def quoted(text: str) -> str:
    """Return the beginning of a text as MySQL quotes it: bytes that are not printable ASCII are hexadecimal."""
    octets = text.encode()
    shown = "".join(chr(one) if 0x20 <= one <= 0x7F else f"\\x{one:02X}" for one in octets[:QUOTED])
    return shown + "..." * (len(octets) > QUOTED)
