"""Reading JSON as typed values: what doesn't fit becomes its default, not a failure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec


class Wire(msgspec.Struct, rename="camel", kw_only=True, gc=False):
    """Base of all answers: camelCase outside, snake_case inside."""


T = TypeVar("T")


def decode(raw: bytes | msgspec.Raw, shape: type[T]) -> T:
    """Read JSON as ``shape``; a field of the wrong type becomes its default, not a failure.

    Text that was cut through a character (half a surrogate pair, half a UTF-8 sequence) gets
    U+FFFD there.  Raises ``msgspec.DecodeError`` when the bytes are no JSON at all or not an
    object.
    """
    try:
        return _decode(raw, shape)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        whole = _with_whole_characters(bytes(raw))
        if whole == bytes(raw):
            raise
        return _decode(whole, shape)


# A pair of surrogates, a surrogate alone (the group), or any other escape (RFC 8259 §7, §8.2).
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def _with_whole_characters(raw: bytes) -> bytes:
    text = raw.decode("utf-8", "replace").encode()
    return _ESCAPE.sub(lambda escape: rb"\ufffd" if escape[1] else escape[0], text)


def _decode(raw: bytes | msgspec.Raw, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError:
        value: T = _lenient(msgspec.json.decode(raw), shape)
        return value


def _lenient(value: Any, shape: Any) -> Any:
    """Convert what can be converted, field by field; raises ValidationError for the rest."""
    origin = get_origin(shape)
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        if not isinstance(value, dict):
            raise msgspec.ValidationError(f"expected an object for {shape.__name__}")
        hints = get_type_hints(shape)
        fields = {}
        for field in msgspec.structs.fields(shape):
            if field.encode_name in value:
                try:
                    fields[field.name] = _lenient(value[field.encode_name], hints[field.name])
                except msgspec.ValidationError:
                    continue
        return shape(**fields)
    if origin is list:
        if not isinstance(value, list):
            raise msgspec.ValidationError("expected a list")
        return list(_convertible(value, get_args(shape)[0]))
    if origin is not None and type(None) in get_args(shape):
        if value is None:
            return None
        (inner,) = (arg for arg in get_args(shape) if arg is not type(None))
        return _lenient(value, inner)
    if shape is msgspec.Raw:
        return msgspec.Raw(msgspec.json.encode(value))
    return msgspec.convert(value, shape, strict=False)


def _convertible(values: list[Any], shape: Any) -> Any:
    for value in values:
        try:
            yield _lenient(value, shape)
        except msgspec.ValidationError:
            continue


_LOOSE_INSTANT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})"
    r"(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?$"
)


def instant_ms(text: str | None) -> int | None:
    """ISO-8601 text as milliseconds since 1970 UTC; None for anything that isn't an instant.

    Published answers hold days of one digit and instants without milliseconds; a missing zone
    is UTC.
    """
    if not text:
        return None
    try:
        since = datetime.fromisoformat(text) - _EPOCH
    except (ValueError, TypeError):  # TypeError: it has no zone
        moment = _loose_instant(text)
        if moment is None:
            return None
        since = moment - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000


def _loose_instant(text: str) -> datetime | None:
    try:
        return _in_utc(datetime.fromisoformat(text))
    except ValueError:
        match = _LOOSE_INSTANT.match(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    fraction = (fraction or "0")[:6].ljust(6, "0")
    date = f"{year}-{month:0>2}-{day:0>2}"
    time = f"{hour:0>2}:{minute}:{second or '00'}.{fraction}"
    try:
        return _in_utc(datetime.fromisoformat(f"{date}T{time}{zone or 'Z'}"))
    except ValueError:
        return None


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
