"""Staying signed in: in the operating system's keyring and in no other place (T25)."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail, null

from desktop_app.core.errors import KeyringMissing, SignInNeeded
from desktop_app.core.keychain import Keychain
from desktop_app.core.signin.kept import Kept, KeptSessions, _Entry, open_kept
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import Session, open_session
from desktop_app.practice.server import PracticeServer
from tests.core.signin.signing_in import implicit_token, practice_profile
from tests.keyring_in_memory import MemoryKeyring, SafeKeyring

_UNTYPED: Any = (fail.Keyring, null.Keyring)


@pytest.fixture
def safe() -> SafeKeyring:
    made = SafeKeyring()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def kept() -> KeptSessions:
    return KeptSessions(Keychain("test"))


@pytest.fixture
def profile(server: PracticeServer) -> Profile:
    return practice_profile(server, Grant.IMPLICIT)


def signed_in(server: PracticeServer, profile: Profile) -> Session:
    """A sign-in that holds, without connections of its own."""

    async def main() -> Session:
        session = await open_session(profile, implicit_token(server))
        await session.client.aclose()
        return session

    return asyncio.run(main())


def test_what_is_kept_is_found_and_opens_the_same_session(
    safe: SafeKeyring, kept: KeptSessions, server: PracticeServer, profile: Profile
) -> None:
    session = signed_in(server, profile)
    kept.keep(session)
    found = kept.find(profile)
    assert found is not None and found.access_token.reveal() == session.reveal_token()

    async def again() -> Session:
        opened = await open_kept(found, profile)
        await opened.close()
        return opened

    opened = asyncio.run(again())
    assert opened.same_person(session)
    assert abs(opened.expires_at - session.expires_at) < timedelta(seconds=1)


def test_the_entries_name_nobody_and_other_profiles_find_nothing(
    safe: SafeKeyring, kept: KeptSessions, server: PracticeServer, profile: Profile
) -> None:
    session = signed_in(server, profile)
    kept.keep(session)
    names = [name for _, name in safe.kept]
    assert not any(word in name for name in names for word in ("acme", "grace", "127.0.0.1"))
    for other in (replace(profile, client_id="x"), replace(profile, login_url="https://a.example")):
        assert kept.find(other) is None


def test_T29_forgetting_leaves_nothing_in_the_keyring(
    safe: SafeKeyring, kept: KeptSessions, server: PracticeServer, profile: Profile
) -> None:
    session = signed_in(server, profile)
    kept.keep(session)
    kept.forget(profile)
    assert kept.find(profile) is None
    kept.keep(session)
    kept.forget_all()
    assert safe.kept == {}


@pytest.mark.parametrize(
    "text", ["", "[]", "not json", '["t", "later", 0, "o", "u"]', '["t",1e99,0,"",""]']
)
def test_what_cannot_be_read_is_forgotten(
    text: str, safe: SafeKeyring, kept: KeptSessions, server: PracticeServer, profile: Profile
) -> None:
    session = signed_in(server, profile)
    kept.keep(session)
    (key,) = [key for key in safe.kept if key[1] != "index"]
    safe.kept[key] = text
    assert kept.find(profile) is None
    assert not safe.kept.get(key)


def test_a_sign_in_whose_time_is_over_is_forgotten(
    safe: SafeKeyring, server: PracticeServer, profile: Profile
) -> None:
    session = signed_in(server, profile)
    late = KeptSessions(Keychain("test"), now=lambda: datetime.now(UTC) + timedelta(days=2))
    late.keep(session)
    assert late.find(profile) is None
    assert [name for _, name in safe.kept] == ["index"]


@pytest.mark.parametrize("days", [1, -1])
def test_F08_a_clock_that_is_wrong_by_a_day_costs_no_sign_in(
    days: int, safe: SafeKeyring, server: PracticeServer, profile: Profile
) -> None:
    wrong = timedelta(days=days)
    session = signed_in(server, profile)
    session.client.server_offset = -wrong

    def after(hours: int) -> KeptSessions:
        return KeptSessions(
            Keychain("test"), now=lambda: datetime.now(UTC) + wrong + timedelta(hours=hours)
        )

    after(0).keep(session)
    found = after(23).find(profile)
    assert found is not None
    assert abs(found.expires_at - session.expires_at) < timedelta(seconds=1)
    assert after(25).find(profile) is None


def test_an_entry_shows_no_token() -> None:
    entry = _Entry("canary-token", 0.0, 0.0, "org", "user")
    kept = Kept(Secret("canary-token"), datetime.now(UTC), "org", "user")
    assert "canary" not in f"{entry!r}{entry}{kept!r}{kept}"


def test_a_revoked_token_or_somebody_elses_opens_nothing(
    safe: SafeKeyring, server: PracticeServer, profile: Profile
) -> None:
    async def main() -> None:
        session = await open_session(profile, implicit_token(server))
        token = session.reveal_token()
        assert token is not None
        later = datetime.now(UTC) + timedelta(hours=1)
        with pytest.raises(SignInNeeded):
            await open_kept(
                Kept(Secret(token), later, session.organization_id, "somebody else"), profile
            )
        with pytest.raises(SignInNeeded):
            await open_kept(
                Kept(Secret("revoked"), later, session.organization_id, session.user_id), profile
            )
        await session.close()

    asyncio.run(main())


def test_a_token_that_no_keyring_takes_is_refused(
    safe: SafeKeyring, kept: KeptSessions, server: PracticeServer, profile: Profile
) -> None:
    session = signed_in(server, profile)
    session._token = Secret("x" * 2_000)
    with pytest.raises(KeyringMissing):
        kept.keep(session)
    assert safe.kept == {}


class PlainText(MemoryKeyring):
    __module__ = "keyrings.alt.file"


@pytest.fixture(params=["none", "null", "plain text"])
def unsafe(request: pytest.FixtureRequest) -> MemoryKeyring | None:
    backend = {"none": _UNTYPED[0], "null": _UNTYPED[1], "plain text": PlainText}[request.param]()
    keyring.set_keyring(backend)
    return backend if isinstance(backend, PlainText) else None


def test_T25_without_a_protected_keyring_nothing_is_written_anywhere(
    unsafe: MemoryKeyring | None, kept: KeptSessions, server: PracticeServer, profile: Profile
) -> None:
    home = Path(os.environ["HOME"])
    session = signed_in(server, profile)
    with pytest.raises(KeyringMissing):
        kept.keep(session)
    assert not kept.available()
    assert kept.find(profile) is None
    kept.forget(profile)
    kept.forget_all()
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert unsafe is None or unsafe._secrets == {}


def test_T29_another_sign_in_of_the_same_organisation_is_not_taken_for_this_one(
    safe: SafeKeyring, kept: KeptSessions, server: PracticeServer, profile: Profile
) -> None:
    first, second = signed_in(server, profile), signed_in(server, profile)
    kept.keep(second)
    assert kept.has(second) and not kept.has(first)
    kept.forget_token(profile, first.reveal_token())
    assert kept.has(second)
    kept.forget_token(profile, second.reveal_token())
    assert kept.find(profile) is None


class SlowKeyring(SafeKeyring):
    """Asks the person to unlock it before it takes anything."""

    __module__ = SafeKeyring.__module__

    def __init__(self) -> None:
        super().__init__()
        self.asking, self.unlocked = threading.Event(), threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asking.set()
        assert self.unlocked.wait(10)
        super().set_password(service, username, password)


def test_T45_what_is_about_to_be_kept_is_forgotten_too(
    kept: KeptSessions, server: PracticeServer, profile: Profile
) -> None:
    """Somebody locks the window while the keyring still asks whether to keep their sign-in."""
    keyring.set_keyring(slow := SlowKeyring())
    session = signed_in(server, profile)
    keeping = threading.Thread(target=kept.keep, args=[session])
    keeping.start()
    assert slow.asking.wait(10)
    forgetting = threading.Thread(target=kept.forget_token, args=[profile, session.reveal_token()])
    forgetting.start()
    forgetting.join(0.05)  # it would be done by now if it didn't wait
    slow.unlocked.set()
    keeping.join()
    forgetting.join()
    assert kept.find(profile) is None
