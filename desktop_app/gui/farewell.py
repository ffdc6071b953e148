"""What is said to somebody who has signed out: what became of the sign-in, and of what was held."""

from __future__ import annotations

_REVOKED = "The sign-in was revoked and nothing of it is left on this computer."
_NOT_REVOKED = (
    "Nothing of the sign-in is left on this computer. Genesys could not be told to revoke it, so"
    " there it ends when its time is over."
)
_ERASED = "Everything that was held for you on this computer was erased. "


def farewell_words(*, revoked: bool, erased: bool) -> str:
    return (_ERASED if erased else "") + (_REVOKED if revoked else _NOT_REVOKED)
