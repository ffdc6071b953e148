"""The tour as a person starts it: a process of its own, its report, its pictures, its silence."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from desktop_app.core.history.clock import Interval
from desktop_app.core.signin.profiles import Grant
from desktop_app.practice.server import PracticeServer
from desktop_app.practice.tokens import AccessToken, CodeStore
from desktop_app.tour.browser import find_browser
from tests.journeys.driving import SUPERVISOR, account, profile_for, whole_interval

STEPS = (
    "sign-in",
    "history",
    "sorted",
    "filtered",
    "no-match",
    "type-ahead",
    "chips",
    "mistake",
    "value-menu",
    "values",
    "contact",
    "sums",
    "coverage",
    "columns",
    "columns-found",
    "export",
    "changed",
    "changes",
    "account",
    "settings",
    "erase",
    "locked",
    "signed-out",
)
TOLD = [
    "signed in",
    "first row",
    "history complete",
    "sorted",
    "filtered",
    "filtered by chips",
    "mistake told",
    "filtered by values",
    "contact opened",
    "added up",
    "coverage seen",
    "columns seen",
    "export seen",
    "changes seen",
    "account seen",
    "erasing declined",
    "settings seen",
    "locked and unlocked",
    "signed out",
]
KEYS = {
    "user",
    "organization",
    "grant",
    "interval",
    "total_hits",
    "rows",
    "complete",
    "first_row_ms",
    "sample",
    "errors",
}


@dataclass(frozen=True)
class Tour:
    """What a finished tour left behind."""

    code: int
    said: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.folder / "report.json").read_bytes())
        return report

    @property
    def pictures(self) -> dict[str, Path]:
        """By step and theme, as "sorted-dark"."""
        found = sorted((self.folder / "pictures").glob("*.png"))
        return {path.stem.partition("-")[2]: path for path in found}


def take_tour(folder: Path, *options: str) -> Tour:
    (folder / "temporary").mkdir()
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "desktop_app", "tour"),
            *("--screenshots", str(folder / "pictures")),
            *("--json", str(folder / "report.json")),
            *options,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        env={**os.environ, "TMPDIR": str(folder / "temporary")},
    )
    return Tour(ended.returncode, ended.stdout + ended.stderr, folder)


def profile_text(server: PracticeServer, grant: Grant = Grant.IMPLICIT) -> str:
    profile = profile_for(server, grant)
    return f"""[profiles.acme]
login_url = "{profile.login_url}"
api_url = "{profile.api_url}"
client_id = "{profile.client_id}"
grant = "{profile.grant}"
redirect_uri = "{profile.redirect_uri}"
timezone = "America/New_York"
"""


def on(
    server: PracticeServer,
    folder: Path,
    keys: str,
    interval: str,
    *more: str,
    grant: Grant = Grant.IMPLICIT,
) -> Tour:
    """A tour of a server that a profile names."""
    config = folder / "profiles.toml"
    config.write_text(profile_text(server, grant), encoding="utf-8")
    return take_tour(
        folder,
        *("--config", str(config), "--profile", "acme"),
        *("--interval", interval, "--login-keys", keys),
        *more,
    )


def colours(picture: Path) -> tuple[int, float]:
    """How many colours a picture has on a grid of points, and how light it is, from 0 to 1."""
    image = QImage(str(picture))
    assert not image.isNull()
    points = [
        image.pixelColor(x, y)
        for x in range(5, image.width(), 7)
        for y in range(5, image.height(), 7)
    ]
    return len({point.rgb() for point in points}), sum(p.lightnessF() for p in points) / len(points)


def inside(server: PracticeServer, interval: Interval) -> int:
    """The truth: contacts of the server that start in the interval."""
    starts = server.contacts.start_ms
    return int(((starts >= interval.start_ms) & (starts < interval.end_ms)).sum())


def test_the_tour_of_the_practice_organisation_sees_everything(tmp_path: Path) -> None:
    tour = take_tour(tmp_path, "--practice", "--conversations", "600")
    assert tour.code == 0, tour.said
    report = tour.report
    assert set(report) >= KEYS
    assert (report["user"], report["organization"]) == ("Grace Obi", "Acme Insurance")
    assert report["grant"] == "implicit"
    assert report["rows"] == report["total_hits"] == 600
    assert report["complete"] is True and report["errors"] == []
    assert 0 < report["first_row_ms"] < 60_000
    assert len(report["sample"]) == 50 and all("\t" in row for row in report["sample"])
    assert report["steps"] == TOLD
    assert_pictures(tour)
    assert "Expect troubles" not in tour.said  # Qt, when a page outlives its profile


def assert_pictures(tour: Tour, steps: tuple[str, ...] = STEPS) -> None:
    pictures = tour.pictures
    assert set(pictures) == {f"{step}-{mode}" for step in steps for mode in ("light", "dark")}
    for step in steps:
        light, dark = colours(pictures[f"{step}-light"]), colours(pictures[f"{step}-dark"])
        assert min(light[0], dark[0]) > 10, f"the pictures of {step} are blank"
        if step not in ("sign-in", "signed-out"):
            assert light[1] > 0.7 > 0.4 > dark[1], f"the themes of {step} look alike"


def test_a_new_user_gets_from_nothing_to_history_through_the_set_up_page(tmp_path: Path) -> None:
    tour = take_tour(tmp_path, "--practice", "--conversations", "200", "--first-run")
    assert tour.code == 0, tour.said
    assert tour.report["steps"][0] == "organisation set up"
    assert tour.report["rows"] == 200 and tour.report["complete"] is True
    assert_pictures(tour, ("set-up", "set-up-tested", *STEPS))


@pytest.mark.skipif(not find_browser(), reason="there is no Chromium on this computer")
def test_the_tour_passes_with_the_persons_own_browser(tmp_path: Path) -> None:
    tour = take_tour(tmp_path, "--practice", "--conversations", "200", "--way", "browser")
    assert tour.code == 0, tour.said
    assert (tour.report["way"], tour.report["grant"]) == ("browser", "pkce")
    assert tour.report["rows"] == 200 and tour.report["complete"] is True
    assert "browser-page" in tour.pictures


@pytest.fixture
def issued(server: PracticeServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token and every code that the server has given, used and revoked ones too."""
    texts: list[str] = []
    issue, issue_code = server._tokens.issue, CodeStore.issue

    def noting(*arguments: Any) -> AccessToken:
        token = issue(*arguments)
        texts.append(token.text)
        return token

    def noting_code(*arguments: Any, **fields: Any) -> str:
        code = issue_code(*arguments, **fields)
        texts.append(code)
        return code

    monkeypatch.setattr(server._tokens, "issue", noting)
    monkeypatch.setattr(CodeStore, "issue", noting_code)
    return texts


def test_a_tour_of_a_named_server_tells_exactly_what_starts_in_the_interval(
    server: PracticeServer, issued: list[str], tmp_path: Path
) -> None:
    """Nine to half past four, UTC: the service matches whole days, the table does not."""
    whole = whole_interval(server)
    day = whole.start_ms + 86_400_000
    part = Interval(day + 9 * 3_600_000, day + 16 * 3_600_000 + 1_800_000)
    assert 0 < inside(server, part) < len(server.contacts)
    text = "/".join(_iso(ms) for ms in part)
    tour = on(server, tmp_path, f"{SUPERVISOR[0]}\\t{SUPERVISOR[1]}\\n", text)
    assert tour.code == 0, tour.said
    report = tour.report
    assert report["rows"] == inside(server, part)
    assert report["total_hits"] >= report["rows"]
    assert report["complete"] is True
    tokens = [seen for seen in server.log if seen.path == "/api/v2/tokens/me"]
    assert "changes seen" not in report["steps"]  # nobody's records are rewritten for a picture
    assert "/practice/revisions" not in [seen.path for seen in server.log]
    assert tokens[-1].method == "DELETE" and tokens[-1].status == 200
    assert len(issued) == 2  # one at the start, one after unlocking
    assert_no_secret(tour, [SUPERVISOR[1], *issued])
    assert list((tmp_path / "temporary").rglob("contact-history-*")) == []


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


def assert_no_secret(tour: Tour, secrets: list[str]) -> None:
    """Neither a token nor the password in what the tour said or left, in its home or elsewhere."""
    texts = left_behind(tour)
    for secret in secrets:
        assert [name for name, text in texts.items() if secret.encode() in text] == []
    assert not any(re.search(rb"access_token=|code_verifier=", text) for text in texts.values())


def left_behind(tour: Tour) -> dict[str, bytes]:
    """Every file of the tour's folders and of the home, the log too, and what it said."""
    texts = {"said": tour.said.encode()}
    for folder in (tour.folder, Path(os.environ["HOME"])):
        files = (path for path in folder.rglob("*") if path.is_file())
        texts |= {str(path): path.read_bytes() for path in files}
    return texts


@pytest.mark.parametrize("way", ["implicit", "pkce", "browser"])
def test_T25_T26_T27_T31_a_whole_journey_leaves_no_secret_and_no_number_behind(
    way: str, server: PracticeServer, issued: list[str], tmp_path: Path
) -> None:
    if way == "browser" and not find_browser():
        pytest.skip("there is no Chromium on this computer")
    more = ("--way", "browser") if way == "browser" else ()
    tour = on(
        server,
        tmp_path,
        f"{SUPERVISOR[0]}\\t{SUPERVISOR[1]}\\n",
        str(server.description["interval"]),
        "--verbose",
        *more,
        grant=Grant.IMPLICIT if way == "implicit" else Grant.PKCE,
    )
    assert tour.code == 0, tour.said
    assert len(issued) == (2 if way == "implicit" else 4)  # with unlocking; codes and tokens
    assert_no_secret(tour, [SUPERVISOR[1], *issued])
    texts = left_behind(tour)
    log = next(text for name, text in texts.items() if name.endswith("contact-history.log"))
    assert b"/api/v2/" in log  # it was kept, and says where requests went
    del texts[str(tour.folder / "report.json")]  # which is asked for to hold rows
    numbers = {number for row in tour.report["sample"] for number in re.findall(r"\+\d{9,}", row)}
    assert len(numbers) > 10
    for number in numbers:
        assert [name for name, text in texts.items() if number.encode() in text] == []


def test_wrong_keys_fail_the_tour_with_the_reason(server: PracticeServer, tmp_path: Path) -> None:
    interval = str(server.description["interval"])
    tour = on(server, tmp_path, f"{SUPERVISOR[0]}\\twrong\\n", interval, "--timeout", "30")
    assert tour.code == 1
    assert tour.report["errors"] and tour.report["rows"] == 0
    assert "password" in tour.report["errors"][0]


def test_a_missing_permission_fails_the_tour_with_its_name(
    server: PracticeServer, tmp_path: Path
) -> None:
    email, password = account(server, "no_analytics")
    interval = str(server.description["interval"])
    tour = on(server, tmp_path, f"{email}\\t{password}\\n", interval, "--timeout", "30")
    assert tour.code == 1 and tour.report["complete"] is False
    assert any("analytics:conversationDetail:view" in error for error in tour.report["errors"])


@pytest.mark.parametrize("interval", ["yesterday", "2026-11-21/2026-11-20"])
def test_an_interval_that_cannot_be_read_is_told(interval: str, tmp_path: Path) -> None:
    tour = take_tour(tmp_path, "--practice", "--interval", interval)
    assert tour.code != 0
    assert "range" in tour.said and "Traceback" not in tour.said
