"""Profiles: whose Genesys Cloud to sign in to, and how; read from a TOML file.

    [profiles.acme]
    region = "eu_central_1"            # or login_url and api_url
    client_id = "…"                    # of the OAuth client
    grant = "pkce"                     # or "implicit"
    redirect_uri = "http://localhost:8085/oauth2/callback"
    org = "acme"                       # optional, together with provider
    provider = "okta"
    scope = "…"                        # optional; sent only when set
    timezone = "Europe/London"         # optional
    way = "view"                       # or "browser": sign in with the person's own browser
    browser_ports = [8085, 8086]       # optional: the ports registered for that browser
    pkce_client_id = "…"               # optional: for PKCE, where client_id is for implicit only
    organization_id = "…"              # optional: the only organisation that is accepted

A file that can't be used raises ConfigError with the line and the mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from platformdirs import user_config_path

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.callback import DEFAULT_PORTS, is_browsers_host, is_browsers_path
from desktop_app.core.signin.regions import Region, find_region, regions
from desktop_app.core.signin.toml_lines import KeyLines, decoded, meant, parsed

PRACTICE = "practice"

BROWSER_PORT = 8085  # and the two after it
BROWSER_PATH = "/oauth2/callback"
MOST_PORTS, FIRST_PORT, LAST_PORT = 8, 1024, 65535
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")  # what the browser's answer is awaited at

KEYS = (
    "region",
    "login_url",
    "api_url",
    "client_id",
    "grant",
    "redirect_uri",
    "org",
    "provider",
    "scope",
    "timezone",
    "way",
    "browser_ports",
    "pkce_client_id",
    "organization_id",
)


class Grant(StrEnum):
    """How the token is obtained. Genesys ends IMPLICIT by March 2027 (contract §1)."""

    IMPLICIT = "implicit"
    PKCE = "pkce"


class Way(StrEnum):
    """Where the login page is shown: in the app's own view, or in the person's browser."""

    VIEW = "view"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One way to sign in. URLs are origins without a trailing slash."""

    name: str
    login_url: str
    api_url: str
    client_id: str
    grant: Grant
    redirect_uri: str
    org: str = ""
    provider: str = ""
    scope: str = ""
    timezone: str = ""
    region: Region | None = None
    way: Way = Way.VIEW
    browser_ports: tuple[int, ...] = ()
    pkce_client_id: str = ""
    organization_id: str = ""
    # What with_pkce() has put another in place of; in no file, and no part of what it is.
    implicit_client_id: str = field(default="", compare=False, repr=False)

    @property
    def is_loopback(self) -> bool:
        """Whether every host is this very computer."""
        urls = (self.login_url, self.api_url, self.redirect_uri)
        return all(is_loopback_host(urlsplit(url).hostname or "") for url in urls)

    @property
    def is_practice(self) -> bool:
        """Whether this is the practice organisation of this very program."""
        return self.name == PRACTICE and self.is_loopback

    @property
    def browser_redirect_uris(self) -> tuple[str, ...]:
        """Where the person's own browser may come back to, in order of preference.

        Each is registered with the OAuth client; several, because a port may be taken (F30).
        """
        own = urlsplit(self.redirect_uri)
        name, path, first = "localhost", BROWSER_PATH, BROWSER_PORT
        if own.scheme == "http" and own.hostname in _LOOPBACK_NAMES:
            name, path, first = own.hostname, own.path, own.port or DEFAULT_PORTS["http"]
        ports = (port for port in range(first, first + 3) if port <= LAST_PORT)
        return tuple(_origin("http", name, port) + path for port in self.browser_ports or ports)

    def for_browser(self, redirect_uri: str) -> Profile:
        """For one sign-in with the person's own browser: PKCE, as fragments never get here."""
        return replace(self.with_pkce(), redirect_uri=redirect_uri)

    def with_pkce(self) -> Profile:
        """The same by authorization code and PKCE, for a client that may not use implicit."""
        return replace(
            self,
            grant=Grant.PKCE,
            client_id=self.pkce_client_id or self.client_id,
            implicit_client_id=self.implicit_client_id or self.client_id,
        )

    def with_implicit(self) -> Profile:
        """The same by implicit grant, with the client that the file has for it."""
        client_id = self.implicit_client_id or self.client_id
        return replace(self, grant=Grant.IMPLICIT, client_id=client_id)

    @property
    def label(self) -> str:
        """For the list of organisations: the name, and where it is."""
        if self.is_practice:
            return "Practice organisation"
        where = self.region.label if self.region else urlsplit(self.login_url).hostname
        return f"{self.name} · {where}"


def _origin(scheme: str, host: str, port: int | None) -> str:
    """As a browser writes it, so that its addresses can be compared with this one."""
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" + ("" if port in (None, DEFAULT_PORTS[scheme]) else f":{port}")


def is_loopback_host(host: str) -> bool:
    """``localhost`` and the loopback addresses (RFC 6761, RFC 1122, RFC 4291)."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def profile_file() -> Path:
    """Where the profiles are looked for when no file is named."""
    return user_config_path("contact-history", appauthor=False) / "profiles.toml"


def load_profiles(path: Path) -> dict[str, Profile]:
    """Read a profile file; at least one profile, in the file's order."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            f"There is no profile file {path}. Create it, or name another with --config."
        ) from None
    except OSError as error:
        raise ConfigError(f"The profile file {path} can't be read: {error.strerror}.") from None
    return parse_profiles(decoded(content))


def parse_profiles(text: str) -> dict[str, Profile]:
    """Read a profile file's text."""
    document = parsed(text)
    lines = KeyLines(text)
    tables = document.get("profiles")
    for name in document:
        if name != "profiles":
            raise ConfigError(
                f'"{name}" is not known here. Profiles stand under [profiles.NAME].',
                line=lines.of(name),
            )
    if not isinstance(tables, dict) or not tables:
        raise ConfigError(
            "There is no profile in this file. Begin one with a line [profiles.NAME].",
            line=lines.of("profiles"),
        )
    return {name: _Reader(name, table, lines).profile() for name, table in tables.items()}


class _Reader:
    """Checks one profile's table, key by key."""

    def __init__(self, name: str, table: object, lines: KeyLines) -> None:
        self._name = name
        self._lines = lines
        if not isinstance(table, dict):
            raise ConfigError(
                f'"{name}" must be a table. Begin it with a line [profiles.{name}].',
                line=lines.of("profiles", name),
            )
        self._table: Mapping[str, Any] = table

    def profile(self) -> Profile:
        for key, value in self._table.items():
            if key not in KEYS:
                raise self._wrong(key, f'unknown key "{key}"{meant(key, KEYS)}')
            if not isinstance(value, str) and key != "browser_ports":
                raise self._wrong(key, f'{key} must be text in quotes, like {key} = "…".')
        region, login_url, api_url = self._place()
        return Profile(
            name=self._name,
            login_url=login_url,
            api_url=api_url,
            client_id=self._needed("client_id", "the OAuth client's id"),
            grant=self._grant(),
            redirect_uri=self._redirect_uri(),
            **self._organisation(),
            scope=self._text("scope"),
            timezone=self._timezone(),
            region=region,
            way=self._way(),
            browser_ports=self._browser_ports(),
            pkce_client_id=self._text("pkce_client_id"),
            organization_id=self._text("organization_id"),
        )

    def _place(self) -> tuple[Region | None, str, str]:
        """A region of the table, or two origins of one's own (a private or a test server)."""
        name, login, api = (self._text(key) for key in ("region", "login_url", "api_url"))
        if name and (login or api):
            raise self._wrong(
                "login_url" if login else "api_url",
                "region already says where to sign in. Remove login_url and api_url.",
            )
        if name:
            region = find_region(name)
            if region is None:
                keys = [region.key for region in regions()]
                raise self._wrong("region", f'unknown region "{name}"{meant(name, keys)}')
            return region, region.login_url, region.api_url
        if not (login or api):
            raise self._missing("region", 'a region, like region = "eu_central_1"')
        for key in ("login_url", "api_url"):
            self._needed(key, "an address, like https://login.example.com")
        return None, self._origin("login_url"), self._origin("api_url")

    def _origin(self, key: str) -> str:
        parts = self._url(key)
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise self._wrong(key, f"{key} must be scheme and host alone, without a path.")
        return _origin(parts.scheme, parts.hostname or "", parts.port)

    def _redirect_uri(self) -> str:
        uri = self._needed("redirect_uri", "the redirect URI registered with the OAuth client")
        parts = self._url("redirect_uri")
        if parts.fragment or "#" in uri:
            raise self._wrong("redirect_uri", "redirect_uri must not have a fragment (#…).")
        if not is_browsers_path(parts.path):
            raise self._wrong(
                "redirect_uri",
                "redirect_uri's path must be written as browsers write it: without dots alone"
                " between slashes, and with unusual characters escaped, like %7B.",
            )
        return uri

    def _url(self, key: str) -> SplitResult:
        """An absolute URL: https anywhere, plain http on this computer only."""
        text = self._text(key)
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise self._wrong(key, f"{key} is not an address that can be read.") from None
        if any(char.isspace() or ord(char) < 32 or char == "\\" for char in text):
            raise self._wrong(key, f"{key} holds a character that no address may have.")
        if not host or parts.scheme not in ("http", "https"):
            raise self._wrong(key, f"{key} must be a whole address that begins with https://.")
        if parts.username is not None or parts.password is not None:
            raise self._wrong(key, f"{key} must not hold a user name or password.")
        if parts.scheme == "http" and not is_loopback_host(host):
            raise self._wrong(
                key, f"{key} must use https; plain http is for this computer only (localhost)."
            )
        if not is_browsers_host(host):
            raise self._wrong(
                key,
                f"{key}'s host must be written as browsers write it, like login.example.com,"
                " xn--mller-kva.example, 127.0.0.1 or [::1].",
            )
        return parts

    def _grant(self) -> Grant:
        text = self._needed("grant", '"implicit" or "pkce"')
        if text not in set(Grant):
            raise self._wrong("grant", f'unknown grant "{text}"; write "implicit" or "pkce".')
        return Grant(text)

    def _way(self) -> Way:
        text = self._text("way") or Way.VIEW
        if text not in set(Way):
            raise self._wrong("way", f'unknown way "{text}"; write "view" or "browser".')
        return Way(text)

    def _browser_ports(self) -> tuple[int, ...]:
        ports = self._table.get("browser_ports")
        if ports is None:
            return ()
        if (
            not isinstance(ports, list)
            or not 1 <= len(ports) <= MOST_PORTS
            or any(type(port) is not int or not FIRST_PORT <= port <= LAST_PORT for port in ports)
            or len(set(ports)) < len(ports)
        ):
            raise self._wrong(
                "browser_ports",
                f"browser_ports must be a list of 1 to {MOST_PORTS} different ports from"
                f" {FIRST_PORT} to {LAST_PORT}, like [8085, 8086, 8087].",
            )
        return tuple(ports)

    def _organisation(self) -> dict[str, str]:
        """Genesys takes the two only as a pair (contract §1)."""
        org, provider = self._text("org"), self._text("provider")
        if bool(org) != bool(provider):
            given, other = ("org", "provider") if org else ("provider", "org")
            raise self._wrong(given, f"{given} needs {other} beside it. Add it, or remove {given}.")
        return {"org": org, "provider": provider}

    def _timezone(self) -> str:
        name = self._text("timezone")
        if name:
            try:
                ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                raise self._wrong(
                    "timezone", f'unknown time zone "{name}"; write it like "Europe/London".'
                ) from None
        return name

    def _text(self, key: str) -> str:
        return str(self._table.get(key, "")).strip()

    def _needed(self, key: str, what: str) -> str:
        text = self._text(key)
        if not text:
            raise self._missing(key, what)
        return text

    def _missing(self, key: str, what: str) -> ConfigError:
        return ConfigError(
            f"[profiles.{self._name}] lacks {key}: add {what}.",
            line=self._lines.of("profiles", self._name),
        )

    def _wrong(self, key: str, sentence: str) -> ConfigError:
        return ConfigError(sentence, line=self._lines.of("profiles", self._name, key))
