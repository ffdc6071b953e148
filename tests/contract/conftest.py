"""Imports the official SDK out of reach of the person's home.

As soon as it is imported, the SDK reads ``~/.genesyscloudpython/config`` and begins threads that
watch the home for changes of that file, unless the file says not to.
"""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path

import pytest

with tempfile.TemporaryDirectory() as _home, pytest.MonkeyPatch.context() as _environment:
    _config = Path(_home, ".genesyscloudpython", "config")
    _config.parent.mkdir()
    _config.write_text("[general]\nlive_reload_config = false\n", encoding="utf-8")
    _environment.setenv("HOME", _home)
    _environment.setenv("USERPROFILE", _home)
    importlib.import_module("PureCloudPlatformClientV2")
