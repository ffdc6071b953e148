"""The organisation's customers: who they are, and under which addresses they appear.

Numbers come only from ranges that the regulators reserve for fiction (UK: Ofcom; US: 555-01xx;
France: ARCEP; Germany: Bundesnetzagentur; Australia: ACMA), mailboxes only from example domains.
"""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from . import names
from .dice import Dice, mix

# Prefix, number of free digits, and the name that the service gives the caller (quirk 10).
_RANGES: Final = (
    *[("+442079460", 3, "London")] * 5,
    ("+441134960", 3, "Leeds"),
    ("+441214960", 3, "Birmingham"),
    ("+441314960", 3, "Edinburgh"),
    ("+441614960", 3, "Manchester UD"),
    ("+442920180", 3, "Cardiff"),
    ("+442896496", 3, "Belfast"),
    *[("+441632960", 3, "National")] * 3,
    *[("+447700900", 3, "Mobile Number, United Kingdom")] * 4,
    ("+4480815700", 2, "Toll Free"),
    ("+120255501", 2, "Washington DC"),
    ("+121255501", 2, "New York UD"),
    ("+3319900", 4, "France"),
    ("+4930231252", 2, "Germany"),
    ("+6125550", 4, "Australia"),
)
_MAIL_DOMAINS: Final = ("example.com", "example.org", "example.net")
_ACCOUNTS: Final = ("Premium", "Standard", "Business", "Trial")


class Customer(NamedTuple):
    """``number`` is in E.164; ``place`` is what the service shows instead of a name."""

    key: int
    name: str
    number: str
    place: str
    email: str
    account: str


class Customers:
    """A few come often, most once: ``pick`` favours low indexes by a power law."""

    def __init__(self, seed: int, count: int) -> None:
        self._salt = mix(seed ^ 0xC057)
        self._count = max(1, count)

    def pick(self, dice: Dice) -> Customer:
        return self[int(self._count * dice.random() ** 1.6)]

    def __getitem__(self, index: int) -> Customer:
        bits = mix(self._salt ^ index)
        prefix, digits, place = _RANGES[bits % len(_RANGES)]
        number = f"{prefix}{(bits >> 8) % 10**digits:0{digits}d}"
        name = _name(bits >> 24)
        mailbox = f"{_mailbox(name)}{index % 97}@{_MAIL_DOMAINS[(bits >> 44) % 3]}"
        return Customer(index, name, number, place, mailbox, _ACCOUNTS[(bits >> 48) % 4])


def _name(bits: int) -> str:
    if bits % 8 == 0:
        return names.OTHER_NAMES[(bits >> 3) % len(names.OTHER_NAMES)]
    given = names.GIVEN_NAMES[(bits >> 3) % len(names.GIVEN_NAMES)]
    return f"{given} {names.FAMILY_NAMES[(bits >> 12) % len(names.FAMILY_NAMES)]}"


def _make_mailbox(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o")).encode("ascii", "ignore")
    words = [word for word in plain.decode().lower().replace("'", "").split() if word]
    return ".".join(words) or "customer"


_MAILBOXES: Final = {
    name: _make_mailbox(name)
    for name in (
        *names.OTHER_NAMES,
        *(f"{given} {family}" for given in names.GIVEN_NAMES for family in names.FAMILY_NAMES),
    )
}


def _mailbox(name: str) -> str:
    return _MAILBOXES[name]


def as_ani(dice: Dice, number: str) -> str:
    """The number in one of the forms that sessions carry (quirk 11); mostly ``tel:+…``."""
    roll = dice.random()
    if roll < 0.3 and number.startswith("+1"):
        return f"tel:+{number[2:]}"
    if roll < 0.95:
        return f"tel:{number}"
    if roll < 0.97:
        return f"sip:{number}@203.0.113.{dice.between(1, 255)};user=phone"
    if roll < 0.98:
        trunk = dice.uuid()
        return f"sip:{number};tgrp={trunk};trunk-context=acme@localhost"
    if roll < 0.985:
        return f"sip:ipadphone@203.0.113.{dice.between(1, 255)}"
    return f"tel:{number}"


def caller_name(dice: Dice, customer: Customer) -> str | None:
    """What the service calls the participant: rarely a person (quirk 10)."""
    roll = dice.random()
    if roll < 0.70:
        return customer.place
    if roll < 0.80:
        return customer.number
    if roll < 0.86:
        return f"{customer.key % 900 + 100} {customer.name}"
    if roll < 0.97:
        return customer.name
    return None


def station(dice: Dice) -> str:
    """An agent's own address inside the organisation (quirk 11)."""
    return f"sip:{dice.hex(24)}+acme.orgspan.com@localhost"


def mailbox_address(dice: Dice, name: str) -> str:
    """The address of a person's voicemail (quirk 11)."""
    host = f"203.0.113.{dice.between(1, 255)}"
    return f"sip:{name}%40acme.example@{host};language=en-US;user=voicemail"
