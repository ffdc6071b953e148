"""The answers of the Genesys Cloud API as typed values.

Shapes follow the official models (``AnalyticsConversation`` and its parts in the Python SDK
269.0.0); what real answers do beyond them is in the notes below.  Every field may be missing
or null, unknown fields are ignored, and unknown enum values are kept as text, because the
service adds to all of them without notice.  Only what the application reads is named here:
the raw conversation is stored beside its row.

Instants stay ISO-8601 text; ``instant_ms`` reads them.  Durations in metrics are milliseconds.
"""

from __future__ import annotations

from typing import Any

import msgspec

from desktop_app.core.genesys.analytics import (
    AgentGroup,
    Conversation,
    ConversationPage,
    Evaluation,
    Flow,
    FlowOutcome,
    Metric,
    Participant,
    ProposedAgent,
    Resolution,
    Segment,
    Session,
    Survey,
)
from desktop_app.core.genesys.decoding import Wire, decode, instant_ms

__all__ = [
    "AgentGroup",
    "Authorization",
    "Conversation",
    "ConversationPage",
    "Entity",
    "ErrorBody",
    "Evaluation",
    "Flow",
    "FlowOutcome",
    "Listing",
    "Metric",
    "Organization",
    "Participant",
    "ProposedAgent",
    "Resolution",
    "Segment",
    "Session",
    "Survey",
    "TokenClient",
    "TokenGrant",
    "TokenInfo",
    "User",
    "Wire",
    "decode",
    "instant_ms",
]


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
