"""A process that shows hostile markup in every kind of widget; for a test of what it opens.

    python -m tests.gui.markup_process ADDRESS [as-qt-does]

``as-qt-does`` shows it in one label as Qt would have it, to show what the others are spared.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from html import escape

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QTabWidget, QToolTip, QWidget

from desktop_app.core.errors import NotFound
from desktop_app.core.history.vault import memory_store
from desktop_app.gui.assets import Icon
from desktop_app.gui.contact.details_panel import DetailsPanel
from desktop_app.gui.history.table import HistoryTable
from desktop_app.gui.labels import label
from desktop_app.gui.message_page import MessagePage
from desktop_app.gui.notices import NoticeBar
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.theme import Theme
from desktop_app.gui.tooltip import plain
from tests.core.history.history_samples import DAY, put, stored
from tests.gui.contact_samples import conversation, view_of
from tests.gui.stored_contacts import ALL, model_over

PATIENCE_MS = 20_000


def draw(widget: QWidget) -> None:
    """Lay it out and paint every pixel of it."""
    widget.resize(700, 500)
    widget.show()
    widget.grab()


def show_parts(theme: Theme, markup: str) -> None:
    """Labels, a notice, a page with a message, and a contact with all its tabs."""
    notice, message, details = NoticeBar(theme), MessagePage(theme, "message"), DetailsPanel(theme)
    notice.show_error(NotFound(markup))
    message.say(Icon.WARNING, markup, markup, markup)
    details.show_contact(view_of(conversation(markup)))
    for widget in (label(markup), notice, message, details):
        draw(widget)
    for tabs in details.findChildren(QTabWidget):
        for tab in range(tabs.count()):
            tabs.setCurrentIndex(tab)
            details.grab()
    for view in details.findChildren(QAbstractItemView):
        show_tooltips(view)


def show_table(theme: Theme, markup: str) -> None:
    """A row of the history whose every text is the markup, and its tooltip."""
    tasks, store = Tasks(), memory_store("a test")
    put(store, stored(markup, DAY, customer=markup, outcome=markup))
    model, table = model_over(tasks, store), HistoryTable(theme)
    table.show_model(model)
    model.show(ALL)
    until(lambda: not model.busy and model.rowCount() == 1 and model.formatted(0) is not None)
    draw(table)
    show_tooltips(table)
    tasks.close()
    store.close()


def show_tooltips(view: QAbstractItemView) -> None:
    """Of its first row, as the mouse would bring them up; and one of our own making."""
    model = view.model()
    indexes = [model.index(0, column) for column in range(model.columnCount())]
    words = [index.data(Qt.ItemDataRole.ToolTipRole) for index in indexes]
    for each in (*filter(None, words), plain(str(indexes[0].data()))):
        QToolTip.showText(QPoint(), each, view)
        for tooltip in QApplication.topLevelWidgets():
            if isinstance(tooltip, QLabel):
                tooltip.grab()


def until(there: Callable[[], bool]) -> None:
    loop, asking, ending = QEventLoop(), QTimer(), QTimer(singleShot=True)
    found: list[bool] = []

    def ask() -> None:
        if there():
            found.append(True)
            loop.quit()

    asking.timeout.connect(ask)
    ending.timeout.connect(loop.quit)
    asking.start(10)
    ending.start(PATIENCE_MS)
    loop.exec()
    assert found, "the table never showed its row"


def main(address: str, *, as_qt_does: bool) -> None:
    app = QApplication(["markup"])
    markup = f'<b>bold</b><img src="{escape(address)}">'
    if as_qt_does:
        draw(QLabel(markup))
        return
    theme = Theme(app, "light")
    show_parts(theme, markup)
    show_table(theme, markup)
    print("shown", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], as_qt_does="as-qt-does" in sys.argv[2:])
