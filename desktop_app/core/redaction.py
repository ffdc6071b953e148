"""Takes out of a text what may not stand in a log: secrets, people and what was asked for.

What goes: tokens, codes and states of callbacks, passwords, cookies, the query, fragment and
user of every URL, e-mail addresses and telephone numbers (safety T26, T27).  What stays: words,
hosts and paths, UUIDs (Genesys' correlation ids), dates and times, durations, counts of up to
eight digits, the names and line numbers of a traceback.

Where the two can't be told apart, it goes.  Every pattern begins at a place of its own or gives
back nothing it took (``++``), so that the time is linear in the length of the text.
"""

from __future__ import annotations

import re

MARK = "***"
"""Stands where something was taken out; no pattern below takes its characters for data."""

_HEADER = re.compile(
    r"""(?ix) ((?:proxy-)?authorization | (?:set-)?cookie2?)  # a line holds nothing after them
    (["']?+ \s*+ [:=,]) [^\r\n]++"""
)
_SCHEME = re.compile(r"(?i)\b(bearer|basic|negotiate|ntlm)(\s++)[^\s\"',;*]{8,}+")
_SECRET = re.compile(
    r"""(?ix)
    ( (?: access_?token | refresh_?token | id_?token | client_?secret | code_?(?:verifier|challenge)
        | login_?hint | passw(?:or)?d | passphrase | pwd | secret | api_?key | encryption_?key )
      [\\"']*+ \s*+ (?: [:=] | %3D ) \s*+
    | (?<![a-z_-]) (?: code | state | nonce | token ) (?: = | %3D ) (?! \d{1,3} \b )
    | (?<![a-z_-]) code (?: \\*+ ["'] \s*+ [:,] | \s*+ : ) \s*+ [\[(]?+
      (?= b?+ \\*+ ["'] )  # an authorization code; not the service's "not.found", which helps
      (?! b?+ \\*+ ["'] (?-i: [a-z]{1,20} (?: \. [a-z]{1,20} )++ | \d{1,3} ) \\*+ ["'] )
    )
    (?: [bru]?+ (?: \\++ "[^"\n]*+ "?+ | \\++ '[^'\n]*+ '?+
        | " (?: [^"\\\n] | \\. )*+ "?+ | ' (?: [^'\\\n] | \\. )*+ '?+ )
      | [^\s&"',;)}\]<>]++ )++"""
)
_URL = re.compile(r"""://([^\s"'<>?#]*+)([?#][^\s"<>]*+)?""")
_QUERY = re.compile(r"""([?#])(?=[\w.%~\[\]-]{1,64}+=)[^\s"<>]++""")
_MAIL_PART = r"""[^\s@"<>()\[\]{},;/=&?#|\\*]"""
_MAIL = re.compile(rf"""(?<!{_MAIL_PART}){_MAIL_PART}++@[\w-]++(?:\.[\w-]++)*+""")
_NUMBER = re.compile(
    r"""(?x)
    (?P<kept>
        (?<![0-9A-Za-z]) [0-9A-Fa-f]{8} (?:-[0-9A-Fa-f]{4}){3} - [0-9A-Fa-f]{12} (?![0-9A-Za-z_-])
      | (?<!\d) \d{4}-[01]\d-[0-3]\d (?!\d)
        (?: [T ] \d\d:\d\d (?: :\d\d (?: [.,]\d{1,9} )? )? (?: [+-]\d\d:?\d\d (?!\d) )? )?
    )
    | \+ [\s(]{0,2} \d (?: [\s().\-/]{0,3} \d ){5,}+                        # +44 (0)20 7946 0123
    | (?<![\w.-]) (?<!\d[:,]) \(? 0\d (?: [\ ().\-/]{0,2} \d ){5,}+         # (020) 7946 0123
    | (?<![\w.:-]) (?: 1[\ .-] )? \(? \d{3} \)? [\ .-]{1,2} \d{3} [\ .-] \d{4} (?!\d)
    | (?<![\w.:-]) \d{3}-\d{4} (?![\d-])                                    # 555-0123
    | (?<!\d) (?<!\d\.) \d{9,}+"""
)
_DIAL = re.compile(r"(?i)\b(tel|sips?):(?!//)[^\s\"'<>;,)*]++")
_RUN = re.compile(r"[A-Za-z0-9_-]{40,}+")


_MOST_PASSES = 8


def redact(text: str) -> str:
    """The text without secrets and personal data. Redacting twice changes nothing more.

    Taking something out can uncover what its neighbourhood hid, so it goes on until nothing
    changes; ordinary text takes one pass and a second that finds nothing.
    """
    for _ in range(_MOST_PASSES):
        before, text = text, _pass(text)
        if text == before:
            break
    return text


def _pass(text: str) -> str:
    text = _HEADER.sub(rf"\1\2 {MARK}", text)
    text = _SCHEME.sub(rf"\1\2{MARK}", text)
    text = _SECRET.sub(rf"\1{MARK}", text)
    text = _URL.sub(_bare_url, text)
    text = _QUERY.sub(rf"\1{MARK}", text)
    text = _MAIL.sub(MARK, text)
    text = _RUN.sub(MARK, text)
    text = _NUMBER.sub(_kept, text)
    return _DIAL.sub(rf"\1:{MARK}", text)


def _bare_url(match: re.Match[str]) -> str:
    """Host and path alone; also where somebody forgot to encode the password's slash."""
    authority, slash, path = match[1].partition("/")
    host = authority.rpartition("@")[2]
    port = "" if host.endswith("]") else host.rpartition(":")[2] if ":" in host else ""
    if port and not port.isdecimal():
        host = MARK
    query = match[2]
    return f"://{host}{slash}{path}" + (query[0] + MARK if query else "")


def _kept(match: re.Match[str]) -> str:
    return match["kept"] or MARK
