"""Lets a person export what the table shows: asks what, tells how much, writes, and says where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDir, QObject, QStandardPaths, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.core.errors import ExportCancelled
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import COLUMNS
from desktop_app.core.history.completeness import completeness
from desktop_app.core.history.coverage import Coverage
from desktop_app.core.history.export.exporter import Estimate, Exporter, Written
from desktop_app.core.history.export.log import ExportLog
from desktop_app.core.history.export.names import suggested_name
from desktop_app.core.history.export.request import Export
from desktop_app.core.history.query import Query
from desktop_app.core.history.reader import Numbers
from desktop_app.core.history.store import Store
from desktop_app.gui.export.export_panel import ExportPanel, Offer, size_text
from desktop_app.gui.notices import sentence_of
from desktop_app.gui.tasks import Job, Tasks

_LOOK_MS = 100  # how often the progress is looked at


@dataclass(frozen=True, slots=True)
class Shown:
    """What the table shows at the moment."""

    query: Query
    rows: int
    selected: Numbers
    columns: tuple[str, ...]
    coverage: Coverage | None
    clock: Clock


class Exporting(QObject):
    """One export at a time, in a lane of its own."""

    def __init__(
        self,
        tasks: Tasks,
        store: Store,
        shown: Callable[[], Shown | None],
        parent: QWidget,
        *,
        mask_numbers: bool,
        log: ExportLog | None,
    ) -> None:
        """``log`` is None for the practice organisation, which leaves nothing behind."""
        super().__init__(parent)
        self._log = log
        self._tasks = tasks
        self._exporter = Exporter(store, mask_numbers=mask_numbers)
        self._shown = shown
        self._parent = parent
        self._now: Shown | None = None
        self._panel: ExportPanel | None = None
        self._counting: Job | None = None
        self._writing: Job | None = None
        self._written: Written | None = None
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._show_progress)

    def show(self) -> None:
        """Open the window, for what the table shows now."""
        if self._panel is None:
            self._now = now = self._shown()
            if now is None:
                return
            self._panel = panel = ExportPanel(_offer(now), self._parent)
            panel.changed.connect(self._count)
            panel.export_asked.connect(self._ask_where)
            panel.cancel_asked.connect(self._cancel)
            panel.folder_asked.connect(self._show_folder)
            panel.destroyed.connect(self._on_closed)
            self._count()
        self._panel.show()
        self._panel.activateWindow()

    def close(self) -> None:
        """Stop everything that runs for it."""
        self._cancel()
        if self._panel is not None:
            self._panel.close()
        self._exporter.interrupt()

    # --- beforehand -------------------------------------------------------------------------------

    def _count(self) -> None:
        export, exporter = self._export(), self._exporter
        if self._counting is not None:
            self._counting.cancel()
        # Not interrupted: it takes a moment, and what comes next would be met.
        self._counting = self._tasks.export(lambda: exporter.estimate(export))
        self._counting.succeeded.connect(self._on_counted)
        self._counting.failed.connect(self._on_failed)

    def _export(self) -> Export:
        assert self._panel is not None and self._now is not None
        choice, now = self._panel.choice, self._now
        every = tuple(column.key for column in COLUMNS)
        own = tuple(key for key in now.columns if key not in every)  # attributes
        return Export(
            now.query,
            every + own if choice.all_columns else now.columns,
            choice.preset.format,
            choice.shape,
            choice.style,
            now.selected if choice.selected else None,
        )

    def _on_counted(self, estimate: Estimate) -> None:
        if self._panel is not None:
            self._panel.show_size(estimate.rows, estimate.size_bytes)

    # --- writing ----------------------------------------------------------------------------------

    def _ask_where(self) -> None:
        assert self._panel is not None and self._now is not None
        export = self._export()
        query = export.query
        name = suggested_name(query.start_ms, query.end_ms, query.clock.zone, export.format)
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        files = QFileDialog(self._panel, "Export contacts", str(Path(folder or QDir.homePath())))
        files.setObjectName("exportFiles")
        files.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.setDefaultSuffix(export.format.value)
        files.setNameFilter(f"{export.format.value.upper()} (*.{export.format.value})")
        files.selectFile(name)
        files.fileSelected.connect(self._write)
        files.open()

    def _write(self, name: str) -> None:
        assert self._panel is not None and self._now is not None
        export, exporter, now_ms = self._export(), self._exporter, self._now.clock.now_ms()
        path = Path(name)
        log = self._log

        def write() -> Written:
            written = exporter.write(export, path, now_ms=now_ms)
            if log is not None:
                log.add(written.path, written.size_bytes, written.about)
            return written

        self._writing = self._tasks.export(write, exporter.interrupt)
        self._writing.succeeded.connect(self._on_written)
        self._writing.failed.connect(self._on_failed)
        self._panel.show_progress(None)
        self._look.start()

    def _show_progress(self) -> None:
        if self._panel is not None:
            self._panel.show_progress(self._exporter.progress())

    def _on_written(self, written: Written) -> None:
        self._settle()
        self._written = written
        if self._panel is not None:
            unit = "row" if written.rows == 1 else "rows"
            self._panel.show_done(
                f"{written.rows:,} {unit}, {size_text(written.size_bytes)}, are in"
                f" {written.path.name}. What it holds, and how complete that is, stands in"
                f" {written.sidecar.name} beside it."
            )

    def _on_failed(self, error: Exception) -> None:
        self._settle()
        if self._panel is not None and not isinstance(error, ExportCancelled):
            self._panel.show_failed(sentence_of(error))

    def _settle(self) -> None:
        self._look.stop()
        self._writing = None

    def _cancel(self) -> None:
        for job in (self._counting, self._writing):
            if job is not None:
                job.cancel()
        self._settle()

    def _show_folder(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.path.parent)))

    def _on_closed(self) -> None:
        self._panel = None


def _offer(now: Shown) -> Offer:
    known = now.coverage
    return Offer(
        shown=now.rows,
        selected=len(now.selected),
        columns=len(now.columns),
        every_column=len(COLUMNS),
        zone=now.clock.zone.key.replace("_", " "),
        completeness=completeness(known, now.clock),
        complete=bool(known and known.complete and known.synced_ms is not None),
    )
