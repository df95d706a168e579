"""Reading JSON as Go's encoding/json does: the first value of a body, and Go's words for what is wrong with it."""

import re
from codecs import register_error
from collections.abc import Mapping
from json import JSONDecoder, dumps, loads
from math import isinf
from typing import Any

BLANKS = b" \t\r\n"
# What Go calls the values that Python reads, apart from null.
KINDS = {str: "string", bool: "bool", int: "number", float: "number", list: "array", dict: "object"}
TYPES = {str: "string", bool: "bool", list: "[]string"}
CANNOT_READ = "json: cannot unmarshal {} into Go {} of type {}"
NOTHING, CUT_OFF = "EOF", "unexpected EOF"
DEEPEST_LEVEL = 10_000

# Go reads numbers as floating-point numbers, which are exact up to this length.
EXACT_DIGITS = 15
HALVES = re.compile("[\\ud800-\\udfff]")

# What can come next in JSON, in Go's words for a byte that cannot.
VALUE, KEY, COLON = "looking for beginning of value", "looking for beginning of object key string", "after object key"
ELEMENT_END, PAIR_END = "after array element", "after object key:value pair"
OPENING = {b"[": VALUE, b"{": KEY}
SEPARATORS = {(COLON, b":"): VALUE, (ELEMENT_END, b","): VALUE, (PAIR_END, b","): KEY}
ENDS = {b"[": (ELEMENT_END, b"]"), b"{": (PAIR_END, b"}")}

STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*')
SPACE, HEXADECIMAL, DIGITS = (re.compile(rb"[%b]*" % each) for each in (BLANKS, b"0-9a-fA-F", b"0-9"))
FRACTION = (re.compile(rb"\."), "after decimal point in numeric literal")
EXPONENT = (re.compile(rb"[eE][+-]?"), "in exponent of numeric literal")
CONSTANTS = {b"t": "true", b"f": "false", b"n": "null"}
QUOTED = {"'": r"\'", "\\": r"\\"} | {chr(7 + index): f"\\{letter}" for index, letter in enumerate("abtnvfr")}


def first_object(data: bytes, go_type: str = "map[string]interface {}") -> dict[str, Any]:
    """Return the JSON object at the beginning of a body, whatever follows it; null is an empty one.

    Each byte that is not UTF-8, and each half of a surrogate pair, is read as U+FFFD. Raises ValueError in Go's words.
    """
    text = data.decode("utf-8", "one by one").lstrip(BLANKS.decode())
    if text.count("[") + text.count("{") > DEEPEST_LEVEL and (words := syntax_error(data)):
        raise ValueError(words)
    try:
        value, _ = DECODER.raw_decode(text)
    except ValueError as error:
        raise ValueError(syntax_error(data) or str(error)) from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(CANNOT_READ.format(KINDS[type(value)], "value", go_type))
    written = dumps(value, ensure_ascii=False)
    return dict(loads(HALVES.sub("\ufffd", written))) if HALVES.search(written) else value


def bound(payload: dict[str, Any], struct: str, fields: Mapping[str, type]) -> dict[str, Any]:
    """Return the values of these fields of a Go struct, whose names ignore case. null and no value are empty ones.

    A list has texts. Raises ValueError, in Go's words, for the first value of another type.
    """
    values = {name: wanted() for name, wanted in fields.items()}
    for name, value in payload.items():
        field = name.casefold()
        if field in fields and value is not None:
            _check(value, fields[field], f"struct field {struct}.{field}")
            for one in value if fields[field] is list else ():
                _check(one, str, f"struct field {struct}.{field}")
            values[field] = [one or "" for one in value] if fields[field] is list else value
    return values


def _check(value: object, wanted: type, place: str) -> None:
    if value is not None and not isinstance(value, wanted):
        raise ValueError(CANNOT_READ.format(KINDS[type(value)], place, TYPES[wanted]))


def syntax_error(data: bytes) -> str:
    """Return Go's words for the first error in the syntax of the first value. They are empty if it has none."""
    at, brackets, expected, may_end = 0, [b""], VALUE, False
    while True:
        at = _after(SPACE, data, at)
        one = data[at : at + 1]
        if may_end and one == ENDS[brackets[-1]][1]:
            brackets.pop()
            at += 1
        elif (expected, one) in SEPARATORS:
            expected, may_end = SEPARATORS[expected, one], False
            at += 1
            continue
        elif expected == VALUE and one in OPENING:
            if len(brackets) > DEEPEST_LEVEL:
                return _complaint(data, at, "exceeded max depth")
            brackets.append(one)
            expected, may_end = OPENING[one], True
            at += 1
            continue
        elif one == b'"' if expected == KEY else expected == VALUE:
            at, context = _after_scalar(data, at)
            if context:
                return _complaint(data, at, context)
            if expected == KEY:
                expected, may_end = COLON, False
                continue
        else:
            return _complaint(data, at, expected)
        if not brackets[-1]:
            return ""
        expected, may_end = ENDS[brackets[-1]][0], True


def _after_scalar(data: bytes, at: int) -> tuple[int, str]:
    """Return the end of the text, number or constant that begins here; or the place of an error, and its context."""
    one = data[at : at + 1]
    if one == b'"':
        return _after_string(data, at)
    if one in CONSTANTS:
        for index, letter in enumerate(CONSTANTS[one]):
            if data[at + index : at + index + 1] != letter.encode():
                return at + index, f"in literal {CONSTANTS[one]} (expecting '{letter}')"
        return at + len(CONSTANTS[one]), ""
    if one == b"-":
        at += 1
    if not data[at : at + 1].isdigit():
        return at, "in numeric literal" if one == b"-" else VALUE
    at = at + 1 if data[at : at + 1] == b"0" else _after(DIGITS, data, at)
    for mark, context in (FRACTION, EXPONENT):
        if found := mark.match(data, at):
            at = _after(DIGITS, data, found.end())
            if at == found.end():
                return at, context
    return at, ""


def _after_string(data: bytes, at: int) -> tuple[int, str]:
    end = _after(STRING, data, at)
    if data[end : end + 1] == b'"':
        return end + 1, ""
    if data[end : end + 1] != b"\\":
        return end, "in string literal"
    if data[end + 1 : end + 2] != b"u":
        return end + 1, "in string escape code"
    return _after(HEXADECIMAL, data, end + 2), r"in \u hexadecimal character escape"


def _after(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found else at


def _complaint(data: bytes, at: int, context: str) -> str:
    if at >= len(data):
        return CUT_OFF if data.strip(BLANKS) else NOTHING
    one = chr(data[at])
    escape = f"\\x{ord(one):02x}" if one < " " or one == "\x7f" else f"\\u{ord(one):04x}"
    return f"invalid character '{QUOTED.get(one, one if one.isprintable() else escape)}' {context}"


def _integer(text: str) -> float:
    return int(text) if len(text) <= EXACT_DIGITS else _number(text)


def _number(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError(CANNOT_READ.format(f"number {text}", "value", "float64"))
    return number


def _no_number(text: str) -> object:
    raise ValueError(text)


def _one_by_one(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\ufffd" * (error.end - error.start), error.end


DECODER = JSONDecoder(parse_constant=_no_number, parse_int=_integer, parse_float=_number)
register_error("one by one", _one_by_one)
