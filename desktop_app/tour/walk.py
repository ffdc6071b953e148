"""The walk through the windows, step by step."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton

from desktop_app.application import Application
from desktop_app.core.errors import SignInNeeded
from desktop_app.core.history.clock import Interval
from desktop_app.core.history.query import Query
from desktop_app.gui.account_menu import AccountButton
from desktop_app.history_view import HistoryView
from desktop_app.tour.browser import HeadlessBrowser
from desktop_app.tour.filtering import (
    filter_by_conditions,
    filter_by_values,
    filter_by_words,
    make_a_mistake,
)
from desktop_app.tour.hands import Hands
from desktop_app.tour.looking import (
    add_up,
    look_at_changes,
    look_at_columns,
    look_at_coverage,
    look_at_export,
    open_contact,
)
from desktop_app.tour.report import Report, TourFailed, TourOptions
from desktop_app.tour.set_up import set_up_practice
from desktop_app.tour.sights import all_painted, at_rest, part
from desktop_app.tour.ways_in import InABrowser, InTheWindow, WayIn

SAMPLE_ROWS = 50
MOST_LOGINS = 5  # login pages that are typed into before giving up


class Tour:
    """One walk through the windows."""

    def __init__(self, application: Application, wanted: TourOptions, report: Report) -> None:
        self.report = report
        self._application = application
        self._window = application.window
        self._login_keys = wanted.login_keys
        self._hands = Hands(
            application.window,
            application.theme,
            self._screen_words,
            folder=wanted.screenshots,
            timeout_s=wanted.timeout_s,
        )
        self._first_run = wanted.first_run
        self._way: WayIn = InTheWindow(application, self._hands)
        self._logins_done = 0
        self._callback_at: float | None = None
        self._signed_out = False
        self._window.auth_view.callback_seen.connect(self._on_callback)
        self._window.signed_out.connect(self._on_signed_out)

    def run(self, browser: HeadlessBrowser | None = None) -> None:
        """``browser``: sign in there instead of on the window's own page."""
        if browser is not None:
            self._way = InABrowser(browser, self._application, self._hands)
        self._application.show()
        self._window.activateWindow()
        if self._first_run:
            set_up_practice(self._window, self._hands)
            self._done("organisation set up")
        self._sign_in()
        view = self._history()
        self._complete(view)
        self._take_sample(view)
        self._sort(view)
        self._look_around(view)
        self._look_at_account(view)
        self._look_at_settings(view)
        self._lock(view)
        self._sign_out()

    # --- steps --------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        self._hands.until(lambda: self._way.pages > 0, "the login page to load")
        self._hands.picture("sign-in")
        self._hands.until(self._signed_in, "the sign-in")
        session = self._window.session
        assert session is not None
        self.report.user = session.user_name
        self.report.organization = session.organization_name
        self.report.grant = session.profile.grant.value
        self.report.way = self._way.name
        self._done("signed in")

    def _signed_in(self) -> bool:
        """Types into each login page that appears, until there is a history."""
        if self._logins_done < self._way.pages:
            self._logins_done = self._way.pages
            if self._logins_done > MOST_LOGINS:
                raise TourFailed("The login page came back again and again: is the password right?")
            self._way.type_login(self._keys())
        return self._window.history_view is not None

    def _keys(self) -> str:
        """For the login page; when somebody comes back, their address stands there already."""
        keys = self._login_keys if self._login_keys is not None else self._practice_keys()
        keys = keys.replace("\\t", "\t").replace("\\n", "\n")
        return keys if self._window.session is None else keys.rpartition("\t")[2]

    def _practice_keys(self) -> str:
        users = self._application.practice_description.get("users")
        if not users:
            raise TourFailed("The login page waits for keys: give --login-keys.")
        return f"{users[0]['email']}\t{users[0]['password']}\n"

    def _history(self) -> HistoryView:
        view = self._window.history_view
        assert view is not None
        view.feed.failed.connect(self._on_feed_failed)
        self._hands.until(lambda: self._first_row_painted(view) or at_rest(view), "the first row")
        if view.model.rowCount():
            assert self._callback_at is not None
            self.report.first_row_ms = round((time.monotonic() - self._callback_at) * 1000)
        self._done("first row")
        return view

    def _first_row_painted(self, view: HistoryView) -> bool:
        return view.model.rowCount() > 0 and view.model.formatted(0) is not None

    def _complete(self, view: HistoryView) -> None:
        self._hands.until(lambda: self._signed_in() and at_rest(view), "the history to be read")
        coverage = view.coverage
        assert coverage is not None
        interval = view.picker.interval
        self.report.interval = _iso(interval)
        self.report.rows = view.model.rowCount()
        self.report.total_hits = coverage.total_hits
        self.report.complete = coverage.complete
        self._hands.picture("history")
        if not coverage.complete:
            raise TourFailed(f"The history is not complete: {view.status.text}")
        self._done("history complete")

    def _take_sample(self, view: HistoryView) -> None:
        job_rows: list[tuple[str, ...]] = []
        rows = range(min(SAMPLE_ROWS, view.model.rowCount()))
        keys = [column.key for column in view.model.columns]
        job = view.model.read_texts(rows, keys)
        job.succeeded.connect(job_rows.extend)
        ended: list[bool] = []
        job.ended.connect(lambda: ended.append(True))
        self._hands.until(lambda: bool(ended), "the sample")
        self.report.sample = ["\t".join(row) for row in job_rows]

    def _sort(self, view: HistoryView) -> None:
        """Press a header twice: the shortest handle time first, then the longest."""
        keys = [column.key for column in view.model.columns]
        section = keys.index("handle") if "handle" in keys else len(keys) - 1
        header = view.table.horizontalHeader()
        for descending in (False, True):
            view.table.scrollTo(view.model.index(0, section))
            x = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
            self._hands.press(header.viewport(), QPoint(x, header.height() // 2))
            query = view.model.query
            assert query is not None
            wanted = replace(query, sort=keys[section], descending=descending)
            self._hands.until(partial(_shows, view, wanted), "the sorted rows")
        self._hands.until(lambda: all_painted(view), "the cells in sight")
        self._hands.picture("sorted")
        view.table.scrollTo(view.model.index(0, 0))
        self._done("sorted")

    def _look_around(self, view: HistoryView) -> None:
        """Whatever a supervisor does with the contacts that are there."""
        hands = self._hands
        for step in (
            filter_by_words,
            filter_by_conditions,
            make_a_mistake,
            filter_by_values,
            open_contact,
            add_up,
            look_at_coverage,
            look_at_columns,
            look_at_export,
        ):
            self._done(step(view, hands))
        practice = self._application.practice_description
        if practice and view.model.rowCount():
            self._done(look_at_changes(view, hands, practice["api_url"]))

    def _look_at_account(self, view: HistoryView) -> None:
        menu = self._open_account(view)
        self._hands.picture("account", menu)
        menu.close()
        self._done("account seen")

    def _look_at_settings(self, view: HistoryView) -> None:
        """Among them the question before everything is erased, which is answered with no."""
        self._hands.choose(self._open_account(view), "openSettings")
        page = self._window.settings_page
        self._hands.until(page.isVisible, "the settings")
        held = part(page, QLabel, "historyHeld")
        self._hands.until(lambda: bool(held.text()), "what is held")
        self._hands.picture("settings")
        erase = part(page, QPushButton, "eraseHistory")
        if erase.isEnabled():
            self._hands.press(erase, erase.rect().center())
            keep = part(page, QPushButton, "eraseNo")
            self._hands.picture("erase")
            self._hands.press(keep, keep.rect().center())
            self._hands.until(erase.isVisible, "the answer to be taken")
            self._done("erasing declined")
        QTest.keyClick(page, Qt.Key.Key_Escape)
        self._hands.until(view.isVisible, "the history again")
        self._done("settings seen")

    def _lock(self, view: HistoryView) -> None:
        """Lock the window, and unlock it as whoever comes back does."""
        self._hands.choose(self._open_account(view), "lockNow")
        page = self._window.lock_page
        self._hands.until(page.isVisible, "the locked window")
        self._hands.picture("locked")
        unlock = page.findChild(QPushButton, "unlock")
        assert unlock is not None
        self._way.begin_again()
        self._hands.press(unlock, unlock.rect().center())
        self._hands.until(lambda: self._signed_in() and view.isVisible(), "the unlocked window")
        self._hands.until(lambda: at_rest(view), "the history to be read")
        self._done("locked and unlocked")

    def _open_account(self, view: HistoryView) -> QMenu:
        button = view.findChild(AccountButton)
        assert button is not None
        self._hands.press(button, button.rect().center())
        self._hands.until(button.menu_of_account.isVisible, "the account menu")
        return button.menu_of_account

    def _sign_out(self) -> None:
        view = self._window.history_view
        assert view is not None
        self._hands.choose(self._open_account(view), "signOut")
        self._hands.until(lambda: self._signed_out, "the sign-out")
        self._hands.picture("signed-out")
        self._done("signed out")

    # --- what the windows tell ----------------------------------------------------------------

    def picture_of_failure(self) -> None:
        self._hands.picture("failed")

    def _screen_words(self) -> str:
        view = self._window.history_view
        return f"On screen: {view.status.text} {view.notice.text}" if view else ""

    def _done(self, step: str) -> None:
        self.report.steps.append(step)

    def _on_callback(self) -> None:
        if self._callback_at is None:
            self._callback_at = time.monotonic()

    def _on_signed_out(self) -> None:
        self._signed_out = True

    def _on_feed_failed(self, error: object) -> None:
        """An ended sign-in is part of the journey; any other failure is told."""
        if not isinstance(error, SignInNeeded):
            self.report.errors.append(str(error))


def _shows(view: HistoryView, wanted: Query) -> bool:
    return view.model.query == wanted and not view.model.busy


def _iso(interval: Interval) -> str:
    return "/".join(
        datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds") for ms in interval
    )
