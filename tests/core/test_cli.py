"""The commands: what they refuse, in which words, and what they load."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from desktop_app import __version__
from desktop_app.cli import main

GOOD = """[profiles.acme]
region = "eu_central_1"
client_id = "abc"
grant = "pkce"
redirect_uri = "http://localhost:8085/oauth2/callback"
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def config(folder: Path, text: str) -> str:
    path = folder / "profiles.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_version_and_help() -> None:
    assert run("--version").output == f"contact-history, version {__version__}\n"
    told = run("--help")
    assert told.exit_code == 0
    assert {"tour", "practice-server"} <= set(told.output.split())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (GOOD.replace("pkce", "magic"), 'Line 4: unknown grant "magic"'),
        (GOOD.replace("eu_central_1", "eu_centrl_1"), "did you mean eu_central_1?"),
        (GOOD + 'redirect_url = "x"\n', "Line 6: unknown key"),
        (GOOD.replace('client_id = "abc"\n', ""), "lacks client_id"),
        ("[profiles.acme\n", "Line 1:"),
        ("", "profile"),
    ],
)
def test_a_bad_profile_file_gets_a_sentence_with_its_line(
    text: str, sentence: str, tmp_path: Path
) -> None:
    path = config(tmp_path, text)
    for command in ([], ["tour", "--interval", "2026-11-20/2026-11-21"]):
        told = run(*command, "--config", path, "--profile", "acme")
        assert told.exit_code == 6
        assert sentence in told.output
        assert told.output.startswith("Error: ") and "Traceback" not in told.output


def test_an_unknown_profile_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    told = run("--config", config(tmp_path, GOOD), "--profile", "amce")
    assert told.exit_code == 6
    assert 'no profile "amce"' in told.output and "It has: acme." in told.output


def test_a_missing_profile_file_is_told(tmp_path: Path) -> None:
    told = run("--config", str(tmp_path / "none.toml"))
    assert told.exit_code == 6 and "There is no profile file" in told.output


def test_a_profile_without_a_file_is_told() -> None:
    told = run("--profile", "acme")
    assert told.exit_code == 6 and "There is no profile file" in told.output


@pytest.mark.parametrize("arguments", [[], ["--profile", "acme"], ["--interval", "a/b"]])
def test_a_tour_needs_to_know_where_to_go(arguments: list[str]) -> None:
    told = run("tour", *arguments)
    assert told.exit_code == 6
    assert "Give --practice, or --profile with --interval." in told.output


@pytest.mark.parametrize("limit", ["fast", "-1/60", "300/0", "300/", "300/x", "/60"])
def test_a_bad_rate_limit_is_told_with_the_form(limit: str) -> None:
    told = run("practice-server", f"--rate-limit={limit}")
    assert told.exit_code == 6
    assert "--rate-limit" in told.output and "300/60" in told.output


@pytest.mark.parametrize(
    "arguments", [["--port", "65535"], ["--conversations", "-1"], ["--days", "0"]]
)
def test_numbers_out_of_range_are_told(arguments: list[str]) -> None:
    assert run("practice-server", *arguments).exit_code == 6


def test_a_fault_script_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    script = tmp_path / "faults.json"
    script.write_text('[{"match": {"nth": 0}, "do": {}}]', encoding="utf-8")
    told = run("practice-server", "--faults", str(script))
    assert told.exit_code == 1
    assert "fault script" in told.output and "Traceback" not in told.output


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = run("practice-server", "--conversations", "5", "--port", str(port))
    assert told.exit_code == 1
    assert str(port) in told.output and "Traceback" not in told.output


def test_the_practice_server_prints_one_line_and_ends_with_its_standard_input() -> None:
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "desktop_app", "practice-server"),
            *("--conversations", "50", "--days", "2", "--seed", "7", "--stop-at-stdin-eof"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None and server.stdout is not None
    with server:
        said = json.loads(server.stdout.readline())
        assert set(said) >= {"login_url", "api_url", "interval", "clients", "users", "token"}
        assert {"implicit", "pkce"} <= set(said["clients"])
        answer = httpx.get(
            said["api_url"] + "/api/v2/users/me",
            headers={"Authorization": f"Bearer {said['token']}"},
            trust_env=False,
        )
        assert answer.json()["email"] == said["users"][0]["email"]
        server.stdin.close()
        rest = server.stdout.read()
        assert server.wait(10) == 0
    assert rest == ""


def _modules_after(program: str) -> set[str]:
    ended = subprocess.run(
        [
            *(sys.executable, "-c"),
            f"import sys\n{program}\nprint('\\n'.join(sys.modules), file=sys.stderr)",
        ],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return set(ended.stderr.split())


@pytest.mark.parametrize(
    "program",
    [
        "import desktop_app.cli",
        "from desktop_app.cli import main; main(['--help'], standalone_mode=False)",
        "from desktop_app.cli import main; main(['practice-server', '--conversations', '5',"
        " '--stop-at-stdin-eof'], standalone_mode=False)",
    ],
    ids=["import", "help", "practice-server"],
)
def test_commands_without_a_window_load_no_qt(program: str) -> None:
    loaded = _modules_after(program)
    assert "desktop_app.cli" in loaded
    assert {name for name in loaded if name.startswith(("PySide6", "shiboken6"))} == set()
