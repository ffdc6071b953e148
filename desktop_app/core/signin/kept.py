"""Staying signed in: the token in the operating system's keyring, and nowhere else (T25).

Only for those who chose it.  One entry for each profile, found by its login host and client.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from desktop_app.core.errors import KeyringMissing, SignInNeeded
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.keychain import Keychain, KeychainLocked, KeychainMissing
from desktop_app.core.signin.oauth import Token
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import ClientFactory, Session, SignIn, open_session

LONGEST = 1_200  # characters: Windows' Credential Manager takes 2,560 bytes, two for each
_LONGEST_NAME = 100
_INDEX = "index"  # the entry that lists the others, for keyrings can't be listed


@dataclass(frozen=True, slots=True)
class Kept:
    """A sign-in that was kept. ``expires_at`` is by the service's clock."""

    access_token: Secret
    expires_at: datetime
    organization_id: str
    user_id: str
    organization_name: str = field(default="", repr=False)
    user_name: str = field(default="", repr=False)
    user_email: str = field(default="", repr=False)


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    """What the keyring holds. ``expires_at`` is in epoch seconds by the service's clock.

    ``ahead_s`` is how far that clock was ahead of this computer's: one that is wrong by a day
    must not cost a sign-in that still holds (fault F8).  The names tell whose it is to a window
    that can't ask (fault F9).
    """

    token: str
    expires_at: float
    ahead_s: float
    organization_id: str
    user_id: str
    organization_name: str = ""
    user_name: str = ""
    user_email: str = ""

    def __repr__(self) -> str:
        return "_Entry(***)"


class KeptSessions:
    """Every call may wait for the person to unlock the keyring: not for the GUI's thread.

    One call at a time: what is about to be kept is there for whoever forgets it next.
    """

    def __init__(self, keychain: Keychain, *, now: Callable[[], datetime] | None = None) -> None:
        self._keychain = keychain
        self._now = now or (lambda: datetime.now(UTC))
        self._turn = threading.RLock()

    def available(self) -> bool:
        """Whether this computer has a keyring that protects what it holds."""
        try:
            self._keychain.read(_INDEX)
        except KeychainMissing:
            return False
        except KeychainLocked:
            return True
        return True

    def keep(self, session: Session) -> None:
        """Raises KeyringMissing when it can't be kept; then nothing is."""
        token = session.reveal_token()
        if token is None:
            return
        entry = _Entry(
            token,
            session.expires_at.timestamp(),
            session.client.server_offset.total_seconds(),
            session.organization_id,
            session.user_id,
            session.organization_name[:_LONGEST_NAME],
            session.user_name[:_LONGEST_NAME],
            session.user_email,
        )
        text = msgspec.json.encode(entry).decode()
        if len(text) > LONGEST:
            raise KeyringMissing("The sign-in is too long for this computer's keyring.")
        name = _name(session.profile)
        try:
            with self._turn:
                self._keychain.write(_INDEX, " ".join(sorted({*self._names(), name})))
                self._keychain.write(name, text)
        except KeychainMissing:
            raise KeyringMissing(
                "This computer has no protected keyring, so the sign-in can't be kept. Sign in"
                " again when you next open Contact History."
            ) from None
        except KeychainLocked:
            raise KeyringMissing(
                "The keyring is locked or refused access, so the sign-in can't be kept. Unlock it,"
                " then sign in again."
            ) from None

    def find(self, profile: Profile) -> Kept | None:
        """What was kept of this profile, unless its time is over."""
        with self._turn:
            try:
                text = self._keychain.read(_name(profile))
            except (KeychainMissing, KeychainLocked):
                return None
            if not text:
                return None
            kept = _read(text, self._now())
            if kept is None:
                self.forget(profile)
            return kept

    def has(self, session: SignIn) -> bool:
        """Whether this very sign-in is kept, and not another of the same organisation."""
        return self._has(session.profile, session.reveal_token())

    def forget_token(self, profile: Profile, token: str | None) -> None:
        """Drop a sign-in, which may have been closed by then; never another in its place."""
        with self._turn:
            if self._has(profile, token):
                self.forget(profile)

    def forget(self, profile: Profile) -> None:
        with self._turn:
            self._delete(_name(profile))

    def forget_all(self) -> None:
        with self._turn:
            for name in [*self._names(), _INDEX]:
                self._delete(name)

    def _has(self, profile: Profile, token: str | None) -> bool:
        kept = self.find(profile)
        return kept is not None and kept.access_token.reveal() == token

    def _delete(self, name: str) -> None:
        try:
            self._keychain.delete(name)
        except (KeychainMissing, KeychainLocked):
            return

    def _names(self) -> list[str]:
        try:
            return (self._keychain.read(_INDEX) or "").split()
        except (KeychainMissing, KeychainLocked):
            return []


async def open_kept(
    kept: Kept,
    profile: Profile,
    *,
    new_client: ClientFactory = GenesysClient,
    check: Callable[[str, str], None] | None = None,
) -> Session:
    """Go on with a sign-in that was kept, checked like a new one.

    Raises SignInNeeded when it has ended or belongs to somebody else by now.
    """
    session = await open_session(
        profile,
        Token(kept.access_token, 0),  # when it ends is known already, see below
        expected_organization=kept.organization_id,
        new_client=new_client,
        check=check,
        is_kept=True,
    )
    if session.user_id != kept.user_id:
        await session.close()
        raise SignInNeeded("The sign-in that was kept is somebody else's. Sign in again.")
    session.expires_at = kept.expires_at
    return session


def _name(profile: Profile) -> str:
    """A hash, so that the keyring's list tells nobody where somebody works."""
    return hashlib.sha256(f"{profile.login_url}\n{profile.client_id}".encode()).hexdigest()[:32]


def _read(text: str, now: datetime) -> Kept | None:
    """What an entry says, unless it can't be read or is over; ``now`` is this computer's."""
    try:
        entry = msgspec.json.decode(text, type=_Entry)
        expires_at = datetime.fromtimestamp(entry.expires_at, UTC)
    except (msgspec.DecodeError, ValueError, OverflowError, OSError):
        return None
    if entry.expires_at <= now.timestamp() + entry.ahead_s:
        return None
    return Kept(
        Secret(entry.token),
        expires_at,
        entry.organization_id,
        entry.user_id,
        entry.organization_name,
        entry.user_name,
        entry.user_email,
    )
