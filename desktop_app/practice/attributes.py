"""Participant attributes, which job results carry and query answers hardly ever (quirks 1, 23)."""

from __future__ import annotations

from .customers import Customer
from .dice import Dice
from .legs import Wire

_PATHS = ("1 → 3", "2 → 1 → 4", "9", "")


def add_attributes(dice: Dice, customer: Customer, participants: list[Wire]) -> None:
    """Give ``attributes`` to the outside party and to a few of the others."""
    for participant in participants:
        if participant["purpose"] in ("customer", "external"):
            participant["attributes"] = _of_customer(dice, customer)
        elif participant["purpose"] == "agent" and dice.chance(0.15):
            participant["attributes"] = {"scriptPage": "Closing", "agentNote": ""}


def _of_customer(dice: Dice, customer: Customer) -> dict[str, str]:
    """What a flow leaves behind: blanks, dots, line feeds, JSON, the same thing twice."""
    attributes = {
        "AccountType": customer.account,
        "Customer ANI": customer.number,
        "IVR path": dice.pick(_PATHS),
    }
    roll = dice.random()
    if roll < 0.6:
        attributes["OrderId"] = f"A-{dice.between(200_000, 210_000)}"
    if roll < 0.4:
        attributes["DNIS"] = attributes["CECP_DNIS"] = f"+44808157{dice.between(900, 1000):04d}"
    if roll < 0.3:
        attributes["ivr.Skills"] = " Billing,Payments"
        attributes["verified"] = "true" if roll < 0.2 else ""
    if roll < 0.15:
        attributes["crm.context"] = f'{{"tier":"{customer.account}","open":[{dice.between(1, 9)}]}}'
    if roll < 0.08:
        attributes["Screen Pop"] = f"Name={customer.name};Tier={customer.account}\nLang=en"
    if roll < 0.03:
        # Keys and values are cut at 1,024 characters (contract §2.4).
        attributes["transcript"] = ("customer: hello? agent: good morning. " * 40)[:1024]
    return attributes
