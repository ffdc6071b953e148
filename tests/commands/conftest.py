"""The commands against a practice organisation, in a home of each test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keyring
import pytest
from click.testing import CliRunner, Result
from platformdirs import user_config_path

from desktop_app import reading
from desktop_app.cli import main
from desktop_app.core.signin.given import CLIENT_ID, CLIENT_SECRET, TOKEN
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.settings import PracticeSettings
from tests.keyring_in_memory import SafeKeyring

CONTACTS = 240


@dataclass(frozen=True)
class Organisation:
    """A running practice organisation, and a profile file that leads to it."""

    server: PracticeServer
    config: Path

    @property
    def description(self) -> Any:
        return self.server.description

    @property
    def interval(self) -> str:
        return str(self.description["interval"])

    @property
    def service(self) -> dict[str, str]:
        """The environment of a scheduled run."""
        client = self.description["services"]["service"]
        return {CLIENT_ID: client["client_id"], CLIENT_SECRET: client["client_secret"]}

    @property
    def paths(self) -> list[str]:
        """What the service was asked, in order."""
        return [f"{each.method} {each.path}" for each in self.server.log]

    def token(self, role: str = "supervisor") -> dict[str, str]:
        return {TOKEN: self.server.issue_token(role)}


Run = Callable[..., Result]


def profile_text(server: PracticeServer, client: str = "pkce") -> str:
    description: Any = server.description
    return (
        "[profiles.acme]\n"
        f'login_url = "{server.login_url}"\n'
        f'api_url = "{server.api_url}"\n'
        f'client_id = "{description["clients"][client]["client_id"]}"\n'
        'grant = "pkce"\n'
        'redirect_uri = "http://localhost:8085/oauth2/callback"\n'
        'timezone = "Europe/London"\n'
    )


@pytest.fixture
def organisation(tmp_path: Path) -> Iterator[Organisation]:
    settings = PracticeSettings(conversations=CONTACTS, days=3, seed=4, rate_limit=0)
    with PracticeServer(settings) as server:
        config = tmp_path / "profiles.toml"
        config.write_text(profile_text(server), encoding="utf-8")
        yield Organisation(server, config)


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> SafeKeyring:
    """A keyring that may hold the store's key."""
    made = SafeKeyring()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def run(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command as the supervisor, unless ``env`` says otherwise; jobs are soon done."""
    monkeypatch.setattr(reading, "POLL_S", 0.02)

    def invoke(command: str, *arguments: str, env: dict[str, str] | None = None) -> Result:
        signed_in = organisation.token() if env is None else env
        with monkeypatch.context() as surroundings:
            for name, value in signed_in.items():
                surroundings.setenv(name, value)
            return CliRunner().invoke(
                main, [command, "--config", str(organisation.config), *arguments]
            )

    return invoke


def write_policy(text: str) -> None:
    file = user_config_path("contact-history", appauthor=False) / "policy.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
