"""A profile, an answer of the login host, and a sign-in over HTTP: what these tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from desktop_app.core.signin.oauth import Attempt, Code, Failure, Outcome, Token
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.practice.server import PracticeServer

LOGIN = "https://login.example.com"
API = "https://api.example.com"
CALLBACK = "http://localhost:8085/oauth2/callback"
CLIENT = "3f1a5c52-0000-4000-8000-00000000c11e"
TOKEN = "canary-token-6e1f"
CODE = "canary-code-93d0"
START = 1_790_000_000.0


def make_profile(grant: Grant = Grant.IMPLICIT, **changes: Any) -> Profile:
    fields: dict[str, Any] = {
        "name": "acme",
        "login_url": LOGIN,
        "api_url": API,
        "client_id": CLIENT,
        "grant": grant,
        "redirect_uri": CALLBACK,
    }
    return Profile(**{**fields, **changes})


def begin(grant: Grant = Grant.IMPLICIT, **changes: Any) -> Attempt:
    return Attempt.start(make_profile(grant, **changes), now=START)


def asked_of(attempt: Attempt) -> dict[str, str]:
    """The parameters of the authorize URL, none of them twice."""
    query = parse_qs(urlsplit(attempt.authorize_url).query, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values())
    return {name: values[0] for name, values in query.items()}


def state_of(attempt: Attempt) -> str:
    return asked_of(attempt)["state"]


def answer_to(attempt: Attempt, **changes: str | None) -> str:
    """The URL of a good answer; a change of None leaves the parameter out."""
    fields: dict[str, str | None] = {"state": state_of(attempt)}
    if attempt.profile.grant is Grant.IMPLICIT:
        mark = "#"
        fields |= {"access_token": TOKEN, "expires_in": "86400", "token_type": "bearer"}
    else:
        mark = "?"
        fields |= {"code": CODE}
    given = {name: value for name, value in (fields | changes).items() if value is not None}
    return f"{attempt.profile.redirect_uri}{mark}{urlencode(given)}"


def offered(attempt: Attempt, url: str, *, after_s: float = 1.0) -> Outcome:
    return attempt.offer(url, main_frame=True, now=START + after_s)


def is_accepted(outcome: Outcome) -> bool:
    return isinstance(outcome, Token | Code)


def sentence_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Failure)
    return outcome.error.sentence


def practice_profile(server: PracticeServer, grant: Grant = Grant.PKCE, **changes: Any) -> Profile:
    """How to sign in to the running practice organisation."""
    clients: Any = server.description["clients"]
    client = clients[grant.value]
    fields = {"login_url": server.login_url, "api_url": server.api_url, **client}
    return make_profile(grant, **{**fields, **changes})


def log_in(server: PracticeServer, attempt: Attempt, role: str = "supervisor") -> str:
    """Fill in the login page, and return where it sends the browser."""
    users: Any = server.description["users"]
    user = next(user for user in users if user["role"] == role)
    fields = {"email": user["email"], "password": user["password"]}
    answer = httpx.post(attempt.authorize_url, data=fields, trust_env=False)
    assert answer.status_code == 302
    return answer.headers["location"]


def implicit_token(server: PracticeServer, role: str = "supervisor") -> Token:
    attempt = Attempt.start(practice_profile(server, Grant.IMPLICIT), now=START)
    outcome = offered(attempt, log_in(server, attempt, role))
    assert isinstance(outcome, Token)
    return outcome


def fresh_code(server: PracticeServer, role: str = "supervisor") -> tuple[Attempt, Code]:
    attempt = Attempt.start(practice_profile(server), now=START)
    outcome = offered(attempt, log_in(server, attempt, role))
    assert isinstance(outcome, Code)
    return attempt, outcome


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and all that it was raised from or while handling."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
