"""What every command needs before it can begin: the log, the policy, the profiles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from platformdirs import user_log_path

from desktop_app.core import crash
from desktop_app.core.crash import Watch
from desktop_app.core.errors import ConfigError
from desktop_app.core.signin.policy import Policy, load_policy, policy_files
from desktop_app.core.signin.profiles import Profile, load_profiles, profile_file
from desktop_app.places import FOLDER


def log_folder() -> Path:
    return user_log_path(FOLDER, appauthor=False)


def watch(verbose: bool) -> Watch:
    """The log, what becomes of unforeseen errors, and no crash dumps; before anything else."""
    root = click.get_current_context().find_root()
    found = crash.install(log_folder(), verbose=verbose)
    root.obj = found
    root.call_on_close(found.close)
    return found


def policy() -> Policy:
    """What the administrator has decided. A file that can't be read lets nobody in."""
    return load_policy(*policy_files())


def profiles(
    config: Path | None, chosen: str | None, *, practice: bool = False
) -> tuple[Mapping[str, Profile], str]:
    """The profiles to offer a person, and the one to begin with; raises ConfigError."""
    path = config or profile_file()
    if practice or (config is None and not path.exists() and not chosen):
        return {}, ""
    found = load_profiles(path)
    return found, _chosen(found, chosen, path)


def profile(config: Path | None, chosen: str | None) -> Profile:
    """The one profile that a command works with, as the policy has it.

    Raises ConfigError, and ForbiddenByPolicy for one that nobody may sign in to.
    """
    path = config or profile_file()
    found = load_profiles(path)
    ruled = policy()
    wanted = ruled.applied_to(found[_chosen(found, chosen, path)])
    ruled.check_profile(wanted)
    return wanted


def _chosen(found: Mapping[str, Profile], chosen: str | None, path: Path) -> str:
    if chosen and chosen not in found:
        names = ", ".join(found)
        raise ConfigError(f'There is no profile "{chosen}" in {path}. It has: {names}.')
    return chosen or next(iter(found))
