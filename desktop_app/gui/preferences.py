"""What a person has chosen for this program on this computer; nothing of it is secret."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from PySide6.QtCore import QSettings

from desktop_app.core.history.retention import days_chosen
from desktop_app.gui.history.layout import Layout, layout_from
from desktop_app.gui.theme import Mode


class Preferences:
    """Kept in a file of the configuration folder. A file that can't be written loses nothing but
    the choice; a value that isn't one counts as not chosen."""

    def __init__(self, file: Path) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)
        self._retention_days = days_chosen(self._settings.value("history/retention-days"))

    @property
    def mode(self) -> Mode:
        """The theme."""
        chosen = self._settings.value("appearance/mode")
        return next((mode for mode in get_args(Mode) if mode == chosen), "system")

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._settings.setValue("appearance/mode", mode)

    @property
    def stay_signed_in(self) -> bool:
        return self._settings.value("sign-in/stay") in (True, "true")

    @stay_signed_in.setter
    def stay_signed_in(self, stay: bool) -> None:
        self._settings.setValue("sign-in/stay", stay)

    @property
    def told_version(self) -> str:
        """The newer version that the person has been told of, and has put the notice away."""
        return str(self._settings.value("updates/told") or "")

    @told_version.setter
    def told_version(self, version: str) -> None:
        self._settings.setValue("updates/told", version)

    @property
    def retention_days(self) -> int | None:
        """For how long contacts are kept; None for as long as they are there. For any thread."""
        return self._retention_days

    @retention_days.setter
    def retention_days(self, days: int | None) -> None:
        self._retention_days = days
        self._settings.setValue("history/retention-days", days or 0)

    def layout(self, store_name: str) -> Layout:
        """How the owner of a store has arranged the history; the store's name tells nobody who."""
        return layout_from(str(self._settings.value(f"layout/{store_name}") or ""))

    def keep_layout(self, store_name: str, layout: Layout) -> None:
        self._settings.setValue(f"layout/{store_name}", layout.as_text())
