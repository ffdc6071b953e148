"""What segments carry besides their times: wrap-ups, errors, and what was asked of routing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from desktop_app.core.history import words
from desktop_app.core.history.legs import Leg
from desktop_app.core.history.parties import Names, wrapup_name


class Details(NamedTuple):
    """Wrap-ups in order of time, as names; of a note and an error the last counts.

    ``skills``, ``languages`` and ``wished`` (users who were asked for) are ids, with repeats.
    """

    wrapups: tuple[str, ...]
    note: str
    timed_out: bool
    error: str
    sip: int | None
    subject: str
    skills: list[str]
    languages: list[str]
    wished: list[str]


def read_details(legs: Iterable[Leg], names: Names) -> Details:
    wrapups: list[tuple[str, str, str]] = []  # start, code, note
    error = subject = ""
    sip: int | None = None
    skills: list[str] = []
    languages: list[str] = []
    wished: list[str] = []
    for segment in [segment for leg in legs for segment in leg.session.segments or ()]:
        if segment.wrap_up_code or segment.wrap_up_note:
            code, note = segment.wrap_up_code or "", segment.wrap_up_note or ""
            wrapups.append((segment.segment_start or "", code, note))
        error = segment.error_code or error
        subject = subject or segment.subject or ""
        if segment.sip_response_codes:
            sip = segment.sip_response_codes[-1]
        if segment.requested_routing_skill_ids:
            skills += segment.requested_routing_skill_ids
        if segment.requested_routing_user_ids:
            wished += segment.requested_routing_user_ids
        if segment.requested_language_id:
            languages.append(segment.requested_language_id)
    wrapups.sort(key=_when)
    codes = [code for _, code, _ in wrapups if code]
    return Details(
        wrapups=tuple([wrapup_name(code, names) for code in codes]),
        note=next((note for _, _, note in reversed(wrapups) if note), ""),
        timed_out=words.WRAPUP_TIMED_OUT in codes,
        error=error,
        sip=sip,
        subject=subject,
        skills=skills,
        languages=languages,
        wished=wished,
    )


def _when(wrapup: tuple[str, str, str]) -> str:
    return wrapup[0]
