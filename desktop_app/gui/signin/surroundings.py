"""What a login page may be shown in: the sandbox, the network's trust and its proxy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.errors import SignInError, UnsafeEnvironment
from desktop_app.core.signin.profiles import Profile


def _none_known(proxy: str) -> tuple[str, str] | None:
    return None


def _host_alone(host: str, url: str) -> str:
    return host


@dataclass(frozen=True)
class Surroundings:
    """``unsafe`` says why no page may be shown at all; ``loopback_only`` confines pages to this
    computer because the browser's sandbox is off (see ``gui.sandbox``).

    ``other_way`` says whether one may sign in with a browser of one's own instead.

    ``ca_file`` holds further certificate authorities.  ``credentials`` knows the user name and
    the password for a proxy by its name, which ``name_proxy`` makes of its host and the address
    on the way to which it stands.
    """

    unsafe: str = ""
    loopback_only: bool = False
    other_way: bool = True
    ca_file: Path | None = None
    credentials: Callable[[str], tuple[str, str] | None] = _none_known
    name_proxy: Callable[[str, str], str] = _host_alone

    def refusal(self, profile: Profile) -> SignInError | None:
        """Why the pages of this profile may not be shown; None where they may."""
        instead = ", or sign in with your browser" if self.other_way else ""
        if self.unsafe:
            mend = "with --practice" if profile.is_practice else "as an ordinary user"
            return UnsafeEnvironment(
                f"The login page can't be shown safely because {self.unsafe}. Start Contact"
                f" History again {mend}{instead}."
            )
        if self.loopback_only and not profile.is_loopback:
            return UnsafeEnvironment(
                "This window was opened without the browser's sandbox, for the practice"
                " organisation only. Start Contact History again, as an ordinary user, to sign"
                f" in elsewhere{instead}."
            )
        return None
