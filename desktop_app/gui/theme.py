"""The application's colours, fonts and style sheet, in a light and a dark theme.

The values are the house's look: one accent, state colours only for state, the timeline's hues
the same in both themes.  ``tests/gui/test_theme.py`` holds every text colour to a contrast of
at least 4.5 : 1 (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

import shiboken6
from PySide6.QtCore import QDir, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from desktop_app.gui import assets
from desktop_app.gui.assets import Icon

Mode = Literal["system", "light", "dark"]
Ink = Literal["text", "muted", "accent", "accent_text", "good", "warn", "bad"]
Dressable = QAbstractButton | QAction | QLabel

BASE_PX = 13
ROW_PX = 27
HEADER_PX = 30
STATUS_PX = 28
ICON_PX = 16


class _Dress(NamedTuple):
    name: Icon
    ink: Ink
    edge: int


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The named colours of one theme. ``timeline`` is by kind of bar (core.history.timeline)."""

    dark: bool
    background: QColor
    surface: QColor
    stripe: QColor  # every second row of a table
    line: QColor
    outline: QColor  # the edge of a control
    text: QColor
    muted: QColor
    disabled: QColor
    accent: QColor
    accent_hover: QColor
    accent_text: QColor
    selection: QColor
    hover: QColor
    good: QColor
    warn: QColor
    bad: QColor
    found: QColor  # behind text that a search has found
    timeline: Mapping[str, QColor]


def _timeline(customer: str, other: str) -> Mapping[str, QColor]:
    hues = {
        "ivr": "#94a3b8",
        "queue": "#f2b233",
        "alert": "#fbe08a",
        "talk": "#2fa37c",
        "hold": "#e9793f",
        "wrapup": "#6f7bdc",
        "consult": "#2aa5b8",
        "error": "#c02f2f",
        "customer": customer,
        "other": other,
    }
    return MappingProxyType({kind: QColor(hue) for kind, hue in hues.items()})


LIGHT = Palette(
    dark=False,
    background=QColor("#ffffff"),
    surface=QColor("#f6f7f9"),
    stripe=QColor("#fafbfc"),
    line=QColor("#e2e6eb"),
    outline=QColor("#d3d9e0"),
    text=QColor("#1b2027"),
    muted=QColor("#5c6672"),
    disabled=QColor("#a3abb5"),
    accent=QColor("#1d5fd1"),
    accent_hover=QColor("#184fb0"),
    accent_text=QColor("#ffffff"),
    selection=QColor("#e3edfd"),
    hover=QColor("#eef1f5"),
    good=QColor("#157f4a"),
    warn=QColor("#b45309"),
    bad=QColor("#c02f2f"),
    found=QColor("#fbdf9d"),
    timeline=_timeline(customer="#bfdfd4", other="#cbd2da"),
)

DARK = Palette(
    dark=True,
    background=QColor("#15181d"),
    surface=QColor("#1c2027"),
    stripe=QColor("#181b21"),
    line=QColor("#2c323b"),
    outline=QColor("#3a424d"),
    text=QColor("#e6e9ee"),
    muted=QColor("#98a2b0"),
    disabled=QColor("#5d6671"),
    accent=QColor("#6ea3ff"),
    accent_hover=QColor("#8db6ff"),
    accent_text=QColor("#10141a"),
    selection=QColor("#22324d"),
    hover=QColor("#262c35"),
    good=QColor("#4cc38a"),
    warn=QColor("#f0a04b"),
    bad=QColor("#f07070"),
    found=QColor("#6d5120"),
    timeline=_timeline(customer="#25483e", other="#4a535f"),
)


class Theme(QObject):
    """Dresses the application and tells its parts when the dress changes.

    Follows the desktop's colour scheme while the mode is "system".  Parts that paint take
    colours from ``palette`` each time; icons set with ``dress`` follow by themselves.
    """

    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = "system") -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = mode
        self._icons: dict[tuple[Icon, Ink], QIcon] = {}
        self._dressed: WeakKeyDictionary[Dressable, _Dress] = WeakKeyDictionary()
        QDir.setSearchPaths("styles", [str(assets.resource("styles"))])
        app.setStyle("Fusion")
        app.setFont(base_font())
        self._palette = self._choose()
        self._apply()
        app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self._ask_platform()

    @property
    def palette(self) -> Palette:
        return self._palette

    @property
    def mode(self) -> Mode:
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        self._mode = mode
        self._ask_platform()
        self._refresh()

    def icon(self, name: Icon, ink: Ink = "text") -> QIcon:
        """An icon in today's colours. It doesn't follow a change; ``dress`` does."""
        key = (name, ink)
        if key not in self._icons:
            colour: QColor = getattr(self._palette, ink)
            self._icons[key] = assets.coloured(name, colour, self._palette.disabled)
        return self._icons[key]

    def dress(self, target: Dressable, name: Icon, ink: Ink = "text", edge: int = ICON_PX) -> None:
        """Give ``target`` an icon of ``edge`` pixels now and again at every change of theme."""
        self._dressed[target] = _Dress(name, ink, edge)
        self._put_icon(target, self._dressed[target])

    def _put_icon(self, target: Dressable, dress: _Dress) -> None:
        icon, size = self.icon(dress.name, dress.ink), QSize(dress.edge, dress.edge)
        if isinstance(target, QLabel):
            target.setPixmap(icon.pixmap(size, target.devicePixelRatioF()))
            return
        target.setIcon(icon)
        if isinstance(target, QAbstractButton):
            target.setIconSize(size)

    def _choose(self) -> Palette:
        if self._mode == "system":
            scheme = self._app.styleHints().colorScheme()
            return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode == "dark" else LIGHT

    def _ask_platform(self) -> None:
        """Title bars and native dialogs follow the mode where the platform can."""
        scheme = {
            "system": Qt.ColorScheme.Unknown,
            "light": Qt.ColorScheme.Light,
            "dark": Qt.ColorScheme.Dark,
        }[self._mode]
        self._app.styleHints().setColorScheme(scheme)

    def _on_scheme_changed(self) -> None:
        self._refresh()

    def _refresh(self) -> None:
        chosen = self._choose()
        if chosen is self._palette:
            return
        self._palette = chosen
        self._apply()
        self.changed.emit()

    def _apply(self) -> None:
        self._icons.clear()
        self._app.setPalette(qt_palette(self._palette))
        self._app.setStyleSheet(style_sheet(self._palette))
        for target, dress in list(self._dressed.items()):
            if shiboken6.isValid(target):
                self._put_icon(target, dress)


def style_sheet(palette: Palette) -> str:
    """``resources/styles/app.qss`` with its ``@names`` replaced. Unknown names raise KeyError."""
    values = {
        name: colour.name() for name, colour in vars(palette).items() if isinstance(colour, QColor)
    }
    values["scheme"] = "dark" if palette.dark else "light"
    values["mono"] = f'"{fixed_font().family()}"'
    return re.sub(r"@([a-z_]+)", lambda match: values[match[1]], assets.stylesheet())


def qt_palette(palette: Palette) -> QPalette:
    """The same colours for what Fusion draws without the style sheet: checks, menus, dialogs."""
    role = QPalette.ColorRole
    colours = {
        role.Window: palette.background,
        role.WindowText: palette.text,
        role.Base: palette.background,
        role.AlternateBase: palette.stripe,
        role.Text: palette.text,
        role.PlaceholderText: palette.muted,
        role.Button: palette.surface,
        role.ButtonText: palette.text,
        role.BrightText: palette.bad,
        role.ToolTipBase: palette.surface,
        role.ToolTipText: palette.text,
        role.Highlight: palette.selection,
        role.HighlightedText: palette.text,
        role.Accent: palette.accent,
        role.Link: palette.accent,
        role.LinkVisited: palette.accent,
        role.Light: palette.surface,
        role.Midlight: palette.line,
        role.Mid: palette.outline,
        role.Dark: palette.outline,
        role.Shadow: palette.line,
    }
    made = QPalette()
    for which, colour in colours.items():
        made.setColor(which, colour)
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, palette.disabled)
    return made


def base_font() -> QFont:
    """The desktop's own font at 13 px, with tabular figures."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(BASE_PX)
    return tabular(font)


def fixed_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(BASE_PX - 1)
    return font


def tabular(font: QFont) -> QFont:
    """A copy of ``font`` whose figures are all equally wide, where the font has such figures."""
    copy = QFont(font)
    copy.setFeature(QFont.Tag("tnum"), 1)
    return copy
