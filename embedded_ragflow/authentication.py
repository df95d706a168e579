"""Who asks: from an Authorization header to a tenant."""

from embedded_ragflow.database import APIToken, Prepared

TENANT = Prepared(APIToken.select(APIToken.tenant_id).where(APIToken.token == "", APIToken.accepted))


def second_word(header: str) -> str | None:
    """The key as RAGFlow took it up to v0.24: the second word, whatever the first and the third are."""
    words = header.split()
    return words[1] if len(words) > 1 else None


def without_bearer(header: str) -> str:
    """The key as RAGFlow takes it from v0.25.0 on: the whole header, but for a leading "Bearer " in any case."""
    return header[7:].strip() if header.lower().startswith("bearer ") else header


def tenant_with(key: str) -> str | None:
    """The id of the tenant with that key, or None."""
    found = TENANT.run(key).fetchone()
    return found and str(found[0])
