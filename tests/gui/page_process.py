"""A process that opens one page under guard as the program does; for tests of the process itself.

    python -m tests.gui.page_process ADDRESS [as-found]

Settles environment and sandbox first, as the command line does; ``as-found`` leaves out that step,
to show what it is good for.  Once the page is loaded it prints one line of JSON and waits until
its standard input ends.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from desktop_app.gui import sandbox


def main(address: str, *, settled: bool) -> None:
    why = sandbox.prepare(loopback_only=True) if settled else ""
    from PySide6.QtCore import QCoreApplication, QEvent, QMetaObject, Qt, QUrl
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QApplication

    from desktop_app.core.signin.oauth import Attempt
    from desktop_app.core.signin.profiles import Grant, Profile
    from desktop_app.gui.guarded_page import Guard, GuardedPage, login_profile

    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(["page"])
    origin = address.rsplit("/", 1)[0]
    sign_in = Profile(
        name="test",
        login_url=origin,
        api_url=origin,
        client_id="client",
        grant=Grant.IMPLICIT,
        redirect_uri=f"{origin}/callback",
    )
    guard = Guard(Attempt.start(sign_in, now=time.time()), loopback_only=True)
    profile = login_profile(app, loopback_only=True)
    view = QWebEngineView()
    page = GuardedPage(profile, guard, view)

    def tell(loaded: bool) -> None:
        facts = {
            "loaded": loaded,
            "renderer": page.renderProcessPid(),
            "title": page.title(),
            "why_refused": why,
            "sandbox_off": sandbox.is_switched_off(),
            "plugins": QCoreApplication.libraryPaths(),
        }
        print(json.dumps(facts), flush=True)

    def wait_for_the_end() -> None:
        sys.stdin.read()
        QMetaObject.invokeMethod(app, "quit", Qt.ConnectionType.QueuedConnection)

    page.loadFinished.connect(tell)
    view.setPage(page)
    view.show()
    page.load(QUrl(address))
    threading.Thread(target=wait_for_the_end, daemon=True).start()
    app.exec()
    for each in (page, view, profile):  # the page before its profile
        each.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


if __name__ == "__main__":
    main(sys.argv[1], settled="as-found" not in sys.argv[2:])
