"""One labelled field of the set-up page, and the choice of how to sign in."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.signin.profiles import Grant, Way
from desktop_app.gui.labels import label

_WAYS = (
    (
        "setupPkce",
        "Authorization code with PKCE (clients made since March 2026)",
        Grant.PKCE,
        Way.VIEW,
    ),
    (
        "setupBrowser",
        "The same in my own browser (passkeys, company devices)",
        Grant.PKCE,
        Way.BROWSER,
    ),
    (
        "setupImplicit",
        "Implicit grant (older clients; Genesys ends it by March 2027)",
        Grant.IMPLICIT,
        Way.VIEW,
    ),
)


class Field(QWidget):
    """A title, a control and, where it can't be used, why."""

    def __init__(self, title: str, control: QLineEdit | QComboBox, name: str) -> None:
        super().__init__()
        self._control = control
        self._title = label(title, "muted", wrap=False)
        self._title.setBuddy(control)
        self._problem = label("", "error", name=f"{name}Problem")
        self._problem.hide()
        control.setObjectName(name)
        control.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(control)
        column.addWidget(self._problem)

    @property
    def problem(self) -> str:
        return self._problem.text()

    def say(self, problem: str) -> None:
        """Show why it can't be used; empty when it can."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._control.setAccessibleDescription(problem)
        self._control.setProperty("state", "bad" if problem else "")
        self._control.style().unpolish(self._control)
        self._control.style().polish(self._control)

    def focus(self) -> None:
        self._control.setFocus()


def line(placeholder: str = "") -> QLineEdit:
    edit = QLineEdit()
    edit.setPlaceholderText(placeholder)
    return edit


class WayChoice(QWidget):
    """How to sign in: one of three rows."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._why = label("", "muted", name="setupWhyForced")
        self._why.hide()
        self._forced: Grant | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("How to sign in", "muted", wrap=False))
        for number, (name, words, _, _) in enumerate(_WAYS):
            row = QRadioButton(words, self)
            row.setObjectName(name)
            row.setAccessibleName(words)
            self._group.addButton(row, number)
            column.addWidget(row)
        column.addWidget(self._why)
        self.choose(Grant.PKCE, Way.VIEW)
        self._group.idToggled.connect(self._on_toggled)

    @property
    def grant(self) -> Grant:
        return _WAYS[self._group.checkedId()][2]

    @property
    def way(self) -> Way:
        return _WAYS[self._group.checkedId()][3]

    def choose(self, grant: Grant, way: Way) -> None:
        """Where a grant is forced, that one is chosen in place of another."""
        wanted = self._forced or grant
        numbers = [number for number, row in enumerate(_WAYS) if row[2] is wanted]
        exact = [number for number in numbers if _WAYS[number][3] is way]
        self._group.button((exact or numbers)[0]).setChecked(True)

    def force(self, grant: Grant, why: str) -> None:
        """Leave only the rows of one grant, and say why."""
        self._forced = grant
        for number, row in enumerate(_WAYS):
            self._group.button(number).setEnabled(row[2] is grant)
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.choose(grant, self.way)

    def _on_toggled(self, _number: int, checked: bool) -> None:
        if checked:
            self.edited.emit()
