"""Files that ship with the application: icons, the style sheet, licences.

Icons are line drawings, 16 units square, that stroke in ``currentColor``; they are coloured when
they are rendered, so one file serves both themes.  Everything here needs a QGuiApplication once
pixmaps are made.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

ICON_SIZES = (16, 20, 24, 32, 48, 64)
"""Edges in device pixels that an icon is rendered at: 16 px at 100 % to 400 %, and toolbars."""

_APP_ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)


class Icon(StrEnum):
    """The icons, by file name in ``resources/icons``."""

    APP = "app"
    ARROW_LEFT = "arrow-left"
    CALENDAR = "calendar"
    CALLBACK = "callback"
    CANCEL = "cancel"
    CHAT = "chat"
    CHECK = "check"
    CHEVRON_DOWN = "chevron-down"
    CHEVRON_RIGHT = "chevron-right"
    CHEVRON_UP = "chevron-up"
    CLOCK = "clock"
    COBROWSE = "cobrowse"
    COLUMNS = "columns"
    COPY = "copy"
    EMAIL = "email"
    EXPORT = "export"
    GLOBE = "globe"
    INBOX_EMPTY = "inbox-empty"
    INFO = "info"
    KEY = "key"
    LOCK = "lock"
    LOCK_OPEN = "lock-open"
    LOG_OUT = "log-out"
    MESSAGE = "message"
    MOON = "moon"
    PANEL_LEFT = "panel-left"
    PANEL_RIGHT = "panel-right"
    PHONE_IN = "phone-in"
    PHONE_OUT = "phone-out"
    REFRESH = "refresh"
    SEARCH = "search"
    SETTINGS = "settings"
    SUN = "sun"
    UNKNOWN = "unknown"
    USER = "user"
    VOICE = "voice"
    VOICEMAIL = "voicemail"
    WARNING = "warning"


_MEDIA = {
    "voice": Icon.VOICE,
    "email": Icon.EMAIL,
    "e-mail": Icon.EMAIL,
    "chat": Icon.CHAT,
    "message": Icon.MESSAGE,
    "internalmessage": Icon.MESSAGE,
    "callback": Icon.CALLBACK,
    "voicemail": Icon.VOICEMAIL,
    "cobrowse": Icon.COBROWSE,
    "screenshare": Icon.COBROWSE,
}


def media_icon(media: str | None, direction: str | None = None) -> Icon:
    """The icon of a media type (contract §2.3, any case); voice also shows its direction."""
    icon = _MEDIA.get((media or "").lower(), Icon.UNKNOWN)
    if icon is Icon.VOICE:
        sense = (direction or "").lower()
        if sense == "inbound":
            return Icon.PHONE_IN
        if sense == "outbound":
            return Icon.PHONE_OUT
    return icon


def resource(*parts: str) -> Path:
    """The path of a shipped file: beside a frozen program, inside or beside the package."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen, "resources", *parts)
    package = Path(__file__).resolve().parents[1]
    inside = package / "resources"
    return (inside if inside.is_dir() else package.parent / "resources").joinpath(*parts)


def stylesheet() -> str:
    """The style sheet with its ``@placeholders`` as they stand in the file."""
    return resource("styles", "app.qss").read_text(encoding="utf-8")


def draw(icon: Icon, colour: QColor, edge: int) -> QPixmap:
    """``icon`` as a square pixmap with ``edge`` device pixels a side, stroked in ``colour``."""
    return _paint(_renderer(icon, colour), edge)


def coloured(icon: Icon, colour: QColor, disabled: QColor | None = None) -> QIcon:
    """``icon`` in every size of ``ICON_SIZES``, and in ``disabled`` for switched-off controls."""
    drawn = QIcon()
    modes = [(QIcon.Mode.Normal, colour)]
    if disabled is not None:
        modes.append((QIcon.Mode.Disabled, disabled))
    for mode, ink in modes:
        renderer = _renderer(icon, ink)
        for edge in ICON_SIZES:
            drawn.addPixmap(_paint(renderer, edge), mode)
    return drawn


def app_icon() -> QIcon:
    """The application's own icon; its colours are fixed."""
    renderer = _renderer(Icon.APP, QColor(Qt.GlobalColor.black))
    drawn = QIcon()
    for edge in _APP_ICON_SIZES:
        drawn.addPixmap(_paint(renderer, edge))
    return drawn


def _renderer(icon: Icon, colour: QColor) -> QSvgRenderer:
    text = resource("icons", f"{icon}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour.name()).encode()))


def _paint(renderer: QSvgRenderer, edge: int) -> QPixmap:
    image = QImage(edge, edge, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    return QPixmap.fromImage(image)
