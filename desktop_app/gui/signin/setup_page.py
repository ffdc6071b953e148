"""Setting up an organisation: where it is, which OAuth client, and how to sign in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.signin.admin_text import admin_text
from desktop_app.core.signin.findings import CheckResult
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.core.signin.regions import Region, regions
from desktop_app.gui.labels import label
from desktop_app.gui.signin.setup_admin import AdminNote
from desktop_app.gui.signin.setup_draft import Draft, Entry
from desktop_app.gui.signin.setup_fields import Field, WayChoice, line
from desktop_app.gui.signin.setup_region import RegionPicker
from desktop_app.gui.signin.setup_result import ResultList
from desktop_app.gui.theme import Theme

FORM_PX = 480
SIDE_BY_SIDE_PX = 900  # from this width on, the text for the admin stands beside the form


class SetupPage(QScrollArea):
    """Asks for a profile. It saves, tests and removes nothing itself: it says what is wanted."""

    saved = Signal(object)  # Profile
    cancelled = Signal()
    removed = Signal(str)  # the profile's name
    test_asked = Signal(object)  # Profile
    practice_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("setupPage")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._base: Profile | None = None
        self._taken: tuple[str, ...] = ()
        self._testing = False
        self._has_focus = False
        self._practice_offered = False
        self._title = label("", "title", name="setupTitle")
        self._lead = label("", "muted")
        self._name = line("For example: Acme Insurance")
        self._region = RegionPicker()
        self._client_id = line("From your Genesys admin")
        self._way = WayChoice()
        self._redirect_uri = line()
        self._fields = {
            Entry.NAME: Field("Name for this organisation", self._name, "setupName"),
            Entry.REGION: Field("Region", self._region, "setupRegion"),
            Entry.CLIENT_ID: Field("Client ID", self._client_id, "setupClientId"),
            Entry.REDIRECT_URI: Field("Redirect URI", self._redirect_uri, "setupRedirectUri"),
        }
        self._hosts = label("", name="setupHosts")
        self._error = label("", "error", name="setupError")
        self._save = self._button("Save and sign in", "setupSave", self._on_save, kind="primary")
        self._test = self._button("Test these settings", "setupTest", self._on_test)
        self._cancel = self._button("Cancel", "setupCancel", self.cancelled)
        self._remove = self._button("Remove…", "setupRemove", self._on_remove, kind="quiet")
        self._practice = self._button(
            "Fill in the practice organisation", "setupPractice", self.practice_asked, kind="link"
        )
        self._confirmation = self._build_confirmation()
        self._result = ResultList(theme)
        self._admin = AdminNote(theme)
        self._whole = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._build()
        self.set_regions(regions())
        self._connect()
        self.show_new(())

    # --- what is shown ------------------------------------------------------------------------

    def show_new(self, existing_names: Iterable[str]) -> None:
        """An empty form; without a way back where nothing is set up yet."""
        names = tuple(existing_names)
        self._show(Draft(), names)
        self._title.setText(
            "Set up an organisation" if not names else "Set up another organisation"
        )
        self._lead.setText("Your Genesys admin knows the region and the client ID.")
        self._lead.show()
        self._cancel.setVisible(bool(names))
        self._practice.setVisible(self._practice_offered)

    def show_profile(self, profile: Profile, existing_names: Iterable[str] = ()) -> None:
        """The form of a profile that is there already."""
        draft = Draft(
            name=profile.name,
            region=profile.region,
            client_id=profile.client_id,
            grant=profile.grant,
            way=profile.way,
            redirect_uri=profile.redirect_uri,
            base=profile,
        )
        self._show(draft, tuple(existing_names))
        practising = profile.is_practice
        self._title.setText(profile.label if practising else f"Settings of {profile.name}")
        self._lead.setText("Invented contacts; nothing leaves this computer.")
        self._lead.setVisible(practising)
        self._cancel.show()
        self._remove.setVisible(not practising)

    def set_regions(self, allowed: Sequence[Region]) -> None:
        """Offer these regions only."""
        self._region.set_regions(allowed)

    def force_grant(self, grant: Grant, why: str) -> None:
        self._way.force(grant, why)

    def offer_practice(self) -> None:
        """Offer to fill in the practice organisation on an empty form."""
        self._practice_offered = True
        self._practice.setVisible(self._base is None)

    def show_test_running(self) -> None:
        self._testing = True
        self._has_focus = self._test.hasFocus()  # which it loses while it is switched off
        self._error.hide()
        self._test.setEnabled(False)
        self._result.show_running()

    def show_test_result(self, result: CheckResult) -> None:
        """What a test found; dropped where the settings have been changed meanwhile."""
        if self._testing:
            self._end_test()
            self._result.show_result(result)
            self._bring_into_view(self._result)

    def show_error(self, sentence: str) -> None:
        self._end_test()
        self._result.clear()
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self._bring_into_view(self._error)

    def profile(self) -> Profile | None:
        """What is entered, as a profile; None after showing what keeps it from being one."""
        draft = self._draft()
        problems = draft.problems(self._taken)
        for entry, field in self._fields.items():
            field.say(problems.get(entry, ""))
        if problems:
            first = next(entry for entry in Entry if entry in problems)
            self._fields[first].focus()
            self.ensureWidgetVisible(self._fields[first])
            return None
        return draft.profile()

    # --- building -------------------------------------------------------------------------------

    def _build(self) -> None:
        form = QWidget()
        form.setMaximumWidth(FORM_PX)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title)
        head.addWidget(self._lead)
        head.addWidget(self._practice, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(head)
        for widget in (
            self._fields[Entry.NAME],
            self._fields[Entry.REGION],
            self._hosts,
            self._fields[Entry.CLIENT_ID],
            self._way,
            self._fields[Entry.REDIRECT_URI],
        ):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addLayout(self._build_buttons())
        for below in (self._confirmation, self._error, self._result):
            column.addWidget(below)
        column.addStretch(1)
        whole = self._whole
        whole.setObjectName("setupForm")
        self._columns.setContentsMargins(32, 48, 32, 24)
        self._columns.setSpacing(32)
        self._columns.addWidget(form, 1)
        self._columns.addWidget(self._admin, 1)
        whole.setLayout(self._columns)
        self.setWidget(whole)

    def _build_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._save)
        row.addWidget(self._test)
        row.addWidget(self._cancel)
        row.addStretch(1)
        row.addWidget(self._remove)
        return row

    def _build_confirmation(self) -> QWidget:
        self._question = label("", name="setupRemoveQuestion")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._button("Remove", "setupRemoveYes", self._on_removal_confirmed))
        buttons.addWidget(self._button("Keep", "setupRemoveNo", self._on_removal_dropped))
        buttons.addStretch(1)
        confirmation = QWidget()
        column = QVBoxLayout(confirmation)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._question)
        column.addLayout(buttons)
        return confirmation

    def _button(self, words: str, name: str, pressed: object, *, kind: str = "") -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setAccessibleName(words.rstrip("…"))
        if kind:
            button.setProperty("kind", kind)
        button.clicked.connect(pressed)
        return button

    def _connect(self) -> None:
        for edit in (self._name, self._client_id, self._redirect_uri):
            edit.textChanged.connect(self._on_edited)
            edit.returnPressed.connect(self._on_save)
        self._region.edited.connect(self._on_edited)
        self._way.edited.connect(self._on_edited)

    # --- inner workings -----------------------------------------------------------------------

    def _show(self, draft: Draft, taken: tuple[str, ...]) -> None:
        self._base, self._taken = draft.base, taken
        self._name.setText(draft.name)
        self._name.setReadOnly(draft.base is not None and draft.base.is_practice)
        self._region.choose(draft.region)
        self._client_id.setText(draft.client_id)
        self._way.choose(draft.grant, draft.way)
        self._redirect_uri.setText(draft.redirect_uri)
        own_hosts = draft.has_own_hosts
        self._fields[Entry.REGION].setVisible(not own_hosts)
        self._hosts.setVisible(own_hosts)
        if draft.base is not None:
            login, api = (
                urlsplit(url).netloc for url in (draft.base.login_url, draft.base.api_url)
            )
            self._hosts.setText(f"Login host {login}, API host {api}")
        self._practice.hide()
        self._remove.hide()
        self._on_edited()
        for edit in (self._name, self._client_id, self._redirect_uri):
            edit.setCursorPosition(0)
        self.verticalScrollBar().setValue(0)

    def _draft(self) -> Draft:
        return Draft(
            name=self._name.text().strip(),
            region=self._region.region,
            client_id=self._client_id.text().strip(),
            grant=self._way.grant,
            way=self._way.way,
            redirect_uri=self._redirect_uri.text().strip(),
            base=self._base,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = event.size().width() >= SIDE_BY_SIDE_PX
        self._columns.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
        super().resizeEvent(event)

    def _bring_into_view(self, widget: QWidget) -> None:
        self._columns.activate()  # it has just grown: where it ends isn't known before
        self.ensureWidgetVisible(widget)

    def _end_test(self) -> None:
        self._testing = False
        self._test.setEnabled(True)
        if self._has_focus:
            self._has_focus = False
            self._test.setFocus()

    def _on_edited(self) -> None:
        """What was said about the settings no longer holds."""
        self._has_focus = False
        self._end_test()
        self._result.clear()
        self._error.hide()
        self._confirmation.hide()
        for field in self._fields.values():
            if field.problem:
                field.say("")
        self._admin.show_text(admin_text(self._draft().preview()))

    def _on_save(self) -> None:
        profile = self.profile()
        if profile is not None:
            self.saved.emit(profile)

    def _on_test(self) -> None:
        profile = self.profile()
        if profile is not None:
            self.test_asked.emit(profile)

    def _on_remove(self) -> None:
        if self._base is not None:
            self._question.setText(f"Remove {self._base.name} from this computer's list?")
            self._confirmation.show()
            self._bring_into_view(self._confirmation)

    def _on_removal_confirmed(self) -> None:
        if self._base is not None:
            self.removed.emit(self._base.name)

    def _on_removal_dropped(self) -> None:
        self._confirmation.hide()
        self._remove.setFocus()
