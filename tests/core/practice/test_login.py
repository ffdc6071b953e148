"""The login host: what a person and an application see of it (contract §1, quirks 33 to 35)."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import httpx
import pytest

from desktop_app.practice.accounts import make_accounts, make_clients
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.tokens import CODE_LIFETIME_S, CodeStore, GrantRefused, s256

CALLBACK = "http://localhost:8085/oauth2/callback"
IMPLICIT = make_clients()["implicit"].client_id
PKCE = make_clients()["pkce"].client_id
RETIRED = make_clients()["expired-implicit"].client_id
GRACE = {"email": "grace.obi@acme.example", "password": "practice-supervisor"}
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def implicit(**more: str) -> dict[str, str]:
    asked = {"client_id": IMPLICIT, "redirect_uri": CALLBACK, "response_type": "token"}
    return {**asked, "state": "s-1", **more}


def pkce(**more: str) -> dict[str, str]:
    return {
        "client_id": PKCE,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "state": "s-1",
        "code_challenge": s256(VERIFIER),
        "code_challenge_method": "S256",
        **more,
    }


@pytest.fixture
def browser(server: PracticeServer) -> Iterator[httpx.Client]:
    """Keeps cookies and follows nothing by itself."""
    with httpx.Client(base_url=server.login_url, trust_env=False) as client:
        yield client


def sign_in(
    browser: httpx.Client, asked: dict[str, str], fields: dict[str, str] = GRACE
) -> httpx.Response:
    return browser.post("/oauth/authorize", params=asked, data=fields)


def exchange(browser: httpx.Client, code: str, **more: str) -> httpx.Response:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "client_id": PKCE,
        "redirect_uri": CALLBACK,
        **more,
    }
    return browser.post("/oauth/token", data=fields)


def fragment(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 302
    return dict(parse_qsl(urlsplit(response.headers["location"]).fragment))


def query(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 302
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def new_code(browser: httpx.Client, **more: str) -> str:
    return query(sign_in(browser, pkce(**more)))["code"]


def test_the_page_is_a_plain_form_that_names_the_accounts(browser: httpx.Client) -> None:
    page = browser.get("/oauth/authorize", params=implicit())
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert 'id="email" name="email"' in page.text
    assert "autofocus" in page.text.partition('id="password"')[0]
    assert "grace.obi@acme.example" in page.text
    action = unescape(page.text.partition('action="')[2].partition('"')[0])
    assert browser.post(action, data=GRACE).status_code == 302
    style = browser.get("/style.css")
    assert "prefers-color-scheme: dark" in style.text


def test_wrong_credentials_show_the_page_again(browser: httpx.Client) -> None:
    for fields in ({**GRACE, "password": "guess"}, {"email": "nobody@acme.example"}, {}):
        page = sign_in(browser, implicit(), fields)
        assert page.status_code == 200
        assert 'role="alert">The e-mail or password is incorrect.' in page.text
    assert 'value="x&quot;&gt;&lt;b&gt;"' in sign_in(browser, implicit(), {"email": 'x"><b>'}).text


def test_the_login_hint_fills_the_email(browser: httpx.Client) -> None:
    page = browser.get("/oauth/authorize", params=implicit(login_hint="ana.ruiz@acme.example"))
    assert 'value="ana.ruiz@acme.example"' in page.text
    assert "autofocus" in page.text.partition('id="password"')[2]


def test_implicit_answers_in_the_fragment(browser: httpx.Client, server: PracticeServer) -> None:
    answer = fragment(sign_in(browser, implicit()))
    assert set(answer) == {"access_token", "expires_in", "token_type", "state"}
    assert answer["expires_in"] == "86400"
    assert answer["token_type"] == "bearer"
    me = httpx.get(
        f"{server.api_url}/api/v2/tokens/me",
        headers={"Authorization": f"Bearer {answer['access_token']}"},
    ).json()
    assert me["OAuthClient"]["id"] == IMPLICIT
    assert me["organization"] == {"id": me["homeOrganization"]["id"], "name": "Acme"}
    assert "analytics:readonly" in me["authorizedScope"]


def test_implicit_state_is_encoded_twice(browser: httpx.Client) -> None:
    state = "a b&c=d"
    location = sign_in(browser, implicit(state=state)).headers["location"]
    assert location.endswith("&state=" + quote(quote(state, safe=""), safe=""))
    without = sign_in(browser, {k: v for k, v in implicit().items() if k != "state"})
    assert "state" not in fragment(without)


def test_pkce_answers_in_the_query_and_its_code_becomes_a_token(browser: httpx.Client) -> None:
    answer = query(sign_in(browser, pkce(state="a b")))
    assert set(answer) == {"code", "state"}
    assert answer["state"] == "a b"
    token = exchange(browser, answer["code"]).json()
    assert token["token_type"] == "bearer"
    assert token["expires_in"] == 86400
    assert len(token["access_token"]) > 40


def test_a_code_is_good_once(browser: httpx.Client) -> None:
    code = new_code(browser)
    assert exchange(browser, code).status_code == 200
    again = exchange(browser, code)
    assert again.status_code == 400
    body = again.json()
    assert body["error"] == "invalid_grant"
    assert body["description"] == body["error_description"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": VERIFIER[:42]}, "invalid_request"),
        ({"code_verifier": "x" * 129}, "invalid_request"),
        ({"client_id": IMPLICIT}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:8085/oauth2/callback"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_client"),
        ({"code_verifier": ""}, "invalid_request"),
    ],
)
def test_exchanges_that_are_refused(
    browser: httpx.Client, changes: dict[str, str], error: str
) -> None:
    refused = exchange(browser, new_code(browser), **changes)
    assert refused.status_code == (401 if error == "invalid_client" else 400)
    assert refused.json()["error"] == error


def test_the_token_endpoint_takes_forms_without_credentials_only(browser: httpx.Client) -> None:
    fields = {"grant_type": "authorization_code", "code": new_code(browser)}
    assert browser.post("/oauth/token", json=fields).json()["error"] == "invalid_request"
    with_credentials = browser.post("/oauth/token", data=fields, auth=("a", "b"))
    assert with_credentials.status_code == 401
    assert browser.get("/oauth/token").status_code == 405


def test_a_client_with_a_secret_gets_a_token_of_its_own(server: PracticeServer) -> None:
    service = make_clients()["service"]
    form = {"grant_type": "client_credentials"}
    with httpx.Client(base_url=server.login_url) as http:
        answer = http.post("/oauth/token", data=form, auth=(service.client_id, service.secret))
        assert answer.status_code == 200 and answer.json()["token_type"] == "bearer"
        wrong = ((service.client_id, "wrong"), (PKCE, ""), ("nobody", service.secret))
        refusals = [http.post("/oauth/token", data=form, auth=auth) for auth in wrong]
        for refused in (*refusals, http.post("/oauth/token", data=form)):
            assert refused.status_code == 401
            assert refused.json()["error"] == "invalid_client"
        asked = {**implicit(), "client_id": service.client_id}
        page = http.get("/oauth/authorize", params=asked)
        assert page.status_code == 302 and "errorKey" in page.headers["location"]


def test_a_code_lives_five_minutes(server: PracticeServer) -> None:
    now = 0.0
    codes = CodeStore(lambda: now)
    account = next(iter(make_accounts(server.contacts).values()))
    client = make_clients()["pkce"]
    text = codes.issue(account, client, redirect_uri=CALLBACK, challenge=s256(VERIFIER), scopes=())
    now = CODE_LIFETIME_S
    with pytest.raises(GrantRefused, match="expired"):
        codes.redeem(text, client_id=client.client_id, redirect_uri=CALLBACK, verifier=VERIFIER)


def test_s256_is_the_challenge_of_rfc_7636_appendix_b() -> None:
    assert s256(VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"client_id": "a2f1c3d4-0000-4000-8000-000000000000"}, "invalidClientId"),
        ({"redirect_uri": CALLBACK + "/"}, "invalidRedirectUri"),
        ({"redirect_uri": CALLBACK + "?x=1"}, "invalidRedirectUri"),
        ({"redirect_uri": CALLBACK.replace("8085", "8086")}, "invalidRedirectUri"),
        ({"redirect_uri": CALLBACK.upper()}, "invalidRedirectUri"),
        ({"redirect_uri": "http://localhost/oauth2/callback"}, "invalidRedirectUri"),
        ({"redirect_uri": ""}, "invalidRedirectUri"),
        ({"org": "acme"}, "orgAndProviderRequired"),
        ({"provider": "okta"}, "orgAndProviderRequired"),
        ({"org": "nobody", "provider": "okta"}, "invalidOrganization"),
        ({"org": "acme", "provider": "../x"}, "invalidProvider"),
    ],
)
def test_failures_that_stay_on_the_login_host(
    browser: httpx.Client, changes: dict[str, str], key: str
) -> None:
    refused = browser.get("/oauth/authorize", params=implicit(**changes))
    assert refused.status_code == 302
    assert refused.headers["location"] == f"/#/error?errorKey={key}"
    assert f'id="/error?errorKey={key}"' in browser.get("/").text


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (implicit(response_type="code"), "unauthorized_client"),
        (implicit(client_id=RETIRED), "unauthorized_client"),
        (implicit(response_type="id_token"), "unsupported_response_type"),
        (implicit(scope="everything"), "invalid_scope"),
        (pkce(code_challenge=""), "invalid_request"),
        (pkce(code_challenge_method="plain"), "invalid_pkce_package"),
        (pkce(code_challenge="short"), "invalid_pkce_package"),
    ],
)
def test_failures_that_the_application_is_told(
    browser: httpx.Client, asked: dict[str, str], error: str
) -> None:
    refused = browser.get("/oauth/authorize", params=asked)
    in_query = asked["response_type"] == "code"
    told = query(refused) if in_query else fragment(refused)
    assert told["error"] == error
    assert told["state"] == "s-1"
    assert " " in told["error_description" if in_query else "description"]
    assert refused.headers["location"].startswith(CALLBACK + ("?" if in_query else "#"))


def test_a_repeated_parameter_is_refused(browser: httpx.Client) -> None:
    twice = urlencode([*implicit().items(), ("state", "other")])
    assert fragment(browser.get(f"/oauth/authorize?{twice}"))["error"] == "invalid_request"
    clients = urlencode([*implicit().items(), ("client_id", PKCE)])
    refused = browser.get(f"/oauth/authorize?{clients}")
    assert "invalidClientId" in refused.headers["location"]


def test_cancel_is_a_denial_with_blanks_as_plus(browser: httpx.Client) -> None:
    denied = sign_in(browser, implicit(), {"do": "cancel"})
    assert fragment(denied)["error"] == "access_denied"
    assert "description=The+user+denied" in denied.headers["location"]
    assert query(sign_in(browser, pkce(), {"do": "cancel"}))["error"] == "access_denied"


def test_any_port_fits_a_loopback_uri_registered_without_one(browser: httpx.Client) -> None:
    uri = "http://127.0.0.1:50123/oauth2/callback"
    code = query(sign_in(browser, pkce(redirect_uri=uri)))["code"]
    assert exchange(browser, code, redirect_uri=uri).status_code == 200
    for near in ("http://127.0.0.1:50123/oauth2", "http://127.0.0.2:50123/oauth2/callback"):
        answer = browser.get("/oauth/authorize", params=pkce(redirect_uri=near))
        assert "invalidRedirectUri" in answer.headers["location"]


def test_a_session_signs_in_without_typing_unless_asked(browser: httpx.Client) -> None:
    sign_in(browser, implicit())
    assert "access_token" in fragment(browser.get("/oauth/authorize", params=implicit()))
    assert browser.get("/oauth/authorize", params=implicit(prompt="login")).status_code == 200
    cookie = sign_in(browser, implicit()).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert browser.get("/logout").status_code == 200
    assert browser.get("/oauth/authorize", params=implicit()).status_code == 200


def test_log_out_redirects_to_registered_uris_only(browser: httpx.Client) -> None:
    known = browser.get("/logout", params={"client_id": PKCE, "redirect_uri": CALLBACK})
    assert known.headers["location"] == CALLBACK
    for foreign in (
        {"client_id": PKCE, "redirect_uri": "https://evil.example/"},
        {"client_id": "unknown", "redirect_uri": CALLBACK},
    ):
        page = browser.get("/logout", params=foreign)
        assert page.status_code == 200
        assert "signed out" in page.text


def test_a_provider_has_a_page_of_its_own(browser: httpx.Client) -> None:
    asked = implicit(org="acme", provider="okta")
    to_provider = browser.get("/oauth/authorize", params=asked)
    location = to_provider.headers["location"]
    assert location.startswith("/idp/okta?")
    page = browser.get(location)
    assert "Company account" in page.text
    action = unescape(page.text.partition('action="')[2].partition('"')[0])
    assert "access_token" in fragment(browser.post(action, data=GRACE))
    assert "invalidProvider" in browser.get("/idp/other", params=asked).headers["location"]


def test_a_target_organization_must_be_the_persons_own(
    browser: httpx.Client, server: PracticeServer
) -> None:
    other = {"email": "tomas.ferreira@zenith.example", "password": "practice-other"}
    own = str(server.contacts.directory.organization["id"])
    assert fragment(sign_in(browser, implicit(target=own), other))["error"] == "access_denied"
    assert "access_token" in fragment(sign_in(browser, implicit(target=own)))


def test_a_scope_that_is_asked_for_is_all_that_is_given(
    browser: httpx.Client, server: PracticeServer
) -> None:
    token = fragment(sign_in(browser, implicit(scope="users:readonly")))["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    me = httpx.get(f"{server.api_url}/api/v2/tokens/me", headers=headers).json()
    assert me["authorizedScope"] == ["users:readonly"]


def test_the_log_says_who_without_secrets(browser: httpx.Client, server: PracticeServer) -> None:
    answer = sign_in(browser, implicit())
    token = parse_qs(urlsplit(answer.headers["location"]).fragment)["access_token"][0]
    seen = server.log[-1]
    assert (seen.host, seen.method, seen.path, seen.status) == (
        "login",
        "POST",
        "/oauth/authorize",
        302,
    )
    assert seen.user == "grace.obi@acme.example"
    assert not seen.authorization
    assert token not in repr(server.log)
