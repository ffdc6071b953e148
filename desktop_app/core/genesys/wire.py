"""The answers of the Genesys Cloud API as typed values.

Shapes follow the official models (``AnalyticsConversation`` and its parts in the Python SDK
269.0.0); what real answers do beyond them is in the notes below.  Every field may be missing
or null, unknown fields are ignored, and unknown enum values are kept as text, because the
service adds to all of them without notice.  Only what the application reads is named here:
the raw conversation is stored beside its row.

Instants stay ISO-8601 text; ``instant_ms`` reads them.  Durations in metrics are milliseconds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec


class Wire(msgspec.Struct, rename="camel", kw_only=True, gc=False):
    """Base of all answers: camelCase outside, snake_case inside."""


# --- conversations -----------------------------------------------------------------------------


class Metric(Wire):
    """``t…`` is in milliseconds, ``n…`` counts. A name repeats within a session: sum them."""

    name: str | None = None
    value: float | None = None
    emit_date: str | None = None


class Segment(Wire):
    segment_type: str | None = None
    segment_start: str | None = None
    segment_end: str | None = None
    queue_id: str | None = None
    group_id: str | None = None
    disconnect_type: str | None = None
    error_code: str | None = None
    wrap_up_code: str | None = None
    wrap_up_note: str | None = None
    wrap_up_tags: list[str] | None = None
    requested_routing_skill_ids: list[str] | None = None
    requested_language_id: str | None = None
    subject: str | None = None
    conference: bool | None = None
    sip_response_codes: list[int] | None = None


class FlowOutcome(Wire):
    flow_outcome: str | None = None
    flow_outcome_id: str | None = None
    flow_outcome_value: str | None = None


class Flow(Wire):
    flow_id: str | None = None
    flow_name: str | None = None
    flow_type: str | None = None
    flow_version: str | None = None
    entry_type: str | None = None
    entry_reason: str | None = None
    exit_reason: str | None = None
    transfer_type: str | None = None
    transfer_target_name: str | None = None
    transfer_target_address: str | None = None
    outcomes: list[FlowOutcome] | None = None


class Session(Wire):
    session_id: str | None = None
    peer_id: str | None = None
    media_type: str | None = None
    message_type: str | None = None
    direction: str | None = None
    ani: str | None = None
    dnis: str | None = None
    session_dnis: str | None = None
    address_from: str | None = None
    address_to: str | None = None
    remote: str | None = None
    remote_name_displayable: str | None = None
    provider: str | None = None
    protocol_call_id: str | None = None
    recording: bool | None = None
    used_routing: str | None = None
    requested_routings: list[str] | None = None
    callback_numbers: list[str] | None = None
    callback_user_name: str | None = None
    callback_scheduled_time: str | None = None
    outbound_campaign_id: str | None = None
    outbound_contact_list_id: str | None = None
    monitored_participant_id: str | None = None
    coached_participant_id: str | None = None
    barged_participant_id: str | None = None
    flow: Flow | None = None
    metrics: list[Metric] | None = None
    segments: list[Segment] | None = None


class Participant(Wire):
    """``attributes`` comes with job results, and with some query answers too."""

    participant_id: str | None = None
    participant_name: str | None = None
    purpose: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    external_contact_id: str | None = None
    external_organization_id: str | None = None
    flagged_reason: str | None = None
    attributes: dict[str, str | None] | None = None
    sessions: list[Session] | None = None


class Conversation(Wire):
    """A missing ``conversation_end`` doesn't mean that the contact is still open."""

    conversation_id: str | None = None
    conversation_start: str | None = None
    conversation_end: str | None = None
    originating_direction: str | None = None
    conversation_initiator: str | None = None
    division_ids: list[str] | None = None
    external_tag: str | None = None
    media_stats_min_conversation_mos: float | None = None
    participants: list[Participant] | None = None


class ConversationPage(Wire):
    """One page of a details query. Either field may be missing; the count is approximate."""

    conversations: list[msgspec.Raw] | None = None
    total_hits: int | None = None


# --- who is signed in --------------------------------------------------------------------------


class Entity(Wire):
    """Anything with an id and a name: a queue, a wrap-up code, a division, a user."""

    id: str | None = None
    name: str | None = None


class Listing(Wire):
    """The shape of every paged listing; the counts may be missing."""

    entities: list[Entity] | None = None
    page_number: int | None = None
    page_count: int | None = None
    total: int | None = None


class Authorization(Wire):
    """What ``expand=authorization`` adds to a user; permissions as ``domain:entity:action``."""

    permissions: list[str] | None = None


class User(Wire):
    id: str | None = None
    name: str | None = None
    email: str | None = None
    authorization: Authorization | None = None


class Organization(Wire):
    id: str | None = None
    name: str | None = None
    default_country_code: str | None = None


class TokenClient(Wire):
    id: str | None = None
    name: str | None = None
    organization: Entity | None = None


class TokenInfo(Wire):
    """``GET /api/v2/tokens/me``. ``home_organization`` differs when the person has switched."""

    organization: Entity | None = None
    home_organization: Entity | None = None
    authorized_scope: list[str] | None = None
    oauth_client: TokenClient | None = msgspec.field(default=None, name="OAuthClient")


class TokenGrant(Wire, rename=None):
    """The token endpoint's answer, good or bad (RFC 6749 §5; Genesys adds ``description``)."""

    access_token: str | None = None
    token_type: str | None = None
    expires_in: int | None = None
    error: str | None = None
    description: str | None = None
    error_description: str | None = None


class ErrorBody(Wire):
    message: str | None = None
    code: str | None = None
    status: int | None = None
    context_id: str | None = None
    message_params: dict[str, Any] | None = None


# --- reading ------------------------------------------------------------------------------------

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
        moment = datetime.fromisoformat(text)
    except ValueError:
        match = _LOOSE_INSTANT.match(text.strip())
        if not match:
            return None
        year, month, day, hour, minute, second, fraction, zone = match.groups()
        fraction = (fraction or "0")[:6].ljust(6, "0")
        date = f"{year}-{month:0>2}-{day:0>2}"
        time = f"{hour:0>2}:{minute}:{second or '00'}.{fraction}"
        try:
            moment = datetime.fromisoformat(f"{date}T{time}{zone or 'Z'}")
        except ValueError:
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    delta = moment - _EPOCH
    return delta.days * 86_400_000 + delta.seconds * 1000 + delta.microseconds // 1000


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
