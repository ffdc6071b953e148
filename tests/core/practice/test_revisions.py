"""Contacts that change after they ended, and contacts that are gone (quirks 4 and 13)."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest

from desktop_app.practice.contacts import Contacts, make_contacts
from desktop_app.practice.history import History
from desktop_app.practice.queries import read_conversation_query
from desktop_app.practice.revisions import NOTE
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from desktop_app.practice.tenants import ContactSource

UNTIL_MS = 1_793_000_000_000
QUERY = "/api/v2/analytics/conversations/details/query"


@pytest.fixture(scope="module")
def contacts() -> Contacts:
    return make_contacts(seed=21, conversations=2_000, days=5, until_ms=UNTIL_MS)


def history(contacts: ContactSource, *, keep_answers: bool = False) -> History:
    return History(contacts, lambda: UNTIL_MS, threading.Event(), keep_answers=keep_answers)


def everything(of: History) -> dict[str, dict[str, Any]]:
    """Each conversation that a query finds, by id."""
    body = b'{"interval": "2026-10-22T00:00:00Z/2026-10-27T00:00:00Z"}'
    found = of.query(read_conversation_query(body)).tolist()
    conversations = [of.conversation(index, attributes=False) for index in found]
    return {each["conversationId"]: each for each in conversations}


def test_until_then_nothing_changes(contacts: Contacts) -> None:
    whole = everything(history(contacts))
    assert len(whole) == len(contacts)
    assert whole == everything(history(contacts))


def test_one_in_so_many_is_rewritten_and_one_in_so_many_is_gone(contacts: Contacts) -> None:
    practice = history(contacts)
    before = everything(practice)
    practice.revisions.begin(rewritten_every=10, forgotten_every=20)
    after = everything(practice)
    gone = before.keys() - after.keys()
    changed = [key for key, each in after.items() if each != before[key]]
    assert 60 < len(gone) < 140
    assert 120 < len(changed) < 280
    assert after == everything(practice)


def test_a_rewritten_contact_has_another_wrap_up_and_only_when_it_has_ended(
    contacts: Contacts,
) -> None:
    practice = history(contacts)
    before = everything(practice)
    practice.revisions.begin(rewritten_every=1, forgotten_every=0)
    notes = 0
    for key, each in everything(practice).items():
        wrapups = [
            (old, new)
            for theirs, ours in zip(before[key]["participants"], each["participants"], strict=True)
            for first, second in zip(theirs["sessions"], ours["sessions"], strict=True)
            for old, new in zip(first["segments"], second["segments"], strict=True)
            if old != new
        ]
        if "conversationEnd" not in each:
            assert each == before[key]
        elif wrapups:
            ((old, new),) = wrapups
            notes += new["wrapUpNote"] == NOTE and old.get("wrapUpCode") != new["wrapUpCode"]
        else:
            assert each["externalTag"] == "reviewed"
    assert notes > 100


def test_who_is_forgotten_is_not_found_by_any_call(small_contacts: ContactSource) -> None:
    settings = PracticeSettings(until_ms=1_800_000_000_000)
    with PracticeServer(settings, contacts=small_contacts) as server:
        headers = {"Authorization": f"Bearer {server.issue_token()}"}
        with httpx.Client(base_url=server.api_url, headers=headers, trust_env=False) as api:
            ids = [small_contacts.conversation_id(index) for index in range(100)]
            base = "/api/v2/analytics/conversations"
            assert len(_several(api, ids)) == 100
            assert api.post("/practice/revisions").status_code == 204
            left = _several(api, ids)
            gone = set(ids) - set(left)
            assert gone
            assert api.get(f"{base}/{gone.pop()}/details").status_code == 404
            assert api.get(f"{base}/{left[0]}/details").status_code == 200


def _several(api: httpx.Client, ids: list[str]) -> list[str]:
    answer = api.get("/api/v2/analytics/conversations/details", params={"id": ",".join(ids)})
    return [each["conversationId"] for each in answer.json()["conversations"]]


def test_it_can_begin_by_itself(small_contacts: ContactSource) -> None:
    settings = PracticeSettings(until_ms=1_800_000_000_000, rate_limit=0, revise_after_s=0)
    with PracticeServer(settings, contacts=small_contacts) as server:
        headers = {"Authorization": f"Bearer {server.issue_token()}"}
        with httpx.Client(base_url=server.api_url, headers=headers, trust_env=False) as api:
            ids = [small_contacts.conversation_id(index) for index in range(100)]
            assert len(_several(api, ids)) < 100


def test_kept_answers_are_the_same_bytes_and_give_way_to_what_is_rewritten(
    contacts: Contacts,
) -> None:
    fresh, kept = history(contacts), history(contacts, keep_answers=True)
    kept.render_all()
    some = range(0, len(contacts), 7)
    for attributes in (False, True):
        for index in some:
            first = kept.answer(index, attributes=attributes)
            assert bytes(first) == bytes(fresh.answer(index, attributes=attributes))
            assert kept.answer(index, attributes=attributes) is first
    for each in (fresh, kept):
        each.revisions.begin(rewritten_every=1, forgotten_every=0)
    assert [bytes(kept.answer(index, attributes=False)) for index in some] == [
        bytes(fresh.answer(index, attributes=False)) for index in some
    ]


def test_a_million_contacts_cost_hardly_anything_until_they_are_asked_for() -> None:
    million = make_contacts(seed=1, conversations=1_000_000, days=30, until_ms=UNTIL_MS)
    practice = history(million)
    body = (
        b'{"interval": "2026-10-24T00:00:00Z/2026-10-25T00:00:00Z",'
        b' "paging": {"pageSize": 100, "pageNumber": 3}}'
    )
    query = read_conversation_query(body)
    first, last = query.page()
    page = practice.query(query)[first:last].tolist()
    assert len(page) == 100
    assert len(practice.answer(page[0], attributes=False)) > 500
    assert million.start_ms.nbytes == 8_000_000
