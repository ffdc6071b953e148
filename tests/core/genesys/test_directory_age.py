"""Names grow old, and some kinds are listed in ways of their own."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from desktop_app.core.genesys.directory import NAMES_LAST_S, Directory, NameKind
from tests.core.genesys.scripted import forbidden, scripted
from tests.core.genesys.test_directory import A, B, C
from tests.core.genesys.virtual_time import run, timing


def test_an_old_name_is_asked_for_again_and_stands_until_there_is_another() -> None:
    asked: list[httpx.Request] = []
    names = {A: "Anna Berg", B: None}

    def organisation(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found = [{"id": id, "name": name} for id, name in names.items() if name]
        return httpx.Response(200, json={"entities": found})

    async def main() -> tuple[dict[tuple[NameKind, str], str], list[str | None]]:
        known = {("user", A): "Anna Alt", ("user", B): "Bert", ("user", C): "Cleo"}
        old = [("user", A), ("user", B)]
        directory = Directory(scripted(organisation), known, old, timing=timing())
        wanted = [("user", A), ("user", B), ("user", C)]
        learnt = await directory.learn(wanted)
        await directory.learn(wanted)
        assert len(asked) == 1  # B is gone there, C isn't old
        await asyncio.sleep(NAMES_LAST_S + 1)
        names[A] = "Anna Neu"
        await directory.learn([("user", A)])
        return learnt, [directory.name(*name) for name in wanted]

    learnt, found = run(main())
    assert learnt == {(NameKind.USER, A): "Anna Berg"}
    assert found == ["Anna Neu", "Bert", "Cleo"]


def test_a_listing_is_read_again_for_an_old_name() -> None:
    listings = 0

    def organisation(request: httpx.Request) -> httpx.Response:
        nonlocal listings
        listings += 1
        return httpx.Response(200, json={"entities": [{"id": A, "name": f"Language {listings}"}]})

    async def main() -> str | None:
        directory = Directory(scripted(organisation), timing=timing())
        for _ in range(2):
            await directory.learn([("language", A), ("language", B)])
        await asyncio.sleep(NAMES_LAST_S + 1)
        await directory.learn([("language", A)])
        return directory.name("language", A)

    assert run(main()) == "Language 2"


@pytest.mark.parametrize(
    ("kind", "path"),
    [("group", "/api/v2/groups"), ("flow", "/api/v2/flows")],
)
def test_groups_and_flows_have_names(kind: str, path: str) -> None:
    def organisation(request: httpx.Request) -> httpx.Response:
        assert request.url.path == path
        return httpx.Response(200, json={"entities": [{"id": A, "name": "Named"}]})

    assert run(Directory(scripted(organisation)).learn([(kind, A)])) == {
        (NameKind(kind), A): "Named"
    }


def test_flows_are_named_by_their_division_view_when_a_permission_is_missing() -> None:
    def organisation(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v2/flows":
            return forbidden("architect:flow:view")
        assert request.url.path == "/api/v2/flows/divisionviews"
        return httpx.Response(200, json={"entities": [{"id": A, "name": "Main menu"}]})

    assert run(Directory(scripted(organisation)).learn([("flow", A)])) == {
        (NameKind.FLOW, A): "Main menu"
    }
