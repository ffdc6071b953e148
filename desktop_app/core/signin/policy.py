"""What the administrator allows and forces: one file for the machine, one for the user below it.

    regions = ["eu_central_1"]     # docs/examples/policy.toml explains every key
    grant = "pkce"

Key by key the machine's file wins.  Where its place is does not depend on an environment
variable, which anybody could set for a process of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_config_path

from desktop_app.core.errors import ConfigError, ForbiddenByPolicy
from desktop_app.core.signin.ownership import is_administrators
from desktop_app.core.signin.policy_file import NO_PROXY, SYSTEM_PROXY, read_policy
from desktop_app.core.signin.profiles import Grant, Profile, Way
from desktop_app.core.signin.regions import Region
from desktop_app.core.updates.feed import FeedSource, built_in_source

IDLE_LOCK_MINUTES = 15  # Genesys' own idle limit for organisations under HIPAA (T45)

_FOLDER = "contact-history"
_GRANTS = {
    None: "Any",
    Grant.PKCE: "Authorization code with PKCE",
    Grant.IMPLICIT: "Implicit grant",
}
_WAYS = {None: "Any", Way.BROWSER: "Only your browser", Way.VIEW: "Only this window"}
_AS_BUILT = "As this copy was built"
_PROXIES = {SYSTEM_PROXY: "As this computer is set up", NO_PROXY: "None"}


class PolicyFiles(NamedTuple):
    machine: Path
    user: Path


class Setting(NamedTuple):
    """One line of the settings page. ``origin`` is the file that says so, None the default."""

    title: str
    value: str
    origin: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Without a file everything is allowed, and the window locks after 15 minutes.

    Fields bear the names of the file's keys.
    """

    regions: tuple[Region, ...] = ()  # none named: all
    organizations: tuple[str, ...] = ()  # ids in lower case; none named: all
    grant: Grant | None = None
    sign_in: Way | None = None
    stay_signed_in: bool = True
    export: bool = True
    recordings: bool = True
    retention_days: int | None = None
    mask_numbers: bool = False
    idle_lock_minutes: int = IDLE_LOCK_MINUTES
    proxy: str = SYSTEM_PROXY  # or "none", "http://HOST:PORT", "pac+https://…", "pac+file:///…"
    ca_file: Path | None = None  # PEM
    practice: bool = True
    update_notice: bool = True
    update_feed: str = ""  # an https address; the one this copy was built with when empty
    update_key: str = ""  # the public key of whoever signs it; likewise
    origins: Mapping[str, Path] = field(default_factory=dict, hash=False)  # by key

    @property
    def forces_browser(self) -> bool:
        return self.sign_in is Way.BROWSER

    @property
    def forces_window(self) -> bool:
        """Also where implicit is forced: a browser of one's own takes PKCE only (T41)."""
        return self.sign_in is Way.VIEW or self.grant is Grant.IMPLICIT

    def update_source(self, built_in: FeedSource | None) -> FeedSource | None:
        """Where newer versions are looked for; None for nowhere."""
        url = self.update_feed or (built_in.url if built_in else "")
        key = self.update_key or (built_in.key if built_in else "")
        return FeedSource(url, key) if self.update_notice and url and key else None

    def applied_to(self, profile: Profile) -> Profile:
        """The profile with the grant and the way that are forced."""
        if self.grant is Grant.PKCE and profile.grant is Grant.IMPLICIT:
            profile = profile.with_pkce()
        elif self.grant is Grant.IMPLICIT:
            profile = profile.with_implicit()
        if self.forces_browser:
            return replace(profile, way=Way.BROWSER)
        return replace(profile, way=Way.VIEW) if self.forces_window else profile

    def check_profile(self, profile: Profile) -> None:
        """Raise ForbiddenByPolicy if nobody may sign in there."""
        if profile.is_practice:
            if not self.practice:
                raise ForbiddenByPolicy(
                    "The practice organisation is switched off here."
                    " Sign in to your own organisation, or ask your administrator."
                )
            return
        if self.regions and not self._is_allowed_place(profile):
            allowed = ", ".join(region.label for region in self.regions)
            where = f"in {profile.region.label}" if profile.region else "on hosts of its own"
            raise ForbiddenByPolicy(
                f'"{profile.name}" is {where}, and only these regions are allowed here:'
                f" {allowed}. Choose another organisation, or ask your administrator."
            )
        if profile.organization_id:
            self.check_organization(profile.organization_id, profile.name)

    def check_organization(self, organization_id: str, name: str) -> None:
        """Raise ForbiddenByPolicy if the organisation that was signed in to is not allowed.

        Not to be asked about the practice organisation, which ``practice`` alone allows.
        """
        if self.organizations and organization_id.lower() not in self.organizations:
            which = f'The organisation "{name}"' if name else "This organisation"
            raise ForbiddenByPolicy(
                f"{which} is not among those that are allowed here."
                " Sign in to another organisation, or ask your administrator."
            )

    def settings(self) -> tuple[Setting, ...]:
        """Every key in words, in the file's order."""
        words = {
            "regions": ("Regions", _listed([region.label for region in self.regions])),
            "organizations": ("Organisations", _listed(self.organizations)),
            "grant": ("Grant", _GRANTS[self.grant]),
            "sign_in": ("Sign in with", _WAYS[self.sign_in]),
            "stay_signed_in": ("Stay signed in", _allowed(self.stay_signed_in)),
            "export": ("Export", _allowed(self.export)),
            "recordings": ("Recordings", _allowed(self.recordings)),
            "retention_days": ("Keep contacts for", _counted(self.retention_days, "day")),
            "mask_numbers": ("Phone numbers", "Masked" if self.mask_numbers else "Shown"),
            "idle_lock_minutes": ("Lock after", _counted(self.idle_lock_minutes, "minute")),
            "proxy": ("Proxy", _PROXIES.get(self.proxy, self.proxy)),
            "ca_file": ("Additional certificates", str(self.ca_file or "None")),
            "practice": ("Practice organisation", _allowed(self.practice)),
            "update_notice": ("Notice of new versions", _allowed(self.update_notice)),
            "update_feed": ("Feed of new versions", self.update_feed or _AS_BUILT),
            "update_key": ("Key of that feed", self.update_key or _AS_BUILT),
        }
        return tuple(
            Setting(title, value, self.origins.get(key)) for key, (title, value) in words.items()
        )

    def _is_allowed_place(self, profile: Profile) -> bool:
        """By the hosts, which get the login and the token, not by the region's name (T12)."""
        return profile.region in self.regions and (profile.login_url, profile.api_url) in (
            (region.login_url, region.api_url) for region in self.regions
        )


def policy_files() -> PolicyFiles:
    """Where the files are, if there are any."""
    return PolicyFiles(
        machine=_machine_folder() / _FOLDER / "policy.toml",
        user=user_config_path(_FOLDER, appauthor=False) / "policy.toml",
    )


def _machine_folder() -> Path:
    """Fixed, for platformdirs would let XDG_CONFIG_DIRS or an override decide."""
    if sys.platform == "win32":
        from platformdirs.windows import get_win_folder_via_ctypes

        return Path(get_win_folder_via_ctypes("CSIDL_COMMON_APPDATA"))
    if sys.platform == "darwin":
        return Path("/Library/Application Support")
    return Path("/etc")


def load_policy(
    machine: Path, user: Path, *, is_trusted: Callable[[Path], bool] = is_administrators
) -> Policy:
    """Both files as one policy; either may be missing.

    Raises ConfigError for a file that is broken or can't be read, and for a machine's file that
    isn't an administrator's: then nobody may sign in.
    """
    policy = Policy()
    for path in (user, machine):  # the later wins
        values = read_policy(path)
        if values and path == machine:
            _check_owner(path, is_trusted)
        origins = {**policy.origins, **dict.fromkeys(values, path)}
        policy = replace(policy, **values, origins=origins)
    if policy.forces_browser and policy.grant is Grant.IMPLICIT:
        raise ConfigError(
            'The policy forces sign_in = "browser" and grant = "implicit", but a browser can only'
            f' use "pkce". Correct {policy.origins["sign_in"]} or {policy.origins["grant"]};'
            " nobody can sign in until then."
        )
    if policy.update_feed and not (policy.update_key or built_in_source()):
        raise ConfigError(
            "The policy names an update_feed, but this copy knows nobody who signs it. Add"
            f" update_key to {policy.origins['update_feed']}; nobody can sign in until then."
        )
    return policy


def _check_owner(path: Path, is_trusted: Callable[[Path], bool]) -> None:
    try:
        trusted = is_trusted(path)
    except OSError as error:
        raise ConfigError(
            f"Who owns the policy file {path} can't be found out: {error.strerror}. Nobody can"
            " sign in until then; ask your administrator."
        ) from None
    if not trusted:
        raise ConfigError(
            f"The policy file {path} doesn't belong to an administrator alone, so nobody can sign"
            " in. To mend it, delete its folder and make it anew as an administrator, with nobody"
            " else allowed to write there."
        )


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names) or "Any"


def _allowed(flag: bool) -> str:
    return "Allowed" if flag else "Not allowed"


def _counted(count: int | None, unit: str) -> str:
    if count is None:
        return "No limit"
    return f"{count:,} {unit}" + ("" if count == 1 else "s")
