"""Reading one contact for the details panel: the newest wish wins, stale ones are dropped."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_app.core.genesys import wire
from desktop_app.core.history.changes import CellChange, Reading, changes
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import read
from desktop_app.core.history.conversation import read_contact
from desktop_app.core.history.masking import mask_json, masked_names, read_masked
from desktop_app.core.history.reader import Reader
from desktop_app.core.history.store import Store
from desktop_app.gui.contact.details_panel import ContactView
from desktop_app.gui.tasks import Job, Tasks


class ContactLoader(QObject):
    """``mask_numbers`` hides customers' numbers before anything is read from the conversation:
    nothing that is shown of it can then hold one.
    """

    loaded = Signal(object)  # ContactView
    gone = Signal()  # there is no such contact any more, or none is wished for
    seen = Signal(object)  # the number of a contact that is news no more

    def __init__(
        self,
        tasks: Tasks,
        store: Store,
        clock: Clock,
        parent: QObject,
        *,
        mask_numbers: bool = False,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._store = store
        self._clock = clock
        self._mask_numbers = mask_numbers
        self._reader = store.reader()
        self._job: Job | None = None
        self._wanted: int | None = None
        self._shown: ContactView | None = None

    def load(self, number: int | None) -> None:
        """Read a contact by its number in the store; None for no contact."""
        self.cancel()
        self._shown = None
        if number is None:
            self.gone.emit()
            return
        self._wanted = number
        self._read_wanted(number)

    def look_again(self) -> None:
        """The store may hold another state of the contact than the one that was told: only then
        is it told again, so that whoever reads in it isn't disturbed."""
        if self._wanted is not None:
            self._stop()
            self._read_wanted(self._wanted)

    def note_seen(self, view: ContactView) -> None:
        """The person has it before them: what Genesys has changed is news no more."""
        if view.is_changed:
            store, number = self._store, view.number
            job = self._tasks.write(lambda: _mark_seen(store, number))
            job.succeeded.connect(self.seen)

    def set_clock(self, clock: Clock) -> None:
        self._clock = clock

    def cancel(self) -> None:
        """Nothing is wished for any more."""
        self._wanted = None
        self._stop()

    def _stop(self) -> None:
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()

    def _read_wanted(self, number: int) -> None:
        reader, store, clock, masked = self._reader, self._store, self._clock, self._mask_numbers
        self._job = self._tasks.window(lambda: _read(reader, store, clock, number, masked))
        self._job.succeeded.connect(self._on_read)

    def _on_read(self, view: ContactView | None) -> None:
        self._job = None
        before, self._shown = self._shown, view
        if view is None:
            self.gone.emit()
        elif before is None or view.raw != before.raw:
            self.loaded.emit(view)


def _read(
    reader: Reader, store: Store, clock: Clock, number: int, masked: bool
) -> ContactView | None:
    """Runs on the lane of the rows in sight."""
    raw = reader.raw(number)
    if raw is None:
        return None
    cells = reader.rows([number], ["changed", "changed_at"]).get(number)
    is_changed, changed_at = cells.cells if cells else (None, None)
    name = store.naming()
    if masked:
        raw, name = mask_json(raw), masked_names(name)
    conversation = wire.decode(raw, wire.Conversation)
    found: list[CellChange] = []
    if isinstance(changed_at, int):
        earlier = [
            Reading(version.seen_ms, _decoded(version.raw, masked=masked))
            for version in reader.versions(number)
        ]
        reading = read_masked if masked else read
        found = changes(
            [*earlier, Reading(changed_at, conversation)],
            name,
            lambda column, value: reading(column, value, clock),
        )
    return ContactView(
        conversation=conversation,
        contact=read_contact(conversation, name),
        raw=raw,
        clock=clock,
        names=name,
        now_ms=clock.now_ms(),
        number=number,
        is_changed=bool(is_changed),
        changes=tuple(found),
    )


def _mark_seen(store: Store, number: int) -> int:
    store.mark_seen([number])
    return number


def _decoded(raw: bytes, *, masked: bool) -> wire.Conversation:
    return wire.decode(mask_json(raw) if masked else raw, wire.Conversation)
