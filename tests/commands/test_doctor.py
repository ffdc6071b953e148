"""``doctor``: what works here."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner

from desktop_app.cli import main
from desktop_app.commands.exits import Exit
from desktop_app.core.signin.given import CLIENT_SECRET
from tests.commands.conftest import Organisation, Run, write_policy
from tests.keyring_in_memory import SafeKeyring


def report(output: str) -> dict[str, Any]:
    told = json.loads(output)
    return {each["key"]: each for each in told["checks"]} | {"": told}


def test_everything_that_a_command_needs_is_tried(
    organisation: Organisation, run: Run, safe: SafeKeyring
) -> None:
    told = run("doctor", "--quick", "--json", env=organisation.service)
    assert told.exit_code == Exit.COMPLETE
    found = report(told.stdout)
    assert found[""]["ok"] is True and found[""]["schema"] == 1
    keys = "program data settings log disk policy keyring encryption sandbox window profile"
    keys += " sign_in proxy login api certificate client redirect grant"
    assert set(keys.split()) <= set(found)
    for key in ("keyring", "encryption", "window", "profile", "sign_in", "login", "api", "client"):
        assert found[key]["verdict"] == "ok", found[key]
    assert "over TLS" in found["window"]["told"] and "journey" not in found
    assert "environment" in found["sign_in"]["told"]
    assert organisation.service[CLIENT_SECRET] not in told.output


def test_for_people_it_is_a_line_each(organisation: Organisation, run: Run) -> None:
    told = run("doctor", "--quick", env={})
    assert told.exit_code == Exit.COMPLETE  # warnings are no faults
    lines = told.stdout.splitlines()
    assert len(lines) > 15 and not told.stderr
    assert {line.split()[0] for line in lines} <= {"ok", "warning", "unknown"}
    keyring = next(line for line in lines if "Keyring:" in line)
    assert keyring.startswith("warning") and "GNOME Keyring" in keyring
    assert any(line.startswith("warning  Sign-in: None") for line in lines)


def test_what_is_wrong_is_told_with_its_mend(organisation: Organisation, run: Run) -> None:
    write_policy("exprot = false\n")
    told = run("doctor", "--quick", "--json")
    found = report(told.stdout)
    assert told.exit_code == Exit.FAULT and found[""]["ok"] is False
    assert found["policy"]["verdict"] == "wrong" and "export" in found["policy"]["told"]
    write_policy("")
    text = organisation.config.read_text(encoding="utf-8")
    organisation.config.write_text(
        text.replace(organisation.description["clients"]["pkce"]["client_id"], "unknown-client"),
        encoding="utf-8",
    )
    assert report(run("doctor", "--quick", "--json").stdout)["client"]["verdict"] == "wrong"
    organisation.config.write_text("[profiles.acme]\n", encoding="utf-8")
    broken = report(run("doctor", "--quick", "--json").stdout)
    assert broken["profile"]["verdict"] == "wrong" and "lacks region" in broken["profile"]["told"]
    assert "login" not in broken


def test_without_a_profile_it_tells_about_the_computer() -> None:
    told = CliRunner().invoke(main, ["doctor", "--json"])
    found = report(told.stdout)
    assert told.exit_code == Exit.COMPLETE
    assert found["profile"]["verdict"] == "warning" and "login" not in found
    assert found["journey"]["verdict"] == "ok", found["journey"]
    assert "300 contacts" in found["journey"]["told"]
