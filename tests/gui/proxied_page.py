"""A process that opens one page under guard through the proxy of a policy; for tests of that.

    python -m tests.gui.proxied_page FACTS

``FACTS`` is JSON: ``setting``, ``address``, ``ca_file``, and ``credentials`` by the proxy's name.
A process of its own, because WebEngine takes a change of proxy one page late and a PAC file only
before its first profile.  Ends when a page with the title "end" is there or none can be, and
prints one line of JSON: what the page did, and the way that the HTTP client would take.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QUrl
from PySide6.QtWidgets import QApplication

from desktop_app.core.signin.oauth import Attempt
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.gui.guarded_page import Guard, GuardedPage, login_profile
from desktop_app.gui.network.proxies import apply_to_qt, find_proxy

END = "end"


def main(facts: dict[str, Any]) -> None:
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(["page"])
    ca_file = Path(facts["ca_file"])
    apply_to_qt(facts["setting"])
    finder = find_proxy(facts["setting"], ca_file=ca_file)
    with ThreadPoolExecutor(1) as worker:
        way = worker.submit(finder, facts["address"]).result()

    profile = login_profile(app, loopback_only=False, ca_file=ca_file)
    known = {name: tuple(pair) for name, pair in facts["credentials"].items()}
    page = GuardedPage(
        profile, _guard(facts["address"]), app, credentials=known.get, name_proxy=finder.name
    )
    asked: list[str] = []
    refused: list[str] = []

    def on_loaded(loaded: bool) -> None:
        if loaded and page.title() != END:
            return  # it leads to another
        told = {"loaded": loaded, "way": way, "asked": asked, "refused": refused}
        print(json.dumps(told), flush=True)
        app.quit()

    page.proxy_sign_in_needed.connect(asked.append)
    page.certificate_refused.connect(refused.append)
    page.loadFinished.connect(on_loaded)
    page.load(QUrl(facts["address"]))
    app.exec()
    for each in (page, profile):
        each.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _guard(origin: str) -> Guard:
    sign_in = Profile(
        name="test",
        login_url=origin,
        api_url=origin,
        client_id="client",
        grant=Grant.PKCE,
        redirect_uri=f"{origin}/callback",
    )
    return Guard(Attempt.start(sign_in, now=time.time()), loopback_only=False)


if __name__ == "__main__":
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # every host is on this computer
    main(json.loads(sys.argv[1]))
