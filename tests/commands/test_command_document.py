"""docs/command-line.md and README.md say what the commands are and how they end."""

from __future__ import annotations

import click
import pytest

from desktop_app.cli import main
from desktop_app.commands.exits import MEANINGS, Exit
from tests.core.history.history_samples import ROOT

TEXT = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = ("query", "export", "publish", "sync", "doctor")


def exits(text: str) -> list[str]:
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if row.split()[1].isdecimal()]


@pytest.mark.parametrize("text", [TEXT, README], ids=["command-line.md", "README.md"])
def test_every_exit_is_told_and_no_other(text: str) -> None:
    assert exits(text) == [f"| {code:d} | {MEANINGS[code]} |" for code in Exit]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_option_is_told(name: str) -> None:
    assert f"| `{name}` |" in TEXT and f"`contact-history {name}`" in README
    command = main.commands[name]
    for option in command.params:
        if isinstance(option, click.Option):
            assert f"`{option.opts[0]}" in TEXT, option.opts
            assert option.help


def test_no_option_takes_a_secret() -> None:
    """T26: an argument can be read by every program of the computer."""
    names = {opt for each in main.commands.values() for param in each.params for opt in param.opts}
    assert not {name for name in names if any(w in name for w in ("token", "secret", "password"))}
