"""Going on without a network: what a kept sign-in opens while nobody can be asked about it (F9)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.errors import NetworkError
from desktop_app.core.signin.kept import Kept
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.session import SignIn


@dataclass(slots=True)
class OfflineSession(SignIn):
    """A kept sign-in whose time is not over, as it was when Genesys was asked last.

    It opens what is held on this computer.  No client acts for it: its token only tells it from
    another sign-in, so that just this one is forgotten and revoked in the end.
    """


class Offline(NetworkError):
    """A sign-in is kept, and there is something to read; only Genesys can't be reached, for a
    ``reason`` that can be told alone to somebody who is reading."""

    def __init__(self, session: OfflineSession, reason: NetworkError) -> None:
        super().__init__(
            f"{reason} What was read before is held on this computer and can be read meanwhile."
        )
        self.session = session
        self.reason = reason


def offline_session(kept: Kept, profile: Profile) -> OfflineSession:
    return OfflineSession(
        profile=profile,
        user_id=kept.user_id,
        user_name=kept.user_name or kept.user_email or "unnamed user",
        user_email=kept.user_email,
        organization_id=kept.organization_id,
        organization_name=kept.organization_name or "unnamed organisation",
        expires_at=kept.expires_at,
        _token=kept.access_token,
    )
