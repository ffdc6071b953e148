"""Whom a command acts for: the environment's sign-in, else the one that the window has kept."""

from __future__ import annotations

import asyncio

import pytest
from platformdirs import user_data_path, user_log_path

from desktop_app.commands.exits import Exit
from desktop_app.core.keychain import Keychain
from desktop_app.core.signin.given import (
    CLIENT_ID,
    CLIENT_SECRET,
    TOKEN,
    GivenToken,
    take_given,
)
from desktop_app.core.signin.kept import KeptSessions
from desktop_app.core.signin.oauth import Token
from desktop_app.core.signin.profiles import load_profiles
from desktop_app.core.signin.secret import Secret
from desktop_app.core.signin.session import open_session
from desktop_app.places import SIGN_IN_KEYS
from tests.commands.conftest import CONTACTS, Organisation, Run, profile_text, write_policy
from tests.keyring_in_memory import SafeKeyring


def asked(organisation: Organisation) -> tuple[str, ...]:
    return ("query", "--interval", organisation.interval, "--limit", "1", "--json")


def keep(organisation: Organisation) -> None:
    """What the window leaves in the keyring for somebody who stays signed in."""
    organisation.config.write_text(profile_text(organisation.server, "implicit"), encoding="utf-8")
    profile = load_profiles(organisation.config)["acme"]

    async def keep_it() -> None:
        token = Token(Secret(organisation.server.issue_token()), 3600)
        session = await open_session(profile, token)
        KeptSessions(Keychain(SIGN_IN_KEYS)).keep(session)
        await session.close()

    asyncio.run(keep_it())


def test_a_client_with_a_secret_has_a_store_of_its_own_and_its_token_ends(
    organisation: Organisation, run: Run, safe: SafeKeyring
) -> None:
    told = run(*asked(organisation), env=organisation.service)
    assert told.exit_code == Exit.COMPLETE and len(told.stdout.splitlines()) == 1
    assert organisation.paths[-1] == "DELETE /api/v2/tokens/me"
    assert run(*asked(organisation)).exit_code == Exit.COMPLETE  # as a person
    stores = list(user_data_path("contact-history", appauthor=False).glob("*.duckdb"))
    assert len(stores) == 2


def test_a_given_token_is_left_as_it_is(organisation: Organisation, run: Run) -> None:
    given = organisation.token()
    for _ in range(2):
        assert run(*asked(organisation), env=given).exit_code == Exit.COMPLETE
    assert "DELETE /api/v2/tokens/me" not in organisation.paths


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({}, "Nobody is signed in"),
        ({TOKEN: "never-issued"}, "sign-in"),
        ({CLIENT_ID: "e47c1b90-5d38-4f2a-8c06-b1d92a7f3e44", CLIENT_SECRET: "wrong"}, "secret"),
        ({CLIENT_ID: "e47c1b90-5d38-4f2a-8c06-b1d92a7f3e44"}, f"{CLIENT_SECRET} isn't"),
        ({CLIENT_SECRET: "alone"}, f"{CLIENT_ID} isn't"),
    ],
)
def test_nobody_signed_in(
    env: dict[str, str], sentence: str, organisation: Organisation, run: Run
) -> None:
    told = run(*asked(organisation), env=env)
    assert told.exit_code == Exit.SIGN_IN
    assert sentence in told.stderr and told.stdout == ""
    assert "analytics" not in " ".join(organisation.paths)
    for secret in env.values():
        assert secret not in told.output


def test_a_permission_that_is_missing_is_named(organisation: Organisation, run: Run) -> None:
    told = run(*asked(organisation), env=organisation.token("no_analytics"))
    assert told.exit_code == Exit.PERMISSION
    assert "analytics:conversationDetail:view" in told.stderr


def test_T02_another_organisation_than_the_profiles_is_refused(
    organisation: Organisation, run: Run
) -> None:
    with organisation.config.open("a", encoding="utf-8") as file:
        file.write('organization_id = "11111111-2222-4333-8444-555555555555"\n')
    told = run(*asked(organisation))
    assert told.exit_code == Exit.SIGN_IN and "another organisation" in told.stderr
    assert "analytics" not in " ".join(organisation.paths)


def test_the_policy_holds_for_commands_too(organisation: Organisation, run: Run) -> None:
    write_policy('regions = ["eu_central_1"]\n')
    told = run(*asked(organisation))
    assert told.exit_code == Exit.PERMISSION and "only these regions" in told.stderr
    assert not organisation.server.log
    write_policy('organizations = ["11111111-2222-4333-8444-555555555555"]\n')
    assert run(*asked(organisation)).exit_code == Exit.PERMISSION
    write_policy("exprot = false\n")
    assert run(*asked(organisation)).exit_code == Exit.INPUT


def test_the_windows_sign_in_is_gone_on_with(
    organisation: Organisation, run: Run, safe: SafeKeyring
) -> None:
    keep(organisation)
    told = run(*asked(organisation), env={})
    assert told.exit_code == Exit.COMPLETE
    assert "DELETE /api/v2/tokens/me" not in organisation.paths
    write_policy("stay_signed_in = false\n")
    assert run(*asked(organisation), env={}).exit_code == Exit.SIGN_IN


def test_F09_what_is_held_is_read_without_a_network(
    organisation: Organisation, run: Run, safe: SafeKeyring
) -> None:
    keep(organisation)
    interval = organisation.interval
    assert run("query", "--interval", interval, env={}).exit_code == Exit.COMPLETE
    organisation.server.stop()
    offline = run("query", "--interval", interval, "--json", env={})
    assert offline.exit_code == Exit.PARTIAL  # today goes on, and can't be read
    assert len(offline.stdout.splitlines()) > CONTACTS * 0.9
    assert "complete to" in offline.stderr
    never = run("query", "--interval", "2020-01-01/2020-01-02", env={})
    assert never.exit_code == Exit.FAULT


def test_T26_no_secret_is_left_anywhere(organisation: Organisation, run: Run) -> None:
    token, service = organisation.token(), organisation.service
    told = [
        run("query", "--interval", organisation.interval, "--verbose", env=env).output
        for env in (token, service)
    ]
    log = user_log_path("contact-history", appauthor=False)
    told += [each.read_text(encoding="utf-8") for each in log.rglob("*") if each.is_file()]
    assert "/api/v2/routing/queues failed" in "".join(told)  # the log was looked at
    for secret in (token[TOKEN], service[CLIENT_SECRET]):
        assert all(secret not in each for each in told)


def test_T26_nothing_is_left_in_the_environment_for_children() -> None:
    environment = {TOKEN: "a", CLIENT_ID: "b", CLIENT_SECRET: "c", "PATH": "p"}
    assert isinstance(take_given(environment), GivenToken)
    assert environment == {"PATH": "p"}
