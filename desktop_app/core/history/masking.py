"""Hiding customers' numbers where an admin wants them hidden (safety T45): what is shown, copied
and read aloud, never what is stored, searched or sorted.

Of a number its country and its last three digits stay, of a mail address its domain; names stay
as they are.  A note may hold anything, so that what could be a telephone number counts as one:
seven digits or more, however they are set apart.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

import msgspec

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import ATTRIBUTE, Column, Value, one_line, read
from desktop_app.core.history.parties import Names

HIDDEN = "••••"
_LEAST_DIGITS = 7  # of a telephone number in free text
_SHOWN_DIGITS = 3

# What stands between the digits of one number, invisible marks of pasted contacts included.
_BETWEEN = r"[ \t\u00a0\u2007\u2009\u202f()./\-\u2010-\u2015\u2212\u00ad\u200b-\u200f\u2060]{0,3}"
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"

# Digits that name no person: ids, the service's own users, moments, network addresses.
_KEPT = rf"""
    (?<![0-9a-f])[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}(?![0-9a-f])
  | (?<!\w)(?:sips?:)?[0-9a-f]{{24}}\+[^.@;\s"]+\.orgspan\.com\b
  | (?<!\w)(?=(?:[0-9]*[a-f]){{4}})[0-9a-f]{{16,64}}(?!\w)
  | (?<!\d){_YEAR}-{_MONTH}-{_DAY}(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:?\d\d)?)?(?!\d)
  | (?<!\d){_YEAR}{_MONTH}{_DAY}T\d{{6}}(?!\d)
  | (?<!\d)\d\d?[./]\d\d?[./]{_YEAR}(?!\d)
  | (?<![\d.+]){_OCTET}(?:\.{_OCTET}){{3}}(?![\d.])
"""
_HIDING = re.compile(
    rf"""
    (?P<kept>{_KEPT})
  | (?P<scheme>\b(?:tel|sips?):)(?!{HIDDEN})(?P<user>(?<=tel:)[^\s;,<>"]+|[^\s;@<>"]+(?=[@;]))
  | (?<![\w.%+'-])(?P<mailbox>[\w.%+'-]++)(?=@\w[\w-]*\.[\w.-]*\w)
  | (?P<number>(?<!\d)(?:[+＋]{_BETWEEN})?\(?\d(?:{_BETWEEN}\d){{{_LEAST_DIGITS - 1},}})
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHORT = re.compile(rf"[+＋]?\d(?:{_BETWEEN}\d){{3,{_LEAST_DIGITS - 2}}}")
_WORTH_A_LOOK = re.compile(r"\d|@|sips?:", re.IGNORECASE)

_ONE_DIGIT_CODES = frozenset("17")
_TWO_DIGIT_CODES = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63"
    " 64 65 66 81 82 84 86 90 91 92 93 94 95 98".split()
)  # ITU-T E.164; all others have three

# Columns, and fields of a conversation, whose texts are addresses or stand for one.
_ADDRESS_COLUMNS = frozenset(
    "customer ani dnis session_dnis address_from address_to cc bcc remote callback_numbers".split()
)
_ADDRESS_FIELDS = frozenset(
    "ani dnis sessionDnis remote remoteNameDisplayable addressFrom addressTo addressSelf"
    " addressOther participantName".split()
)
# Columns whose texts may hold one besides: what customers, agents and other systems wrote. The
# outcome names whom a contact was transferred to.
_FREE_COLUMNS = frozenset(
    "outcome subject wrapup_note external_tag callback_name sip_call_id external_contact"
    " external_organization outbound_contact delivery_details tag note".split()
)
_ADDRESS_LISTS = "cc|bcc|callbackNumbers"  # fields that hold several
_STRING = r'"(?P<text>(?:[^"\\]++|\\.)*+)"'
_JSON_LIST = re.compile(
    rf'"(?:{_ADDRESS_LISTS})"\s*:\s*\[(?:[\s,]*+"(?:[^"\\]++|\\.)*+")++[\s,]*+\]'
)
_JSON_TEXT = re.compile(rf'(?:"(?P<field>[A-Za-z]+)"\s*:\s*)?{_STRING}')
_JSON_ITEM = re.compile(rf"(?<=[\[,\s]){_STRING}(?=[\s,\]])")


def mask_text(text: str) -> str:
    """Free text with every telephone number, tel: and sip: user and mailbox in it hidden.

    Ids, dates, times, network addresses, durations and shorter or comma-separated counts stay.
    """
    return _HIDING.sub(_hide, text) if _WORTH_A_LOOK.search(text) else text


def mask_number(text: str) -> str:
    """A text that is an address, hidden: "+44 •••• 123", "•••• 123", "••••@example.com".

    Extensions and other numbers of four digits or more are hidden too; words stay.
    """
    masked = mask_text(text)
    return masked if masked != text else _outside_kept(text)


def mask_json(raw: bytes) -> bytes:
    """A conversation's JSON with every text in it masked; names of fields too, numbers not.

    Nothing else changes, to the byte: ids, instants and the service's own words read as before.
    """
    text = _JSON_LIST.sub(_hide_in_list, raw.decode("utf-8", "replace"))
    return _JSON_TEXT.sub(_hide_in_json, text).encode()


def mask_cell(key: str, text: str) -> str:
    """A text of a column's cell; of a list each by itself."""
    return mask_number(text) if key in _ADDRESS_COLUMNS else mask_text(text)


def read_masked(column: Column, value: Value, clock: Clock) -> str:
    """As ``columns.read``, but masked."""
    mask = mask_number if column.key in _ADDRESS_COLUMNS else mask_text
    if isinstance(value, str):
        return mask(read(column, value, clock))
    if isinstance(value, tuple):
        # Each by itself: what is left of one must not run into the next.
        value = tuple([mask(one_line(str(each))) for each in value])
    return read(column, value, clock)


def holds_numbers(key: str) -> bool:
    """Whether a column's cells may hold a customer's number, so that they aren't to be listed.

    Every participant attribute may.
    """
    return key in _ADDRESS_COLUMNS or key in _FREE_COLUMNS or key.startswith(ATTRIBUTE)


def masked_title(column: Column) -> str:
    """A column's title as it may be shown: an attribute can be called by a number."""
    return mask_text(column.title)


def masked_names(names: Names) -> Names:
    """The same names, masked: queues, codes and people can be named after a number."""

    def masked(kind: str, item: str) -> str | None:
        name = names(kind, item)
        return None if name is None else mask_text(name)

    return masked


def _hide(found: re.Match[str]) -> str:
    if found["kept"] is not None:
        return found[0]
    if found["mailbox"] is not None:
        return HIDDEN
    if found["scheme"] is not None:
        return found["scheme"] + _without(found["user"])
    return _without(found["number"])


def _without(number: str) -> str:
    """What may be shown of a number, or of the user part of an address."""
    number = re.sub("%2b", "+", number, flags=re.IGNORECASE)
    digits = "".join(str(int(char)) for char in number if char.isdecimal())
    if len(digits) < _LEAST_DIGITS:
        return HIDDEN
    code = f"+{_country(digits)} " if number.startswith(("+", "＋")) else ""
    return f"{code}{HIDDEN} {digits[-_SHOWN_DIGITS:]}"


def _country(digits: str) -> str:
    if digits[0] in _ONE_DIGIT_CODES:
        return digits[0]
    return digits[:2] if digits[:2] in _TWO_DIGIT_CODES else digits[:3]


def _outside_kept(text: str) -> str:
    """Short numbers hidden, unless they are part of an id or a moment."""
    return text if _HIDING.search(text) else _SHORT.sub(HIDDEN, text)


def _hide_in_json(found: re.Match[str]) -> str:
    return _hidden(found, mask_number if found["field"] in _ADDRESS_FIELDS else mask_text)


def _hide_in_list(found: re.Match[str]) -> str:
    """A list of addresses, each hidden as an address is."""
    return _JSON_ITEM.sub(lambda item: _hidden(item, mask_number), found[0])


def _hidden(found: re.Match[str], mask: Callable[[str], str]) -> str:
    """A JSON string, after its field where it has one, with its text masked."""
    text = _unescaped(found["text"])
    masked = mask(text)
    if masked == text:
        return found[0]
    before = found[0][: found.start("text") - 1 - found.start()]
    return before + msgspec.json.encode(masked).decode()


def _unescaped(written: str) -> str:
    """A JSON string's text; as it is written where it is no JSON."""
    if "\\" in written:
        with contextlib.suppress(msgspec.DecodeError):
            return str(msgspec.json.decode(f'"{written}"'))
    return written
