"""The database that is imitated: what RAGFlow's connection to MySQL or MariaDB does to the text of a statement.

RAGFlow connects with the default character set of peewee, utf8mb3, which has no characters above U+FFFF. Its driver,
PyMySQL, writes the values into the statement and encodes it as UTF-8, which has no lone surrogates.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import OperationalError, ProgrammingError

# The character in bytes, each of which the database replaces.
REPLACEMENT = "????"
# How much of a text MySQL quotes in an error, in bytes.
QUOTED = 6

# How PyMySQL escapes a text.
ESCAPES = str.maketrans({"\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z", '"': '\\"', "'": "\\'", "\\": "\\\\"})


@dataclass(frozen=True)
class Dialect:
    """A kind of database, "mysql" or "mariadb", and the character set of RAGFlow's connection to it."""

    kind: str = "mysql"
    charset: str = "utf8mb3"

    # The columns that the imitated release does not have, and so does not name in a statement.
    later_columns: Collection[str] = ()

    def received(self, text: str) -> str:
        """Return the text as the database receives a value to store."""
        if self.charset == "utf8mb4" or text.isascii():
            return text
        return "".join(REPLACEMENT if one > "\uffff" else one for one in text)

    def check(self, sql: str, values: Sequence[object]) -> None:
        """Check the values of a statement. The stored ones have been `received` before, the others are compared.

        Raises UnicodeEncodeError, with the whole statement, for a lone surrogate. Raises OperationalError for a
        character above U+FFFF, which cannot be converted to the column's character set.
        """
        texts = [value for value in values if isinstance(value, str) and not value.isascii()]
        if not can_be_encoded(texts):
            self.statement(sql, values).encode()
        for text in texts:
            if self.charset == "utf8mb3" and max(text) > "\uffff":
                raise self._not_converted(sql, text)

    def statement(self, sql: str, values: Iterable[object]) -> str:
        """Return an SQLite statement in MySQL's dialect, with its values."""
        for column in self.later_columns:
            sql = sql.replace(f', "t1"."{column}"', "")
        first, *others = sql.replace('"', "`").split("?")
        return first + "".join(f"{literal(value)}{other}" for value, other in zip(values, others, strict=True))

    def _not_converted(self, sql: str, text: str) -> OperationalError:
        if self.kind == "mysql":
            return OperationalError(3854, f"Cannot convert string '{quoted(text)}' from utf8mb3 to utf8mb4")
        collations = "(utf8mb4_unicode_ci,IMPLICIT) and (utf8mb3_general_ci,COERCIBLE)"
        operation = "like" if " LIKE " in sql else "="
        return OperationalError(1267, f"Illegal mix of collations {collations} for operation '{operation}'")

    @staticmethod
    def missing_table(name: str) -> ProgrammingError:
        return ProgrammingError(1146, f"Table 'rag_flow.{name}' doesn't exist")

    def syntax_error(self, near: str) -> ProgrammingError:
        """Return error 1064 for a statement that SQLite would accept. It quotes at most 80 characters."""
        product = {"mysql": "MySQL", "mariadb": "MariaDB"}[self.kind]
        if len(near) > 80:
            near = near[:80] if self.kind == "mysql" else near[:77] + "..."
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


def can_be_encoded(values: Iterable[object]) -> bool:
    """Whether these values have no lone surrogates."""
    try:
        "".join(value for value in values if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        return False
    return True


def literal(value: object) -> str:
    """Return a value as PyMySQL writes it into a statement."""
    if value is None:
        return "NULL"
    if isinstance(value, float):
        return f"{value}e0"
    if isinstance(value, int):
        return str(int(value))
    text = value.isoformat(" ") if isinstance(value, datetime) else str(value)
    return f"'{text.translate(ESCAPES)}'"
