"""Reading one policy file: its keys, and the sentence for each that can't be used.

What can't be understood is never passed over: an administrator who wrote it meant something, so
nobody signs in until it is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.callback import is_browsers_host
from desktop_app.core.signin.profiles import Grant, Way
from desktop_app.core.signin.regions import Region, find_region, regions
from desktop_app.core.signin.toml_lines import KeyLines, decoded, meant, parsed
from desktop_app.core.updates.feed import is_https, read_key

LONGEST_RETENTION_DAYS = 3650
LONGEST_IDLE_MINUTES = 480
SYSTEM_PROXY = "system"
NO_PROXY = "none"

_PAC = "pac+"
_SIGN_IN = {"browser": Way.BROWSER, "window": Way.VIEW}


def read_policy(path: Path) -> dict[str, Any]:
    """What the file says, by the names of ``Policy``'s fields; nothing if there is no file.

    Raises ConfigError, also when there is a file that can't be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():  # somebody put a policy there
            raise _unusable(path, "it is a link to nothing.") from None
        return {}
    except OSError as error:
        raise _unusable(path, f"it can't be read: {error.strerror}.") from None
    try:
        text = decoded(content)
        return _values(parsed(text), KeyLines(text))
    except ConfigError as error:
        raise _unusable(path, error.sentence, error.line) from None


def _unusable(path: Path, why: str, line: int | None = None) -> ConfigError:
    error = ConfigError(
        f"The policy file {path} needs a correction, and nobody can sign in until then. {why}"
    )
    error.line = line
    return error


def _values(document: Mapping[str, Any], lines: KeyLines) -> dict[str, Any]:
    values = {}
    for key, value in document.items():
        line = lines.of(key)
        if key not in READERS:
            raise ConfigError(f'unknown key "{key}"{meant(key, READERS)}', line=line)
        try:
            values[key] = READERS[key](value)
        except Unfit as unfit:
            raise ConfigError(f"{key} {unfit}", line=line) from None
    return values


class Unfit(Exception):
    """What is wrong with a value: a sentence that begins after the key."""


def _unfit(sentence: str) -> NoReturn:
    raise Unfit(sentence)


def _flag(value: Any) -> bool:
    return value if isinstance(value, bool) else _unfit("must be true or false, without quotes.")


def _number(most: int, example: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or not 1 <= value <= most:
            _unfit(f"must be a whole number from 1 to {most:,}, like {example}.")
        return value

    return read


def _texts(value: Any, example: str) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(text, str) for text in value):
        _unfit(f'must be a list of at least one text, like ["{example}"]. To allow all, remove it.')
    return value


def _regions(value: Any) -> tuple[Region, ...]:
    found = []
    for text in _texts(value, "eu_central_1"):
        region = find_region(text)
        if region is None:
            known = [region.key for region in regions()]
            _unfit(f'holds "{text}", which is not a region{meant(text, known)}')
        found.append(region)
    return tuple(dict.fromkeys(found))


def _organizations(value: Any) -> tuple[str, ...]:
    found = []
    for text in _texts(value, "a1b2c3d4-0000-4000-8000-000000000001"):
        try:
            found.append(str(UUID(text.strip())))
        except ValueError:
            _unfit(
                f'holds "{text}", which is not an organisation\'s id. Copy it from'
                " Admin › Organization Settings in Genesys Cloud."
            )
    return tuple(dict.fromkeys(found))


def _grant(value: Any) -> Grant:
    return Grant(value) if value in list(Grant) else _unfit('must be "pkce" or "implicit".')


def _sign_in(value: Any) -> Way:
    way = _SIGN_IN.get(value) if isinstance(value, str) else None
    return way or _unfit('must be "browser" or "window".')


def _ca_file(value: Any) -> Path:
    if not isinstance(value, str) or not Path(value).is_absolute():
        _unfit('must be the whole path of a PEM file, like "/etc/ssl/company-ca.pem".')
    return Path(value)


def _proxy(value: Any) -> str:
    """The values are not repeated in the sentence: they may hold a password."""
    if value in (SYSTEM_PROXY, NO_PROXY):
        return str(value)
    if not isinstance(value, str) or not (_is_proxy(value) or _is_pac(value)):
        _unfit(
            'must be "system", "none", a proxy like "http://proxy.example.com:8080" or a PAC file'
            ' like "pac+https://wpad.example.com/proxy.pac" or "pac+file:///etc/proxy.pac";'
            " without a user name or password, which the app asks for."
        )
    return value.strip()


def _is_proxy(text: str) -> bool:
    parts = _split(text)
    return (
        parts is not None
        and parts.scheme == "http"
        and bool(parts.port)
        and parts.path in ("", "/")
        and not parts.query
        and _is_host(parts)
    )


def _is_pac(text: str) -> bool:
    parts = _split(text.strip().removeprefix(_PAC))
    if parts is None or not text.strip().startswith(_PAC) or not parts.path.strip("/"):
        return False
    if parts.scheme == "file":
        return parts.netloc == ""
    return parts.scheme == "https" and _is_host(parts)


def _split(text: str) -> SplitResult | None:
    if not text.strip().isascii() or any(char <= " " or char == "\\" for char in text.strip()):
        return None
    try:
        parts = urlsplit(text.strip())
        _ = parts.port, parts.hostname  # read only here, where they may be refused
    except ValueError:
        return None
    return None if parts.fragment else parts


def _is_host(parts: SplitResult) -> bool:
    return (
        parts.username is None and parts.password is None and is_browsers_host(parts.hostname or "")
    )


def _update_feed(value: Any) -> str:
    if not isinstance(value, str) or not is_https(value):
        _unfit('must be an https address, like "https://it.example.com/contact-history.json".')
    return value


def _update_key(value: Any) -> str:
    try:
        read_key(value if isinstance(value, str) else "")
    except ValueError:
        _unfit("must be an Ed25519 public key: 32 bytes in Base64, as its maker was told.")
    return str(value)


READERS: Mapping[str, Callable[[Any], object]] = {
    "regions": _regions,
    "organizations": _organizations,
    "grant": _grant,
    "sign_in": _sign_in,
    "stay_signed_in": _flag,
    "export": _flag,
    "recordings": _flag,
    "retention_days": _number(LONGEST_RETENTION_DAYS, 90),
    "mask_numbers": _flag,
    "idle_lock_minutes": _number(LONGEST_IDLE_MINUTES, 15),
    "proxy": _proxy,
    "ca_file": _ca_file,
    "practice": _flag,
    "update_notice": _flag,
    "update_feed": _update_feed,
    "update_key": _update_key,
}
