"""What a start without a network shows: why, another try, and what is held meanwhile (fault F9)."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.core.signin.offline import Offline, OfflineSession
from desktop_app.gui.assets import Icon
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.theme import Theme


class OfflinePage(MessagePage):
    """``acted`` asks for another try."""

    read_asked = Signal(object)  # OfflineSession

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "offlineMessage", parent)
        self._session: OfflineSession | None = None
        self.other_acted.connect(self._on_read)

    def tell(self, error: Offline) -> None:
        self._session = error.session
        self.say(Icon.GLOBE, error.title, str(error), "Retry", "Read what is held")

    def _on_read(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self.read_asked.emit(session)
