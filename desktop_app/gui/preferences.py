"""What a person has chosen for this program on this computer; nothing of it is secret."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from PySide6.QtCore import QSettings

from desktop_app.gui.theme import Mode


class Preferences:
    """Kept in a file of the configuration folder. A file that can't be written loses nothing but
    the choice; a value that isn't one counts as not chosen."""

    def __init__(self, file: Path) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

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
