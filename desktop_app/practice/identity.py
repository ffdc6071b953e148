"""Who a token stands for: tokens/me, users/me, organizations/me, and the organisation's limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.routing import Route

from .errors import bad_request, not_found
from .gate import Answer, Call, Gate
from .settings import PracticeSettings
from .tokens import AccessToken, TokenStore


def iso_ms(seconds: float) -> str:
    """An instant as the service writes it: UTC with three digits."""
    instant = datetime.fromtimestamp(seconds, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Identity:
    """Endpoints about the caller."""

    def __init__(self, tokens: TokenStore, settings: PracticeSettings) -> None:
        self._tokens = tokens
        self._settings = settings

    def routes(self, gate: Gate) -> list[Route]:
        return [
            gate.route("GET", "tokens/me", self._token),
            gate.route("HEAD", "tokens/me", self._probe),
            gate.route("DELETE", "tokens/me", self._revoke),
            gate.route("GET", "users/me", self._user),
            gate.route("GET", "organizations/me", self._organization),
            gate.route("GET", "organizations/limits/namespaces/{namespace}", self._limits),
        ]

    async def _token(self, call: Call) -> Answer:
        return Answer(_token_info(call.token))

    async def _probe(self, call: Call) -> Answer:
        return Answer(None)

    async def _revoke(self, call: Call) -> Answer:
        self._tokens.revoke(call.token)
        return Answer(None)

    async def _user(self, call: Call) -> Answer:
        account = call.token.account
        if call.token.client.acts_for_nobody:
            raise bad_request("This request needs a user; the token stands for a client alone.")
        expand = {part for text in call.query.getlist("expand") for part in text.split(",")}
        user: dict[str, object] = dict(account.user)
        if "organization" in expand:
            user["organization"] = account.organization
        if "token" in expand:
            user["token"] = _token_info(call.token)
        if "date" in expand:
            user["date"] = {"currentDate": iso_ms(call.token.last_used)}
        if "authorization" in expand:
            user["authorization"] = {
                "roles": [],
                "unusedRoles": [],
                "permissions": sorted(account.permissions),
                "permissionPolicies": [],
            }
        return Answer(user)

    async def _organization(self, call: Call) -> Answer:
        return Answer(call.token.account.organization)

    async def _limits(self, call: Call) -> Answer:
        namespace = call.path["namespace"]
        values = self._namespaces().get(namespace)
        if values is None:
            raise not_found(f"The limit namespace {namespace[:100]} was not found.")
        return Answer(
            {
                "entities": [
                    {"key": key, "namespace": namespace, "value": value}
                    for key, value in values.items()
                ]
            }
        )

    def _namespaces(self) -> Mapping[str, Mapping[str, int]]:
        # The keys are the practice organisation's own: which the service uses isn't known.
        per_minute = round(self._settings.rate_limit * 60 / self._settings.rate_window_s)
        return {
            "platform.api": {
                "client.credentials.token.rate.per.minute": per_minute,
                "org.app.user.rate.per.minute": per_minute,
                "token.rate.per.minute": per_minute,
                "request.payload.max": 512_000,
            },
            "analytics": {
                "conversation.details.interval.days.max": 31,
                "conversation.details.page.size.max": 100,
                "conversation.details.results.max": 100_000,
            },
        }


def _token_info(token: AccessToken) -> dict[str, object]:
    """``TokenInfo``; the client's key is spelt ``OAuthClient`` (quirk 35)."""
    organization = token.account.organization
    named = {"id": organization["id"], "name": organization["name"]}
    return {
        "organization": named,
        "homeOrganization": named,
        "authorizedScope": list(token.scopes),
        "dateTokenIdles": iso_ms(token.idles_at),
        "OAuthClient": {
            "id": token.client.client_id,
            "name": token.client.name,
            "authorizedGrantType": token.client.grant_type,
            "scope": list(token.client.scopes),
            "state": "active",
            "organization": named,
        },
    }
