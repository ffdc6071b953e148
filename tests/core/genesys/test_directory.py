"""Names for ids: as few requests as possible, and never an error for a row."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from desktop_app.core.errors import SignInNeeded
from desktop_app.core.genesys.directory import Directory, NameKind
from tests.core.genesys.scripted import forbidden, refused, scripted
from tests.core.genesys.virtual_time import run

DEFAULT_CODE = "7fb334b0-0e9e-11e4-9191-0800200c9a66"


def ids(count: int, start: int = 0) -> list[str]:
    return [str(uuid.UUID(int=number)) for number in range(start + 1, start + count + 1)]


A, B, C = ids(3)


class Organisation:
    """Answers every listing with what is asked for by id, or a page of all."""

    def __init__(
        self,
        names: dict[str, str],
        rules: dict[str, Callable[[httpx.Request], httpx.Response | None]] | None = None,
        *,
        counts: bool = True,
    ) -> None:
        self._names = names
        self._rules = rules or {}
        self._counts = counts
        self.asked: list[tuple[str, int]] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v2/")
        wanted = request.url.params.get_list("id")
        self.asked.append((path, len(wanted)))
        self.requests.append(request)
        rule = self._rules.get(path)
        if rule and (answer := rule(request)):
            return answer
        size = int(request.url.params.get("pageSize", "25"))
        number = int(request.url.params.get("pageNumber", "1"))
        found = [each for each in self._names if not wanted or each in wanted]
        page = found[(number - 1) * size : number * size]
        body: dict[str, object] = {
            "entities": [{"id": each, "name": self._names[each]} for each in page]
        }
        if self._counts:
            body |= {"total": len(found), "pageCount": -(-len(found) // size)}
        return httpx.Response(200, json=body)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def lacking(*permissions: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: forbidden(*permissions)


@pytest.mark.parametrize(
    ("kind", "path", "params"),
    [
        ("user", "users", {"state": "any"}),
        ("queue", "routing/queues", {}),
        ("wrapup", "routing/wrapupcodes", {}),
        ("skill", "routing/skills", {}),
        ("division", "authorization/divisions", {}),
    ],
)
def test_a_hundred_ids_are_asked_for_at_once(kind: str, path: str, params: dict[str, str]) -> None:
    wanted = ids(250)
    organisation = Organisation({each: f"Name {each[-3:]}" for each in wanted})
    directory = Directory(scripted(organisation))
    learnt = run(directory.learn((kind, each) for each in wanted))
    assert organisation.asked == [(path, 100), (path, 100), (path, 50)]
    assert learnt == {(NameKind(kind), each): f"Name {each[-3:]}" for each in wanted}
    assert directory.name(kind, wanted[7]) == learnt[NameKind(kind), wanted[7]]
    for request in organisation.requests:
        assert request.url.params["pageSize"] == "100"
        assert params.items() <= dict(request.url.params).items()


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize(("entities", "requests"), [(0, 1), (99, 1), (250, 3)])
def test_languages_are_listed_once(entities: int, requests: int, counts: bool) -> None:
    known = ids(entities, start=1000)
    organisation = Organisation({each: f"L{each}" for each in known}, counts=counts)

    async def main() -> tuple[int, int]:
        directory = Directory(scripted(organisation))
        learnt = await directory.learn([("language", each) for each in [*known, A]])
        await directory.learn([("language", B)])
        return len(learnt), len(organisation.asked)

    assert run(main()) == (entities, requests)


def test_a_full_last_page_without_counts_costs_one_more_request() -> None:
    organisation = Organisation(dict.fromkeys(ids(200), "L"), counts=False)
    run(Directory(scripted(organisation)).learn([("language", A)]))
    assert len(organisation.asked) == 3


def test_a_listing_that_never_ends_is_left() -> None:
    def page(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"entities": [{"id": B, "name": "L"}] * 100})

    organisation = Organisation({}, {"routing/languages": page})
    assert run(Directory(scripted(organisation)).learn([("language", B)])) == {
        (NameKind.LANGUAGE, B): "L"
    }
    assert len(organisation.asked) == 100


def test_what_is_known_is_not_asked_for_and_only_news_comes_back() -> None:
    organisation = Organisation({A: "Ana", B: "Bo"})

    async def main() -> None:
        directory = Directory(scripted(organisation), {("user", A): "Anna"})
        assert await directory.learn([("user", A), ("user", B)]) == {(NameKind.USER, B): "Bo"}
        assert await directory.learn([("user", A), ("user", B)]) == {}
        assert directory.name("user", A) == "Anna"
        assert organisation.asked == [("users", 1)]

    run(main())


def test_an_id_that_nobody_knows_is_asked_for_once() -> None:
    organisation = Organisation({A: "Ana"})

    async def main() -> None:
        directory = Directory(scripted(organisation))
        assert await directory.learn([("user", B)]) == {}
        assert await directory.learn([("user", B), ("user", A)]) == {(NameKind.USER, A): "Ana"}
        assert directory.name("user", B) is None
        assert organisation.asked == [("users", 1), ("users", 1)]

    run(main())


@pytest.mark.parametrize("name", ["", None])
def test_an_empty_name_is_no_name(name: str | None) -> None:
    answer = httpx.Response(200, json={"entities": [{"id": A, "name": name}, {"name": "x"}]})
    directory = Directory(scripted(lambda _: answer))
    assert run(directory.learn([("division", A)])) == {}
    assert directory.name("division", A) is None


def test_two_who_want_the_same_ask_once_and_both_learn_it() -> None:
    wanted = ids(40)
    organisation = Organisation(dict.fromkeys(wanted, "N"))

    async def main() -> None:
        directory = Directory(scripted(organisation))
        first, second, third = await asyncio.gather(
            directory.learn(("user", each) for each in wanted[:30]),
            directory.learn(("user", each) for each in wanted[10:]),
            directory.learn(("queue", each) for each in wanted),
        )
        assert (len(first), len(second), len(third)) == (30, 30, 40)
        assert Counter(organisation.asked) == Counter(
            [("users", 30), ("users", 10), ("routing/queues", 40)]
        )

    run(main())


def test_a_cancelled_one_leaves_the_other_its_names() -> None:
    organisation = Organisation({A: "Ana", B: "Bo"})

    async def main() -> None:
        directory = Directory(scripted(organisation))
        first = asyncio.create_task(directory.learn([("user", A)]))
        second = asyncio.create_task(directory.learn([("user", A), ("user", B)]))
        await asyncio.sleep(0)
        first.cancel()
        assert len(await second) == 2
        assert first.cancelled()

    run(main())


# --- permissions ------------------------------------------------------------------------------


def test_queues_fall_back_to_the_narrow_view_by_id() -> None:
    organisation = Organisation({A: "Billing"}, {"routing/queues": lacking("routing:queue:view")})

    async def main() -> None:
        directory = Directory(scripted(organisation))
        assert await directory.learn([("queue", A)]) == {(NameKind.QUEUE, A): "Billing"}
        await directory.learn([("queue", B)])
        assert directory.missing == {}

    run(main())
    # The refused one isn't tried again.
    assert organisation.paths() == ["routing/queues", *["routing/queues/divisionviews"] * 2]


def test_queues_are_listed_once_where_ids_are_refused() -> None:
    known = ids(700)
    organisation = Organisation(
        {each: f"Q{each[-3:]}" for each in known},
        {
            "routing/queues": lacking("routing:queue:view"),
            "routing/queues/divisionviews": lambda _: refused(),
        },
    )

    async def main() -> None:
        directory = Directory(scripted(organisation))
        assert len(await directory.learn([("queue", A), ("queue", B)])) == 2
        # The listing gave all names.
        assert directory.name("queue", known[-1]) is not None

    run(main())
    assert organisation.asked == [
        ("routing/queues", 2),
        ("routing/queues/divisionviews", 2),
        ("routing/queues/divisionviews/all", 0),
        ("routing/queues/divisionviews/all", 0),
    ]
    assert organisation.requests[-1].url.params["pageSize"] == "500"


def test_deleted_wrap_up_codes_are_found_in_the_narrow_view() -> None:
    def active_only(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(200, json={"entities": [{"id": A, "name": "Sold"}]})

    organisation = Organisation({A: "Sold", B: "Gone"}, {"routing/wrapupcodes": active_only})
    learnt = run(Directory(scripted(organisation)).learn([("wrapup", A), ("wrapup", B)]))
    assert set(learnt.values()) == {"Sold", "Gone"}
    assert organisation.asked == [
        ("routing/wrapupcodes", 2),
        ("routing/wrapupcodes/divisionviews", 1),
    ]
    assert organisation.requests[-1].url.params["includeState"] == "ActiveAndDeleted"


def test_a_kind_without_permission_is_missing_once_and_costs_nothing_more() -> None:
    organisation = Organisation(
        {A: "Sold"},
        {
            "routing/skills": lacking("routing:skill:view"),
            "routing/wrapupcodes": lacking("routing:wrapupCode:view"),
            "routing/wrapupcodes/divisionviews": lacking("routing:wrapupCode:search"),
        },
    )

    async def main() -> None:
        directory = Directory(scripted(organisation))
        wanted = [("skill", A), ("wrapup", A), ("user", A)]
        assert await directory.learn(wanted) == {(NameKind.USER, A): "Sold"}
        assert directory.missing[NameKind.SKILL].permissions == ("routing:skill:view",)
        assert directory.missing[NameKind.WRAPUP].permissions == ("routing:wrapupCode:view",)
        asked = len(organisation.asked)
        await directory.learn([("skill", B), ("wrapup", C)])
        assert len(organisation.asked) == asked == 4

    run(main())


# --- refusals and breaks ----------------------------------------------------------------------


def test_a_smaller_limit_of_ids_is_adapted_to() -> None:
    wanted = ids(100)
    organisation = Organisation(
        dict.fromkeys(wanted, "N"),
        {"users": lambda r: refused() if len(r.url.params.get_list("id")) > 30 else None},
    )
    learnt = run(Directory(scripted(organisation)).learn(("user", each) for each in wanted))
    assert len(learnt) == 100
    assert [count for _, count in organisation.asked] == [100, 50, 25, 25, 50, 25, 25]


def test_ids_that_are_always_refused_stay_unknown() -> None:
    organisation = Organisation({}, {"users": lambda _: refused()})

    async def main() -> None:
        directory = Directory(scripted(organisation))
        wanted = [("user", each) for each in ids(100)]
        assert await directory.learn(wanted) == {}
        asked = len(organisation.asked)
        assert await directory.learn(wanted) == {}
        assert len(organisation.asked) == asked

    run(main())


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_broken_network_costs_nothing_and_leaves_the_ids_open(status: int) -> None:
    organisation = Organisation(
        {A: "Ana", B: "Billing"}, {"users": lambda _: httpx.Response(status)}
    )

    async def main() -> None:
        directory = Directory(scripted(organisation))
        assert await directory.learn([("user", A), ("queue", B)]) == {
            (NameKind.QUEUE, B): "Billing"
        }
        del organisation._rules["users"]
        assert await directory.learn([("user", A)]) == {(NameKind.USER, A): "Ana"}
        assert directory.missing == {}

    run(main())


def test_an_endpoint_that_is_not_there_leaves_ids_unknown() -> None:
    organisation = Organisation({}, {"users": lambda _: httpx.Response(404, json={})})
    assert run(Directory(scripted(organisation)).learn([("user", A)])) == {}


def test_an_ended_sign_in_is_raised_and_the_ids_stay_open() -> None:
    organisation = Organisation({A: "Ana"}, {"users": lambda _: httpx.Response(401, json={})})

    async def main() -> None:
        directory = Directory(scripted(organisation))
        with pytest.raises(SignInNeeded):
            await directory.learn([("user", A), ("queue", A)])
        del organisation._rules["users"]
        assert (NameKind.USER, A) in await directory.learn([("user", A)])

    run(main())


# --- ids without an entity --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "identifier", "name"),
    [
        ("wrapup", DEFAULT_CODE, "Default Wrap-up Code"),
        ("wrapup", "ININ-WRAP-UP-TIMEOUT", "Timed out"),
        ("wrapup", "ININ-OUTBOUND-PREVIEW-SKIPPED", "Outbound preview skipped"),
        ("division", "*", "All divisions"),
        ("user", "ININ-WRAP-UP-TIMEOUT", None),
        ("wrapup", "no such thing", None),
        ("queue", "ffff-ffff-ffff-ffff", None),
        ("wrapup", "ININ-", None),
        ("team", A, None),
        ("user", "", None),
    ],
)
def test_ids_without_an_entity_are_named_here_and_never_asked_for(
    kind: str, identifier: str, name: str | None
) -> None:
    organisation = Organisation({})
    directory = Directory(scripted(organisation))
    assert directory.name(kind, identifier) == name
    assert run(directory.learn([(kind, identifier)])) == {}
    assert organisation.asked == []
