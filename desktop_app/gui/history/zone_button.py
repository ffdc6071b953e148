"""The time zone in which instants are shown and days begin: the profile's, this computer's, UTC."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.zones import system_zone


class ZoneButton(QToolButton):
    chosen = Signal(object)  # ZoneInfo

    def __init__(self, profile_zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("zone")
        self._menu = QMenu(self)
        self._menu.setObjectName("zoneMenu")
        self._group = QActionGroup(self)
        for key in dict.fromkeys((profile_zone.key, system_zone().key, "UTC")):
            action = self._menu.addAction(key)
            action.setData(key)
            action.setObjectName(f"zone_{key}")
            action.setCheckable(True)
            self._group.addAction(action)
        self._menu.triggered.connect(self._on_triggered)
        self.clicked.connect(self._on_clicked)

    def show_clock(self, clock: Clock) -> None:
        self.setText(clock.zone.key)
        self.setToolTip("Time zone of all instants and ranges")
        self.setAccessibleName(f"Time zone: {clock.zone.key}")
        for action in self._group.actions():
            action.setChecked(action.data() == clock.zone.key)

    def _on_clicked(self) -> None:
        """Above the button, for it stands at the window's lower edge."""
        self._menu.popup(self.mapToGlobal(QPoint(0, 0)) - QPoint(0, self._menu.sizeHint().height()))

    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(ZoneInfo(str(action.data())))
