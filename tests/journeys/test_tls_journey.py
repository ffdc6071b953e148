"""A company whose network has a certificate authority of its own: the whole window over TLS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Grant
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.core.tls_hosts import Authority
from tests.journeys.driving import Person, options_for

AUTHORITY = "Acme Insurance Private CA"


@pytest.fixture
def authority() -> Authority:
    return Authority(AUTHORITY)


@pytest.fixture
def server(authority: Authority, tmp_path: Path) -> Iterator[PracticeServer]:
    certificate, key = authority.certificate("localhost").write(tmp_path)
    settings = PracticeSettings(conversations=300, days=3, tls_cert=certificate, tls_key=key)
    with PracticeServer(settings) as running:
        yield running


def arrive(
    qapp: QApplication, qtbot: QtBot, server: PracticeServer, policy: Policy, grant: Grant
) -> Person:
    return Person(qapp, qtbot, replace(options_for(server, grant), policy=policy))


@pytest.mark.parametrize("grant", Grant)
def test_F29_with_its_authority_in_the_policy_the_whole_window_works(
    grant: Grant,
    server: PracticeServer,
    authority: Authority,
    qapp: QApplication,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "1")
    policy = Policy(ca_file=authority.write(tmp_path))
    person = arrive(qapp, qtbot, server, policy, grant)
    person.start()
    person.sign_in()
    person.wait(person.is_read)
    assert person.history.model.rowCount() == 300
    session = person.window.session
    assert session is not None and session.profile.login_url.startswith("https://")
    person.leave()
    qapp.setStyleSheet("")


def test_T15_without_it_nobody_types_a_password_and_the_issuer_is_named(
    server: PracticeServer, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "1")
    person = arrive(qapp, qtbot, server, Policy(), Grant.PKCE)
    person.open()
    person.wait(lambda: AUTHORITY in person.words)
    assert person.login_pages == 0 and person.window.session is None
    assert server.log == []
    person.leave()
    qapp.setStyleSheet("")
