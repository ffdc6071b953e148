"""What is entered on the set-up page, and whether it makes a profile. Without widgets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import tomlkit

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.profiles import PRACTICE, Grant, Profile, Way, parse_profiles
from desktop_app.core.signin.regions import Region

DEFAULT_REDIRECT_URI = "http://localhost:8085/oauth2/callback"
LONGEST_NAME = 60

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class Entry(StrEnum):
    """The fields that can be wrong."""

    NAME = "name"
    REGION = "region"
    CLIENT_ID = "client_id"
    REDIRECT_URI = "redirect_uri"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """``base`` is the profile that is being edited: what isn't on the page is kept from it."""

    name: str = ""
    region: Region | None = None
    client_id: str = ""
    grant: Grant = Grant.PKCE
    way: Way = Way.VIEW
    redirect_uri: str = DEFAULT_REDIRECT_URI
    base: Profile | None = None

    @property
    def has_own_hosts(self) -> bool:
        """Whether it is for hosts of the profile's own instead of a region's."""
        return self.base is not None and self.base.region is None

    def problems(self, taken: Iterable[str] = ()) -> dict[Entry, str]:
        """A sentence for each field that can't be used; ``taken`` are the names of others."""
        found = {
            Entry.NAME: self._name_problem(taken),
            Entry.REGION: "" if self.region or self.has_own_hosts else "Choose a region.",
            Entry.CLIENT_ID: self._client_problem(),
            Entry.REDIRECT_URI: self._redirect_problem(),
        }
        return {entry: sentence for entry, sentence in found.items() if sentence}

    def profile(self) -> Profile:
        """The profile, as the profile file's reader makes it. Raises ConfigError."""
        read = self._read(client_id=self.client_id, redirect_uri=self.redirect_uri)
        base = self.base
        if base is None:
            return replace(read, name=self.name)
        return replace(
            base,
            name=self.name,
            region=read.region,
            login_url=read.login_url,
            api_url=read.api_url,
            client_id=read.client_id,
            grant=read.grant,
            way=read.way,
            redirect_uri=read.redirect_uri,
        )

    def preview(self) -> Profile:
        """A profile of what is there so far, for the text to the admin; it may have gaps."""
        known = self.region or (self.base.region if self.base else None)
        return Profile(
            name=self.name,
            login_url=known.login_url if known else "",
            api_url=known.api_url if known else "",
            region=known,
            client_id=self.client_id,
            grant=self.grant,
            way=self.way,
            redirect_uri="" if self._redirect_problem() else self.redirect_uri,
            browser_ports=self.base.browser_ports if self.base else (),
        )

    def _name_problem(self, taken: Iterable[str]) -> str:
        own = self.base.name if self.base else ""
        if not self.name:
            return "Give this organisation a name, to tell it from others."
        if len(self.name) > LONGEST_NAME or not self.name.isprintable():
            return f"Use at most {LONGEST_NAME} letters, digits, spaces and signs."
        if self.name == own:
            return ""
        if self.name.casefold() in {name.casefold() for name in taken if name != own}:
            return "Another organisation has this name. Choose a different one."
        if self.name.casefold() == PRACTICE:
            return "This name is kept for the practice organisation. Choose a different one."
        return ""

    def _client_problem(self) -> str:
        if not self.client_id:
            return "Enter the client ID that your admin gave you."
        unchanged = self.base is not None and self.base.client_id == self.client_id
        if not unchanged and not _UUID.fullmatch(self.client_id):
            return (
                "This is not a client ID. It has 32 digits and letters a to f, like"
                " 1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901."
            )
        return ""

    def _redirect_problem(self) -> str:
        if not self.redirect_uri:
            return "Enter the redirect URI that is registered with the client."
        try:
            self._read(client_id="any", redirect_uri=self.redirect_uri)
        except ConfigError as error:
            return _in_words(error)
        return ""

    def _read(self, *, client_id: str, redirect_uri: str) -> Profile:
        """What the reader of the profile file makes of it, so that both say the same."""
        table = {
            **self._place(),
            "client_id": client_id,
            "grant": self.grant.value,
            "way": self.way.value,
            "redirect_uri": redirect_uri,
        }
        lines = (f"{key} = {tomlkit.item(text).as_string()}\n" for key, text in table.items())
        return parse_profiles(f"[profiles.draft]\n{''.join(lines)}")["draft"]

    def _place(self) -> dict[str, str]:
        if self.has_own_hosts and self.base is not None:
            return {"login_url": self.base.login_url, "api_url": self.base.api_url}
        if self.region is not None:
            return {"region": self.region.key}
        return {"login_url": "https://login.example.com", "api_url": "https://api.example.com"}


def _in_words(error: ConfigError) -> str:
    """The reader's sentence without its line, in the page's terms."""
    sentence = error.sentence
    if error.line is not None:
        sentence = sentence.removeprefix(f"Line {error.line}: ")
    return sentence.replace("redirect_uri", "The redirect URI", 1)
