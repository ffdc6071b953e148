"""A kept sign-in that can't be checked: what it opens, and what it never does (fault F9)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import keyring
import msgspec
import pytest

from desktop_app.core.errors import (
    CertificateRefused,
    ForbiddenByPolicy,
    NetworkError,
    ProxySignInNeeded,
    RateLimited,
    ServiceError,
    ServiceTimeout,
    ServiceUnavailable,
    SignInNeeded,
    UnexpectedAnswer,
)
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.network import Network
from desktop_app.core.keychain import Keychain
from desktop_app.core.signin import session
from desktop_app.core.signin.journey import SignInJourney
from desktop_app.core.signin.kept import KeptSessions, _Entry
from desktop_app.core.signin.oauth import Attempt
from desktop_app.core.signin.offline import Offline, OfflineSession
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.core.signin.remembered import Remembered
from desktop_app.core.signin.session import Session, SignIn
from desktop_app.practice.server import PracticeServer
from tests.core.signin.signing_in import implicit_token, practice_profile
from tests.keyring_in_memory import SafeKeyring

Fail = Callable[[Exception], None]


@pytest.fixture
def keyring_of_the_system() -> SafeKeyring:
    keyring.set_keyring(made := SafeKeyring())
    return made


@pytest.fixture
def kept(keyring_of_the_system: SafeKeyring) -> KeptSessions:
    return KeptSessions(Keychain("test"))


@pytest.fixture
def profile(server: PracticeServer) -> Profile:
    return practice_profile(server, Grant.IMPLICIT)


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """From now on asking whose the token is ends so."""

    def arranged(error: Exception) -> None:
        async def whoami(client: GenesysClient) -> None:
            raise error

        monkeypatch.setattr(session, "whoami", whoami)

    return arranged


async def dead(client: GenesysClient) -> None:
    raise NetworkError("It's dead.")


class Holdings:
    """What this computer holds, and who was asked about."""

    def __init__(self, *, held: bool) -> None:
        self.held = held
        self.asked: list[tuple[str, str]] = []

    async def __call__(self, sign_in: SignIn) -> bool:
        self.asked.append(sign_in.store_key)
        return self.held


def journey_with(
    kept: KeptSessions,
    folder: Path,
    holdings: Holdings,
    *,
    policy: Policy | None = None,
    stays: bool = True,
) -> SignInJourney:
    return SignInJourney(
        Network(),
        policy or Policy(),
        Remembered(folder),
        kept,
        stay_signed_in=lambda: stays,
        is_held=holdings,
    )


@pytest.fixture
def holdings() -> Holdings:
    return Holdings(held=True)


@pytest.fixture
def journey(kept: KeptSessions, tmp_path: Path, holdings: Holdings) -> SignInJourney:
    return journey_with(kept, tmp_path, holdings)


def sign_in(journey: SignInJourney, server: PracticeServer, profile: Profile) -> Session:
    """A sign-in that is kept, whose window has been closed."""

    async def main() -> Session:
        made = await journey.finish(Attempt.start(profile, now=0.0), implicit_token(server))
        await journey.leave(made)
        return made

    return asyncio.run(main())


def offline(journey: SignInJourney, profile: Profile) -> OfflineSession:
    with pytest.raises(Offline) as caught:
        asyncio.run(journey.resume(profile))
    return caught.value.session


def is_good(server: PracticeServer, token: str | None) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{server.api_url}/api/v2/tokens/me", headers=headers, trust_env=False)
    return answer.status_code == 200


# --- what leads there -----------------------------------------------------------------------------


@pytest.mark.parametrize("error", [NetworkError("It's dead."), ServiceTimeout("It's slow.")])
def test_F09_without_a_network_a_kept_sign_in_opens_what_is_held_for_its_person(
    error: NetworkError,
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    holdings: Holdings,
    fail: Fail,
) -> None:
    before = sign_in(journey, server, profile)
    fail(error)
    with pytest.raises(Offline, match=str(error)) as caught:
        asyncio.run(journey.resume(profile))
    found = caught.value.session
    assert found.same_person(before) and holdings.asked == [before.store_key]
    assert (found.user_name, found.user_email) == (before.user_name, before.user_email)
    assert found.organization_name == before.organization_name
    assert abs((found.expires_at - before.expires_at).total_seconds()) < 1


def test_F09_where_nothing_is_held_only_the_network_is_told(
    kept: KeptSessions, tmp_path: Path, server: PracticeServer, profile: Profile, fail: Fail
) -> None:
    journey = journey_with(kept, tmp_path, Holdings(held=False))
    sign_in(journey, server, profile)
    fail(NetworkError("It's dead."))
    with pytest.raises(NetworkError) as caught:
        asyncio.run(journey.resume(profile))
    assert type(caught.value) is NetworkError
    assert kept.find(profile) is not None  # another start may go on with it


@pytest.mark.parametrize(
    "error",
    [
        CertificateRefused("Whose is it?"),
        ProxySignInNeeded("It asks.", proxy="proxy:3128"),
        ServiceUnavailable("It's ill."),
        RateLimited("It's busy."),
        UnexpectedAnswer("Log in to our hotspot."),
    ],
)
def test_F09_whoever_is_answered_reads_nothing_without_being_known(
    error: ServiceError,
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    holdings: Holdings,
    fail: Fail,
) -> None:
    sign_in(journey, server, profile)
    fail(error)
    with pytest.raises(type(error)) as caught:
        asyncio.run(journey.resume(profile))
    assert caught.value is error and holdings.asked == []


def test_F09_a_refusal_opens_nothing_then_or_later(
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    kept: KeptSessions,
    holdings: Holdings,
    fail: Fail,
) -> None:
    sign_in(journey, server, profile)
    fail(SignInNeeded("It was revoked."))
    assert asyncio.run(journey.resume(profile)) is None
    fail(NetworkError("It's dead."))
    assert asyncio.run(journey.resume(profile)) is None
    assert kept.find(profile) is None and holdings.asked == []


def test_F09_a_sign_in_whose_time_is_over_opens_nothing(
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    keyring_of_the_system: SafeKeyring,
    fail: Fail,
) -> None:
    sign_in(journey, server, profile)
    entries = keyring_of_the_system.kept
    (key,) = [key for key in entries if key[1] != "index"]
    entry = msgspec.structs.replace(
        msgspec.json.decode(entries[key], type=_Entry), expires_at=1_000_000.0
    )
    entries[key] = msgspec.json.encode(entry).decode()
    fail(NetworkError("It's dead."))
    assert asyncio.run(journey.resume(profile)) is None


def test_F09_who_does_not_stay_signed_in_reads_nothing(
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    kept: KeptSessions,
    tmp_path: Path,
    holdings: Holdings,
    fail: Fail,
) -> None:
    sign_in(journey, server, profile)
    fail(NetworkError("It's dead."))
    other = journey_with(kept, tmp_path, holdings, stays=False)
    assert asyncio.run(other.resume(profile)) is None


def test_F09_an_organisation_that_is_no_longer_allowed_opens_nothing(
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    kept: KeptSessions,
    tmp_path: Path,
    holdings: Holdings,
    fail: Fail,
) -> None:
    sign_in(journey, server, profile)
    fail(NetworkError("It's dead."))
    other = journey_with(kept, tmp_path, holdings, policy=Policy(organizations=("another",)))
    with pytest.raises(ForbiddenByPolicy):
        asyncio.run(other.resume(profile))
    assert kept.find(profile) is None and holdings.asked == []


def test_F09_an_entry_of_an_earlier_version_names_nobody_and_opens_all_the_same(
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    keyring_of_the_system: SafeKeyring,
    fail: Fail,
) -> None:
    before = sign_in(journey, server, profile)
    entries = keyring_of_the_system.kept
    (key,) = [key for key in entries if key[1] != "index"]
    entries[key] = msgspec.json.encode(msgspec.json.decode(entries[key])[:5]).decode()
    fail(NetworkError("It's dead."))
    found = offline(journey, profile)
    assert found.same_person(before)
    assert (found.user_name, found.organization_name) == ("unnamed user", "unnamed organisation")


# --- how it ends ----------------------------------------------------------------------------------


def test_F09_closing_the_window_leaves_the_sign_in_for_the_next_start(
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    monkeypatch: pytest.MonkeyPatch,
    fail: Fail,
) -> None:
    before = sign_in(journey, server, profile)
    with monkeypatch.context() as without_network:
        without_network.setattr(session, "whoami", dead)
        asyncio.run(journey.leave(offline(journey, profile)))

    async def again() -> Session | None:
        resumed = await journey.resume(profile)
        if resumed is not None:
            await resumed.close()
        return resumed

    resumed = asyncio.run(again())
    assert resumed is not None and resumed.same_person(before)


def test_T29_F09_signing_out_forgets_it_and_revokes_it_where_a_way_leads_to_genesys(
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    kept: KeptSessions,
    fail: Fail,
) -> None:
    sign_in(journey, server, profile)
    fail(NetworkError("It's dead."))
    found = offline(journey, profile)
    token = found.reveal_token()
    assert is_good(server, token)
    assert asyncio.run(journey.sign_out(found))  # by then the network is back
    assert not is_good(server, token) and found.reveal_token() is None
    assert kept.find(profile) is None


def test_T29_F09_signing_out_without_a_network_forgets_it_and_says_so(
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    kept: KeptSessions,
    monkeypatch: pytest.MonkeyPatch,
    fail: Fail,
) -> None:
    async def revoke(client: GenesysClient) -> None:
        raise NetworkError("It's dead.")

    sign_in(journey, server, profile)
    fail(NetworkError("It's dead."))
    monkeypatch.setattr(session, "revoke", revoke)
    found = offline(journey, profile)
    assert not asyncio.run(journey.sign_out(found))
    assert found.reveal_token() is None and kept.find(profile) is None


def test_T45_F09_locking_forgets_it_but_never_a_later_one(
    journey: SignInJourney,
    server: PracticeServer,
    profile: Profile,
    kept: KeptSessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in(journey, server, profile)
    with monkeypatch.context() as without_network:
        without_network.setattr(session, "whoami", dead)
        found = offline(journey, profile)
    asyncio.run(journey.put_away(found))
    assert kept.find(profile) is None
    sign_in(journey, server, profile)
    asyncio.run(journey.sign_out(found))
    later = kept.find(profile)
    assert later is not None and is_good(server, later.access_token.reveal())


def test_T26_an_offline_sign_in_shows_neither_token_nor_its_keyring(
    journey: SignInJourney, server: PracticeServer, profile: Profile, fail: Fail
) -> None:
    sign_in(journey, server, profile)
    fail(NetworkError("It's dead."))
    with pytest.raises(Offline) as caught:
        asyncio.run(journey.resume(profile))
    token = caught.value.session.reveal_token()
    assert token
    assert token not in f"{caught.value!r}{caught.value}{caught.value.session!r}"
