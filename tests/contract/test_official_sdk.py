"""The judge: the official Python SDK against the practice organisation.

Every answer has to become the SDK's model, with no JSON field that the model doesn't know, no
value of another type than the model names, and no enum value that the SDK takes for news.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import PureCloudPlatformClientV2 as Sdk
import pytest

from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings

# Query-shaped answers carry participants' attributes now and then, which their model lacks
# (quirk 1).
TOLERATED = {"AnalyticsParticipantWithoutAttributes.attributes"}
PRIMITIVES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "object": (object,),
}


@dataclass
class Judge:
    """Calls the SDK and looks at what came over the wire as well."""

    client: Any
    seen: list[Any] = field(default_factory=list)

    def call(self, method: Callable[..., Any], model: str, *args: Any, **more: Any) -> Any:
        """The SDK's answer, after its JSON was found to fit ``model``."""
        answer = method(*args, **more)
        assert type(answer).__name__ == model
        assert "outdated_sdk_version" not in json.dumps(answer.to_dict(), default=str)
        faults: list[str] = []
        check(json.loads(self.seen[-1].data), model, faults)
        assert not faults
        return answer


def check(value: Any, kind: str, faults: list[str]) -> None:
    """Compare JSON with a type as the SDK names it; ``faults`` gets a line per difference."""
    if kind.startswith("list["):
        if not isinstance(value, list):
            faults.append(f"{kind}: not a list")
            return
        for element in value:
            check(element, kind[5:-1], faults)
    elif kind.startswith("dict("):
        for element in value.values():
            check(element, kind[5:-1].split(", ", 1)[1], faults)
    elif kind == "datetime":
        datetime.fromisoformat(value)
    elif kind in PRIMITIVES:
        wrong_bool = isinstance(value, bool) and kind not in ("bool", "object")
        if wrong_bool or not isinstance(value, PRIMITIVES[kind]):
            faults.append(f"{kind}: {type(value).__name__}")
    else:
        check_model(value, kind, faults)


def check_model(value: dict[str, Any], kind: str, faults: list[str]) -> None:
    model = getattr(Sdk.models, kind)()
    types = {
        model.attribute_map[attribute]: type_name
        for attribute, type_name in model.swagger_types.items()
    }
    for name, inner in value.items():
        if name in types:
            check(inner, types[name], faults)
        elif f"{kind}.{name}" not in TOLERATED:
            faults.append(f"{kind} has no {name}")


@pytest.fixture(scope="module")
def server() -> Iterator[PracticeServer]:
    settings = PracticeSettings(conversations=1_500, days=10, seed=7, rate_limit=0)
    with PracticeServer(settings) as running:
        yield running


@pytest.fixture(scope="module")
def judge(server: PracticeServer) -> Iterator[Judge]:
    client = Sdk.api_client.ApiClient(host=server.api_url)
    client.access_token = server.description["token"]
    judge = Judge(client)

    def remember(response: Any) -> Any:
        judge.seen.append(response)
        return response

    http = client.get_http_client()
    http.set_post_request_hook(remember)
    yield judge
    http.rest_client.pool_manager.clear()


@pytest.fixture(scope="module")
def week(server: PracticeServer) -> str:
    """Seven whole days in the middle of the data."""
    first = datetime.fromisoformat(str(server.description["interval"]).partition("/")[0])
    begin, end = first + timedelta(days=1), first + timedelta(days=8)
    return f"{begin:%Y-%m-%dT%H:%M:%S.000Z}/{end:%Y-%m-%dT%H:%M:%S.000Z}"


def query(week: str, page: int, size: int = 100) -> Any:
    body = Sdk.ConversationQuery()
    body.interval = week
    body.order = "asc"
    body.order_by = "conversationStart"
    body.paging = Sdk.PagingSpec()
    body.paging.page_size = size
    body.paging.page_number = page
    return body


def test_two_pages_of_history(judge: Judge, week: str) -> None:
    api = Sdk.ConversationsApi(judge.client)
    pages = [
        judge.call(
            api.post_analytics_conversations_details_query,
            "AnalyticsConversationQueryResponse",
            query(week, number),
        )
        for number in (1, 2)
    ]
    ids = [c.conversation_id for page in pages for c in page.conversations]
    assert len(set(ids)) == 200
    assert pages[0].total_hits == pages[1].total_hits > 500
    assert all(c.conversation_start is not None for c in pages[0].conversations)


def test_a_whole_week_and_its_filters(judge: Judge, week: str) -> None:
    """The SDK builds the filters; all kinds of contact of a week pass the judge."""
    predicate = Sdk.SegmentDetailQueryPredicate()
    predicate.type = "dimension"
    predicate.dimension = "mediaType"
    predicate.operator = "matches"
    each_filter = Sdk.SegmentDetailQueryFilter()
    each_filter.type = "and"
    each_filter.predicates = [predicate]
    api = Sdk.ConversationsApi(judge.client)
    for media in ("voice", "callback", "chat", "email", "message"):
        predicate.value = media
        body = query(week, 1)
        body.segment_filters = [each_filter]
        answer = judge.call(
            api.post_analytics_conversations_details_query,
            "AnalyticsConversationQueryResponse",
            body,
        )
        assert answer.total_hits > 0
        for conversation in answer.conversations:
            sessions = [s for p in conversation.participants for s in p.sessions]
            assert media in {session.media_type for session in sessions}


def test_aggregations(judge: Judge, week: str) -> None:
    aggregation = Sdk.AnalyticsQueryAggregation()
    aggregation.type = "termFrequency"
    aggregation.dimension = "mediaType"
    aggregation.size = 3
    body = query(week, 1, 1)
    body.aggregations = [aggregation]
    answer = judge.call(
        Sdk.ConversationsApi(judge.client).post_analytics_conversations_details_query,
        "AnalyticsConversationQueryResponse",
        body,
    )
    terms = [result.value for result in answer.aggregations[0].results]
    assert len(terms) == 3
    assert terms[0] == "voice"


def test_a_job_to_its_last_cursor(judge: Judge, week: str) -> None:
    api = Sdk.ConversationsApi(judge.client)
    judge.call(
        api.get_analytics_conversations_details_jobs_availability, "DataAvailabilityResponse"
    )
    body = Sdk.AsyncConversationQuery()
    body.interval = week
    job_id = judge.call(
        api.post_analytics_conversations_details_jobs, "AsyncQueryResponse", body
    ).job_id
    deadline = time.monotonic() + 60
    status = judge.call(api.get_analytics_conversations_details_job, "AsyncQueryStatus", job_id)
    while status.state != "FULFILLED":
        assert time.monotonic() < deadline
        assert status.state in ("QUEUED", "PENDING")
        status = judge.call(api.get_analytics_conversations_details_job, "AsyncQueryStatus", job_id)
    results = api.get_analytics_conversations_details_job_results
    model = "AnalyticsConversationAsyncQueryResponse"
    page = judge.call(results, model, job_id, page_size=500)
    ids = [c.conversation_id for c in page.conversations]
    attributed = sum(bool(p.attributes) for c in page.conversations for p in c.participants)
    while page.cursor is not None:
        page = judge.call(results, model, job_id, page_size=500, cursor=page.cursor)
        ids += [c.conversation_id for c in page.conversations]
    assert len(set(ids)) == len(ids) > 500
    assert attributed > 0
    api.delete_analytics_conversations_details_job(job_id)
    assert judge.seen[-1].status == 200


def test_contacts_by_id(judge: Judge, week: str) -> None:
    api = Sdk.ConversationsApi(judge.client)
    page = api.post_analytics_conversations_details_query(query(week, 3))
    ids = [c.conversation_id for c in page.conversations]
    several = judge.call(
        api.get_analytics_conversations_details,
        "AnalyticsConversationWithoutAttributesMultiGetResponse",
        id=ids,
    )
    assert [c.conversation_id for c in several.conversations] == ids
    one = judge.call(
        api.get_analytics_conversation_details, "AnalyticsConversationWithoutAttributes", ids[0]
    )
    assert one.conversation_id == ids[0]


def test_names(judge: Judge, server: PracticeServer) -> None:
    routing = Sdk.RoutingApi(judge.client)
    listings: list[tuple[Callable[..., Any], str, dict[str, Any]]] = [
        (Sdk.UsersApi(judge.client).get_users, "UserEntityListing", {"state": "any"}),
        (routing.get_routing_queues_divisionviews, "QueueEntityListing", {}),
        (routing.get_routing_queues_divisionviews_all, "QueueEntityListing", {}),
        (routing.get_routing_wrapupcodes, "WrapupCodeEntityListing", {}),
        (
            routing.get_routing_wrapupcodes_divisionviews,
            "WrapupCodeEntityListing",
            {"include_state": "ActiveAndDeleted"},
        ),
        (routing.get_routing_skills, "SkillEntityListing", {}),
        (routing.get_routing_languages, "LanguageEntityListing", {}),
        (
            Sdk.AuthorizationApi(judge.client).get_authorization_divisions,
            "AuthzDivisionEntityListing",
            {},
        ),
        (
            Sdk.ArchitectApi(judge.client).get_flows_divisionviews,
            "FlowDivisionViewEntityListing",
            {},
        ),
    ]
    for method, model, more in listings:
        page = judge.call(method, model, page_size=100, **more)
        assert page.total == len(page.entities) > 0
        assert all(entity.id and entity.name for entity in page.entities)
    judge.call(Sdk.GroupsApi(judge.client).get_groups, "GroupEntityListing")


def test_users_by_id_and_one_by_one(judge: Judge, server: PracticeServer) -> None:
    users = [user for user in server.contacts.directory.users if user["state"] != "deleted"][:50]
    api = Sdk.UsersApi(judge.client)
    wanted = [user["id"] for user in users]
    page = judge.call(api.get_users, "UserEntityListing", id=wanted, state="any", page_size=100)
    assert [user.id for user in page.entities] == wanted
    assert judge.call(api.get_user, "User", wanted[0]).name == users[0]["name"]


def test_the_caller(judge: Judge, server: PracticeServer) -> None:
    token = judge.call(Sdk.TokensApi(judge.client).get_tokens_me, "TokenInfo")
    me = judge.call(
        Sdk.UsersApi(judge.client).get_users_me,
        "UserMe",
        expand=["organization", "authorization", "token", "date"],
    )
    organization_api = Sdk.OrganizationApi(judge.client)
    organization = judge.call(organization_api.get_organizations_me, "Organization")
    assert token.organization.id == me.organization.id == organization.id
    assert token.o_auth_client.id
    assert me.email == "grace.obi@acme.example"
    assert me.id in {user["id"] for user in server.contacts.directory.users}
    limits = organization_api.get_organizations_limits_namespace
    judge.call(limits, "LimitsEntityListing", "analytics")


def test_pkce_with_the_sdks_own_exchange(judge: Judge, server: PracticeServer) -> None:
    client = Sdk.api_client.ApiClient(host=server.login_url)
    client.set_http_client(judge.client.get_http_client())
    verifier = secrets.token_urlsafe(48)
    challenge = client.compute_pkce_code_challenge(verifier)
    digest = hashlib.sha256(verifier.encode()).digest()
    assert challenge == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    description: Any = server.description
    asked = {
        **description["clients"]["pkce"],
        "response_type": "code",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    account = description["users"][0]
    answer = httpx.post(
        f"{server.login_url}/oauth/authorize",
        params=asked,
        data={"email": account["email"], "password": account["password"]},
    )
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    client.get_pkce_token(asked["client_id"], verifier, code, asked["redirect_uri"])
    signed_in = Sdk.api_client.ApiClient(host=server.api_url)
    signed_in.set_http_client(judge.client.get_http_client())
    signed_in.access_token = client.access_token
    token = Sdk.TokensApi(signed_in).get_tokens_me()
    assert token.o_auth_client.id == asked["client_id"]
    Sdk.TokensApi(signed_in).head_tokens_me()
    Sdk.TokensApi(signed_in).delete_tokens_me()
    with pytest.raises(Sdk.rest.ApiException) as refused:
        Sdk.TokensApi(signed_in).get_tokens_me()
    assert refused.value.status == 401


def test_client_credentials_with_the_sdks_own_request(judge: Judge, server: PracticeServer) -> None:
    description: Any = server.description
    service = description["services"]["service"]
    client = Sdk.api_client.ApiClient(host=server.login_url)
    client.set_http_client(judge.client.get_http_client())
    with pytest.raises(Sdk.rest.ApiException) as refused:
        client.get_client_credentials_token(service["client_id"], "another secret")
    assert refused.value.status == 401
    client.get_client_credentials_token(service["client_id"], service["client_secret"])
    signed_in = Sdk.api_client.ApiClient(host=server.api_url)
    signed_in.set_http_client(judge.client.get_http_client())
    signed_in.access_token = client.access_token
    token = Sdk.TokensApi(signed_in).get_tokens_me()
    assert token.o_auth_client.id == service["client_id"]
    assert token.organization.id == Sdk.OrganizationApi(signed_in).get_organizations_me().id
    with pytest.raises(Sdk.rest.ApiException) as nobody:  # contract §1: it stands for no user
        Sdk.UsersApi(signed_in).get_users_me()
    assert nobody.value.status == 400
    Sdk.TokensApi(signed_in).delete_tokens_me()
    with pytest.raises(Sdk.rest.ApiException):
        Sdk.TokensApi(signed_in).get_tokens_me()


def test_a_refusal_becomes_the_sdks_exception(judge: Judge) -> None:
    with pytest.raises(Sdk.rest.ApiException) as refused:
        Sdk.RoutingApi(judge.client).get_routing_queues()
    assert refused.value.status == 403
    faults: list[str] = []
    check(json.loads(refused.value.body), "ErrorBody", faults)
    assert not faults


def test_the_judge_is_strict() -> None:
    faults: list[str] = []
    listing = {"entities": [{"id": 7, "colour": "red", "version": True}], "total": 1}
    check(listing, "UserEntityListing", faults)
    assert sorted(faults) == ["User has no colour", "int: bool", "str: int"]
