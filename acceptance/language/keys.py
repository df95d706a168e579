"""The ways in which somebody may show an API key, or none: the words of the features, and the header."""

from acceptance.ragflow.client import NO_KEY, Credentials


def headers(key: str) -> dict[str, str | None]:
    """What stands in the header, where this is a valid key; None: there is no header."""
    return {
        "no API key": None,
        "an empty API key": "",
        "the word Bearer and no API key": "Bearer",
        "the word Bearer, a blank and no API key": "Bearer ",
        "one word that is no API key": "invalid_key_123",
        "an unknown API key": "Bearer invalid_key_123",
        "the first half of a valid API key": f"Bearer {key[: len(key) // 2]}",
        "a valid API key and one letter more": f"Bearer {key}x",
        "an API key of 10,000 letters": f"Bearer {'x' * 10_000}",
        "a database trick for an API key": "Bearer x' OR '1'='1",
        "a percent sign for an API key": "Bearer %",
        "a valid API key": f"Bearer {key}",
        "a valid API key behind two blanks": f"Bearer  {key}",
        "a valid API key behind the word bearer in small letters": f"bearer {key}",
        "a valid API key behind the word BEARER in capital letters": f"BEARER {key}",
        "a valid API key without the word Bearer": key,
        "a valid API key behind the word Basic": f"Basic {key}",
        "a valid API key behind the word Token": f"Token {key}",
        "a valid API key and a further word": f"Bearer {key} extra",
    }


def shown(words: str, valid: Credentials) -> Credentials:
    """Credentials of these words, made from the tenant's own."""
    (key,) = valid.secrets
    header = headers(key)[words]
    return NO_KEY if header is None else Credentials(words, header, (key, key[: len(key) // 2]))
