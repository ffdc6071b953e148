"""What the settings page is told: plain facts, chosen by whoever shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.core.signin.policy import Setting
from desktop_app.gui.theme import Mode


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    """A way to sign in that is set up. ``name`` is the profile's, the others are words.

    One that is in use can't be changed: who unlocks the window signs in there again.
    """

    name: str
    title: str
    region: str
    grant: str
    editable: bool = True
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class HoldingsState:
    """What is held on this computer, in words. ``choices`` are days of keeping contacts, None for
    as long as they are there, and whether each may be chosen; ``why_not`` says why some may not.
    """

    held: str = ""
    size: str = ""
    choices: Sequence[tuple[int | None, bool]] = ((None, True),)
    chosen: int | None = None
    why_not: str = ""
    can_erase: bool = False


@dataclass(frozen=True, slots=True)
class SettingsState:
    """``why_not_stay`` says why staying signed in can't be chosen; empty where it can."""

    mode: Mode = "system"
    stay_signed_in: bool = False
    why_not_stay: str = ""
    organisations: Sequence[OrganisationEntry] = ()
    proxy: str = ""
    certificates: str = ""
    admin: Sequence[Setting] = ()
    updates: str = ""
