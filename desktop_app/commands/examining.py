"""What works on this computer, thing by thing; for ``doctor``. Nothing is raised, all is told."""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desktop_app import __version__
from desktop_app.commands import setting_up
from desktop_app.commands.proxies import find_proxy
from desktop_app.core.errors import ContactHistoryError
from desktop_app.core.genesys.network import Network
from desktop_app.core.history import vault
from desktop_app.core.keychain import Keychain, KeychainLocked, KeychainMissing
from desktop_app.core.signin.check import check_settings
from desktop_app.core.signin.findings import Verdict
from desktop_app.core.signin.given import CLIENT_ID, CLIENT_SECRET, TOKEN, take_given
from desktop_app.core.signin.kept import KeptSessions
from desktop_app.core.signin.policy import Policy, load_policy, policy_files
from desktop_app.core.signin.profiles import Profile, profile_file
from desktop_app.core.this_program import this_program
from desktop_app.gui import sandbox
from desktop_app.places import SIGN_IN_KEYS, data_folder, preferences_file

_LEAST_FREE = 1_000_000_000  # bytes: a million contacts, and room to make them anew
_WITHIN_S = 60.0
_JOURNEY_S = 300.0
_JOURNEY_CONTACTS = 300
_JOURNEY_DAYS = 31


@dataclass(frozen=True, slots=True)
class Finding:
    """``told`` says what was found and, where something is wrong, what mends it."""

    key: str
    title: str
    verdict: Verdict
    told: str


def computer() -> Iterator[Finding]:
    """What depends neither on an organisation nor on the window."""
    yield program()
    yield from _folders()
    yield _policy()
    yield _keyring()
    yield encryption()
    yield _sandbox()


def program() -> Finding:
    """Which one this is, and on what it runs."""
    return Finding(
        "program",
        "Program",
        Verdict.OK,
        f"Contact History {__version__}, Python {platform.python_version()},"
        f" {platform.system()} {platform.release()} ({platform.machine()}).",
    )


async def organisation(profile: Profile, policy: Policy) -> list[Finding]:
    """What can be told of one without signing in; takes at most 25 s."""
    network = Network(find_proxy=find_proxy(policy), ca_file=policy.ca_file)
    result = await check_settings(profile, network.route)
    return [
        Finding(
            each.subject.name.lower(),
            f"{profile.name}: {each.subject}",
            each.verdict,
            each.sentence,
        )
        for each in result.findings
    ]


def profiles(config: Path | None, name: str | None) -> tuple[Finding, Profile | None]:
    path = config or profile_file()
    try:
        found = setting_up.profile(config, name)
    except ContactHistoryError as error:
        return Finding("profile", "Profile", Verdict.WRONG, error.sentence), None
    return Finding("profile", "Profile", Verdict.OK, f"{found.label}, from {path}."), found


def sign_in(profile: Profile, policy: Policy) -> Finding:
    """What a command would sign in with; nobody is asked whether it still holds."""
    title = "Sign-in"
    try:
        given = take_given()
    except ContactHistoryError as error:
        return Finding("sign_in", title, Verdict.WRONG, error.sentence)
    if given is not None:
        return Finding("sign_in", title, Verdict.OK, "Given by the environment.")
    if policy.stay_signed_in:
        kept = KeptSessions(Keychain(SIGN_IN_KEYS))
        for form in (profile, profile.with_pkce()):
            if (held := kept.find(form)) is not None:
                until = f"{held.expires_at:%Y-%m-%d %H:%M} UTC"
                return Finding("sign_in", title, Verdict.OK, f"Kept by the window, until {until}.")
    return Finding(
        "sign_in",
        title,
        Verdict.WARNING,
        f"None for commands. Set {TOKEN}, or {CLIENT_ID} and {CLIENT_SECRET}; or sign in to the"
        " window and stay signed in.",
    )


def _folders() -> Iterator[Finding]:
    for key, title, folder in (
        ("data", "Data folder", data_folder()),
        ("settings", "Settings folder", preferences_file().parent),
        ("log", "Log folder", setting_up.log_folder()),
    ):
        there = _nearest(folder)
        if not os.access(there, os.W_OK):
            told = f"Nobody may write into {there}. Ask your administrator to let you."
            yield Finding(key, title, Verdict.WRONG, told)
        else:
            yield Finding(key, title, Verdict.OK, f"{folder}.")
    free = shutil.disk_usage(_nearest(data_folder())).free
    told = f"{free / 1e9:,.1f} GB free where the history is held."
    if free < _LEAST_FREE:
        told += " Free some space: a million contacts take about 1 GB."
    yield Finding("disk", "Disk", Verdict.OK if free >= _LEAST_FREE else Verdict.WARNING, told)


def _nearest(folder: Path) -> Path:
    """The folder, or what will hold it once it is made."""
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _policy() -> Finding:
    files = policy_files()
    try:
        policy = load_policy(*files)
    except ContactHistoryError as error:
        return Finding("policy", "Policy", Verdict.WRONG, error.sentence)
    there = [str(path) for path in dict.fromkeys(policy.origins.values())]
    told = f"From {' and '.join(there)}." if there else f"None; it would be {files.machine}."
    return Finding("policy", "Policy", Verdict.OK, told)


def _keyring() -> Finding:
    try:
        Keychain(SIGN_IN_KEYS).read("index")
    except KeychainMissing:
        told = (
            "None that protects what it holds, so contacts are kept in memory only and nobody stays"
            " signed in. On Linux install and unlock one, such as GNOME Keyring or KWallet."
        )
        return Finding("keyring", "Keyring", Verdict.WARNING, told)
    except KeychainLocked:
        told = "It is locked or refused access. Unlock it, or sign in to your desktop."
        return Finding("keyring", "Keyring", Verdict.WARNING, told)
    return Finding("keyring", "Keyring", Verdict.OK, "It protects the key of the local history.")


def encryption() -> Finding:
    """Whether a history can be written encrypted, tried in a folder of its own."""
    key = secrets.token_hex(32)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="contact-history-") as folder,
            closing(vault.open_store(Path(folder), "trial", lambda name: key)) as store,
        ):
            why = store.why_in_memory
    except (ContactHistoryError, OSError) as error:
        return Finding("encryption", "Encryption", Verdict.WRONG, f"It failed: {error}")
    told = why or "The local history can be written, encrypted."
    return Finding("encryption", "Encryption", Verdict.WRONG if why else Verdict.OK, told)


def _sandbox() -> Finding:
    why = sandbox.why_unsandboxed()
    if not why:
        return Finding("sandbox", "Browser sandbox", Verdict.OK, "It works.")
    told = (
        f"It can't work, because {why}, so the window shows no login page. Mend that, or sign in"
        " with your own browser. Commands don't need it."
    )
    return Finding("sandbox", "Browser sandbox", Verdict.WARNING, told)


def window() -> Finding:
    """Whether the browser in the window draws, tried in a child: Qt stays out of this process."""
    try:
        tried = subprocess.run(
            [*this_program(), "check-window"],
            capture_output=True,
            text=True,
            timeout=_WITHIN_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        told = f"It could not be tried ({type(error).__name__})."
        return Finding("window", "Window", Verdict.UNKNOWN, told)
    words = tried.stdout.strip()
    if tried.returncode == 0:
        return Finding("window", "Window", Verdict.OK, f"It works: {words}.")
    why = words or f"it ended with {tried.returncode}"
    told = f"It doesn't work: {why}. Commands work without it."
    return Finding("window", "Window", Verdict.WARNING, told)


def journey() -> Finding:
    """The tour of a small practice organisation, from the sign-in to the sign-out."""
    title = "Practice journey"
    try:
        if _stands_in_its_way(setting_up.policy()):
            told = "Left out: the policy forbids something that it does."
            return Finding("journey", title, Verdict.UNKNOWN, told)
    except ContactHistoryError as error:
        return Finding("journey", title, Verdict.WRONG, str(error))
    with tempfile.TemporaryDirectory(prefix="contact-history-") as folder:
        report = Path(folder, "report.json")
        options = ["--conversations", str(_JOURNEY_CONTACTS), "--json", str(report)]
        try:
            run = subprocess.run(
                [*this_program(), "tour", "--practice", *options],
                capture_output=True,
                timeout=_JOURNEY_S,
                stdin=subprocess.DEVNULL,
                env=os.environ | screenless(),
                check=False,
            )
            journal = json.loads(report.read_text(encoding="utf-8"))
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            return Finding("journey", title, Verdict.WRONG, f"It failed ({type(error).__name__}).")
    if run.returncode or journal["errors"] or journal["rows"] != _JOURNEY_CONTACTS:
        reasons = (
            " ".join(journal["errors"]) or f"{journal['rows']} of {_JOURNEY_CONTACTS} contacts."
        )
        return Finding("journey", title, Verdict.WRONG, reasons)
    done = f"{len(journal['steps'])} steps, {journal['rows']} contacts."
    return Finding("journey", title, Verdict.OK, done)


def _stands_in_its_way(policy: Policy) -> bool:
    """The journey signs in in the window, reads a month, and opens the export."""
    keeps_a_month = policy.retention_days is None or policy.retention_days > _JOURNEY_DAYS
    return policy.forces_browser or not (policy.practice and policy.export and keeps_a_month)


def screenless() -> dict[str, str]:
    """What a child's environment needs so that its windows work without a screen."""
    has_screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    is_linux = sys.platform.startswith("linux")
    return {} if has_screen or not is_linux else {"QT_QPA_PLATFORM": "offscreen"}
