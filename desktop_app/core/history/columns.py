"""The columns of the history, one definition each: what a cell holds and how it reads.

A cell's value has the type its kind names, so that it sorts and filters as what it is:
INSTANT, DURATION and COUNT hold an int (milliseconds since 1970 UTC, milliseconds, a number of
things), NUMBER a float, FLAG a bool, the others text; None is an empty cell.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from desktop_app.core.history import words
from desktop_app.core.history.clock import Clock, duration_text
from desktop_app.core.history.contact import Contact

Value = str | int | float | bool | None

# Goes up when the same conversation would give other cells, so that stored rows are made anew.
VERSION = 1


class Kind(StrEnum):
    INSTANT = "instant"
    DURATION = "duration"
    COUNT = "count"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    FLAG = "flag"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` is in pixels at 100 %: numbers and instants never have to be cut.

    ``searchable`` texts are what the text box looks in.
    """

    key: str
    title: str
    kind: Kind
    derive: Callable[[Contact], Value]
    width: int
    default: bool
    help: str
    searchable: bool


def _joined(attribute: str, separator: str) -> Callable[[Contact], Value]:
    names: Callable[[Contact], tuple[str, ...]] = attrgetter(attribute)
    return lambda contact: separator.join(names(contact))


def _path(attribute: str) -> Callable[[Contact], Value]:
    return _joined(attribute, " → ")


def _names(attribute: str) -> Callable[[Contact], Value]:
    return _joined(attribute, ", ")


def _worded(attribute: str, say: Callable[[str], str]) -> Callable[[Contact], Value]:
    get: Callable[[Contact], str] = attrgetter(attribute)
    return lambda contact: say(get(contact))


def _count(attribute: str) -> Callable[[Contact], Value]:
    names: Callable[[Contact], tuple[str, ...]] = attrgetter(attribute)
    return lambda contact: len(set(names(contact)))


# The longest of each kind in the table's font: "30 Nov 2026 23:59:59", "100:59:59", "1,000".
_WIDTHS = {
    Kind.INSTANT: 156,
    Kind.DURATION: 88,
    Kind.COUNT: 96,
    Kind.NUMBER: 72,
    Kind.TEXT: 148,
    Kind.LIST: 208,
    Kind.FLAG: 104,
    Kind.ID: 288,
}


def _column(
    key: str,
    title: str,
    kind: Kind,
    help: str,
    *,
    derive: Callable[[Contact], Value] | None = None,
    width: int | None = None,
    default: bool = False,
    searchable: bool = False,
) -> Column:
    """A column of the Contact's field of that name, unless ``derive`` says otherwise."""
    return Column(
        key=key,
        title=title,
        kind=kind,
        derive=derive or attrgetter(key),
        width=max(width or _WIDTHS[kind], 8 * len(title) + 24),  # the title and its arrow fit
        default=default,
        help=help,
        searchable=searchable,
    )


# In the order in which they are offered; the default ones first, as a supervisor reads a row:
# what happened, to whom, who dealt with it, how long it took, and then the numbers.
COLUMNS: tuple[Column, ...] = (
    _column("start", "Start", Kind.INSTANT, "When the contact began",
            derive=attrgetter("start_ms"), default=True),
    _column("outcome", "Outcome", Kind.TEXT, "What happened, in words", width=196, default=True,
            searchable=True),
    _column("media", "Media", Kind.TEXT, "The contact's main medium",
            derive=_worded("media", words.media), width=100, default=True, searchable=True),
    _column("direction", "Direction", Kind.TEXT, "Inbound or outbound, as the customer's leg went",
            derive=_worded("direction", words.direction), width=84, default=True, searchable=True),
    _column("customer", "Customer", Kind.TEXT, "The customer's name or number", width=140,
            default=True, searchable=True),
    _column("agents", "Agents", Kind.LIST, "Who answered, in order", derive=_path("agents"),
            width=148, default=True, searchable=True),
    _column("queues", "Queue", Kind.LIST, "The queues it waited in, in order",
            derive=_path("queues"), width=116, default=True, searchable=True),
    _column("wrapup", "Wrap-up", Kind.TEXT, "The last wrap-up code", width=116, default=True,
            searchable=True),
    _column("queue_wait", "Wait", Kind.DURATION, "Time waited in queues",
            derive=attrgetter("queue_ms"), default=True),
    _column("handle", "Handle", Kind.DURATION, "Talk, hold and after-call work of all agents",
            derive=attrgetter("handle_ms"), default=True),
    _column("duration", "Duration", Kind.DURATION,
            "From start to end; empty while the contact is open", derive=attrgetter("duration_ms"),
            default=True),
    _column("ended_by", "Ended by", Kind.TEXT, "Who ended the contact: customer, agent or system",
            width=96, default=True, searchable=True),
    _column("ani", "From", Kind.TEXT, "The number or address the contact came from (ANI)",
            width=132, default=True, searchable=True),
    _column("dnis", "To", Kind.TEXT, "The number or address that was contacted (DNIS)", width=132,
            default=True, searchable=True),
    _column("end", "End", Kind.INSTANT, "When the contact ended", derive=attrgetter("end_ms")),
    _column("outcome_group", "Outcome group", Kind.TEXT, "What the outcome counts under",
            width=128),
    _column("message_type", "Message type", Kind.TEXT, "The kind of message: SMS, WhatsApp …",
            derive=_worded("message_type", words.message_type), width=128, searchable=True),
    _column("initial_direction", "Initial direction", Kind.TEXT,
            "The direction in which the contact began",
            derive=_worded("initial_direction", words.direction), width=128),
    _column("subject", "Subject", Kind.TEXT, "An e-mail's subject", width=240, searchable=True),
    _column("disconnect_type", "Disconnect type", Kind.TEXT,
            "How the contact ended, in Genesys' terms",
            derive=_worded("disconnect_type", words.disconnect), width=140),
    _column("error_code", "Error code", Kind.TEXT, "The last error on the contact", width=240,
            searchable=True),
    _column("session_dnis", "Session To", Kind.TEXT, "The number dialled on the session",
            width=148, searchable=True),
    _column("last_agent", "Last agent", Kind.TEXT, "Who answered last", width=148),
    _column("alerted", "Alerted agents", Kind.LIST, "Who was offered the contact",
            derive=_names("alerted"), width=208),
    _column("not_responding", "Not responding", Kind.LIST, "Who was offered it and did not answer",
            derive=_names("not_responding"), width=208),
    _column("consulted", "Consulted", Kind.LIST, "Whom agents asked while the contact waited",
            derive=_names("consulted"), width=160, searchable=True),
    _column("supervisors", "Supervisor", Kind.LIST, "Who monitored, coached or joined",
            derive=_names("supervisors"), width=160, searchable=True),
    _column("divisions", "Division", Kind.LIST, "The contact's divisions",
            derive=_names("divisions"), width=140),
    _column("first_queue", "First queue", Kind.TEXT, "The first queue it waited in", width=140),
    _column("last_queue", "Last queue", Kind.TEXT, "The last queue it waited in", width=140),
    _column("flows", "Flow", Kind.LIST, "The flows it passed through", derive=_path("flows"),
            width=180, searchable=True),
    _column("flow_exit", "Flow exit", Kind.TEXT, "How it left the last flow",
            derive=_worded("flow_exit", words.spaced), width=132),
    _column("used_routing", "Routing used", Kind.TEXT, "The routing method that found the agent",
            width=116),
    _column("skills", "Skills", Kind.LIST, "The skills asked for", derive=_names("skills"),
            width=180, searchable=True),
    _column("languages", "Language", Kind.LIST, "The languages asked for",
            derive=_names("languages"), width=120, searchable=True),
    _column("wrapups", "All wrap-ups", Kind.LIST, "Every wrap-up code, in order",
            derive=_names("wrapups"), width=208, searchable=True),
    _column("wrapup_note", "Wrap-up notes", Kind.TEXT, "What an agent wrote last at wrap-up",
            width=240, searchable=True),
    _column("wrapup_timed_out", "Wrap-up timed out", Kind.FLAG, "A wrap-up ended without a code",
            width=132),
    _column("external_tag", "External tag", Kind.TEXT, "The tag another system set", width=140,
            searchable=True),
    _column("flagged", "Flagged", Kind.FLAG, "An agent flagged it"),
    _column("ivr", "IVR", Kind.DURATION, "Time in the IVR and in flows",
            derive=attrgetter("ivr_ms")),
    _column("alert", "Alert", Kind.DURATION, "Time agents were alerted",
            derive=attrgetter("alert_ms")),
    _column("talk", "Talk", Kind.DURATION, "Time agents talked or worked on it",
            derive=attrgetter("talk_ms")),
    _column("hold", "Hold", Kind.DURATION, "Time on hold", derive=attrgetter("hold_ms")),
    _column("acw", "ACW", Kind.DURATION, "After-call work", derive=attrgetter("acw_ms")),
    _column("abandon", "Abandon", Kind.DURATION, "How long the customer waited before giving up",
            derive=attrgetter("abandon_ms")),
    _column("first_response", "First response", Kind.DURATION, "Until the agent's first reply",
            derive=attrgetter("first_response_ms"), width=116),
    _column("transfers", "Transfers", Kind.COUNT, "How often it was transferred"),
    _column("blind_transfers", "Blind transfers", Kind.COUNT, "Transfers without consulting first",
            width=116),
    _column("consult_transfers", "Consult transfers", Kind.COUNT, "Transfers after consulting",
            width=128),
    _column("consults", "Consults", Kind.COUNT, "How often an agent consulted someone"),
    _column("no_answers", "No answers", Kind.COUNT,
            "How often an agent was alerted and did not answer"),
    _column("holds", "Holds", Kind.COUNT, "How often it was put on hold"),
    _column("agent_count", "Agent count", Kind.COUNT, "How many agents answered",
            derive=_count("agents")),
    _column("queue_count", "Queue count", Kind.COUNT, "How many queues it was in",
            derive=_count("queues")),
    _column("segments", "Segments", Kind.COUNT, "How many segments it has"),
    _column("callback_tries", "Callback tries", Kind.COUNT, "How often the callback was dialled",
            width=108),
    _column("callback_due", "Callback due", Kind.INSTANT, "When the callback was scheduled for",
            derive=attrgetter("callback_due_ms")),
    _column("is_recorded", "Recording", Kind.FLAG, "Some of it was recorded"),
    _column("mos", "MOS", Kind.NUMBER, "The lowest voice quality score, 1 to 5"),
    _column("sip_call_id", "SIP call ID", Kind.ID, "The call's name in the telephony protocol",
            searchable=True),
    _column("conversation_id", "Conversation ID", Kind.ID, "The contact's name in Genesys Cloud",
            searchable=True),
)  # fmt: skip

DEFAULT_KEYS: tuple[str, ...] = tuple(column.key for column in COLUMNS if column.default)

_BY_KEY = {column.key: column for column in COLUMNS}
_DERIVE = tuple((column.key, column.derive) for column in COLUMNS)


def column(key: str) -> Column:
    """The column of that key; raises KeyError for any other text."""
    return _BY_KEY[key]


def row(contact: Contact) -> dict[str, Value]:
    """The contact's cells by column key, all columns."""
    return {key: derive(contact) for key, derive in _DERIVE}


def read(column: Column, value: Value, clock: Clock) -> str:
    """The cell as the table, the clipboard and the tour show it: one line, never raises."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return one_line(value)
    if column.kind is Kind.FLAG:
        return "Yes" if value else ""
    if column.kind is Kind.NUMBER:
        return f"{value:.2f}"
    number = int(value)
    if column.kind is Kind.DURATION:
        return duration_text(number)
    if column.kind is Kind.INSTANT:
        return clock.instant(number)
    return f"{number:,}"


def one_line(text: str) -> str:
    """Text without line breaks, control characters and marks that turn its direction round.

    They would break a copied row in two, or make a name read as another.
    """
    if text.isprintable():
        return text
    return " ".join("".join(map(_plain, text)).split())


# Embeddings, overrides and isolates (UAX #9); the joiners that scripts need are left alone.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset({"Cc", "Zl", "Zp"})


def _plain(char: str) -> str:
    if char in _TURNING:
        return ""
    return " " if unicodedata.category(char) in _BREAKS else char
