"""How each kind of time looks: its word, its hue and its pattern, so that hue is never alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap

from desktop_app.core.history.timeline import BarKind
from desktop_app.gui.theme import Palette

CORNER = 2.0

WORDS = {
    BarKind.CUSTOMER: "Customer",
    BarKind.IVR: "IVR",
    BarKind.QUEUE: "Queue",
    BarKind.ALERT: "Alert",
    BarKind.TALK: "Talk",
    BarKind.HOLD: "Hold",
    BarKind.CONSULT: "Consult",
    BarKind.WRAPUP: "Wrap-up",
    BarKind.ERROR: "Error",
    BarKind.OTHER: "Other",
}
"""In the order of a contact's life, which is the legend's order."""

_PATTERNS = {
    BarKind.ALERT: Qt.BrushStyle.Dense6Pattern,
    BarKind.HOLD: Qt.BrushStyle.FDiagPattern,
    BarKind.CONSULT: Qt.BrushStyle.BDiagPattern,
    BarKind.WRAPUP: Qt.BrushStyle.HorPattern,
    BarKind.ERROR: Qt.BrushStyle.DiagCrossPattern,
    BarKind.OTHER: Qt.BrushStyle.Dense7Pattern,
}

_DARK_INK = QColor("#10141a")
_LIGHT_INK = QColor("#ffffff")


def word(kind: BarKind) -> str:
    return WORDS[kind]


def hue(kind: BarKind, palette: Palette) -> QColor:
    return palette.timeline[kind]


def fill(painter: QPainter, area: QRectF, kind: BarKind, palette: Palette) -> None:
    """Paint ``area`` as a bar of that kind."""
    colour = hue(kind, palette)
    corner = min(CORNER, area.width() / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(area, corner, corner)
    pattern = _PATTERNS.get(kind)
    if pattern is not None:
        stroke = QColor(ink_on(colour))
        stroke.setAlpha(70)
        painter.setBrush(QBrush(stroke, pattern))
        painter.drawRoundedRect(area, corner, corner)


def swatch(kind: BarKind, palette: Palette, edge: int, ratio: float) -> QPixmap:
    """A square of ``edge`` logical pixels for tables, sharp at the device pixel ratio ``ratio``."""
    pixmap = QPixmap(round(edge * ratio), round(edge * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill(painter, QRectF(0, 0, edge, edge), kind, palette)
    painter.end()
    return pixmap


def ink_on(colour: QColor) -> QColor:
    """The colour of words on ``colour``: whichever of dark and light contrasts more."""
    return max((_DARK_INK, _LIGHT_INK), key=lambda ink: contrast(ink, colour))


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
