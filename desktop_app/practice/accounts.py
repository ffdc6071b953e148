"""Who may sign in to the practice organisation, and through which OAuth clients."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .tenants import ContactSource, Entity, NoContacts, OtherDirectory

ANALYTICS = frozenset({"analytics:conversationDetail:view"})

# A supervisor of the field often lacks the `:view` rights of the contact-centre administrator
# (contract §3): routing:queue:view and the flows' :view are missing on purpose.
_NAMES = frozenset(
    {
        "architect:flow:search",
        "directory:user:view",
        "routing:queue:search",
        "routing:skill:view",
        "routing:wrapupCode:search",
        "routing:wrapupCode:view",
    }
)

_QUALITY = frozenset(
    {
        "quality:evaluation:view",
        "recording:recording:view",
        "speechAndTextAnalytics:data:view",
    }
)

READ_SCOPES = (
    "analytics:readonly",
    "architect:readonly",
    "authorization:readonly",
    "conversations:readonly",
    "notifications",
    "quality:readonly",
    "recordings:readonly",
    "routing:readonly",
    "speech-and-text-analytics:readonly",
    "user-basic-info",
    "users:readonly",
)

REDIRECT_URIS = ("http://localhost:8085/oauth2/callback", "http://127.0.0.1:8085/oauth2/callback")
_ANY_PORT = ("http://localhost/oauth2/callback", "http://127.0.0.1/oauth2/callback")

_CLIENT_CREDENTIALS = "CLIENT_CREDENTIALS"
_SERVICE_SECRET = "practice-service-secret"

_SUPERVISOR_EMAIL = "grace.obi@acme.example"


@dataclass(frozen=True)
class Account:
    """A person who can sign in; ``user`` is their entry in the organisation's directory."""

    role: str
    password: str = field(repr=False)
    user: Entity
    contacts: ContactSource
    permissions: frozenset[str]

    @property
    def email(self) -> str:
        return str(self.user["email"])

    @property
    def name(self) -> str:
        return str(self.user["name"])

    @property
    def organization(self) -> Entity:
        return self.contacts.directory.organization


@dataclass(frozen=True)
class OAuthClient:
    """A registered application.

    ``response_types`` are those it may ask for; one without ``token`` is what every implicit
    client becomes when that grant ends (contract §1).  One with a secret shows it for a token of
    its own.
    """

    client_id: str
    name: str
    grant_type: str
    response_types: frozenset[str]
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...] = READ_SCOPES
    secret: str = field(default="", repr=False)  # of a confidential client; others have none

    @property
    def acts_for_nobody(self) -> bool:
        """Whether its tokens stand for itself and for no person."""
        return self.grant_type == _CLIENT_CREDENTIALS

    def allows_redirect(self, uri: str) -> bool:
        """The whole URI must match; a loopback URI registered without a port takes any port."""
        if uri in self.redirect_uris:
            return True
        without_port = _without_loopback_port(uri)
        return without_port is not None and without_port in self.redirect_uris


def _without_loopback_port(uri: str) -> str | None:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "http" or parts.hostname not in ("localhost", "127.0.0.1") or not port:
        return None
    # Only the port may differ, so it is cut out of the text instead of the URI being rebuilt.
    cut = re.sub(rf"^(http://{re.escape(parts.hostname)}):{port}(?=/)", r"\1", uri)
    return cut if cut != uri else None


def make_clients() -> dict[str, OAuthClient]:
    """The clients by their name in the server's description."""
    return {
        "implicit": OAuthClient(
            "3f1a5c52-8a6e-4a0b-9d57-6f2f0c8f9b11",
            "Contact History",
            "TOKEN",
            frozenset({"token"}),
            REDIRECT_URIS,
        ),
        "pkce": OAuthClient(
            "9c0de8a4-2b7f-4e13-8c1d-54a7e0b6d322",
            "Contact History (PKCE)",
            "CODE",
            frozenset({"code"}),
            REDIRECT_URIS + _ANY_PORT,
        ),
        "expired-implicit": OAuthClient(
            "c5b2f7d0-1e94-4d6a-b3f8-90a1d2e4c733",
            "Contact History (retired)",
            "TOKEN",
            frozenset(),
            REDIRECT_URIS,
        ),
        "service": OAuthClient(
            "e47c1b90-5d38-4f2a-8c06-b1d92a7f3e44",
            "Contact History (scheduled)",
            _CLIENT_CREDENTIALS,
            frozenset(),
            (),
            secret=_SERVICE_SECRET,
        ),
    }


def service_account(contacts: ContactSource, client: OAuthClient) -> Account:
    """What the tokens of a client that acts for nobody may see; nobody can sign in with it."""
    entity = {"id": client.client_id, "name": client.name, "email": ""}
    return Account("service", "", entity, contacts, ANALYTICS | _NAMES)


def make_accounts(contacts: ContactSource) -> Mapping[str, Account]:
    """The accounts by e-mail address, in lower case."""
    active = [user for user in contacts.directory.users if user.get("state") == "active"]
    supervisor = next(user for user in active if user.get("email") == _SUPERVISOR_EMAIL)
    agent = next(user for user in active if user is not supervisor and user.get("email"))
    other = NoContacts(OtherDirectory(), contacts.interval)
    accounts = (
        Account(
            "supervisor",
            "practice-supervisor",
            supervisor,
            contacts,
            ANALYTICS | _NAMES | _QUALITY,
        ),
        Account("no_analytics", "practice-agent", agent, contacts, frozenset()),
        Account(
            "other_organization",
            "practice-other",
            other.directory.users[0],
            other,
            ANALYTICS | _NAMES,
        ),
    )
    return {account.email.casefold(): account for account in accounts}
