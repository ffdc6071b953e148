"""Where everything of a timeline goes: from lanes, a width and a font to rectangles."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from desktop_app.core.history.timeline import Bar, BarKind, Lane, Timeline
from desktop_app.gui.contact import kinds
from desktop_app.gui.contact.timeline_scale import Scale

AXIS_PX = 20
LANE_PX = 24
BAR_PX = 16
LEGEND_PX = 18
GAP_PX = 6
SMALL_FONT_PX = 11
ERROR_PX = 6
_LEAST_BAR_PX = 2.0
_LEAST_SPAN_MS = 1000
_LABEL_SHARE = 0.3
_MOST_LABEL_PX = 160


@dataclass(frozen=True, slots=True)
class PlacedBar:
    bar: Bar
    lane: int
    area: QRectF


@dataclass(frozen=True, slots=True)
class LegendEntry:
    kind: BarKind
    area: QRectF


class TimelineLayout:
    """Lengths are logical pixels, from the widget's top left."""

    def __init__(self, timeline: Timeline, width: int, font: QFont) -> None:
        lanes = timeline.lanes
        self.timeline = timeline
        self.width = width
        self.small_font = QFont(font)
        self.small_font.setPixelSize(SMALL_FONT_PX)
        self.label_width = self._fit_labels(QFontMetricsF(font))
        self.scale = Scale(
            timeline.start_ms,
            max(timeline.end_ms, timeline.start_ms + _LEAST_SPAN_MS),
            self.label_width,
            max(width - self.label_width - 1, 1),
        )
        self.bars = [
            PlacedBar(bar, number, self._bar_area(bar, number))
            for number, lane in enumerate(lanes)
            for bar in lane.bars
        ]
        self.legend = self._place_legend({placed.bar.kind for placed in self.bars})

    @property
    def lanes(self) -> tuple[Lane, ...]:
        return self.timeline.lanes

    @property
    def lanes_bottom(self) -> int:
        return AXIS_PX + len(self.lanes) * LANE_PX

    @property
    def height(self) -> int:
        if not self.lanes:
            return 0
        lowest = max((entry.area.bottom() for entry in self.legend), default=0.0)
        return max(round(lowest), self.lanes_bottom + GAP_PX + LEGEND_PX)

    def track_area(self, lane: int) -> QRectF:
        top = AXIS_PX + lane * LANE_PX + (LANE_PX - BAR_PX) / 2
        return QRectF(self.scale.left, top, self.scale.width, BAR_PX)

    def label_area(self, lane: int) -> QRectF:
        return QRectF(0, AXIS_PX + lane * LANE_PX, max(self.label_width - 8, 0), LANE_PX)

    def words_area(self) -> QRectF:
        return QRectF(0, self.lanes_bottom + GAP_PX, self.width, LEGEND_PX)

    def bar_at(self, point: QPointF) -> int:
        """The number of the bar under ``point``, of overlapping ones the topmost; or -1."""
        for number in range(len(self.bars) - 1, -1, -1):
            if self.bars[number].area.adjusted(-1, -2, 1, 2).contains(point):
                return number
        return -1

    def lane_label_at(self, point: QPointF) -> int:
        """The number of the lane whose label is under ``point``; or -1."""
        lane = int((point.y() - AXIS_PX) // LANE_PX)
        return lane if point.x() < self.label_width and 0 <= lane < len(self.lanes) else -1

    def nearest_bar(self, number: int, direction: int) -> int:
        """From a bar to the one below (1) or above (-1) it whose middle is nearest."""
        here = self.bars[number]
        beyond = [placed.lane for placed in self.bars if (placed.lane - here.lane) * direction > 0]
        if not beyond:
            return number
        lane = min(beyond) if direction > 0 else max(beyond)
        middle = here.area.center().x()
        return min(
            (n for n, placed in enumerate(self.bars) if placed.lane == lane),
            key=lambda n: abs(self.bars[n].area.center().x() - middle),
        )

    def _fit_labels(self, metrics: QFontMetricsF) -> float:
        widest = max((metrics.horizontalAdvance(lane.title) for lane in self.lanes), default=0.0)
        return min(widest + 12, self.width * _LABEL_SHARE, _MOST_LABEL_PX)

    def _bar_area(self, bar: Bar, lane: int) -> QRectF:
        """Never narrower than can be seen, never beyond the right edge."""
        track = self.track_area(lane)
        left, right = self.scale.x(bar.start_ms), self.scale.x(bar.end_ms)
        if bar.kind is BarKind.ERROR:
            left, right = left - ERROR_PX / 2, right + ERROR_PX / 2
        width = max(right - left, _LEAST_BAR_PX)
        return QRectF(
            max(min(left, track.right() - width), track.left()), track.top(), width, BAR_PX
        )

    def _place_legend(self, present: set[BarKind]) -> list[LegendEntry]:
        """The kinds that occur, wrapped; the customer's bar is named by its lane."""
        metrics = QFontMetricsF(self.small_font)
        x, y = self.label_width, self.lanes_bottom + GAP_PX
        entries: list[LegendEntry] = []
        for kind in kinds.WORDS:
            if kind not in present or kind is BarKind.CUSTOMER:
                continue
            needed = BAR_PX + metrics.horizontalAdvance(kinds.word(kind))
            if x > self.label_width and x + needed > self.width:
                x, y = self.label_width, y + LEGEND_PX
            entries.append(LegendEntry(kind, QRectF(x, y, needed, LEGEND_PX)))
            x += needed + 12
        return entries
