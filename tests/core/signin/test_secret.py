"""No text that is made of a secret, or of what holds one, shows it (T26)."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import json
import logging
import pickle
import traceback
from collections.abc import Callable

import pytest

from desktop_app.core.errors import SignInNeeded
from desktop_app.core.signin.oauth import Attempt, Code, Failure, Token
from desktop_app.core.signin.profiles import Grant
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import Session, open_session, sign_out
from desktop_app.practice.server import PracticeServer
from tests.core.signin.signing_in import (
    CODE,
    TOKEN,
    answer_to,
    begin,
    chain,
    implicit_token,
    offered,
    practice_profile,
    state_of,
)

CANARIES = (TOKEN, CODE)
HOLDERS = pytest.mark.parametrize(
    "holder",
    [Secret(TOKEN), Token(Secret(TOKEN), 300), Code(Secret(CODE)), [Secret(TOKEN)]],
    ids=["secret", "token", "code", "list"],
)


def _logged(holder: object) -> str:
    return logging.LogRecord("", logging.INFO, "", 0, "%s %r", (holder, holder), None).getMessage()


TEXTS: dict[str, Callable[[object], str]] = {
    "repr": repr,
    "str": str,
    "ascii": ascii,
    "format": lambda holder: f"{holder}{holder!r}{holder!s}{holder!a}",
    "logging": _logged,
    "json": lambda holder: json.dumps({"holder": holder}, default=str),
    "exception": lambda holder: str(ValueError(holder)),
    "traceback": lambda holder: "".join(traceback.format_exception(ValueError(holder))),
}


def shown(text: str, *secrets: str) -> list[str]:
    return [secret for secret in (*CANARIES, *secrets) if secret and secret in text]


@HOLDERS
@pytest.mark.parametrize("make", TEXTS.values(), ids=TEXTS.keys())
def test_T26_no_text_shows_a_secret(holder: object, make: Callable[[object], str]) -> None:
    text = make(holder)
    assert "Secret(***)" in text
    assert shown(text) == []


def test_T26_a_format_does_not_cut_into_a_secret() -> None:
    assert f"{Secret(TOKEN):.99} {Secret(TOKEN):>40}" == "Secret(***) Secret(***)"


@HOLDERS
def test_T26_a_secret_is_neither_copied_nor_written_down(holder: object) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="can't be pickled"):
            pickle.dumps(holder, protocol)
    with pytest.raises(TypeError, match="can't be pickled"):
        copy.deepcopy(holder)
    with pytest.raises(TypeError, match="can't be pickled"):
        copy.copy(Secret(TOKEN))
    with pytest.raises(TypeError, match="can't be pickled"):
        dataclasses.asdict(Token(Secret(TOKEN), 300))


def test_a_secret_tells_whether_it_is_there_until_it_is_cleared() -> None:
    secret = Secret(TOKEN)
    assert secret
    assert secret.reveal() == TOKEN
    secret.clear()
    assert not secret
    assert secret.reveal() is None
    assert repr(secret) == "Secret(***)"
    assert not Secret("")
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize("grant", list(Grant))
def test_T26_an_attempt_shows_neither_state_nor_verifier(grant: Grant) -> None:
    attempt = begin(grant)
    text = f"{attempt} {attempt!r}"
    assert "Secret(***)" in text
    assert shown(text, state_of(attempt), attempt.verifier.reveal() or "") == []


REFUSED = [
    {"expires_in": "0"},
    {"token_type": "mac"},
    {"access_token": f"{TOKEN} {TOKEN}"},
    {"error": "server_error"},
    {"error": TOKEN * 4},
    {"error": "invalid_scope", "description": "No such scope"},
    {"state": TOKEN},
    {"code": CODE},
    {"pad": TOKEN * 500},
]


@pytest.mark.parametrize("changes", REFUSED)
def test_T26_no_refusal_shows_what_was_answered(changes: dict[str, str]) -> None:
    attempt = begin()
    state = state_of(attempt)
    outcome = offered(attempt, answer_to(attempt, **changes))
    assert isinstance(outcome, Failure)
    for error in chain(outcome.error):
        assert shown(f"{error} {error!r} {vars(error)} {outcome!r}", state) == []


def test_T26_no_callback_outcome_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    attempts: list[Attempt] = [begin(grant) for grant in Grant]
    for attempt in attempts:
        outcome = offered(attempt, answer_to(attempt))
        logging.getLogger("test").warning("%s %r", outcome, attempt)
    assert len(caplog.records) == len(attempts)
    assert "Secret(***)" in caplog.text
    assert shown(caplog.text) == []


def test_T26_a_sign_in_and_its_end_log_no_token(
    server: PracticeServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.faults.append({"match": {"path": "*/users/me", "nth": 1}, "do": {"status": 503}})

    async def main() -> tuple[str, Session]:
        token = implicit_token(server)
        text = token.access_token.reveal() or ""
        session = await open_session(practice_profile(server, Grant.IMPLICIT), token)
        logging.getLogger("test").warning("%s %r", session, token)
        await sign_out(session)
        return text, session

    text, session = asyncio.run(main())
    assert len(text) > 40
    assert "again in" in caplog.text  # what the client logs is seen here
    logged = "".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    out, err = capfd.readouterr()
    assert shown(f"{logged}{caplog.text}{out}{err}{session!r}", text) == []
    assert all(text not in seen.path for seen in server.log)


def test_T26_the_error_of_a_refused_token_does_not_hold_it(server: PracticeServer) -> None:
    async def main() -> Exception:
        profile = practice_profile(server, Grant.IMPLICIT)
        with pytest.raises(SignInNeeded) as caught:
            await open_session(profile, Token(Secret(TOKEN), 300))
        return caught.value

    for error in chain(asyncio.run(main())):
        assert shown(f"{error} {error!r} {vars(error)}") == []
