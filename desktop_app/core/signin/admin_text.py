"""What a Genesys Cloud admin has to create for this application, as text to send. Pure."""

from __future__ import annotations

from desktop_app.core.signin.profiles import Grant, Profile

# The read scopes of what the application asks for (contract §1).
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

# The least that shows each part of the application (contract §2.1, §3, §4).
_PERMISSIONS = (
    ("Contact history", "analytics:conversationDetail:view"),
    ("Agents", "directory:user:view"),
    ("Queues", "routing:queue:search"),
    ("Wrap-up codes", "routing:wrapupCode:search"),
    ("Skills", "routing:skill:view"),
    ("Flows", "architect:flow:search"),
    ("Recordings", "recording:recording:view"),
    ("Transcripts", "speechAndTextAnalytics:data:view, with that of recordings"),
    ("Evaluations", "quality:evaluation:view"),
    ("Surveys", "quality:survey:view"),
)

_GRANTS = {
    Grant.PKCE: "Code Authorization with PKCE (no client secret is needed)",
    Grant.IMPLICIT: "Token Implicit Grant (none can be created since March 2026; Genesys ends it"
    " by March 2027)",
}


def admin_text(profile: Profile) -> str:
    """Plain text. Works on an unfinished profile: what is empty is left to the admin."""
    return "\n".join(
        [
            "Contact History: OAuth client for Genesys Cloud",
            "",
            _request(profile),
            "",
            *_facts(profile),
            "",
            "Authorized redirect URIs (all of them):",
            *(f"  {uri}" for uri in redirect_uris(profile)),
            "",
            "Scopes (it only reads):",
            *(f"  {scope}" for scope in READ_SCOPES),
            "",
            "Permissions that supervisors need in their role:",
            *(f"  {feature}: {permissions}" for feature, permissions in _PERMISSIONS),
            "",
        ]
    )


def _request(profile: Profile) -> str:
    where = "under Admin › Integrations › OAuth"
    if profile.client_id:
        return f"Please check that this client is set up {where} as follows."
    if profile.grant is Grant.IMPLICIT:
        return f"Please set up an existing client {where} as follows, and send its client ID."
    return f"Please create it {where} as follows, and send its client ID."


def redirect_uris(profile: Profile) -> tuple[str, ...]:
    """All that have to be registered, each once: the window's and the own browser's."""
    mine = (profile.redirect_uri,) if profile.redirect_uri else ()
    return tuple(dict.fromkeys((*mine, *profile.browser_redirect_uris)))


def _facts(profile: Profile) -> list[str]:
    facts = [
        ("Organisation", profile.name),
        ("Region", f"{profile.region.label} ({profile.region.domain})" if profile.region else ""),
        ("App name", "Contact History"),
        ("Grant type", _GRANTS[profile.grant]),
        ("Client ID", profile.client_id),
    ]
    return [f"{title}: {words}" for title, words in facts if words]
