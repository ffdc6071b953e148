"""The shipped files: every icon draws, every file is used, and they are found when installed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from desktop_app.gui import assets
from desktop_app.gui.assets import Icon, media_icon
from desktop_app.gui.theme import DARK, LIGHT

EVERY_ICON = pytest.mark.parametrize("icon", list(Icon))


def inked(image: QImage) -> set[tuple[int, int]]:
    return {
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 100
    }


@EVERY_ICON
@pytest.mark.parametrize("edge", [16, 32])
@pytest.mark.parametrize("colour", [LIGHT.text, DARK.text], ids=["light", "dark"])
def test_icon_draws(qapp: QApplication, icon: Icon, edge: int, colour: QColor) -> None:
    image = assets.draw(icon, colour, edge).toImage()
    ink = inked(image)
    assert image.width() == image.height() == edge
    assert len(ink) > edge, "hardly anything is drawn"
    rim = {(x, y) for x, y in ink if {x, y} & {0, edge - 1}}
    assert icon is Icon.APP or not rim, "cut off at the edge"
    strongest = max((image.pixelColor(*point) for point in ink), key=QColor.alpha)
    if icon is not Icon.APP:
        wanted = (colour.red(), colour.green(), colour.blue())
        got = (strongest.red(), strongest.green(), strongest.blue())
        assert got == pytest.approx(wanted, abs=3)


def test_icons_differ(qapp: QApplication) -> None:
    shapes = [frozenset(inked(assets.draw(icon, LIGHT.text, 32).toImage())) for icon in Icon]
    assert len(set(shapes)) == len(shapes)


def test_the_icon_folder_holds_the_icons_and_nothing_else() -> None:
    files = {path.name for path in assets.resource("icons").iterdir()}
    assert files == {f"{icon}.svg" for icon in Icon}


@EVERY_ICON
def test_icon_files_reach_for_nothing(icon: Icon) -> None:
    text = assets.resource("icons", f"{icon}.svg").read_text(encoding="utf-8")
    assert "href" not in text
    assert "<script" not in text
    assert (icon is Icon.APP) != ('stroke="currentColor"' in text)


def test_the_style_folder_holds_what_the_sheet_names() -> None:
    sheet = assets.stylesheet()
    named = set(re.findall(r'url\("styles:([^"]+)"\)', sheet))
    named = {name.replace("@scheme", s) for name in named for s in ("light", "dark")}
    files = {path.name for path in assets.resource("styles").iterdir()}
    assert files == named | {"app.qss"}


def test_a_disabled_icon_is_drawn_otherwise(qapp: QApplication) -> None:
    icon = assets.coloured(Icon.COPY, LIGHT.text, LIGHT.disabled)
    on = icon.pixmap(16, 16, icon.Mode.Normal).toImage()
    off = icon.pixmap(16, 16, icon.Mode.Disabled).toImage()
    assert on != off


def test_icons_are_sharp_on_dense_screens(qapp: QApplication) -> None:
    pixmap = assets.coloured(Icon.COPY, LIGHT.text).pixmap(QSize(16, 16), 2.0)
    assert pixmap.width() == 32


def test_app_icon_has_every_size(qapp: QApplication) -> None:
    assert {size.width() for size in assets.app_icon().availableSizes()} >= {16, 32, 256}


@pytest.mark.parametrize(
    ("media", "direction", "expected"),
    [
        ("voice", "inbound", Icon.PHONE_IN),
        ("Voice", "Outbound", Icon.PHONE_OUT),
        ("voice", None, Icon.VOICE),
        ("E-mail", "inbound", Icon.EMAIL),
        ("callback", "outbound", Icon.CALLBACK),
        ("hologram", None, Icon.UNKNOWN),
        (None, None, Icon.UNKNOWN),
    ],
)
def test_media_icons(media: str | None, direction: str | None, expected: Icon) -> None:
    assert media_icon(media, direction) is expected


def test_a_frozen_program_finds_its_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert assets.resource("icons", "app.svg") == tmp_path / "resources" / "icons" / "app.svg"


def test_an_installed_package_finds_its_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "desktop_app"
    (package / "resources").mkdir(parents=True)
    monkeypatch.setattr(assets, "__file__", str(package / "gui" / "assets.py"))
    assert assets.resource("icons") == package / "resources" / "icons"
