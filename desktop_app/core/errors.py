"""Every way in which the application can fail, as one tree.

    ContactHistoryError
    ├── InputError                     what a person gave can't be used
    │   ├── ConfigError                the profile or policy file; names the line and the mend
    │   └── IntervalError              a range of time that can't be asked for
    ├── SignInError                    no token was obtained
    │   ├── CallbackRejected           an answer that isn't a trustworthy answer to our request
    │   ├── AccessDenied               the person or the organisation said no
    │   ├── ClientRefused              the OAuth client is unknown or set up otherwise
    │   ├── LoginUnavailable           the login page can't be shown
    │   ├── WrongOrganisation          the token is for another organisation or client
    │   ├── UnsafeEnvironment          the web view can't be run safely here
    │   ├── SignInNotGiven             a command was given no sign-in, or half of one
    │   ├── ForbiddenByPolicy          the administrator's policy says no
    │   └── KeyringMissing             a sign-in can't be kept on this computer
    ├── ServiceError                   the Genesys API didn't give what was asked for
    │   ├── NetworkError               no connection, or it broke
    │   │   ├── ServiceTimeout         the total deadline passed
    │   │   ├── CertificateRefused     the other side's certificate isn't trusted; names its issuer
    │   │   ├── ProxySignInNeeded      the network's proxy wants a name and a password
    │   │   └── Offline                but what is held can be read (core/signin/offline.py)
    │   ├── SignInNeeded               401: the token has expired or was revoked
    │   ├── PermissionMissing          403: names the permissions
    │   ├── NotFound                   404
    │   ├── RequestRefused             any other 4xx
    │   ├── RateLimited                429 for longer than is worth waiting
    │   ├── ServiceUnavailable         5xx
    │   └── UnexpectedAnswer           an answer that isn't what the API gives (a captive portal)
    ├── StoreError                     the local store
    │   ├── StoreLocked                another window has it open
    │   ├── StoreDamaged               the file can't be read; it is set aside, never deleted
    │   ├── StoreFull                  the disk is full
    │   └── StoreUnsafe                no key or no cryptography: nothing may be written to disk
    ├── ExportError                    contacts were not written into a file
    │   ├── TargetLocked               another program has the file open
    │   ├── TargetFull                 there is no room for it
    │   ├── TargetRefused              no such folder, or nobody may write there
    │   └── ExportCancelled            the person ended it
    └── UpdateFeedRefused              what tells of newer versions can't be read or believed

Each carries one sentence for the person (``str(error)``) that says what happened and names
the mend, and an ``advice`` that tells the program what to offer.  No sentence holds a token,
a customer's data or a URL's query.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar


class Advice(Enum):
    """What to offer the person after a failure."""

    CORRECT = "correct"  # change what was entered
    RETRY = "retry"  # the same again may work
    SIGN_IN = "sign in"  # a new sign-in mends it
    ASK_ADMIN = "ask an admin"  # somebody with more rights must change something
    REPORT = "report"  # a defect: nothing the person can do


class ContactHistoryError(Exception):
    """Root of the tree. ``str()`` is a sentence fit for the person."""

    advice: ClassVar[Advice] = Advice.REPORT
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InputError(ContactHistoryError):
    advice = Advice.CORRECT
    title = "This can't be used as it is"


class ConfigError(InputError):
    """A profile or policy file that can't be used.

    ``line`` counts from 1, or is None for the whole file.
    """

    title = "A settings file needs a correction"

    def __init__(self, sentence: str, *, line: int | None = None) -> None:
        super().__init__(sentence if line is None else f"Line {line}: {sentence}")
        self.line = line


class IntervalError(InputError):
    title = "This range can't be shown"


class SignInError(ContactHistoryError):
    advice = Advice.RETRY
    title = "Sign-in did not finish"


class CallbackRejected(SignInError):
    """The answer was not a trustworthy answer to our request (state, type, form)."""


class AccessDenied(SignInError):
    title = "Access was refused"


class ClientRefused(SignInError):
    """Genesys doesn't accept the OAuth client as the profile describes it.

    ``code`` is the service's own word, e.g. ``invalidClientId`` or ``unauthorized_client``.
    """

    advice = Advice.ASK_ADMIN
    title = "Genesys refused this app's settings"

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class LoginUnavailable(SignInError):
    title = "The login page can't be reached"


class WrongOrganisation(SignInError):
    title = "This sign-in is for somewhere else"


class UnsafeEnvironment(SignInError):
    advice = Advice.ASK_ADMIN
    title = "Sign-in can't run safely here"


class SignInNotGiven(SignInError):
    advice = Advice.SIGN_IN
    title = "Nobody is signed in"


class ForbiddenByPolicy(SignInError):
    advice = Advice.ASK_ADMIN
    title = "Your administrator doesn't allow this"


class KeyringMissing(SignInError):
    advice = Advice.ASK_ADMIN
    title = "The sign-in can't be kept"


class ServiceError(ContactHistoryError):
    """``correlation_id`` is Genesys' own name for the failed request, for their support."""

    advice = Advice.RETRY
    title = "Genesys Cloud did not answer as expected"

    def __init__(self, sentence: str, *, correlation_id: str = "") -> None:
        super().__init__(sentence)
        self.correlation_id = correlation_id


class NetworkError(ServiceError):
    title = "No connection to Genesys Cloud"


class ServiceTimeout(NetworkError):
    title = "Genesys Cloud took too long"


class CertificateRefused(NetworkError):
    """``issuer`` is who signed the certificate, by its own words; empty if it didn't say."""

    advice = Advice.ASK_ADMIN
    title = "The connection can't be trusted"

    def __init__(self, sentence: str, *, issuer: str = "") -> None:
        super().__init__(sentence)
        self.issuer = issuer


class ProxySignInNeeded(NetworkError):
    """``proxy`` is the proxy's host and port, e.g. ``proxy.example.com:8080``."""

    advice = Advice.CORRECT
    title = "The network's proxy asks for a sign-in"

    def __init__(self, sentence: str, *, proxy: str = "") -> None:
        super().__init__(sentence)
        self.proxy = proxy


class SignInNeeded(ServiceError):
    advice = Advice.SIGN_IN
    title = "Your sign-in has ended"


class PermissionMissing(ServiceError):
    """``permissions`` holds the names in the answer, e.g. ``routing:queue:view``; may be empty."""

    advice = Advice.ASK_ADMIN
    title = "A permission is missing"

    def __init__(
        self, sentence: str, *, permissions: tuple[str, ...] = (), correlation_id: str = ""
    ) -> None:
        super().__init__(sentence, correlation_id=correlation_id)
        self.permissions = permissions


class NotFound(ServiceError):
    advice = Advice.CORRECT
    title = "Not found"


class RequestRefused(ServiceError):
    """A 4xx that a retry can't mend. ``status`` is the HTTP status, ``code`` the service's word."""

    advice = Advice.REPORT
    title = "Genesys Cloud refused the request"

    def __init__(
        self, sentence: str, *, status: int = 400, code: str = "", correlation_id: str = ""
    ) -> None:
        super().__init__(sentence, correlation_id=correlation_id)
        self.status = status
        self.code = code


class RateLimited(ServiceError):
    """``retry_after`` is in seconds; None if the service didn't say."""

    title = "Genesys Cloud asks for a pause"

    def __init__(
        self, sentence: str, *, retry_after: float | None = None, correlation_id: str = ""
    ) -> None:
        super().__init__(sentence, correlation_id=correlation_id)
        self.retry_after = retry_after


class ServiceUnavailable(ServiceError):
    title = "Genesys Cloud is unavailable"


class UnexpectedAnswer(ServiceError):
    title = "This did not come from Genesys Cloud"


class StoreError(ContactHistoryError):
    title = "The local store has a problem"


class StoreLocked(StoreError):
    advice = Advice.RETRY
    title = "Contact History is already open"


class StoreDamaged(StoreError):
    advice = Advice.RETRY
    title = "The local store was damaged"


class StoreFull(StoreError):
    advice = Advice.CORRECT
    title = "The disk is full"


class StoreUnsafe(StoreError):
    advice = Advice.ASK_ADMIN
    title = "Contacts are kept in memory only"


class ExportError(ContactHistoryError):
    """Contacts could not be written into a file; one that was there before is as it was."""

    advice = Advice.CORRECT
    title = "The export was not made"


class TargetLocked(ExportError):
    """Another program has the file open."""


class TargetFull(ExportError):
    """The disk, or what the person may use of it."""


class TargetRefused(ExportError):
    """There is no such folder, or nobody may write there."""


class ExportCancelled(ExportError):
    advice = Advice.RETRY
    title = "The export was cancelled"


class UpdateFeedRefused(ContactHistoryError):
    """Stops nobody: the settings and the log tell of it, and it is looked for another time."""

    advice = Advice.ASK_ADMIN
    title = "Newer versions can't be looked for"
