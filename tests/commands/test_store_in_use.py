"""While a window has the store open: the command says so, works without it, and harms nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from platformdirs import user_data_path

from desktop_app.commands.exits import Exit
from tests.commands.conftest import Organisation, Run
from tests.keyring_in_memory import SafeKeyring


def test_a_command_works_without_a_store_that_is_in_use(
    organisation: Organisation, run: Run, safe: SafeKeyring
) -> None:
    asked = ("--interval", organisation.interval)
    first = run("query", *asked, "--json")
    assert first.exit_code == Exit.COMPLETE
    folder = user_data_path("contact-history", appauthor=False)
    (file,) = folder.glob("*.duckdb")
    (key,) = (secret for (service, _), secret in safe.kept.items() if "store" in service)
    program = [sys.executable, "-m", "tests.commands.hold_store", str(folder), file.stem]
    with subprocess.Popen(
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as holder:
        assert holder.stdin is not None and holder.stdout is not None
        holder.stdin.write(f"{key}\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "open\n"
        before = file.read_bytes()
        told = run("query", *asked, "--json")
        assert told.exit_code == Exit.COMPLETE
        assert sorted(told.stdout.splitlines()) == sorted(first.stdout.splitlines())
        assert "has the local history open" in told.stderr
        lost = run("sync", *asked)
        assert lost.exit_code == Exit.FAULT and "Close it, then" in lost.stderr
        assert file.read_bytes() == before
        holder.stdin.close()
        assert int(holder.stdout.readline()) == len(first.stdout.splitlines())
    assert run("sync", *asked).exit_code == Exit.COMPLETE
