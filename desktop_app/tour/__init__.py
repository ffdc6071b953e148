"""The tour: drives the real windows as a person would, and leaves pictures of each step.

Keys and mouse presses are real events, nothing is injected into the login page, and every wait
is for something that can be seen.  It works against any server that a profile names.
"""

from __future__ import annotations

import atexit
import dataclasses
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QApplication

from desktop_app.application import Application, Options
from desktop_app.core.errors import ContactHistoryError
from desktop_app.core.history.clock import Clock, Interval
from desktop_app.gui.signin.browser_way import OpenUrl
from desktop_app.tour.browser import HeadlessBrowser, find_browser
from desktop_app.tour.report import Report, TourFailed, TourOptions
from desktop_app.tour.walk import Tour

__all__ = ["TourOptions", "find_browser", "run_tour"]


def run_tour(options: Options, wanted: TourOptions) -> int:
    """Run the whole tour; the exit code is 0 only if all of it happened."""
    _give_offscreen_a_screen()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    try:
        options = dataclasses.replace(
            options, interval=_interval(wanted.interval), mode=options.mode or "light"
        )
    except ContactHistoryError as error:
        print(error, file=sys.stderr)
        return 2
    browser = HeadlessBrowser(wanted.browser, app) if wanted.browser else None
    if browser is not None:
        options = dataclasses.replace(options, open_url=_opened_by(browser))
    application = Application(app, options)
    report = Report()
    tour = Tour(application, wanted, report)
    try:
        tour.run(browser)
    except TourFailed as failure:
        report.errors.append(str(failure))
        tour.picture_of_failure()
    except Exception as defect:  # the report is written whatever happens
        traceback.print_exc()
        report.errors.append(f"The tour itself failed ({type(defect).__name__}).")
    finally:
        application.close()
        if browser is not None:
            browser.close()
    text = json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=2)
    if wanted.report is not None:
        wanted.report.parent.mkdir(parents=True, exist_ok=True)
        wanted.report.write_text(text + "\n", encoding="utf-8")
    for sentence in report.errors:
        print(sentence, file=sys.stderr)
    print(f"{len(report.steps)} steps, {report.rows:,} rows, {len(report.errors)} errors")
    return 1 if report.errors else 0


def _give_offscreen_a_screen() -> None:
    """Qt's screenless platform has 800 × 800 pixels, into which it would squeeze menus."""
    if os.environ.get("QT_QPA_PLATFORM") != "offscreen":
        return
    screen = {"name": "tour", "x": 0, "y": 0, "width": 1920, "height": 1080, "dpr": 1}
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump({"screens": [screen | {"logicalDpi": 96, "logicalBaseDpi": 96}]}, file)
    atexit.register(Path(file.name).unlink, missing_ok=True)
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file.name}"


def _opened_by(browser: HeadlessBrowser) -> OpenUrl:
    def open_url(url: str) -> bool:
        browser.open(url)
        return True

    return open_url


def _interval(text: str) -> Interval | None:
    return Clock(ZoneInfo("UTC")).parse_interval(text) if text else None
