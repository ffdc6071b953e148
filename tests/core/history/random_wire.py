"""Random answers: every field may be missing, every word unknown, every instant odd."""

from __future__ import annotations

from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from desktop_app.core.genesys import wire
from tests.core.history.conversations import at

_WORDS = st.sampled_from(
    "voice callback email message inbound outbound customer external agent user acd ivr voicemail"
    " interact alert hold wrapup dialing scheduled monitoring peer client endpoint transfer error"
    " consultTransfer tTalk tAcd nTransferred nConsult tNotResponding u-ana q-bill"
    " tel:+442079460183 sip:a%40b@192.0.2.1;user=phone 00000000-0000-0000-0000-000000000000".split()
) | st.text(max_size=8)
_INSTANTS = st.integers(0, 500).map(at) | st.sampled_from(
    ["2026-11-2T09:49:12Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "soon", ""]
)
_NUMBERS = st.integers(-5, 90_000).map(float) | st.sampled_from(
    [1e300, float("inf"), float("nan"), -1.0]
)
_AT_ONCE = 10
_MAIN = {
    "participants",
    "purpose",
    "sessions",
    "segments",
    "segment_type",
    "segment_start",
    "segment_end",
    "metrics",
    "name",
    "value",
}
_INSTANT_FIELDS = {
    "conversation_start",
    "conversation_end",
    "event_time",
    "segment_start",
    "segment_end",
    "callback_scheduled_time",
}


def _values(hint: Any, field: str) -> st.SearchStrategy[Any]:
    options = [option for option in get_args(hint) if option is not NoneType]
    if NoneType in get_args(hint):
        return st.none() | _values(options[0], field)
    if get_origin(hint) is list:
        return st.lists(_values(get_args(hint)[0], field), max_size=3)
    if get_origin(hint) is dict:
        return st.dictionaries(_WORDS, st.none() | _WORDS, max_size=3)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return structs(hint)
    if field in _INSTANT_FIELDS:
        return _INSTANTS
    by_type: dict[Any, st.SearchStrategy[Any]] = {
        str: _WORDS,
        float: _NUMBERS,
        int: st.integers(0, 700),
        bool: st.booleans(),
    }
    return by_type[hint]


def structs(shape: type[Any]) -> st.SearchStrategy[Any]:
    """A few of the fields at a time; what everything hangs on is there more often than not."""
    fields = {name: _values(hint, name) for name, hint in get_type_hints(shape).items()}
    rare = st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=_AT_ONCE)

    @st.composite
    def built(draw: st.DrawFn) -> Any:
        chosen = set(draw(rare)) | (_MAIN & fields.keys() if draw(st.integers(0, 3)) else set())
        return shape(**{name: draw(fields[name]) for name in sorted(chosen)})

    return built()


def conversations() -> st.SearchStrategy[wire.Conversation]:
    return structs(wire.Conversation)
