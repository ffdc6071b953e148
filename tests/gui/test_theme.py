"""The two themes: contrast, the style sheet, following the desktop, and icons that follow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.history.timeline import BarKind
from desktop_app.gui.assets import Icon
from desktop_app.gui.contact.kinds import contrast, ink_on
from desktop_app.gui.theme import (
    BASE_PX,
    DARK,
    LIGHT,
    Palette,
    Theme,
    style_sheet,
    tabular,
)

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    yield made
    qapp.styleHints().unsetColorScheme()
    qapp.setStyleSheet("")
    made.setParent(None)


@PALETTES
def test_words_can_be_read_on_every_ground(palette: Palette) -> None:
    inks = ("text", "muted", "accent", "good", "warn", "bad")
    grounds = ("background", "surface", "stripe")
    pairs = [*product(inks, grounds), ("text", "selection"), ("muted", "selection")]
    pairs += [("text", "hover"), ("text", "found"), ("accent_text", "accent")]
    pairs += [("accent_text", "accent_hover")]
    weak = {
        (ink, ground): round(ratio, 2)
        for ink, ground in pairs
        if (ratio := contrast(getattr(palette, ink), getattr(palette, ground))) < 4.5
    }
    assert weak == {}


@PALETTES
def test_words_in_bars_can_be_read(palette: Palette) -> None:
    assert set(palette.timeline) == set(BarKind)
    weak = [kind for kind, hue in palette.timeline.items() if contrast(ink_on(hue), hue) < 4.5]
    assert weak == []


def test_hues_are_the_same_in_both_themes() -> None:
    own = {BarKind.CUSTOMER, BarKind.OTHER}  # tints of the background
    assert {k: v for k, v in LIGHT.timeline.items() if k not in own} == {
        k: v for k, v in DARK.timeline.items() if k not in own
    }


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@PALETTES
def test_style_sheet_leaves_no_placeholder(palette: Palette) -> None:
    sheet = style_sheet(palette)
    assert "@" not in sheet
    assert palette.accent.name() in sheet
    assert ("check-dark.svg" in sheet) == palette.dark


def test_an_unknown_placeholder_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.gui.assets.stylesheet", lambda: "QLabel { color: @mauve }")
    with pytest.raises(KeyError, match="mauve"):
        style_sheet(LIGHT)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_style_sheet_is_understood_by_qt(theme: Theme, qtbot: QtBot, mode: str) -> None:
    """Qt reports what it can't parse when a sheet is applied; a warning fails a test."""
    theme.set_mode("dark" if mode == "dark" else "light")
    window = QWidget()
    qtbot.addWidget(window)
    for widget in (QPushButton("a", window), QLineEdit("b", window), QLabel("c", window)):
        widget.ensurePolished()
    window.show()
    assert QApplication.instance() is not None
    assert window.palette().color(QPalette.ColorRole.Text) == theme.palette.text


def test_changing_the_mode_is_told_once(theme: Theme, qtbot: QtBot) -> None:
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(theme.palette.dark))
    theme.set_mode("dark")
    theme.set_mode("dark")
    assert told == [True]
    assert theme.palette is DARK


def test_system_mode_follows_the_desktop(
    theme: Theme, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.set_mode("system")
    desktop = Qt.ColorScheme.Dark
    monkeypatch.setattr(type(qapp.styleHints()), "colorScheme", lambda _hints: desktop)
    with qtbot.waitSignal(theme.changed):
        qapp.styleHints().colorSchemeChanged.emit(desktop)
    assert theme.palette is DARK
    theme.set_mode("light")
    assert theme.palette is LIGHT


def test_dressed_controls_change_with_the_theme(theme: Theme, qtbot: QtBot) -> None:
    button, label = QToolButton(), QLabel()
    qtbot.addWidget(button)
    qtbot.addWidget(label)
    theme.dress(button, Icon.SEARCH)
    theme.dress(label, Icon.INFO, "accent", 32)
    assert label.pixmap().deviceIndependentSize().width() == 32
    before = button.icon().pixmap(16, 16).toImage(), label.pixmap().toImage()
    theme.set_mode("dark")
    assert button.icon().pixmap(16, 16).toImage() != before[0]
    assert label.pixmap().toImage() != before[1]


def test_a_deleted_control_does_not_stop_a_change(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    gone = QToolButton(window)
    theme.dress(gone, Icon.COPY)
    with qtbot.waitSignal(gone.destroyed):
        gone.deleteLater()
    theme.set_mode("dark")
    assert theme.palette is DARK


def test_fonts(theme: Theme, qapp: QApplication) -> None:
    assert qapp.font().pixelSize() == BASE_PX
    assert [tag.toString().data() for tag in qapp.font().featureTags()] == [b"tnum"]
    plain = QFont("Sans Serif")
    plain.unsetFeature(QFont.Tag("tnum"))
    assert tabular(plain).isFeatureSet(QFont.Tag("tnum"))
    assert not plain.isFeatureSet(QFont.Tag("tnum"))


def test_roles_have_their_sizes(theme: Theme, qtbot: QtBot) -> None:
    sizes = {}
    for role in ("muted", "outcome", "group"):
        label = QLabel("words")
        qtbot.addWidget(label)
        label.setProperty("role", role)
        label.ensurePolished()
        sizes[role] = label.font().pixelSize()
    assert sizes == {"muted": 13, "outcome": 15, "group": 11}
