"""Draws the application's icon in the sizes that systems ask for, from its one drawing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES_PX = (16, 24, 32, 48, 64, 128, 256, 512)


def draw_icons(drawing: Path, folder: Path) -> dict[int, Path]:
    """``drawing`` as PNG in ``folder``, by edge length in pixels. Raises ValueError or OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    renderer = QSvgRenderer()
    if not (drawing.is_file() and renderer.load(str(drawing))):
        raise ValueError(f"{drawing} can't be drawn.")
    drawn = {}
    for size in SIZES_PX:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        drawn[size] = folder / f"{size}.png"
        if not image.save(str(drawn[size])):
            raise OSError(f"{drawn[size]} can't be written.")
    return drawn
