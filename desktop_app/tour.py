"""The tour: drives the real windows as a person would, and leaves pictures of each step.

Keys and mouse presses are real events, nothing is injected into the login page, and every wait
is for something that can be seen.  It works against any server that a profile names.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget

from desktop_app.application import Application, Options
from desktop_app.core.errors import ContactHistoryError
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.core.history.columns import Kind
from desktop_app.gui.theme import Mode
from desktop_app.history_view import HistoryView

SAMPLE_ROWS = 50
MOST_LOGINS = 5  # login pages that are typed into before giving up
SETTLE_S = 5  # for a page to put its caret somewhere
LOOK_EVERY_MS = 15

_KEYS = {"\t": Qt.Key.Key_Tab, "\n": Qt.Key.Key_Return, "\r": Qt.Key.Key_Return}


@dataclass(frozen=True)
class TourOptions:
    interval: str = ""
    screenshots: Path | None = None
    report: Path | None = None
    login_keys: str | None = None  # \t and \n may be written as two characters
    timeout_s: float = 600.0


@dataclass
class Report:
    """What the tour saw; written as JSON."""

    user: str = ""
    organization: str = ""
    grant: str = ""
    interval: str = ""
    total_hits: int = 0
    rows: int = 0
    complete: bool = False
    first_row_ms: int | None = None
    sample: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class TourFailed(Exception):
    """A step didn't come about; the text says which."""


def run_tour(options: Options, wanted: TourOptions) -> int:
    """Run the whole tour; the exit code is 0 only if all of it happened."""
    _give_offscreen_a_screen()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    try:
        options = replace(options, interval=_interval(wanted.interval))
    except ContactHistoryError as error:
        print(error, file=sys.stderr)
        return 2
    application = Application(app, options)
    tour = Tour(application, wanted)
    try:
        tour.run()
    except TourFailed as failure:
        tour.report.errors.append(str(failure))
        tour.picture("failed")
    finally:
        application.close()
    text = json.dumps(tour.report.__dict__, ensure_ascii=False, indent=2)
    if wanted.report is not None:
        wanted.report.parent.mkdir(parents=True, exist_ok=True)
        wanted.report.write_text(text + "\n", encoding="utf-8")
    for sentence in tour.report.errors:
        print(sentence, file=sys.stderr)
    print(
        f"{len(tour.report.steps)} steps, {tour.report.rows:,} rows, "
        f"{len(tour.report.errors)} errors"
    )
    return 1 if tour.report.errors else 0


def _give_offscreen_a_screen() -> None:
    """Qt's screenless platform has 800 × 800 pixels, into which it would squeeze menus."""
    if os.environ.get("QT_QPA_PLATFORM") != "offscreen":
        return
    screen = {"name": "tour", "x": 0, "y": 0, "width": 1920, "height": 1080, "dpr": 1}
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump({"screens": [screen | {"logicalDpi": 96, "logicalBaseDpi": 96}]}, file)
    atexit.register(Path(file.name).unlink, missing_ok=True)
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file.name}"


def _interval(text: str) -> Interval | None:
    from zoneinfo import ZoneInfo

    return Clock(ZoneInfo("UTC")).parse_interval(text) if text else None


class Tour:
    """One walk through the windows."""

    def __init__(self, application: Application, wanted: TourOptions) -> None:
        self.report = Report()
        self._application = application
        self._window = application.window
        self._wanted = wanted
        self._deadline = time.monotonic() + wanted.timeout_s
        self._logins_wanted = 0
        self._logins_done = 0
        self._callback_at: float | None = None
        self._signed_out = False
        self._pictures = 0
        self._window.auth_view.page_loaded.connect(self._on_login_page)
        self._window.auth_view.callback_seen.connect(self._on_callback)
        self._window.signed_out.connect(self._on_signed_out)

    def run(self) -> None:
        self._application.show()
        self._window.activateWindow()
        self._sign_in()
        view = self._history()
        self._complete(view)
        self._take_sample(view)
        self._sort(view)
        self._filter(view)
        self._open_contact(view)
        self._look_at_account(view)
        self._sign_out()

    # --- steps --------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        self._until(lambda: self._logins_wanted > 0, "the login page to load")
        self._caret()
        self.picture("sign-in")
        self._until(self._signed_in, "the sign-in")
        session = self._window.session
        assert session is not None
        self.report.user = session.user_name
        self.report.organization = session.organization_name
        self.report.grant = session.profile.grant.value
        self._done("signed in")

    def _signed_in(self) -> bool:
        """Types into each login page that appears, until there is a history."""
        if self._logins_done < self._logins_wanted:
            self._logins_done = self._logins_wanted
            if self._logins_done > MOST_LOGINS:
                raise TourFailed("The login page came back again and again: is the password right?")
            self._caret()
            self._type_login()
        return self._window.history_view is not None

    def _type_login(self) -> None:
        page = self._window.auth_view.web_view.focusProxy()
        assert page is not None
        keys = self._wanted.login_keys
        if keys is None:
            keys = self._practice_keys()
        for character in keys.replace("\\t", "\t").replace("\\n", "\n"):
            if character in _KEYS:
                QTest.keyClick(page, _KEYS[character])
            else:
                QTest.keyClicks(page, character)

    def _practice_keys(self) -> str:
        users = self._application.practice_description.get("users")
        if not users:
            raise TourFailed("The login page waits for keys: give --login-keys.")
        return f"{users[0]['email']}\t{users[0]['password']}\n"

    def _caret(self) -> None:
        """Wait until a field of the page takes text; a page without such a field gets its keys."""
        self._window.activateWindow()
        web = self._window.auth_view.web_view
        web.setFocus()
        until = time.monotonic() + SETTLE_S
        self._until(lambda: time.monotonic() > until or _takes_text(web.focusProxy()), "the caret")

    def _history(self) -> HistoryView:
        view = self._window.history_view
        assert view is not None
        view.feed.failed.connect(self._on_feed_failed)
        self._until(lambda: self._first_row_painted(view) or _at_rest(view), "the first row")
        if view.model.rowCount():
            assert self._callback_at is not None
            self.report.first_row_ms = round((time.monotonic() - self._callback_at) * 1000)
        self._done("first row")
        return view

    def _first_row_painted(self, view: HistoryView) -> bool:
        return view.model.rowCount() > 0 and view.model.formatted(0) is not None

    def _complete(self, view: HistoryView) -> None:
        self._until(lambda: self._signed_in() and _at_rest(view), "the history to be read")
        coverage = view.coverage
        assert coverage is not None
        interval = view.picker.interval
        self.report.interval = _iso(interval)
        self.report.rows = view.model.rowCount()
        self.report.total_hits = coverage.total_hits
        self.report.complete = coverage.complete
        self.picture("history")
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
        self._until(lambda: bool(ended), "the sample")
        self.report.sample = ["\t".join(row) for row in job_rows]

    def _sort(self, view: HistoryView) -> None:
        """Press a header twice: the longest handle time first, then the shortest."""
        keys = [column.key for column in view.model.columns]
        section = keys.index("handle") if "handle" in keys else len(keys) - 1
        header = view.table.horizontalHeader()
        for _ in range(2):
            before = view.model.query
            view.table.scrollTo(view.model.index(0, section))
            x = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
            self._press(header.viewport(), QPoint(x, header.height() // 2))
            self._until(
                lambda: view.model.query != before and not view.model.busy, "the sorted rows"
            )
        self._until(lambda: _all_painted(view), "the cells in sight")
        self.picture("sorted")
        self._done("sorted")

    def _filter(self, view: HistoryView) -> None:
        """Type a word that the first contact has, look, and clear it again."""
        total = view.model.rowCount()
        if not total:
            self._done("nothing to filter")
            return
        word = _a_word(view)
        self._press(view.text, view.text.rect().center())
        QTest.keyClicks(view.text, word)
        self._until(lambda: not view.model.busy and _all_painted(view), "the filtered rows")
        shown = view.model.rowCount()
        self.picture("filtered")
        if not 0 < shown <= total:
            raise TourFailed(f"Filtering by a word of the first row left {shown} of {total} rows.")
        QTest.keyClicks(view.text, " no-such-words-anywhere")
        self._until(lambda: not view.model.busy and not view.model.rowCount(), "no row")
        self.picture("no-match")
        QTest.keyClick(view.text, Qt.Key.Key_Escape)
        self._until(
            lambda: not view.model.busy and view.model.rowCount() == total, "all rows again"
        )
        self._done("filtered")

    def _open_contact(self, view: HistoryView) -> None:
        if not view.model.rowCount():
            self._done("no contact to open")
            return
        loaded: list[bool] = []
        view.contact_shown.connect(lambda: loaded.append(True))
        self._until(lambda: _all_painted(view), "the cells in sight")
        rectangle = view.table.visualRect(view.model.index(0, 1))
        self._press(view.table.viewport(), rectangle.center())
        self._until(lambda: bool(loaded), "the contact's details")
        self.picture("contact")
        self._done("contact opened")

    def _look_at_account(self, view: HistoryView) -> None:
        menu = self._open_account(view)
        self.picture("account", menu)
        menu.close()
        self._done("account seen")

    def _open_account(self, view: HistoryView) -> QMenu:
        button = view.findChild(QToolButton, "account")
        assert button is not None
        menu = button.menu()
        # A pressed menu button runs an event loop of its own: look for the menu from inside it.
        QTimer.singleShot(0, menu, lambda: menu.popup(_above(button, menu)))
        self._until(menu.isVisible, "the account menu")
        return menu

    def _sign_out(self) -> None:
        view = self._window.history_view
        assert view is not None
        menu = self._open_account(view)
        action = next(action for action in menu.actions() if action.objectName() == "signOut")
        assert isinstance(action, QAction)
        self._press(menu, menu.actionGeometry(action).center())
        self._until(lambda: self._signed_out, "the sign-out")
        self.picture("signed-out")
        self._done("signed out")

    # --- means --------------------------------------------------------------------------------

    def _press(self, widget: QWidget, where: QPoint) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)

    def _done(self, step: str) -> None:
        self.report.steps.append(step)

    def _until(self, happened: Callable[[], bool], what: str) -> None:
        """Let the application run until something is so, or the time is up."""
        loop = QEventLoop()
        look = QTimer(interval=LOOK_EVERY_MS)
        failure: list[Exception] = []

        def check() -> None:
            try:
                if happened():
                    loop.quit()
                elif time.monotonic() > self._deadline:
                    raise TourFailed(f"Waited in vain for {what}. {self._on_screen()}")
            except Exception as error:  # an exception must not get lost in Qt's event loop
                failure.append(error)
                loop.quit()

        look.timeout.connect(check)
        look.start()
        loop.exec()
        look.stop()
        if failure:
            raise failure[0]

    def _on_screen(self) -> str:
        view = self._window.history_view
        return f"On screen: {view.status.text} {view.notice.text}" if view else ""

    def picture(self, name: str, over: QWidget | None = None) -> None:
        """The window in both themes, with an open menu drawn where it stands."""
        folder = self._wanted.screenshots
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._pictures += 1
        modes: tuple[Mode, ...] = ("light", "dark")
        for mode in modes:
            self._application.theme.set_mode(mode)
            self._paint()
            picture = self._window.grab()
            if over is not None:
                _draw_over(picture, over, self._window)
            picture.save(str(folder / f"{self._pictures:02}-{name}-{mode}.png"))
        self._application.theme.set_mode("light")

    def _paint(self) -> None:
        """Let every waiting repaint happen, that of the web page too."""
        painted_until = time.monotonic() + 0.3
        self._until(lambda: time.monotonic() > painted_until, "the picture")
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)

    def _on_login_page(self) -> None:
        self._logins_wanted += 1

    def _on_callback(self) -> None:
        if self._callback_at is None:
            self._callback_at = time.monotonic()

    def _on_signed_out(self) -> None:
        self._signed_out = True

    def _on_feed_failed(self, error: object) -> None:
        """An ended sign-in is part of the journey; any other failure is told."""
        from desktop_app.core.errors import SignInNeeded

        if not isinstance(error, SignInNeeded):
            self.report.errors.append(str(error))


def _at_rest(view: HistoryView) -> bool:
    return (
        view.coverage is not None
        and not view.feed.running
        and not view.refreshing
        and not view.model.busy
    )


def _all_painted(view: HistoryView) -> bool:
    """Whether the cells of all rows in sight are there."""
    first = max(0, view.table.rowAt(0))
    last = view.table.rowAt(view.table.viewport().height() - 1)
    last = view.model.rowCount() - 1 if last < 0 else last
    return not view.model.busy and all(
        view.model.formatted(row) is not None for row in range(first, last + 1)
    )


def _a_word(view: HistoryView) -> str:
    """A word of the first row, from a text column with names in it."""
    row = view.model.formatted(0)
    assert row is not None
    texts = dict(zip((column.key for column in view.model.columns), row.texts, strict=True))
    for column in sorted(view.model.columns, key=lambda column: column.key != "queues"):
        words = texts[column.key].split()
        if column.searchable and column.kind in (Kind.TEXT, Kind.LIST) and words:
            return words[0]
    raise TourFailed("The first row has no text to filter by.")


def _takes_text(widget: QWidget | None) -> bool:
    return widget is not None and bool(widget.inputMethodQuery(Qt.InputMethodQuery.ImEnabled))


def _above(button: QWidget, menu: QMenu) -> QPoint:
    corner = button.mapToGlobal(QPoint(button.width(), 0))
    return corner - QPoint(menu.sizeHint().width(), menu.sizeHint().height())


def _draw_over(picture: Any, over: QWidget, window: QWidget) -> None:
    from PySide6.QtGui import QPainter

    painter = QPainter(picture)
    painter.drawPixmap(window.mapFromGlobal(over.mapToGlobal(QPoint(0, 0))), over.grab())
    painter.end()


def _iso(interval: Interval) -> str:
    from datetime import UTC, datetime

    return "/".join(
        datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds") for ms in interval
    )
