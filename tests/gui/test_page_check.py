"""The test of settings that opens the login page where nobody sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from desktop_app.core.signin.findings import Finding, Subject, Verdict
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.gui.signin.page_check import PageCheck
from desktop_app.gui.signin.surroundings import Surroundings
from tests.gui.guarded import LOAD_MS
from tests.gui.web_server import WebServer, page, redirect

CLIENT = "9c0de8a4-2b7f-4e13-8c1d-54a7e0b6d322"
Check = Callable[..., PageCheck]


@pytest.fixture
def check(host: WebServer, listener: WebServer) -> Iterator[Check]:
    """Begins checks, whose pages are gone before the test ends."""
    made: list[PageCheck] = []

    def begin(
        grant: Grant = Grant.PKCE, *, settled_ms: int = 100, deadline_ms: int = LOAD_MS
    ) -> PageCheck:
        profile = Profile(
            name="acme",
            login_url=host.origin,
            api_url=host.origin,
            client_id=CLIENT,
            grant=grant,
            redirect_uri=f"{listener.origin}/oauth2/callback",
        )
        one = PageCheck(
            profile,
            Surroundings(loopback_only=True),
            settled_ms=settled_ms,
            deadline_ms=deadline_ms,
        )
        made.append(one)
        return one

    yield begin
    for one in made:
        one.cancel()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def found_by(check: PageCheck, qtbot: QtBot) -> Finding:
    with qtbot.waitSignal(check.finished, timeout=LOAD_MS) as seen:
        check.start()
    assert seen.args is not None
    (finding,) = seen.args
    assert isinstance(finding, Finding)
    return finding


def test_a_login_page_that_is_shown_accepts_the_settings(
    host: WebServer, check: Check, qtbot: QtBot
) -> None:
    host.pages["/oauth/authorize"] = page("Sign in")
    assert found_by(check(), qtbot).verdict is Verdict.OK


def test_a_refusal_that_a_script_computes_is_seen(
    host: WebServer, check: Check, qtbot: QtBot
) -> None:
    host.pages["/oauth/authorize"] = page(
        "<script>onload = () => location.hash = '/error?errorKey=invalidClientId'</script>"
    )
    finding = found_by(check(settled_ms=5000), qtbot)
    assert (finding.subject, finding.verdict) == (Subject.CLIENT, Verdict.WRONG)


def test_T05_a_check_lets_no_callback_out(
    host: WebServer, listener: WebServer, check: Check, qtbot: QtBot
) -> None:
    """Neither a refusal nor a token that came without a login; the token is dropped."""
    callback = f"{listener.origin}/oauth2/callback"
    host.pages["/oauth/authorize"] = redirect(f"{callback}#error=unauthorized_client")
    refused = found_by(check(Grant.IMPLICIT), qtbot)
    assert (refused.subject, refused.verdict) == (Subject.GRANT, Verdict.WRONG)
    assert listener.connections == 0


def test_T25_a_token_that_comes_unasked_is_dropped(
    host: WebServer, listener: WebServer, check: Check, qtbot: QtBot
) -> None:
    """The login host answers at once, as where a provider knows this computer."""
    host.pages["/oauth/authorize"] = page(
        "<script>const asked = new URLSearchParams(location.search);"
        " location.href = asked.get('redirect_uri') +"
        " '#access_token=canary-token-2f7a&expires_in=60&state=' + asked.get('state')</script>"
    )
    finding = found_by(check(Grant.IMPLICIT, settled_ms=5000), qtbot)
    assert finding.verdict is Verdict.OK
    assert "canary" not in finding.sentence
    assert listener.connections == 0


def test_a_page_that_never_comes_is_given_up(host: WebServer, check: Check, qtbot: QtBot) -> None:
    host.hang.add("/oauth/authorize")
    finding = found_by(check(deadline_ms=300), qtbot)
    assert (finding.subject, finding.verdict) == (Subject.LOGIN, Verdict.UNKNOWN)


def test_a_cancelled_check_tells_nothing(host: WebServer, check: Check, qtbot: QtBot) -> None:
    host.pages["/oauth/authorize"] = page("Sign in")
    begun = check(settled_ms=1)
    with qtbot.assertNotEmitted(begun.finished):
        begun.start()
        begun.cancel()
        other = check()
        found_by(other, qtbot)
