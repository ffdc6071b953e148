"""What a check of a profile found: one line for each thing that has to be right. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from desktop_app.core.errors import (
    CertificateRefused,
    ClientRefused,
    ContactHistoryError,
    NetworkError,
    ProxySignInNeeded,
    SignInError,
)
from desktop_app.core.signin.profiles import Grant, Profile, Way
from desktop_app.core.signin.refusals import is_grant_refused


class Subject(StrEnum):
    """What has to be right for a sign-in, in the order in which it matters."""

    PROXY = "Proxy"
    LOGIN = "Login host"
    API = "API host"
    CERTIFICATE = "Certificate"
    CLIENT = "Client ID"
    REDIRECT = "Redirect URI"
    GRANT = "Grant"
    BROWSER = "Your browser"


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"  # signing in works all the same, at least in one way
    WRONG = "wrong"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Finding:
    """``sentence`` says what was found and, where something is wrong, what mends it."""

    subject: Subject
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    findings: tuple[Finding, ...]

    def with_finding(self, later: Finding) -> CheckResult:
        """With what was found later about a subject in the place of what was found before."""
        kept = [each for each in self.findings if each.subject is not later.subject]
        order = list(Subject)
        together = sorted([*kept, later], key=lambda each: order.index(each.subject))
        return CheckResult(tuple(together))

    @property
    def ok(self) -> bool:
        """Whether nothing stands in the way, as far as can be told without signing in."""
        return not any(finding.verdict is Verdict.WRONG for finding in self.findings)

    @property
    def problem(self) -> str:
        """The one sentence for what is wrong and its mend; empty if nothing is."""
        wrong = (f.sentence for f in self.findings if f.verdict is Verdict.WRONG)
        return next(wrong, "")


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of asking one host, named with its port.

    ``proxy`` is host and port of the proxy on the way; ``refusal`` is the login host's no to the
    settings, while ``error`` tells why no host that could be believed has answered.
    """

    host: str
    proxy: str = ""
    error: ContactHistoryError | None = None
    refusal: SignInError | None = None

    @property
    def is_answered(self) -> bool:
        return self.error is None


_CLIENT_CODES = frozenset({"invalidClientId", "invalid_client"})
_REDIRECT_CODES = frozenset({"invalidRedirectUri", "redirectUriMismatch"})

_GRANT_NAMES: Mapping[Grant, str] = {
    Grant.PKCE: "authorization code with PKCE",
    Grant.IMPLICIT: "the implicit grant",
}


def is_client_unknown(refusal: SignInError | None) -> bool:
    return isinstance(refusal, ClientRefused) and refusal.code in _CLIENT_CODES


def is_redirect_refused(refusal: SignInError | None) -> bool:
    return isinstance(refusal, ClientRefused) and refusal.code in _REDIRECT_CODES


def other_grant(profile: Profile) -> Grant:
    return Grant.IMPLICIT if profile.grant is Grant.PKCE else Grant.PKCE


def place_of(profile: Profile) -> str:
    """The region's label, or the login host where there is no region."""
    return profile.region.label if profile.region else urlsplit(profile.login_url).netloc


def about_network(profile: Profile, login: Visit, api: Visit) -> tuple[Finding, ...]:
    """The proxy, both hosts, and their certificates."""
    return (
        _about_proxy(login, api),
        _about_host(Subject.LOGIN, login),
        _about_host(Subject.API, api),
        _about_certificate(profile, login, api),
    )


def _about_host(subject: Subject, visit: Visit) -> Finding:
    match visit.error:
        case None:
            return Finding(subject, Verdict.OK, f"{visit.host} answers.")
        case ProxySignInNeeded():
            return Finding(subject, Verdict.UNKNOWN, "Not known before the proxy lets through.")
        case CertificateRefused():
            words = f"{visit.host} answers, but can't be trusted."
            return Finding(subject, Verdict.UNKNOWN, words)
        case error:
            return Finding(subject, Verdict.WRONG, error.sentence)


def _about_proxy(*visits: Visit) -> Finding:
    for visit in visits:
        if isinstance(visit.error, ProxySignInNeeded):
            return Finding(Subject.PROXY, Verdict.WRONG, visit.error.sentence)
    proxies = sorted({visit.proxy for visit in visits if visit.proxy})
    words = f"Through {_listed(proxies)}." if proxies else "None on the way."
    return Finding(Subject.PROXY, Verdict.OK, words)


def _about_certificate(profile: Profile, *visits: Visit) -> Finding:
    for visit in visits:
        if isinstance(visit.error, CertificateRefused):
            return Finding(Subject.CERTIFICATE, Verdict.WRONG, visit.error.sentence)
    if not profile.login_url.startswith("https:"):
        return Finding(Subject.CERTIFICATE, Verdict.OK, "None is needed on this computer.")
    if all(isinstance(visit.error, NetworkError) for visit in visits):
        return Finding(Subject.CERTIFICATE, Verdict.UNKNOWN, "Not known without a connection.")
    return Finding(Subject.CERTIFICATE, Verdict.OK, "Trusted by this computer.")


def about_browser(profile: Profile, visits: Mapping[str, Visit]) -> Finding:
    """Whether the person's own browser can come back; a visit for each of its redirect URIs."""
    uris = list(visits)
    missing = [uri for uri, visit in visits.items() if is_redirect_refused(visit.refusal)]
    if not missing:
        if not all(visit.is_answered for visit in visits.values()):
            return Finding(Subject.BROWSER, Verdict.UNKNOWN, "Genesys' login stopped answering.")
        return Finding(Subject.BROWSER, Verdict.OK, f"It can come back to {_ports(uris)}.")
    if len(missing) < len(uris):
        there = [uri for uri in uris if uri not in missing]
        words = (
            f"It can come back to {_ports(there)} only, which another program may have taken. Ask"
            f" your admin to add {_listed(missing)} to the client."
        )
        return Finding(Subject.BROWSER, Verdict.WARNING, words)
    words = (
        "It has no registered address to come back to. Ask your admin to add"
        f" {_listed(missing)} to the client."
    )
    needed = profile.way is Way.BROWSER
    return Finding(Subject.BROWSER, Verdict.WRONG if needed else Verdict.WARNING, words)


def _ports(uris: Sequence[str]) -> str:
    ports = [str(urlsplit(uri).port) for uri in uris]
    return f"port{'s' if len(ports) > 1 else ''} {_listed(ports)}"


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def about_client(
    profile: Profile,
    refusal: SignInError | None,
    *,
    belongs_to: str = "",
    other_allowed: bool | None = None,
) -> tuple[Finding, Finding, Finding]:
    """Client, redirect URI and grant, by the login host's answer; None if it went on.

    The login host judges them in this order, so what comes before a refusal is right and what
    comes after it is not known.  ``belongs_to`` is another region that knows the client;
    ``other_allowed`` tells whether the other grant is allowed, None if that isn't known.
    """
    facts = (
        (Subject.CLIENT, f"Known to Genesys Cloud in {place_of(profile)}."),
        (Subject.REDIRECT, "Registered with the client."),
        (Subject.GRANT, f"The client allows {_GRANT_NAMES[profile.grant]}."),
    )
    if refusal is None:
        client, redirect, grant = (Finding(what, Verdict.OK, words) for what, words in facts)
        return client, redirect, grant
    wrong = _refused_subject(refusal)
    verdicts: dict[Subject, Verdict] = {}
    verdict = Verdict.OK
    for subject, _ in facts:
        verdicts[subject] = Verdict.WRONG if subject is wrong else verdict
        verdict = Verdict.UNKNOWN if subject is wrong else verdict
    sentence = _refusal_sentence(profile, refusal, belongs_to, other_allowed)
    said = {Verdict.WRONG: sentence, Verdict.UNKNOWN: "Not known before that is mended."}
    client, redirect, grant = (
        Finding(what, verdicts[what], said.get(verdicts[what], words)) for what, words in facts
    )
    return client, redirect, grant


def nothing_about_client(why: str) -> tuple[Finding, Finding, Finding]:
    """Where the login host gave no answer that can be believed."""
    client, redirect, grant = (
        Finding(subject, Verdict.UNKNOWN, why)
        for subject in (Subject.CLIENT, Subject.REDIRECT, Subject.GRANT)
    )
    return client, redirect, grant


def _refused_subject(refusal: SignInError) -> Subject:
    if is_redirect_refused(refusal):
        return Subject.REDIRECT
    if is_grant_refused(refusal) or not isinstance(refusal, ClientRefused):
        return Subject.GRANT  # told at the callback, so the client and the URI are right
    return Subject.CLIENT


def _refusal_sentence(
    profile: Profile, refusal: SignInError, belongs_to: str, other_allowed: bool | None
) -> str:
    if belongs_to:
        return f"This client ID belongs to {belongs_to}. Choose that region."
    if is_client_unknown(refusal):
        return (
            f"Genesys Cloud in {place_of(profile)} does not know this client ID. Check the ID and"
            " the region, or ask your admin for the OAuth client."
        )
    if is_redirect_refused(refusal):
        return (
            f"{profile.redirect_uri} is not registered with this client. Ask your admin to add"
            " exactly this redirect URI to it."
        )
    if is_grant_refused(refusal):
        return _grant_sentence(profile, other_allowed)
    return refusal.sentence


def _grant_sentence(profile: Profile, other_allowed: bool | None) -> str:
    refused, other = _GRANT_NAMES[profile.grant], _GRANT_NAMES[other_grant(profile)]
    if other_allowed:
        return f"This client does not allow {refused}, but {other}. Choose that way to sign in."
    if other_allowed is False:
        return (
            f"This client allows neither {refused} nor {other}. Ask your admin for a client with"
            " authorization code and PKCE."
        )
    return f"This client does not allow {refused}. Choose {other}, or ask your admin."
