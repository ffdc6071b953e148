"""The tour's hands type what a person could type, in any script."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.gui.theme import Theme
from desktop_app.tour.hands import Hands


@pytest.mark.parametrize("word", ["Billing", "Łukasz", "花子", "Ñandú-1"])
def test_names_in_any_script_can_be_typed(word: str, theme: Theme, qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    Hands(field, theme, str, folder=None, timeout_s=1).type(field, word)
    assert field.text() == word
