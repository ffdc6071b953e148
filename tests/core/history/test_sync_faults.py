"""Reading a range while the service, the network or the person gets in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from desktop_app.core.errors import ServiceError, SignInNeeded
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.budget import RateBudget
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.directory import Directory
from desktop_app.core.genesys.history import QUERY, PageRequest, fetch_page
from desktop_app.core.genesys.timing import Timing
from desktop_app.core.history.coverage import DAY_MS, Slice, coverage
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Limits, Synchroniser
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.core.history.history_samples import (
    DAY,
    HOUR_MS,
    LATER,
    Service,
    cancelled_after,
    ids,
    in_memory,
    reading,
    spread,
    with_a_pause,
)

START, END = DAY + 6 * HOUR_MS, DAY + 2 * DAY_MS
ROWS = spread(31) | spread(18, DAY + DAY_MS, END)
FEW = spread(9) | spread(4, DAY + DAY_MS, END)
PAGE = 5


def small_pages() -> Limits:
    return Limits(page_size=PAGE)


def read(service: Service, store: Store, now_ms: int = LATER) -> None:
    asyncio.run(reading(service, store, limits=small_pages()).sync(START, END, now_ms=now_ms))


def assert_complete(service: Service, store: Store) -> None:
    found = ids(store)
    assert sorted(found) == sorted(service.inside(START, END))  # none lost, none twice
    assert coverage(START, END, store.spans(START, END), now_ms=LATER).complete
    assert store.positions(0, 2**60) == []


# --- F4: the token ends ---------------------------------------------------------------------------


def test_f4_after_a_401_at_any_request_the_next_reading_goes_on_at_the_position() -> None:
    last = 0
    while expires_at(last):
        last += 1
    assert last == 10  # every request of a whole reading was once the one that failed


def expires_at(last: int) -> bool:
    """Break a reading off at a request and go on after a new sign-in; False if it didn't break."""

    async def expire(number: int, request: PageRequest) -> None:
        if number >= last:
            raise SignInNeeded("The sign-in has ended.")

    service = Service(ROWS, expire)
    with in_memory() as store:
        try:
            read(service, store)
        except SignInNeeded:
            pass
        else:
            assert_complete(service, store)
            return False
        assert set(ids(store)) <= service.inside(START, END)
        positions = {at.slice.start_ms: at.next_page for at in store.positions(0, 2**60)}
        done = [Slice(span.start_ms, span.end_ms) for span in store.spans(0, 2**60)]
        service.before, service.requests = None, []
        read(service, store, LATER + 1000)
        assert_complete(service, store)
    for request in service.requests:
        assert Slice(request.start_ms, request.end_ms) not in done
        assert request.page_number >= positions.get(request.start_ms, 1)
    return True


def test_f4_a_reading_that_is_broken_off_at_every_request_still_comes_to_its_end() -> None:
    """Each sign-in lasts for one page."""
    left = 0

    async def expire(number: int, request: PageRequest) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise SignInNeeded("The sign-in has ended.")

    service = Service(ROWS, expire)
    with in_memory() as store:
        for attempt in range(60):
            left = 3  # one for each slice that is read side by side, and one for a page ahead
            try:
                read(service, store, LATER + attempt)
            except SignInNeeded:
                continue
            break
        assert_complete(service, store)


# --- cancelling -----------------------------------------------------------------------------------


def test_a_cancelled_reading_goes_on_from_wherever_it_was() -> None:
    """Cancelled after every number of turns of the loop that a reading takes."""
    for turns in range(500):
        service = Service(FEW)
        with in_memory() as store:
            work = reading(service, store, limits=small_pages()).sync(START, END, now_ms=LATER)
            ended = asyncio.run(cancelled_after(turns, work))
            read(service, store)
            assert_complete(service, store)
        if ended:
            break
    else:
        pytest.fail("the reading never ended by itself")
    assert turns > 20


# --- F10, F12 and their kin, over loopback through the real client --------------------------------

_AT_ONCE = Timing(chance=lambda: 0.0)  # retries without their waits


@pytest.fixture(scope="module")
def practice_server() -> Iterator[PracticeServer]:
    settings_ = PracticeSettings(conversations=80, days=3, seed=3, rate_limit=0, until_ms=END)
    with PracticeServer(settings_) as server:
        yield server


@pytest.fixture
def practice(practice_server: PracticeServer) -> Iterator[PracticeServer]:
    practice_server.faults.clear()
    practice_server.log.clear()
    yield practice_server
    practice_server.faults.clear()


def read_practice(server: PracticeServer, store: Store) -> None:
    async def main() -> None:
        token = server.issue_token()
        budget = RateBudget(window_s=1.0, timing=_AT_ONCE)
        client = GenesysClient(server.api_url, lambda: token, budget=budget, timing=_AT_ONCE)

        async def fetch(request: PageRequest) -> wire.ConversationPage:
            return await fetch_page(client, request)

        try:
            await Synchroniser(
                fetch, Directory(client), store, with_a_pause, limits=small_pages()
            ).sync(*server.contacts.interval, now_ms=LATER)
        finally:
            await client.aclose()

    asyncio.run(main())


def assert_all_of(server: PracticeServer, store: Store) -> None:
    contacts = server.contacts
    assert sorted(ids(store)) == sorted(map(contacts.conversation_id, range(len(contacts))))
    assert coverage(*contacts.interval, store.spans(0, 2**60), now_ms=LATER).complete


@pytest.mark.parametrize(
    "do",
    [
        {"status": 429, "retry_after": 0},
        {"status": 503},
        {"reset": True},
        {"reset": 700},
        {"truncate": 0},
        {"truncate": 700},
        {"status": 502, "html": True},
    ],
    ids=lambda do: "-".join(f"{key} {value}" for key, value in do.items()),
)
def test_what_passes_by_itself_costs_nothing(
    practice: PracticeServer, do: dict[str, object]
) -> None:
    practice.faults.append({"match": {"path": QUERY, "every": 4}, "do": do})
    with in_memory() as store:
        read_practice(practice, store)
        assert_all_of(practice, store)
    assert any(rule["seen"] for rule in practice.faults.report())


@pytest.mark.parametrize("do", [{"truncate": 700}, {"html": True}, {"reset": True}])
def test_F10_F12_a_page_that_never_comes_whole_is_not_written_and_read_later(
    practice: PracticeServer, do: dict[str, object]
) -> None:
    practice.faults.append({"match": {"path": QUERY, "nth": [12, None]}, "do": do})
    with in_memory() as store:
        with pytest.raises(ServiceError):
            read_practice(practice, store)
        before = set(ids(store))
        assert 0 < len(before) < len(practice.contacts)
        practice.faults.clear()
        read_practice(practice, store)
        assert_all_of(practice, store)


@pytest.mark.parametrize("nth", [1, 5, 9])
def test_f4_the_practice_organisation_ends_the_token(practice: PracticeServer, nth: int) -> None:
    practice.faults.append({"match": {"path": QUERY, "nth": nth}, "do": {"unauthorized": True}})
    with in_memory() as store:
        with pytest.raises(SignInNeeded):
            read_practice(practice, store)
        read_practice(practice, store)
        assert_all_of(practice, store)


@pytest.mark.parametrize("shift", [{"appear": 3}, {"vanish": 3}])
def test_F15_rows_of_the_practice_organisation_change_place(
    practice: PracticeServer, shift: dict[str, int]
) -> None:
    practice.faults.append(
        {"match": {"path": QUERY, "nth": [9, None]}, "do": {"shift": shift | {"at": 1}}}
    )
    with in_memory() as store:
        read_practice(practice, store)
        found = set(ids(store))
        contacts = practice.contacts
        everything = set(map(contacts.conversation_id, range(len(contacts))))
        assert found <= everything
        # Three rows of each day come late or go; all others were there all the time.
        assert len(everything - found) <= 3 * 3
        if "appear" in shift:
            doubts = coverage(*contacts.interval, store.spans(0, 2**60), now_ms=LATER).doubts
            assert not doubts
