"""Where a person's things lie on this computer."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_config_path, user_data_path

from desktop_app.core.history import vault
from desktop_app.core.history.export.log import ExportLog
from desktop_app.core.signin.session import SignIn

FOLDER = "contact-history"
SIGN_IN_KEYS = "Contact History sign-in"  # in the keyring


def data_folder() -> Path:
    return user_data_path(FOLDER, appauthor=False)


def preferences_file() -> Path:
    return user_config_path(FOLDER, appauthor=False) / "preferences.ini"


def store_name(session: SignIn) -> str:
    return vault.store_name(session.organization_id, session.user_id)


def export_log(session: SignIn) -> ExportLog | None:
    """None for the practice organisation, which leaves nothing behind."""
    return None if session.profile.is_practice else ExportLog(data_folder() / "exports.jsonl")
