"""The rows of a range are the service's truth: every contact, every column, every way of reading.

The practice organisation is served on loopback under its rate limit and read by the real client
into an encrypted file, which is opened anew before it is compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from desktop_app.core.genesys.budget import RateBudget
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.directory import Directory
from desktop_app.core.genesys.history import HistoryApi
from desktop_app.core.genesys.jobs import DetailJobs
from desktop_app.core.genesys.timing import Timing
from desktop_app.core.history.columns import COLUMNS, DERIVED, OWN, Value
from desktop_app.core.history.coverage import DAY_MS, coverage, days
from desktop_app.core.history.query import Query
from desktop_app.core.history.store import Store
from desktop_app.core.history.sync import Limits, Synchroniser
from desktop_app.practice.contacts import make_contacts
from desktop_app.practice.jobs import LAG_MS
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.core.history.history_samples import HOUR_MS, opened
from tests.core.history.practice_truth import Rich, Truth, repeats, truth

UNTIL_MS = 19_858 * DAY_MS + 14 * HOUR_MS + 37 * 60_000 + 12_345  # 2024-05-15, in the afternoon
TODAY_MS = UNTIL_MS - UNTIL_MS % DAY_MS
LAKE_MS = UNTIL_MS - LAG_MS  # what jobs have
MINUTE_S, ALLOWED = 0.3, 20
ALWAYS = (0, 2**60)
RAW_OF = 15  # one contact in so many: reading a conversation takes longer than its row

RANGES = {
    "all days until now": (TODAY_MS - 3 * DAY_MS, TODAY_MS + DAY_MS),
    "from one day's morning into another": (
        TODAY_MS - 3 * DAY_MS + 7 * HOUR_MS + 1,
        TODAY_MS - DAY_MS + 10 * HOUR_MS,
    ),
    "over midnight": (TODAY_MS - 9 * HOUR_MS, TODAY_MS + 9 * HOUR_MS),
}

# Columns of which no contact here says anything, and why; whoever adds one gives its reason.
UNPROVEN: dict[str, str] = {}
# Nobody has set these, and nothing was rewritten: they stay empty.
UNTOUCHED = {"mark", "tag", "note", "reviewed", "changed", "changed_at"}


@dataclass(frozen=True)
class Way:
    """How a range is read: by the query alone; then attributes by a job; or days by job."""

    jobs: bool = True
    worth_a_job: int = 1_000_000

    @property
    def days_by_job(self) -> bool:
        return self.jobs and self.worth_a_job == 0


WAYS = {
    "query": Way(jobs=False),
    "query and attributes": Way(),
    "jobs": Way(worth_a_job=0),
}


@pytest.fixture(scope="module")
def practice() -> Iterator[tuple[PracticeServer, Rich]]:
    settings = PracticeSettings(rate_limit=ALLOWED, minute_s=MINUTE_S, until_ms=UNTIL_MS)
    contacts = Rich(make_contacts(seed=11, conversations=450, days=4, until_ms=UNTIL_MS))
    with PracticeServer(settings, contacts=contacts) as server:
        yield server, contacts


def read(server: PracticeServer, store: Store, range_: tuple[int, int], way: Way) -> None:
    async def reading() -> None:
        loop = asyncio.get_running_loop()
        timing = Timing(
            monotonic=lambda: loop.time() * 60 / MINUTE_S,
            sleep=lambda seconds: asyncio.sleep(seconds * MINUTE_S / 60),
        )
        token = server.issue_token()
        client = GenesysClient(
            server.api_url,
            lambda: token,
            budget=RateBudget(ALLOWED, timing=timing),
            timing=timing,
        )
        api = HistoryApi(client)
        with ThreadPoolExecutor(1) as lane:
            try:
                await Synchroniser(
                    api.page,
                    Directory(client),
                    store,
                    lambda work: loop.run_in_executor(lane, work),
                    jobs=DetailJobs(client, timing=timing) if way.jobs else None,
                    fetch_contacts=api.contacts,
                    retention_days=api.retention_days,
                    limits=Limits(page_size=25, job_page_size=70, worth_a_job=way.worth_a_job),
                ).sync(*range_, now_ms=UNTIL_MS)
            finally:
                await client.aclose()

    asyncio.run(reading())


def expected(contacts: Rich, range_: tuple[int, int], way: Way) -> dict[str, tuple[Truth, int]]:
    """The truth of a range by conversation, with the moment that each was read at."""
    by_job = [
        day
        for day in days(range_[0], min(range_[1], UNTIL_MS))
        if way.jobs and day.end_ms <= LAKE_MS and (way.days_by_job or day.whole_day)
    ]
    found: dict[str, tuple[Truth, int]] = {}
    for index, start in enumerate(contacts.start_ms.tolist()):
        if not range_[0] <= start < range_[1]:
            continue
        each = truth(contacts, index, attributes=False)
        read_ms = UNTIL_MS
        if any(day.start_ms <= start < day.end_ms for day in by_job):
            if way.days_by_job:
                read_ms += 1  # after the query has counted the day
            if way.days_by_job or each.contact.cells["end"] is not None:
                each = truth(contacts, index, attributes=True)
        found[each.contact.conversation_id] = each, read_ms
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("range_", RANGES)
def test_every_cell_of_every_contact_is_the_services_truth(
    practice: tuple[PracticeServer, Rich], tmp_path: Path, range_: str, way: str
) -> None:
    server, contacts = practice
    start_ms, end_ms = RANGES[range_]
    store = opened(tmp_path)
    read(server, store, (start_ms, end_ms), WAYS[way])
    store.close()

    told = expected(contacts, (start_ms, end_ms), WAYS[way])
    attributes = {key for each, _ in told.values() for key in each.contact.attributes}
    keys = [column.key for column in COLUMNS] + sorted(f"attr.{key}" for key in attributes)
    store = opened(tmp_path)
    assert not store.why_in_memory
    reader = store.reader()
    numbers = reader.order(Query(start_ms, end_ms)).tolist()
    assert len(numbers) == len(told) > 50
    assert reader.count(start_ms, end_ms) == reader.count(*ALWAYS) == len(told)
    rows = reader.rows(numbers, keys)
    cells = {number: dict(zip(keys, row.cells, strict=True)) for number, row in rows.items()}
    by_id = {str(row["conversation_id"]): number for number, row in cells.items()}
    assert by_id.keys() == told.keys()
    again = dict(repeats((by_id[id_], each) for id_, (each, _) in told.items()))
    for id_, (each, read_ms) in told.items():
        wanted: dict[str, Value] = each.cells | again[id_] | {"synced_at": read_ms}
        stored = {key: value for key, value in cells[by_id[id_]].items() if value is not None}
        assert stored == wanted
        assert rows[by_id[id_]].state == each.contact.state
    for id_ in list(told)[::RAW_OF]:
        kept = reader.raw(by_id[id_]) or b""
        assert msgspec.json.decode(kept) == told[id_][0].conversation
        assert reader.versions(by_id[id_]) == []
    found = coverage(start_ms, end_ms, store.spans(*ALWAYS), now_ms=UNTIL_MS)
    assert found.complete and store.positions(*ALWAYS) == []
    store.close()


def test_the_contacts_here_fill_every_column(practice: tuple[PracticeServer, Rich]) -> None:
    """Else an equal cell would prove nothing."""
    _, contacts = practice
    every = [truth(contacts, index, attributes=True) for index in range(len(contacts))]
    filled = {key for each in every for key in each.cells}
    assert [each.key for each in DERIVED if each.key not in filled] == sorted(UNPROVEN)
    own = {key for _, found in repeats(enumerate(every)) for key in found}
    assert {each.key for each in OWN} == UNTOUCHED | own | {"synced_at"}
    assert len({each.contact.cells["media"] for each in every}) == 5
    assert any(each.contact.cells["end"] is None for each in every)
    assert any(key.startswith("attr.") for key in filled)
