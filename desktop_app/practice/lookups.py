"""The listings that turn ids into names (contract §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.routing import Route

from .errors import bad_request, not_found
from .gate import NOTHING, Answer, Call, Gate, Needs
from .tenants import DirectoryData, Entity

_DEFAULT_PAGE_SIZE = 25
_ANY_PAGE = 1_000_000
_USER_STATES = ("active", "inactive", "deleted", "any")
_CODE_STATES = ("Active", "Deleted", "ActiveAndDeleted")


@dataclass(frozen=True)
class Listing:
    """One listing endpoint.

    ``by_id`` says whether it takes ``id=``; ``max_page`` is the last page it serves.
    """

    path: str
    entities: Callable[[DirectoryData], Sequence[Entity]]
    needs: Needs = NOTHING
    max_size: int = 100
    max_page: int = _ANY_PAGE
    by_id: bool = True
    narrow: bool = False


_LISTINGS = (
    Listing("routing/queues", lambda d: d.queues, Needs(any_of=("routing:queue:view",))),
    Listing(
        "routing/queues/divisionviews",
        lambda d: d.queues,
        Needs(all_of=("routing:queue:search",)),
        max_page=5,
        narrow=True,
    ),
    Listing(
        "routing/queues/divisionviews/all",
        lambda d: d.queues,
        Needs(all_of=("routing:queue:search",)),
        max_size=500,
        by_id=False,
        narrow=True,
    ),
    Listing(
        "routing/wrapupcodes",
        lambda d: _with_state(d.wrapup_codes, "Active"),
        Needs(all_of=("routing:wrapupCode:view",)),
    ),
    Listing("routing/skills", lambda d: d.skills, Needs(any_of=("routing:skill:view",))),
    Listing("routing/languages", lambda d: d.languages),
    Listing("authorization/divisions", lambda d: d.divisions),
    Listing("flows", lambda d: d.flows, Needs(any_of=("architect:flow:view",))),
    Listing(
        "flows/divisionviews",
        lambda d: d.flows,
        Needs(all_of=("architect:flow:search",)),
        narrow=True,
    ),
)

# What the narrow views keep of an entity.
_NARROW_FIELDS = frozenset({"id", "name", "division", "type", "description", "selfUri"})


def routes(gate: Gate) -> list[Route]:
    return [
        gate.route("GET", "users", _users),
        gate.route("GET", "users/{id}", _user),
        gate.route(
            "GET",
            "routing/wrapupcodes/divisionviews",
            _wrapup_codes_narrow,
            Needs(all_of=("routing:wrapupCode:search",)),
        ),
        gate.route("GET", "groups", _groups),
        *(_listing_route(gate, listing) for listing in _LISTINGS),
    ]


def _listing_route(gate: Gate, listing: Listing) -> Route:
    async def endpoint(call: Call) -> Answer:
        entities = _selected(call, listing.entities(call.directory), by_id=listing.by_id)
        if listing.narrow:
            entities = [_narrowed(entity) for entity in entities]
        return _page(call, entities, max_size=listing.max_size, max_page=listing.max_page)

    return gate.route("GET", listing.path, endpoint, listing.needs)


async def _users(call: Call) -> Answer:
    """Leavers are hidden unless ``state`` asks for them; also when they are asked for by id."""
    state = call.query.get("state", "active")
    if state not in _USER_STATES:
        raise bad_request(f"state must be one of {', '.join(_USER_STATES)}", code="invalid.value")
    users = [u for u in call.directory.users if state in ("any", u["state"])]
    ids = call.ids(code="max.user.ids")
    if ids is not None:
        users = _by_id(users, ids)
    return _page(call, users)


async def _user(call: Call) -> Answer:
    state = call.query.get("state", "active")
    if state not in ("active", "deleted"):
        raise bad_request("state must be one of active, deleted", code="invalid.value")
    found = next((u for u in call.directory.users if u["id"] == call.path["id"]), None)
    if found is None or (found["state"] == "deleted") != (state == "deleted"):
        raise not_found("The user was not found.")
    return Answer(found)


async def _wrapup_codes_narrow(call: Call) -> Answer:
    state = call.query.get("includeState", "Active")
    if state not in _CODE_STATES:
        raise bad_request(
            f"includeState must be one of {', '.join(_CODE_STATES)}", code="invalid.value"
        )
    codes = _selected(call, _with_state(call.directory.wrapup_codes, state), by_id=True)
    return _page(call, [_narrowed(code) for code in codes])


async def _groups(call: Call) -> Answer:
    """No groups, and neither total nor pageCount: that is how an empty listing may look (36)."""
    return Answer({"entities": []})


def _with_state(codes: Iterable[Entity], state: str) -> list[Entity]:
    """Wrap-up codes; the data marks a deleted one, the wire has no field for it."""
    wanted = {"Active": (False,), "Deleted": (True,), "ActiveAndDeleted": (False, True)}[state]
    return [
        {key: value for key, value in code.items() if key != "deleted"}
        for code in codes
        if bool(code.get("deleted")) in wanted
    ]


def _selected(call: Call, entities: Sequence[Entity], *, by_id: bool) -> Sequence[Entity]:
    ids = call.ids() if by_id else None
    if ids is not None:
        entities = _by_id(entities, ids)
    name = call.query.get("name")
    if name:
        entities = [e for e in entities if name.casefold() in str(e["name"]).casefold()]
    divisions = [part for text in call.query.getlist("divisionId") for part in text.split(",")]
    if divisions:
        entities = [e for e in entities if e.get("division", {}).get("id") in divisions]
    return entities


def _by_id(entities: Iterable[Entity], ids: Sequence[str]) -> list[Entity]:
    known = {entity["id"]: entity for entity in entities}
    return [known[each] for each in ids if each in known]


def _narrowed(entity: Entity) -> Entity:
    return {key: value for key, value in entity.items() if key in _NARROW_FIELDS}


def _page(
    call: Call, entities: Sequence[Entity], *, max_size: int = 100, max_page: int = _ANY_PAGE
) -> Answer:
    """One page in the listing shape of contract §3."""
    size = call.integer("pageSize", _DEFAULT_PAGE_SIZE, most=max_size)
    number = call.integer("pageNumber", 1, most=max_page)
    pages = -(-len(entities) // size)
    page: dict[str, object] = {
        "entities": entities[(number - 1) * size : number * size],
        "pageSize": size,
        "pageNumber": number,
        "total": len(entities),
        "firstUri": _page_uri(call, size, 1),
        "selfUri": _page_uri(call, size, number),
        "lastUri": _page_uri(call, size, max(1, pages)),
        "pageCount": pages,
    }
    if number < pages:
        page["nextUri"] = _page_uri(call, size, number + 1)
    if number > 1:
        page["previousUri"] = _page_uri(call, size, number - 1)
    return Answer(page)


def _page_uri(call: Call, size: int, number: int) -> str:
    kept = [(k, v) for k, v in call.query.multi_items() if k not in ("pageSize", "pageNumber")]
    query = urlencode([*kept, ("pageSize", str(size)), ("pageNumber", str(number))])
    return f"{call.url_path}?{query}"
