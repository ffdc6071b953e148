"""What is said when an attempt has failed, and which ways on are offered."""

from __future__ import annotations

from typing import NamedTuple

from desktop_app.core.errors import (
    ContactHistoryError,
    ForbiddenByPolicy,
    LoginUnavailable,
    UnsafeEnvironment,
)
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.core.signin.refusals import is_grant_refused
from desktop_app.gui.notices import sentence_of

USE_PKCE = "Sign in with PKCE instead"


class FailedAttempt(NamedTuple):
    """``action`` is the first button's words, empty where trying again is hopeless."""

    title: str
    text: str
    action: str
    offers_pkce: bool
    offers_browser: bool


def failed_attempt(error: Exception, used: Profile | None, policy: Policy) -> FailedAttempt:
    """``used`` is the profile of the attempt, as the policy has made it."""
    title = error.title if isinstance(error, ContactHistoryError) else "Sign-in did not finish"
    text = sentence_of(error)
    refused = used is not None and used.grant is Grant.IMPLICIT and is_grant_refused(error)
    offers_pkce = refused and policy.grant is None
    if refused and not offers_pkce:
        text += " The policy on this computer allows no other grant: ask your administrator."
    hopeless = isinstance(error, ForbiddenByPolicy | UnsafeEnvironment)
    return FailedAttempt(
        title,
        text,
        USE_PKCE if offers_pkce else "" if hopeless else "Retry",
        offers_pkce,
        isinstance(error, UnsafeEnvironment | LoginUnavailable),
    )
