"""One sign-in attempt: what is asked of the login host, and what its answer means. Pure.

An ``Attempt`` makes the URL that begins a login and is then offered every address the login
page goes to.  Each offer has one of four outcomes:

- ``NotOurs``: just another page;
- ``Token``: the implicit grant's answer, from the fragment (RFC 6749 §4.2.2);
- ``Code``: the authorization code grant's, from the query, to be exchanged (RFC 7636);
- ``Failure``: the attempt is over, with the error to show.

Only the exact redirect URI in a main frame is an answer, and only one that carries this
attempt's state; a refusal without any state is believed as far as ending the attempt.  The
login host also tells some failures on a page of its own, ``#/error?errorKey=…``, from which it
never comes back to us (contract §1, failure A).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from desktop_app.core.errors import CallbackRejected, SignInError
from desktop_app.core.signin.callback import (
    DuplicateParameter,
    decodings,
    is_callback,
    parameters,
)
from desktop_app.core.signin.profiles import Grant, Profile
from desktop_app.core.signin.refusals import from_answer, from_login_page
from desktop_app.core.signin.secret import Secret

STATE_BYTES = 32  # 256 bits, as base64url: it survives being encoded twice
VERIFIER_BYTES = 48  # 64 characters, within RFC 7636's 43 to 128
LONGEST_URL = 8 * 1024
LIFETIME_S = 600.0  # an abandoned attempt is over (fault F27)

# Tokens live 300 to 172,800 s by the settings page (contract §1), yet 691,199 was seen in the
# wild (quirks 34): eight days is the most that is believed.
LONGEST_EXPIRY_S = 691_200


@dataclass(frozen=True, slots=True)
class NotOurs:
    """Just another page."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. ``expires_in`` is in seconds from when the server gave it."""

    access_token: Secret
    expires_in: int


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code, to be exchanged once."""

    code: Secret


@dataclass(frozen=True, slots=True)
class Failure:
    error: SignInError


Outcome = NotOurs | Token | Code | Failure

_NOT_OURS = NotOurs()


def s256(verifier: str) -> str:
    """The code challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


@dataclass(slots=True)
class Attempt:
    """Mutable: it ends with its first answer. Its secrets mask themselves."""

    profile: Profile
    started: float  # seconds, on the clock that ``offer`` is given
    prompt: str = ""
    login_hint: str = ""
    _state: Secret = field(default_factory=lambda: Secret(secrets.token_urlsafe(STATE_BYTES)))
    verifier: Secret = field(default_factory=lambda: Secret(secrets.token_urlsafe(VERIFIER_BYTES)))
    _over: bool = False

    @classmethod
    def start(
        cls, profile: Profile, *, now: float, prompt: str = "", login_hint: str = ""
    ) -> Attempt:
        """A fresh attempt with a state and a verifier of its own."""
        return cls(profile, now, prompt, login_hint)

    @property
    def authorize_url(self) -> str:
        """Where the login page is (contract §1). Scope is sent only when the profile has one."""
        profile = self.profile
        implicit = profile.grant is Grant.IMPLICIT
        asked = {
            "response_type": "token" if implicit else "code",
            "client_id": profile.client_id,
            "redirect_uri": profile.redirect_uri,
            "state": self._state.reveal() or "",
            "org": profile.org,
            "provider": profile.provider,
            "scope": profile.scope,
            "prompt": self.prompt,
            "login_hint": self.login_hint,
        }
        if not implicit:
            asked["code_challenge"] = s256(self.verifier.reveal() or "")
            asked["code_challenge_method"] = "S256"
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{profile.login_url}/oauth/authorize?{query}"

    def offer(self, url: str, *, main_frame: bool, now: float) -> Outcome:
        """What an address means. The first answer ends the attempt; later ones are refused."""
        if not main_frame:
            return _NOT_OURS
        if is_callback(url, self.profile.redirect_uri):
            return self._end(self._answer(url, now))
        error = self._told_on_login_page(url)
        return self._end(Failure(error)) if error is not None else _NOT_OURS

    def has_state(self, url: str) -> bool:
        """Whether an address is the callback with this attempt's state; ends nothing.

        For a listener, which any program and any web page can call: what lacks the state is no
        reason to give up waiting.
        """
        if len(url) > LONGEST_URL or not is_callback(url, self.profile.redirect_uri):
            return False
        parts = urlsplit(url)
        implicit = self.profile.grant is Grant.IMPLICIT
        try:
            return self._has_our_state(parameters(parts.fragment if implicit else parts.query))
        except ValueError:
            return False

    def _end(self, outcome: Outcome) -> Outcome:
        if self._over:
            return _refused("This sign-in has already had its answer. Start again.")
        self._over = True
        self._state.clear()
        return outcome

    def _told_on_login_page(self, url: str) -> SignInError | None:
        """Only the login host's own pages are believed (T10)."""
        try:
            parts = urlsplit(url)
            if f"{parts.scheme}://{parts.netloc}" != self.profile.login_url:
                return None
        except ValueError:
            return None
        route, _, query = parts.fragment.partition("?")
        if route.rstrip("/") != "/error":
            return None
        try:
            key = parameters(query).get("errorKey", "")
        except ValueError:
            key = ""
        return from_login_page(key)

    def _answer(self, url: str, now: float) -> Outcome:
        if now - self.started > LIFETIME_S or now < self.started - LIFETIME_S:
            return _refused("This sign-in was begun too long ago. Start again.")
        if len(url) > LONGEST_URL:
            return _refused("The answer to the sign-in is too long to be genuine. Try again.")
        parts = urlsplit(url)
        implicit = self.profile.grant is Grant.IMPLICIT
        ours, other = (parts.fragment, parts.query) if implicit else (parts.query, parts.fragment)
        try:
            given, elsewhere = parameters(ours), parameters(other)
        except DuplicateParameter:
            return _refused("The answer to the sign-in names something twice. Try again.")
        except ValueError:
            return _refused("The answer to the sign-in can't be read. Try again.")
        if "error" in given and "state" not in given:
            # Anybody may have sent it: it ends the attempt, but in our words, not in theirs.
            return Failure(from_answer({"error": given["error"]}))
        if not self._has_our_state(given):
            return _refused(
                "The answer does not belong to this sign-in, so it was refused. Try again."
            )
        if elsewhere.keys() & {"access_token", "code", "error", "state"}:
            return _refused("The answer came in a form that was not asked for. Try again.")
        if "error" in given:
            return Failure(from_answer(given))
        return _token(given) if implicit else _code(given)

    def _has_our_state(self, given: Mapping[str, str]) -> bool:
        expected = self._state.reveal()
        if not expected:
            return False
        return any(
            hmac.compare_digest(form.encode(), expected.encode())
            for form in decodings(given.get("state", ""))
        )


def _token(given: Mapping[str, str]) -> Outcome:
    if "code" in given:
        return _refused("The answer came in a form that was not asked for. Try again.")
    if given.get("token_type", "bearer").lower() != "bearer":
        return _refused("The service gave a kind of token that is not supported. Ask your admin.")
    return checked_token(given.get("access_token", ""), given.get("expires_in", ""))


def checked_token(token: str, expiry: str | int | None) -> Token | Failure:
    """A token that a header can carry and whose lifetime makes sense; used for both grants."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        return _refused("The answer to the sign-in holds no usable token. Try again.")
    text = str(expiry)
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 1 <= seconds <= LONGEST_EXPIRY_S:
        return _refused("The service gave a token without a sensible lifetime. Try again.")
    return Token(Secret(token), seconds)


def _code(given: Mapping[str, str]) -> Outcome:
    if "access_token" in given:
        return _refused("The answer came in a form that was not asked for. Try again.")
    code = given.get("code", "")
    if not code:
        return _refused("The answer to the sign-in holds no code. Try again.")
    return Code(Secret(code))


def _refused(sentence: str) -> Failure:
    return Failure(CallbackRejected(sentence))
