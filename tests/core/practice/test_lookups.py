"""Who the caller is, the names of things, and refusals of the API as a whole (contract §3, §6)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from desktop_app.practice.accounts import make_accounts, make_clients
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from desktop_app.practice.tenants import ContactSource
from desktop_app.practice.tokens import IDLE_LIFETIME_S, TokenStore

Json = dict[str, Any]
LEAVER = "51aa5cf0-0d52-4b57-8e39-0f6a7f0e0003"
IDLER = "51aa5cf0-0d52-4b57-8e39-0f6a7f0e0004"
BILLING = "6a3b0c55-54e4-4d5f-8d67-b5d6a8c50001"
SALES = "6a3b0c55-54e4-4d5f-8d67-b5d6a8c50002"


def get(api: httpx.Client, path: str, **params: Any) -> Json:
    answer = api.get(f"/api/v2/{path}", params=params)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def names(listing: Json) -> list[str]:
    return [entity["name"] for entity in listing["entities"]]


# --- the caller ---------------------------------------------------------------------------------


def test_the_token_knows_its_client_and_organization(api: httpx.Client) -> None:
    me = get(api, "tokens/me")
    assert me["OAuthClient"]["organization"] == me["organization"] == me["homeOrganization"]
    assert set(me) == {
        "organization",
        "homeOrganization",
        "authorizedScope",
        "dateTokenIdles",
        "OAuthClient",
    }
    probe = api.head("/api/v2/tokens/me")
    assert (probe.status_code, probe.content) == (200, b"")


def test_a_revoked_token_is_no_longer_known(api: httpx.Client) -> None:
    assert api.delete("/api/v2/tokens/me").status_code == 200
    for answer in (api.get("/api/v2/tokens/me"), api.get("/api/v2/users/me")):
        assert (answer.status_code, answer.json()["code"]) == (401, "bad.credentials")
    assert api.head("/api/v2/tokens/me").status_code == 401


def test_the_user_and_what_can_be_expanded(api: httpx.Client) -> None:
    assert set(get(api, "users/me")) >= {"id", "name", "email"}
    assert "organization" not in get(api, "users/me")
    full = get(api, "users/me", expand="organization,token,date,authorization")
    assert full["organization"]["name"] == "Acme"
    assert full["token"]["OAuthClient"]["id"]
    assert full["date"]["currentDate"].endswith("Z")
    assert "routing:queue:search" in full["authorization"]["permissions"]
    assert get(api, "organizations/me")["name"] == "Acme"


def test_the_other_organization_is_another(server: PracticeServer) -> None:
    headers = {"Authorization": f"Bearer {server.issue_token('other_organization')}"}
    with httpx.Client(base_url=server.api_url, headers=headers) as other:
        me, token = get(other, "users/me"), get(other, "tokens/me")
        assert me["email"] == "tomas.ferreira@zenith.example"
        assert token["organization"]["id"] == get(other, "organizations/me")["id"]
        assert token["organization"]["id"] != server.contacts.directory.organization["id"]
        assert get(other, "routing/queues/divisionviews")["total"] == 0


def test_limits_by_namespace(api: httpx.Client) -> None:
    entities = get(api, "organizations/limits/namespaces/platform.api")["entities"]
    assert {entity["namespace"] for entity in entities} == {"platform.api"}
    assert api.get("/api/v2/organizations/limits/namespaces/none").status_code == 404


# --- names --------------------------------------------------------------------------------------


def test_leavers_are_hidden_unless_asked_for(api: httpx.Client) -> None:
    assert names(get(api, "users")) == ["Grace Obi", "Ana Ruiz"]
    assert names(get(api, "users", state="deleted")) == ["Łukasz Żak"]
    assert names(get(api, "users", state="inactive")) == ["佐藤 花子"]
    assert get(api, "users", state="any")["total"] == 4
    assert get(api, "users", id=LEAVER)["total"] == 0
    both = get(api, "users", id=f"{IDLER},{LEAVER},{IDLER}", state="any")
    assert names(both) == ["佐藤 花子", "Łukasz Żak"]
    assert api.get("/api/v2/users", params={"state": "gone"}).status_code == 400


def test_no_more_than_a_hundred_users_by_id(api: httpx.Client) -> None:
    asked = ",".join(f"51aa5cf0-0d52-4b57-8e39-{n:012d}" for n in range(101))
    refused = api.get("/api/v2/users", params={"id": asked})
    assert (refused.status_code, refused.json()["code"]) == (400, "max.user.ids")


def test_one_user(api: httpx.Client) -> None:
    assert get(api, f"users/{IDLER}")["name"] == "佐藤 花子"
    assert api.get(f"/api/v2/users/{LEAVER}").status_code == 404
    assert get(api, f"users/{LEAVER}", state="deleted")["name"] == "Łukasz Żak"
    assert api.get("/api/v2/users/unknown").status_code == 404


def test_queues_need_a_permission_that_the_narrow_view_does_not(api: httpx.Client) -> None:
    refused = api.get("/api/v2/routing/queues")
    assert refused.status_code == 403
    assert refused.json()["message"].endswith("[routing:queue:view]")
    narrow = get(api, "routing/queues/divisionviews", id=f"{SALES},{BILLING}")
    assert names(narrow) == ["Sales | EMEA", "Billing"]
    assert "memberCount" not in narrow["entities"][0]


def test_missing_all_of_some_permissions(server: PracticeServer) -> None:
    headers = {"Authorization": f"Bearer {server.issue_token('no_analytics')}"}
    url = f"{server.api_url}/api/v2/routing/queues/divisionviews"
    body = httpx.get(url, headers=headers).json()
    assert body["code"] == "missing.permissions"
    assert "missing the following permission(s): [routing:queue:search]" in body["message"]


def test_a_listing_in_pages(api: httpx.Client) -> None:
    path = "routing/queues/divisionviews"
    first = get(api, path, name="queue", pageSize=20)
    assert {key: first[key] for key in ("pageSize", "pageNumber", "total", "pageCount")} == {
        "pageSize": 20,
        "pageNumber": 1,
        "total": 30,
        "pageCount": 2,
    }
    assert "previousUri" not in first
    second = api.get(first["nextUri"]).json()
    assert len(second["entities"]) == 10
    assert "nextUri" not in second
    assert api.get(second["previousUri"]).json() == first
    assert second["selfUri"] == second["lastUri"]
    assert len(get(api, path)["entities"]) == 25


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("routing/queues/divisionviews", {"pageSize": 100, "pageNumber": 5}, 200),
        ("routing/queues/divisionviews", {"pageSize": 101}, 400),
        ("routing/queues/divisionviews", {"pageNumber": 6}, 400),
        ("routing/queues/divisionviews/all", {"pageSize": 500}, 200),
        ("routing/queues/divisionviews/all", {"pageSize": 501}, 400),
        ("users", {"pageSize": 101}, 400),
        ("users", {"pageSize": 0}, 400),
        ("users", {"pageNumber": "x"}, 400),
        ("routing/wrapupcodes/divisionviews", {"includeState": "all"}, 400),
    ],
)
def test_page_limits(
    api: httpx.Client, path: str, params: dict[str, str | int], status: int
) -> None:
    assert api.get(f"/api/v2/{path}", params=params).status_code == status


def test_every_other_listing(api: httpx.Client) -> None:
    assert names(get(api, "routing/wrapupcodes")) == ["Refund"]
    codes = "routing/wrapupcodes/divisionviews"
    assert names(get(api, codes)) == ["Refund"]
    assert names(get(api, codes, includeState="ActiveAndDeleted")) == ["Refund", "Old"]
    assert names(get(api, codes, includeState="Deleted")) == ["Old"]
    assert "deleted" not in get(api, codes, includeState="Deleted")["entities"][0]
    assert names(get(api, "routing/skills")) == ["Spanish"]
    assert names(get(api, "routing/languages")) == ["en-GB"]
    assert names(get(api, "authorization/divisions")) == ["Home"]
    assert names(get(api, "flows/divisionviews")) == ["Main"]
    assert api.get("/api/v2/flows").status_code == 403
    assert get(api, "groups") == {"entities": []}


# --- the API as a whole -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "authentication.required"),
        ("Basic abc", "authentication.required"),
        ("Bearer", "authentication.required"),
        ("Bearer unknown", "bad.credentials"),
    ],
)
def test_who_shows_no_good_token(
    server: PracticeServer, authorization: str | None, code: str
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    refused = httpx.get(f"{server.api_url}/api/v2/tokens/me", headers=headers)
    assert refused.status_code == 401
    assert refused.json()["code"] == code
    assert refused.json()["contextId"] == refused.headers["ININ-Correlation-Id"]


def test_a_token_in_the_query_is_none(server: PracticeServer) -> None:
    url = f"{server.api_url}/api/v2/tokens/me"
    assert httpx.get(url, params={"access_token": server.issue_token()}).status_code == 401


def test_unknown_paths_and_methods(api: httpx.Client) -> None:
    unknown = api.get("/api/v2/nothing/here")
    assert unknown.status_code == 404
    assert unknown.json()["code"] == "not.found"
    assert unknown.json()["contextId"] == unknown.headers["ININ-Correlation-Id"]
    assert api.put("/api/v2/tokens/me").status_code == 405
    assert api.head("/api/v2/users/me").status_code == 405


def test_tokens_end_by_age_and_by_idleness(small_contacts: ContactSource) -> None:
    server = PracticeServer(PracticeSettings(token_lifetime_s=0), contacts=small_contacts)
    with server:
        headers = {"Authorization": f"Bearer {server.issue_token()}"}
        refused = httpx.get(f"{server.api_url}/api/v2/users/me", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "credentials.expired")


def test_asking_whether_the_token_is_good_need_not_keep_it_alive(server: PracticeServer) -> None:
    now = 0.0
    tokens = TokenStore(10**6, lambda: now)
    account = next(iter(make_accounts(server.contacts).values()))
    client = make_clients()["implicit"]
    bearer = f"Bearer {tokens.issue(account, client).text}"
    now = IDLE_LIFETIME_S - 1
    assert tokens.check(bearer, keep_idle=True).idles_at == IDLE_LIFETIME_S
    assert tokens.check(bearer).idles_at == now + IDLE_LIFETIME_S


def test_the_log_tells_the_hosts_apart(api: httpx.Client, server: PracticeServer) -> None:
    api.get("/api/v2/users/me", params={"expand": "token"})
    httpx.get(f"{server.login_url}/api/v2/users/me")
    lines = [(s.host, s.path, s.status, s.user, s.authorization) for s in server.log]
    assert lines == [
        ("api", "/api/v2/users/me", 200, "grace.obi@acme.example", True),
        ("login", "/api/v2/users/me", 404, "", False),
    ]
