"""What can be known of the packages for Windows and macOS where neither is at hand."""

from __future__ import annotations

import json
import plistlib
import re
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scripts import _icons, _licences, _macos, _package, _windows
from scripts._feed import public_text

ROOT = Path(__file__).resolve().parents[2]


def test_the_spec_is_python_and_names_files_that_there_are() -> None:
    spec = ROOT / "packaging" / "contact-history.spec"
    text = spec.read_text(encoding="utf-8")
    compile(text, str(spec), "exec")
    for named in re.findall(r'ROOT / "(\w+)"(?: / "([\w.]+)")?', text):
        assert (ROOT / Path(*filter(None, named))).exists(), named


def test_windows_is_compiled_with_version_and_signer(tmp_path: Path) -> None:
    plain = _windows.compiler_call(tmp_path / "a", tmp_path / "b", "1.2.3", "")
    assert plain[0] == "iscc" and "/DVersion=1.2.3" in plain and "/DSigner" not in plain
    signed = _windows.compiler_call(tmp_path / "a", tmp_path / "b", "1.2.3", '"a tool" sign $f')
    assert "/Ssigner=$qa tool$q sign $f" in signed and "/DSigner" in signed


def test_the_windows_script_uses_what_it_is_given_and_asks_no_administrator() -> None:
    text = _windows.SCRIPT.read_text(encoding="utf-8")
    assert set(re.findall(r"\{#(\w+)\}", text)) == {"Version", "Source"}
    assert "PrivilegesRequired=lowest" in text
    assert "PrivilegesRequiredOverridesAllowed=dialog commandline" in text
    assert "OutputBaseFilename=contact-history-{#Version}-setup" in text
    sections = re.findall(r"^\[(\w+)\]", text, re.MULTILINE)
    assert len(set(sections)) == len(sections)
    programs = {name for name in _windows.PROGRAMS if name in text}
    assert programs == set(_windows.PROGRAMS)


def test_on_a_mac_the_deepest_is_signed_first_and_the_app_last(tmp_path: Path) -> None:
    app = tmp_path / "Contact History.app"
    helper = app / "Contents/Frameworks/QtWebEngineCore.framework/Helpers/QtWebEngineProcess.app"
    program = helper / "Contents/MacOS/QtWebEngineProcess"
    library = app / "Contents/Frameworks/libA.dylib"
    for path, head in (
        (program, b"\xcf\xfa\xed\xfe"),
        (library, b"anything"),
        (app / "Contents/MacOS/contact-history", b"\xca\xfe\xba\xbe"),
        (app / "Contents/Resources/words.txt", b"text"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(head)
    if sys.platform != "win32":
        (app / "Contents/Frameworks/libB.dylib").symlink_to("libA.dylib")
    order = _macos.signing_order(app)
    framework = helper.parent.parent
    assert [each for each in order if each in (program, helper, framework, app)] == [
        program,
        helper,
        framework,
        app,
    ]
    assert order[-1] == app and library in order
    assert [each.name for each in order if each.name in ("words.txt", "libB.dylib")] == []


@pytest.mark.parametrize("name", ["entitlements", "browser-entitlements"])
def test_entitlements_are_switches_of_the_hardened_runtime(name: str) -> None:
    told = plistlib.loads((_macos.SOURCES / f"{name}.plist").read_bytes())
    assert told and all(key.startswith("com.apple.security.cs.") for key in told)
    assert set(told.values()) == {True}
    assert ("com.apple.security.cs.allow-jit" in told) is name.startswith("browser")


def test_every_part_that_is_shipped_brings_its_licence(tmp_path: Path) -> None:
    names = _licences.locked_packages(ROOT / "requirements.lock")
    assert {"pyside6-webengine", "httpx", "duckdb-extension-httpfs"} <= set(names)
    _licences.gather(ROOT / "requirements.lock", tmp_path)
    listed = (tmp_path / "README.txt").read_text(encoding="utf-8").splitlines()
    assert set(names) <= {_licences.normal(line.split()[0]) for line in listed}
    for name in names:
        assert (tmp_path / f"{name}.txt").stat().st_size > 100
    assert "LESSER" in (tmp_path / "pyside6-addons.txt").read_text(encoding="utf-8")


def test_a_part_without_a_licence_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_licences, "STANDING", {})
    with pytest.raises(LookupError, match="pyside6-addons"):
        _licences.texts_of("pyside6-addons")


def test_the_icon_is_drawn_in_every_size(tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    drawn = _icons.draw_icons(ROOT / "resources/icons/app.svg", tmp_path)
    for size, path in drawn.items():
        image = QImage(str(path))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(0, 0).alpha() == 0  # its corners are round
        assert image.pixelColor(size // 2, size // 5).alpha() == 255
    with pytest.raises(ValueError, match="drawn"):
        _icons.draw_icons(tmp_path / "none.svg", tmp_path)


def test_a_copy_is_built_with_a_feed_that_can_be_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "feed.json"
    for name in ("CONTACT_HISTORY_FEED_URL", "CONTACT_HISTORY_FEED_PUBLIC_KEY"):
        monkeypatch.delenv(name, raising=False)
    _package.write_feed(file)
    assert json.loads(file.read_text(encoding="utf-8")) == {"url": "", "key": ""}
    url, key = "https://example.com/feed.json", public_text(Ed25519PrivateKey.generate())
    monkeypatch.setenv("CONTACT_HISTORY_FEED_URL", url)
    with pytest.raises(ValueError, match="bytes"):
        _package.write_feed(file)
    monkeypatch.setenv("CONTACT_HISTORY_FEED_PUBLIC_KEY", key)
    _package.write_feed(file)
    assert json.loads(file.read_text(encoding="utf-8")) == {"url": url, "key": key}
    monkeypatch.setenv("CONTACT_HISTORY_FEED_URL", "http://example.com/feed.json")
    with pytest.raises(ValueError, match="https"):
        _package.write_feed(file)
