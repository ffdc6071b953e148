"""The trial of the browser: it draws a page of ours, and nobody else's."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desktop_app.commands.trial import served
from desktop_app.gui.browser_trial import PAGE, try_browser
from tests.core.tls_hosts import self_signed

SOON_MS = 60_000
HARDLY_MS = 1_500


def test_a_page_over_tls_is_drawn(qapp: QApplication) -> None:
    with served(PAGE.encode()) as (url, certificate):
        assert try_browser(url, certificate, SOON_MS).drawn


def test_T15_a_page_of_somebody_else_is_not_shown(qapp: QApplication) -> None:
    with served(PAGE.encode()) as (url, _):
        found = try_browser(url, self_signed().chain, HARDLY_MS)
    assert not found.drawn and found.sandboxed is None


def test_a_page_without_the_square_is_not_taken_for_it(qapp: QApplication) -> None:
    with served(b"<!doctype html><title>empty</title>") as (url, certificate):
        assert not try_browser(url, certificate, HARDLY_MS).drawn
