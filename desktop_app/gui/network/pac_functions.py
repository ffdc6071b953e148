"""The functions that a PAC script may call (Netscape's "Navigator Proxy Auto-Config File Format").

Where that text leaves a case open, these answer as Chromium does, so that both stacks take the
same way: hours are ranges up to their last second, and `[` in a shell expression is no class.
Pure but for ``resolve``.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from ipaddress import AddressValueError, IPv4Address

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_LONGEST_MONTH = 31  # greater numbers in a date are years


def first_ipv4(host: str) -> str | None:
    """The host's first IPv4 address; None if it has none. May block for as long as DNS takes."""
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    return str(found[0][4][0]) if found else None


class PacFunctions:
    """``call`` answers for all of them; what they know of the world is given."""

    def __init__(
        self,
        *,
        own_address: Callable[[], str],
        resolve: Callable[[str], str | None] = first_ipv4,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._resolve = resolve
        self._now = now
        self._functions: Mapping[str, Callable[..., bool | int | str | None]] = {
            "isPlainHostName": lambda host: "." not in host,
            "dnsDomainIs": lambda host, domain: host.endswith(domain),
            "localHostOrDomainIs": lambda host, full: host == full or full.startswith(f"{host}."),
            "dnsDomainLevels": lambda host: host.count("."),
            "shExpMatch": lambda text, shell: fnmatchcase(text, shell.replace("[", "[[]")),
            "isResolvable": lambda host: resolve(host) is not None,
            "dnsResolve": resolve,
            "isInNet": self._is_in_net,
            "myIpAddress": own_address,
            "weekdayRange": lambda *words: self._is_within(words, _weekday),
            "dateRange": lambda *words: self._is_within(words, _date),
            "timeRange": self._is_time,
        }

    @property
    def names(self) -> list[str]:
        return list(self._functions)

    def call(self, name: str, arguments: Sequence[object]) -> bool | int | str | None:
        """Arguments that make no sense are answered with False, as a condition that isn't met."""
        words = [int(each) if isinstance(each, float) else each for each in arguments]
        try:
            return self._functions[name](*words)
        except (AttributeError, TypeError, ValueError):
            return False

    def _is_in_net(self, host: str, pattern: str, mask: str) -> bool:
        address = _address(host) or _address(self._resolve(host) or "")
        net, bits = IPv4Address(pattern), int(IPv4Address(mask))
        return address is not None and int(address) & bits == int(net) & bits

    def _is_time(self, *words: object) -> bool:
        """Hours, hours and minutes, or with seconds: what is left out of the end is its last."""
        now, parts = self._at(words)
        numbers = [_number(part) for part in parts]
        if len(numbers) == 1:
            numbers *= 2
        if len(numbers) not in (2, 4, 6):
            raise ValueError("a time has up to three parts")
        half = len(numbers) // 2
        start = (*numbers[:half], 0, 0)[:3]
        end = (*numbers[half:], 59, 59)[:3]
        return _between(start, (now.hour, now.minute, now.second), end)

    def _is_within(
        self, words: Sequence[object], read: Callable[[Sequence[object]], dict[str, int]]
    ) -> bool:
        """Whether today lies in a range of days or dates, of which one alone is a range too."""
        now, words = self._at(words)
        if not words:
            raise ValueError("a range has an end")
        half = len(words) // 2
        start, end = read(words[:half]), read(words[half:])
        if start.keys() != end.keys():
            start = end = read(words)
        today = {
            "year": now.year,
            "month": now.month,
            "day": now.day,
            "weekday": now.weekday(),
        }
        parts = [part for part in today if part in end]
        return _between(
            [start[part] for part in parts],
            [today[part] for part in parts],
            [end[part] for part in parts],
        )

    def _at(self, words: Sequence[object]) -> tuple[datetime, Sequence[object]]:
        """The time to compare with, which a last word "GMT" asks for in UTC."""
        if words and words[-1] == "GMT":
            return self._now().astimezone(UTC), words[:-1]
        return self._now(), words


def _between(start: Sequence[int], now: Sequence[int], end: Sequence[int]) -> bool:
    """Inclusive; a range that ends before it begins goes over the turn of the day, week or year."""
    begun, goes_on = list(start) <= list(now), list(now) <= list(end)
    return (begun and goes_on) if list(start) <= list(end) else (begun or goes_on)


def _weekday(words: Sequence[object]) -> dict[str, int]:
    if len(words) > 1:
        raise ValueError("one day each")
    return {"weekday": _DAYS.index(str(words[0]).upper())} if words else {}


def _date(words: Sequence[object]) -> dict[str, int]:
    parts: dict[str, int] = {}
    for word in words:
        if isinstance(word, str):
            parts["month"] = _MONTHS.index(word.upper()) + 1
        else:
            number = _number(word)
            parts["year" if number > _LONGEST_MONTH else "day"] = number
    return parts


def _number(word: object) -> int:
    if isinstance(word, int):
        return word
    raise ValueError("not a number")


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except AddressValueError:
        return None
