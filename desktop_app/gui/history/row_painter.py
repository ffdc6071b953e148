"""Painting the table row by row, from texts that are formatted and measured already.

Qt would ask its delegate for each cell: at 1920 × 1080 that alone takes Python 5 ms a frame.
Here one loop paints all that is to be seen; what a text looks like in a column (cut with "…",
moved to the right) is remembered, because measuring it takes as long as painting it.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QHeaderView

from desktop_app.core.history.columns import Column, Kind
from desktop_app.gui.assets import media_icon
from desktop_app.gui.history.header import PADDING
from desktop_app.gui.history.heads import is_right_aligned
from desktop_app.gui.history.row_reading import FormattedRow
from desktop_app.gui.theme import ICON_PX, Palette, Theme

DOT = 8
MARK = 5  # of a contact that was changed; stands in the padding at the row's left edge
SIGNS = {"outcome": DOT + 6, "media": ICON_PX + 6}
"""The room that a shape before the text takes, by column."""

_ELIDED = (Kind.TEXT, Kind.LIST, Kind.ID)  # a number that is cut would be another number
_KEPT = 10_000  # texts that stay measured: some ten screens


@dataclass(frozen=True, slots=True)
class Section:
    """A column in sight: its place in a row's texts, and where it stands.

    ``is_first`` of all columns: the row's own mark stands there.
    """

    place: int
    left: int
    width: int
    column: Column
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A text as it stands in its column: ``offset`` from the column's left edge.

    ``is_too_wide`` is a number that has no room: the column's edge cuts it off.
    """

    text: str
    offset: int
    is_too_wide: bool = False


class RowPainter:
    """Paints rows of one table: ``begin``, and then each ``row``."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._fitted: dict[tuple[str, str, int], _Fitted] = {}
        self._font: QFont | None = None
        self._signs: dict[str, QPixmap] = {}
        self._signs_of: tuple[Palette, float] | None = None

    def clear(self, painter: QPainter, area: QRect) -> None:
        """Paint the ground that the rows stand on."""
        painter.fillRect(area, self._theme.palette.background)

    def begin(self, painter: QPainter, sections: list[Section]) -> None:
        """Before the rows of a frame."""
        palette, font = self._theme.palette, painter.font()
        self._painter, self._sections, self._palette = painter, sections, palette
        self._metrics = metrics = painter.fontMetrics()
        if font != self._font or len(self._fitted) > _KEPT:
            self._font = font
            self._fitted.clear()
        self._ratio = ratio = painter.device().devicePixelRatio()
        if self._signs_of != (palette, ratio):
            self._signs_of = (palette, ratio)
            self._signs.clear()
        self._left = min((each.left for each in sections), default=0)
        self._right = max((each.left + each.width for each in sections), default=0)
        self._text_height, self._ascent = metrics.height(), metrics.ascent()

    def row(
        self, row: FormattedRow | None, top: int, height: int, *, selected: bool, hovered: bool
    ) -> None:
        """Paint one row; None is one whose texts are still read."""
        painter, palette = self._painter, self._palette
        if selected or hovered:
            ground = palette.selection if selected else palette.hover
            painter.fillRect(self._left, top, self._right - self._left, height, ground)
        painter.fillRect(self._left, top + height - 1, self._right - self._left, 1, palette.line)
        if row is None:
            self._waiting(top + (height - 1) // 2)
            return
        painter.setPen(palette.text)
        baseline = top + (height - self._text_height) // 2 + self._ascent
        fitted, texts = self._fitted, row.texts
        for section in self._sections:
            text, key = texts[section.place], section.column.key
            if row.changed and section.is_first:
                self._mark(section.left, top + (height - 1) // 2)
            if key in SIGNS:
                self._sign(section, row, top + (height - 1) // 2)
            if not text:
                continue
            cell = fitted.get((text, key, section.width))
            if cell is None:
                cell = fitted[text, key, section.width] = _fit(text, section, self._metrics)
            if cell.is_too_wide:
                room = QRect(section.left + PADDING, top, section.width - 2 * PADDING, height)
                painter.drawText(room, _RIGHT_IN_THE_MIDDLE, text)
            else:
                painter.drawText(section.left + cell.offset, baseline, cell.text)

    def _waiting(self, middle: int) -> None:
        for section in self._sections:
            room = min(60, section.width - 2 * PADDING)
            self._painter.fillRect(section.left + PADDING, middle - 3, room, 6, self._palette.line)

    # --- shapes before a text -----------------------------------------------------------------

    def _mark(self, left: int, middle: int) -> None:
        """Small enough for the column's padding, so that texts stand under one another."""
        mark = self._kept_sign("changed mark")
        self._painter.drawPixmap(left + (PADDING - MARK) // 2, middle - MARK // 2, mark)

    def _sign(self, section: Section, row: FormattedRow, middle: int) -> None:
        left = section.left + PADDING
        if section.column.key == "outcome":
            dot = self._kept_sign(f"state {row.state}")
            self._painter.drawPixmap(left, middle - DOT // 2 + 1, dot)
        elif text := row.texts[section.place]:
            icon = self._kept_sign(text)
            self._painter.drawPixmap(left, middle - ICON_PX // 2, icon)

    def _kept_sign(self, what: str) -> QPixmap:
        sign = self._signs.get(what)
        if sign is None:
            kind, _, state = what.partition(" ")
            if kind == "state":
                sign = _dot(state, self._palette, self._ratio)
            elif kind == "changed":
                sign = _disc(MARK, self._palette.accent, self._ratio)
            else:
                icon = self._theme.icon(media_icon(what), "muted")
                sign = icon.pixmap(QSize(ICON_PX, ICON_PX), self._ratio)
            self._signs[what] = sign
        return sign


_RIGHT_IN_THE_MIDDLE = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def _fit(text: str, section: Section, metrics: QFontMetrics) -> _Fitted:
    offset = PADDING + SIGNS.get(section.column.key, 0)
    room = section.width - PADDING - offset
    if section.column.kind in _ELIDED:
        line = text.replace("\n", " ")
        return _Fitted(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room), offset)
    slack = room - metrics.horizontalAdvance(text)
    if is_right_aligned(section.column):
        offset += slack
    return _Fitted(text, offset, slack < 0)


def _dot(state: str, palette: Palette, ratio: float) -> QPixmap:
    """The outcome's state as a shape beside its words: filled, ring, or square for bad."""
    colour = {"good": palette.good, "warn": palette.warn, "bad": palette.bad}.get(
        state, palette.muted
    )
    if state not in ("bad", "none"):
        return _disc(DOT, colour, ratio)
    pixmap = _empty(DOT, ratio)
    box = QRect(0, 0, DOT, DOT)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state == "none":
            painter.setPen(colour)
            painter.drawEllipse(box.adjusted(0, 0, -1, -1))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(box, 1, 1)
    return pixmap


def _disc(size: int, colour: QColor, ratio: float) -> QPixmap:
    pixmap = _empty(size, ratio)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRect(0, 0, size, size))
    return pixmap


def _empty(size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def sections_in(header: QHeaderView, columns: list[Column], left: int, right: int) -> list[Section]:
    """The columns that stand between two places of the viewport, as they stand."""
    first, last = header.visualIndexAt(left), header.visualIndexAt(right)
    if first < 0:
        first = 0
    if last < 0:
        last = header.count() - 1
    sections = []
    for visual in range(min(first, last), max(first, last) + 1):
        place = header.logicalIndex(visual)
        width = header.sectionSize(place)  # 0 for one that is hidden
        if width:
            at = header.sectionViewportPosition(place)
            sections.append(Section(place, at, width, columns[place], visual == 0))
    return sections
