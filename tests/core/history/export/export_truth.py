"""What a file of practice contacts has to hold, told from the service's own JSON.

Nothing here goes through the store or through SQL: cells are written by Python, parts are found
in the conversations' JSON.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from desktop_app.core.history import words
from desktop_app.core.history.column import Kind, Value
from desktop_app.core.history.columns import column
from tests.core.history.practice_truth import Rich

Json = dict[str, Any]
ZONE = ZoneInfo("America/St_Johns")  # half an hour off, with clocks that change
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def moment(ms: int) -> dt.datetime:
    return (EPOCH + dt.timedelta(milliseconds=ms)).astimezone(ZONE)


def ms(text: str | None) -> int | None:
    return None if text is None else round(dt.datetime.fromisoformat(text).timestamp() * 1000)


def clock_text(milliseconds: int) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def as_text(kind: Kind, value: Value, separator: str = ", ") -> str:
    """A cell of a CSV file whose contacts are no attack."""
    match value:
        case None | "" | ():
            return ""
        case tuple():
            return " ".join(separator.join(value).split())
        case str():
            return " ".join(value.split())
        case bool():
            return "Yes" if value else "No"
    match kind:
        case Kind.INSTANT:
            return f"{moment(int(value)):%Y-%m-%d %H:%M:%S}"
        case Kind.DURATION:
            return clock_text(int(value))
        case Kind.COUNT:
            return str(int(value))
    return str(float(value))


def contact_texts(cells: Mapping[str, Value], keys: Sequence[str]) -> list[str]:
    found = []
    for key in keys:
        chosen, value = column(key), cells.get(key)
        if chosen.shown and isinstance(value, int):
            forms = {"day": "%Y-%m-%d", "hour": "%H:00"}
            form = forms.get(key)
            local = moment(value)
            found.append(local.strftime(form) if form else local.isoformat()[-6:])
        else:
            found.append(as_text(chosen.kind, value, chosen.separator))
    return found


# --- parts ----------------------------------------------------------------------------------------


def sessions(conversation: Json) -> Iterator[tuple[Json, Json]]:
    for participant in conversation["participants"]:
        for session in participant["sessions"]:
            yield participant, session


def segments(contacts: Rich, conversation: Json) -> list[tuple[object, ...]]:
    """Type, start, end, length, queue, wrap-up code, notes and error of every segment."""
    names = contacts.names
    found: list[tuple[object, ...]] = []
    for _, session in sessions(conversation):
        for each in session.get("segments", []):
            start, end = ms(each.get("segmentStart")), ms(each.get("segmentEnd"))
            queue, code = each.get("queueId"), each.get("wrapUpCode")
            wrapup = words.wrapup(code) or names("wrapup", code) or code if code else None
            found.append((
                words.spaced(each["segmentType"]),
                start,
                end,
                None if start is None or end is None else max(0, end - start),
                names("queue", queue) or queue if queue else None,
                wrapup,
                each.get("wrapUpNote") or None,
                each.get("errorCode") or None,
            ))  # fmt: skip
    return found


def legs(contacts: Rich, conversation: Json) -> list[tuple[object, ...]]:
    """Agent, start and talk of every session of the staff."""
    names = contacts.names
    found: list[tuple[object, ...]] = []
    for participant, session in sessions(conversation):
        if participant["purpose"] not in ("agent", "user"):
            continue
        starts = [
            ms(each["segmentStart"])
            for each in session["segments"]
            if each["segmentType"] != "wrapup"
        ]
        found.append((
            names("user", participant["userId"]) or participant["userId"],
            min((start for start in starts if start is not None), default=None),
            _talked(session),
        ))  # fmt: skip
    return found


def _talked(session: Json) -> int | None:
    """By the metrics; by the segments where there are none of handling."""
    metrics: dict[str, int] = {}
    for each in session.get("metrics", []):
        metrics[each["name"]] = metrics.get(each["name"], 0) + each["value"]
    handling = {"tTalk", "tTalkComplete", "tHeld", "tHeldComplete", "tAcw", "tHandle"}
    if handling & metrics.keys():
        return metrics.get("tTalk", metrics.get("tTalkComplete"))
    lengths = [
        (ms(each["segmentEnd"]) or 0) - (ms(each["segmentStart"]) or 0)
        for each in session["segments"]
        if each["segmentType"] == "interact" and "segmentEnd" in each
    ]
    return sum(lengths) if lengths else None
