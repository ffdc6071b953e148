"""Writing the profile file, which people write too: all that isn't changed stays as they left it.

A file that can't be read as profiles is never overwritten, and nothing is written that does not
read back as what was meant.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.private_file import replace_file
from desktop_app.core.signin.profiles import KEYS, Profile, Way, parse_profiles
from desktop_app.core.signin.toml_lines import KeyLines, decoded, parsed

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)

Value = str | list[int]


def save_profile(path: Path, profile: Profile) -> None:
    """Write one profile into the file at ``path``, in place of the one of that name.

    Keys that are at their defaults are left out.  Raises ConfigError.
    """
    file = _ProfileFile(path)
    file.write(_saved(file.text, profile), {**file.profiles, profile.name: profile})


def remove_profile(path: Path, name: str) -> None:
    """Remove one profile; with the last one goes the file. Raises ConfigError."""
    file = _ProfileFile(path)
    left = {other: profile for other, profile in file.profiles.items() if other != name}
    if not left:
        file.remove()
    elif name in file.profiles:
        file.write(_removed(file.text, name), left)


class _ProfileFile:
    """A file as it was read: its text, with plain line ends, and what that says."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            text = decoded(path.read_bytes())
        except FileNotFoundError:
            text = ""
        except OSError as error:
            raise ConfigError(f"The profile file {path} can't be read: {error.strerror}.") from None
        self._line_end = "\r\n" if "\r\n" in text else "\n"
        self.text = text.replace("\r\n", "\n")
        self.profiles = _profiles(self.text)

    def write(self, texts: Iterable[str], meant: Mapping[str, Profile]) -> None:
        """Write the first of the texts that says what is meant."""
        text = next((text for text in texts if _says(text, meant)), None)
        if text is None:
            raise ConfigError(
                f"The profile file {self._path} is written in a way that Contact History can't"
                " change. Change it in an editor."
            )
        content = text.replace("\n", self._line_end).encode()
        self._change(lambda: replace_file(self._path, content))

    def remove(self) -> None:
        self._change(lambda: self._path.unlink(missing_ok=True))

    def _change(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            if error.errno in _FULL:
                mend = "The disk is full. Free some space and try again."
            elif error.errno in _FORBIDDEN:
                mend = "You may not write there. Ask your administrator for write access."
            else:
                mend = f"{error.strerror}."
            raise ConfigError(
                f"The profile file {self._path} could not be changed. {mend}"
            ) from None


def _profiles(text: str) -> dict[str, Profile]:
    """A file that has no profile yet is fine here."""
    document = parsed(text)
    empty = document in ({}, {"profiles": {}})
    return {} if empty else parse_profiles(text)


def _says(text: str, meant: Mapping[str, Profile]) -> bool:
    try:
        text.encode()
        return _profiles(text) == meant
    except (ConfigError, UnicodeEncodeError):
        return False


def _saved(text: str, profile: Profile) -> Iterator[str]:
    """The text with the profile in it, the change that leaves most as it was first.

    The last is for dotted keys: tomlkit can remove those of one profile but not change them.
    """
    yield from _with_block(text, profile)
    yield from _edited(text, lambda profiles: _put(profiles, profile))
    for without in _edited(text, lambda profiles: profiles.pop(profile.name)):
        yield from _with_block(without, profile)


def _removed(text: str, name: str) -> Iterator[str]:
    before, old, after = _cut(text, name)
    if old:
        yield "\n".join([*before, *after, ""])
    yield from _edited(text, lambda profiles: profiles.pop(name))


def _with_block(text: str, profile: Profile) -> Iterator[str]:
    """Change the lines under [profiles.NAME]; add them at the end where there are none."""
    before, old, after = _cut(text, profile.name)
    if not old:
        before = [*before, ""] if text else []
    for new in _edited("\n".join(old), lambda profiles: _put(profiles, profile)):
        yield "\n".join([*before, new.rstrip("\n"), *after, ""])


def _cut(text: str, name: str) -> tuple[list[str], list[str], list[str]]:
    """The lines before, of and after a profile; all before where it has no header of its own."""
    lines = text.rstrip("\n").split("\n")
    end = len(lines) + 1
    block = KeyLines(text).block("profiles", name) or range(end, end)
    start, stop = block.start - 1, block.stop - 1
    return lines[:start], lines[start:stop], lines[stop:]


def _edited(text: str, edit: Callable[[Any], object]) -> Iterator[str]:
    """The text after an edit of its tables of profiles; nothing where that can't be done."""
    try:
        document = tomlkit.parse(text)
        if "profiles" not in document:
            document["profiles"] = tomlkit.table(is_super_table=True)
        edit(document["profiles"])
        yield tomlkit.dumps(document)
    except (TOMLKitError, ValueError, TypeError):
        return


def _put(profiles: Any, profile: Profile) -> None:
    """Set what differs and leave the rest: keys keep their places and their comments."""
    values = _values(profile)
    new = tomlkit.inline_table() if isinstance(profiles, InlineTable) else tomlkit.table()
    table = profiles.get(profile.name, new)
    for key in KEYS:
        if key in values and table.get(key) != values[key]:
            table[key] = values[key]
        elif key not in values and key in table:
            del table[key]
    if table is new:
        profiles[profile.name] = new


def _values(profile: Profile) -> dict[str, Value]:
    """What the file says of a profile; none that is at its default."""
    place: dict[str, Value] = (
        {"region": profile.region.key}
        if profile.region
        else {"login_url": profile.login_url, "api_url": profile.api_url}
    )
    others: dict[str, Value] = {
        "client_id": profile.client_id,
        "grant": profile.grant.value,
        "redirect_uri": profile.redirect_uri,
        "org": profile.org,
        "provider": profile.provider,
        "scope": profile.scope,
        "timezone": profile.timezone,
        "way": "" if profile.way is Way.VIEW else profile.way.value,
        "browser_ports": list(profile.browser_ports),
        "pkce_client_id": profile.pkce_client_id,
        "organization_id": profile.organization_id,
    }
    return place | {key: value for key, value in others.items() if value}
