"""The window, which opens when no command is named."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.commands import setting_up
from desktop_app.core.crash import Watch
from desktop_app.core.signin.profiles import Grant, Profile, Way

if TYPE_CHECKING:
    from desktop_app.application import Options
    from desktop_app.gui.theme import Mode


def open_window(
    config: Path | None, profile: str | None, practice: bool, verbose: bool, theme: Mode | None
) -> int:
    """Show the window until it is closed; returns the program's exit."""
    watch = setting_up.watch(verbose)
    profiles, chosen = setting_up.profiles(config, profile, practice=practice)
    options = window_options(
        profiles, chosen, practice=practice, config=config, mode=theme, watch=watch
    )
    from PySide6.QtWidgets import QApplication

    from desktop_app.application import Application

    app = QApplication(sys.argv[:1])
    application = Application(app, options)
    application.show()
    gc.freeze()  # what the start has made stays: without it, each full collection looks it over
    code = app.exec()
    application.close()
    return code


def window_options(
    profiles: Mapping[str, Profile],
    chosen: str,
    *,
    practice: bool,
    config: Path | None,
    mode: Mode | None = None,
    practice_options: list[str] | None = None,
    practice_grant: Grant = Grant.IMPLICIT,
    practice_way: Way = Way.VIEW,
    watch: Watch,
) -> Options:
    """Settle the browser's sandbox, which must come before Qt is loaded."""
    from desktop_app.gui import sandbox

    policy = setting_up.policy()

    loopback = profiles[chosen].is_loopback if chosen else practice or not profiles
    unsafe = sandbox.prepare(loopback_only=loopback)
    from desktop_app.application import Options
    from desktop_app.gui.qt_messages import log_qt_messages

    log_qt_messages()

    return Options(
        profiles=profiles,
        chosen=chosen,
        policy=policy,
        practice=practice,
        practice_options=practice_options or [],
        practice_grant=practice_grant,
        practice_way=practice_way,
        unsafe=unsafe,
        mode=mode,
        config=config,
        watch=watch,
    )
