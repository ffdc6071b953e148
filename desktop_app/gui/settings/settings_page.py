"""The settings: how it looks, how one signs in, and what the administrator has decided."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui.assets import Icon
from desktop_app.gui.labels import fact, facts, label
from desktop_app.gui.notices import NoticeBar
from desktop_app.gui.settings import about
from desktop_app.gui.settings.admin_table import AdminTable
from desktop_app.gui.settings.history_section import HistorySection
from desktop_app.gui.settings.organisation_list import OrganisationList
from desktop_app.gui.settings.state import SettingsState
from desktop_app.gui.theme import Mode, Theme

_WIDTH_PX = 760
_LOOKS: dict[Mode, str] = {"system": "As the system", "light": "Light", "dark": "Dark"}
_STAYING = (
    "Your sign-in is kept in this computer's keyring until it runs out, so that you need not sign "
    "in again when you start Contact History. Leave it off on a computer that others use."
)


class SettingsPage(QWidget):
    """A page of the window. Knows no service: shows a ``SettingsState`` and says what is asked."""

    closed = Signal()
    look_chosen = Signal(str)  # a Mode
    stay_signed_in_changed = Signal(bool)
    edit_asked = Signal(str)  # the profile's name
    remove_asked = Signal(str)
    set_up_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("settingsPage")
        self.setAccessibleName("Settings")
        self._looks = QButtonGroup(self)
        self._looks.buttonClicked.connect(self._on_look)
        self._stay = QCheckBox("Stay signed in on this computer", self)
        self._stay.setObjectName("staySignedIn")
        self._stay.clicked.connect(self.stay_signed_in_changed)
        self._stay_words = label(_STAYING, "muted", name="staySignedInWords")
        self._organisations = OrganisationList(self)
        self._organisations.edit_asked.connect(self.edit_asked)
        self._organisations.remove_asked.connect(self.remove_asked)
        self._set_up = QPushButton("Set up another", self)
        self._set_up.setObjectName("settingsSetUp")
        self._set_up.clicked.connect(self.set_up_asked)
        self.history = HistorySection(self)
        self._proxy = fact("networkProxy", "Proxy")
        self._certificates = fact("networkCertificates", "Certificates")
        self._admin = AdminTable(self)
        self._updates = fact("newerVersions", "Newer versions")
        self._notice = NoticeBar(theme, self, "settingsNotice")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_bar())
        column.addWidget(self._notice)
        column.addWidget(self._build_groups(), 1)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        leave = QShortcut(QKeySequence(QKeySequence.StandardKey.Cancel), self, context=here)
        leave.activated.connect(self.closed)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def show_state(self, state: SettingsState) -> None:
        for button in self._looks.buttons():
            button.setChecked(button.property("mode") == state.mode)
        self._stay.setChecked(state.stay_signed_in)
        self._stay.setEnabled(not state.why_not_stay)
        self._stay_words.setText(state.why_not_stay or _STAYING)
        self._stay.setAccessibleDescription(self._stay_words.text())
        self._organisations.show_entries(state.organisations)
        self._proxy.setText(state.proxy)
        self._certificates.setText(state.certificates)
        self._admin.show_settings(state.admin)
        self.show_updates(state.updates)

    def show_updates(self, words: str) -> None:
        self._updates.setText(words)

    def tell(self, sentence: str) -> None:
        """Say what went wrong with something that was asked for here."""
        self._notice.say(sentence, level="warn")

    def tell_nothing(self) -> None:
        """What was said at another time is over."""
        self._notice.clear()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- building -----------------------------------------------------------------------------

    def _build_bar(self) -> QWidget:
        bar = QFrame(self)
        bar.setProperty("role", "bar")
        self._back = QPushButton("Back", bar)
        self._back.setObjectName("settingsBack")
        self._back.setToolTip("Back (Esc)")
        self._theme.dress(self._back, Icon.ARROW_LEFT)
        self._back.clicked.connect(self.closed)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._back)
        row.addWidget(label("Settings", "title"), 1)
        return bar

    def _build_groups(self) -> QScrollArea:
        groups = QWidget(self)
        groups.setMaximumWidth(_WIDTH_PX)
        column = QVBoxLayout(groups)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(8)
        parts = (
            ("Appearance", self._build_looks()),
            ("Sign-in", self._build_sign_in()),
            ("History on this computer", self.history),
            ("Network", facts([("Proxy", self._proxy), ("Certificates", self._certificates)])),
            ("Set by your administrator", self._admin),
            ("About", _build_about(self._updates)),
        )
        for number, (title, part) in enumerate(parts):
            if number:
                column.addSpacing(16)
            column.addWidget(label(title, "group"))
            column.addWidget(part)
        column.addStretch(1)
        self._scroll = scroll = QScrollArea(self)
        scroll.setObjectName("settingsScroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        scroll.setWidget(groups)
        return scroll

    def _build_looks(self) -> QWidget:
        looks = QWidget(self)
        row = QHBoxLayout(looks)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for mode in get_args(Mode):
            button = QRadioButton(_LOOKS[mode], looks)
            button.setObjectName(f"settingsLook_{mode}")
            button.setProperty("mode", mode)
            self._looks.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        return looks

    def _build_sign_in(self) -> QWidget:
        sign_in = QWidget(self)
        column = QVBoxLayout(sign_in)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._stay, 0, Qt.AlignmentFlag.AlignLeft)
        indented = QHBoxLayout()
        indented.setContentsMargins(24, 0, 0, 0)  # under the checkbox's words
        indented.addWidget(self._stay_words)
        column.addLayout(indented)
        column.addSpacing(12)
        column.addWidget(label("Organisations", "strong"))
        column.addWidget(self._organisations)
        column.addSpacing(4)
        column.addWidget(self._set_up, 0, Qt.AlignmentFlag.AlignLeft)
        return sign_in

    # --- what happens -------------------------------------------------------------------------

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        """The scroll area sees to it only where the focus has been inside of it before."""
        if now is not None and self._scroll.isAncestorOf(now):
            self._scroll.ensureWidgetVisible(now)

    def _on_look(self, button: QAbstractButton) -> None:
        self.look_chosen.emit(button.property("mode"))


def _build_about(updates: QWidget) -> QWidget:
    lines: list[tuple[str, QWidget]] = []
    for title, version in about.versions():
        value = fact(f"version_{title.split()[0].lower()}", title)
        value.setText(version)
        lines.append((title, value))
    licences = fact("licences", "Licences")
    licences.setText(about.LICENCES)
    return facts([lines[0], ("Newer versions", updates), *lines[1:], ("Licences", licences)])
