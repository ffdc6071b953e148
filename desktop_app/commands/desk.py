"""What a command works at: somebody signed in, their store, and a way to fill it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import click

from desktop_app.commands import setting_up
from desktop_app.commands.exits import Exit
from desktop_app.commands.progress import Meter, show_reading
from desktop_app.commands.proxies import find_proxy
from desktop_app.core.errors import (
    NetworkError,
    PermissionMissing,
    ServiceError,
    SignInNeeded,
    SignInNotGiven,
    StoreLocked,
)
from desktop_app.core.genesys.network import Network
from desktop_app.core.history import vault
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.completeness import completeness
from desktop_app.core.history.coverage import Coverage, coverage, plan
from desktop_app.core.history.retention import Retention
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Sync
from desktop_app.core.keychain import Keychain
from desktop_app.core.signin.given import CLIENT_ID, CLIENT_SECRET, TOKEN, GivenClient, take_given
from desktop_app.core.signin.journey import SignInJourney
from desktop_app.core.signin.kept import KeptSessions
from desktop_app.core.signin.offline import Offline
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Profile
from desktop_app.core.signin.remembered import Remembered
from desktop_app.core.signin.session import Session, SignIn
from desktop_app.places import SIGN_IN_KEYS, data_folder, preferences_file, store_name
from desktop_app.reading import chosen_retention_days, open_store, sync_into

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """``sync`` is None while Genesys can't be reached, for the reason ``offline``."""

    session: SignIn
    store: Store
    policy: Policy
    lane: ThreadPoolExecutor
    sync: Sync | None = None
    offline: NetworkError | None = None

    async def in_store(self, work: Callable[[], T]) -> T:
        """Run a function on the store's thread."""
        return await asyncio.get_running_loop().run_in_executor(self.lane, work)


@asynccontextmanager
async def desk(profile: Profile, *, needs_file: bool = False) -> AsyncIterator[Desk]:
    """Sign in and open the store, in memory while a window has it open.

    ``needs_file`` raises StoreLocked instead: the work would be lost.
    """
    policy = setting_up.policy()
    retention = Retention(chosen_retention_days(preferences_file()), policy.retention_days)
    with ThreadPoolExecutor(1, "store") as lane:
        async with _signed_in(profile, policy) as (session, offline):
            loop = asyncio.get_running_loop()
            store = await loop.run_in_executor(
                lane, lambda: _opened(session, retention, needs_file=needs_file)
            )
            if store.why_in_memory:
                say(store.why_in_memory)
            try:
                made = Desk(session, store, policy, lane, offline=offline)
                if isinstance(session, Session):
                    sync = sync_into(session, store, made.in_store, lambda: retention)
                    made = replace(made, sync=sync)
                yield made
            finally:
                await loop.run_in_executor(lane, store.close)


@asynccontextmanager
async def _signed_in(
    profile: Profile, policy: Policy
) -> AsyncIterator[tuple[SignIn, NetworkError | None]]:
    """The sign-in that the environment gives, else the one that the window has kept; with why it
    is only good for what is held, if so."""
    network = Network(find_proxy=find_proxy(policy), ca_file=policy.ca_file)
    journey = SignInJourney(
        network,
        policy,
        Remembered(data_folder()),
        KeptSessions(Keychain(SIGN_IN_KEYS)),
        stay_signed_in=lambda: policy.stay_signed_in,
        is_held=_is_held,
    )
    given = take_given()
    session: SignIn | None
    reason: NetworkError | None = None
    if given is not None:
        session = await journey.with_given(profile, given)
    else:
        try:
            session = await journey.resume(profile)
        except Offline as offline:
            session, reason = offline.session, offline.reason
    if session is None:
        raise SignInNotGiven(
            f'Nobody is signed in to "{profile.name}". Set {TOKEN}, or {CLIENT_ID} and'
            f" {CLIENT_SECRET}; or sign in to the window and stay signed in."
        )
    try:
        yield session, reason
    finally:
        if isinstance(given, GivenClient):
            await journey.sign_out(session)  # it was made for this run
        else:
            await session.close()


async def _is_held(session: SignIn) -> bool:
    return await asyncio.to_thread(vault.is_kept, data_folder(), store_name(session))


def _opened(session: SignIn, retention: Retention, *, needs_file: bool) -> Store:
    try:
        return open_store(session, retention)
    except StoreLocked:
        if needs_file:
            raise StoreLocked(
                "A window, or another command, has the local history open. Close it, then try"
                " again."
            ) from None
        return vault.memory_store(
            "A window, or another command, has the local history open, so this command works"
            " without it and keeps nothing."
        )


async def settled(
    desk: Desk, interval: Interval, clock: Clock, *, again: bool = False, no_sync: bool = False
) -> Settled:
    """Read what the store lacks of a range, and tell how complete it is.

    What is held is worked with even if Genesys fails meanwhile.  Raised is what needs somebody's
    action, the sign-in, a permission, a range that there can't be, and whatever left nothing.
    """
    failure = None if no_sync else await _read(desk, interval, clock, again=again)
    spans = await desk.in_store(lambda: desk.store.spans(*interval))
    found = coverage(*interval, spans, now_ms=clock.now_ms())
    if failure is not None and found.synced_ms is None:
        raise failure
    if failure is not None and plan(*interval, spans, now_ms=clock.now_ms()):
        return Settled(found, clock, failure.sentence)
    return Settled(found, clock)


async def _read(
    desk: Desk, interval: Interval, clock: Clock, *, again: bool
) -> ServiceError | None:
    if desk.sync is None:
        return desk.offline
    with Meter("Reading") as meter:
        try:
            await desk.sync(interval, clock.now_ms(), again, lambda told: show_reading(meter, told))
        except (SignInNeeded, PermissionMissing):
            raise
        except ServiceError as error:
            return error
    return None


@dataclass(frozen=True, slots=True)
class Settled:
    """How complete a range is; ``why`` what was due to be read could not be, if so."""

    coverage: Coverage
    clock: Clock
    why: str = ""

    def exit(self) -> Exit:
        known = self.coverage
        is_complete = known.complete and known.synced_ms is not None and not self.why
        return Exit.COMPLETE if is_complete else Exit.PARTIAL

    def told(self, what: str) -> str:
        """For people: "1,204 contacts: complete to 14:02." """
        sentence = f"{what}: {completeness(self.coverage, self.clock)}."
        return f"{sentence} {self.why}" if self.why else sentence


def say(sentence: str) -> None:
    click.echo(sentence, err=True)


def profile_of(config: Path | None, name: str | None, verbose: bool) -> Profile:
    """Start the log, and find the profile."""
    setting_up.watch(verbose)
    return setting_up.profile(config, name)
