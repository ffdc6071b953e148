"""The login host's HTML: plain forms that work without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from .accounts import Account

ERROR_SENTENCES = {
    "invalidClientId": "The application's client ID is unknown here.",
    "invalidRedirectUri": "The application's redirect URI is not registered.",
    "orgAndProviderRequired": "An organisation and a provider are only accepted together.",
    "invalidOrganization": "There is no organisation of that name.",
    "invalidProvider": "There is no such identity provider.",
}


@cache
def asset(name: str) -> str:
    """The text of a file of the pages folder."""
    return (files("desktop_app.practice") / "pages" / name).read_text(encoding="utf-8")


def _page(title: str, mark: str, content: str) -> str:
    return Template(asset("frame.html")).substitute(
        title=escape(title), mark=escape(mark), heading=escape(title), content=content
    )


def sign_in_page(
    template: str,
    title: str,
    organization: str,
    *,
    action: str,
    email: str,
    problem: str,
    accounts: Iterable[Account],
) -> str:
    """The form of ``template`` (``login.html`` or ``provider.html``), posting to ``action``."""
    focus = {"email_focus": "", "password_focus": ""}
    focus["password_focus" if email else "email_focus"] = "autofocus"
    content = Template(asset(template)).substitute(
        focus,
        action=escape(action),
        email=escape(email),
        problem=f'<p class="error" role="alert">{escape(problem)}</p>' if problem else "",
        accounts="\n".join(
            f"<dt>{escape(a.name)}, {escape(a.role.replace('_', ' '))}</dt>"
            f"<dd><code>{escape(a.email)}</code><br><code>{escape(a.password)}</code></dd>"
            for a in accounts
        ),
    )
    return _page(title, organization, content)


def error_page(organization: str) -> str:
    """One page for all failures that are not redirected.

    The reason stands in the fragment, which no server sees: the style sheet shows the sentence
    whose id is the fragment.
    """
    return _page("Sign-in can't go on", organization, _reasons(ERROR_SENTENCES))


def _reasons(sentences: Mapping[str, str]) -> str:
    reasons = "\n".join(
        f'<p class="error reason" id="/error?errorKey={key}">{escape(text)}<br><code>{key}</code>'
        "</p>"
        for key, text in sentences.items()
    )
    return (
        f'{reasons}\n<p class="unexplained">There is nothing to sign in to at this address.</p>\n'
        "<p>Go back to the application, and show this page to whoever looks after it.</p>"
    )


def message_page(organization: str, title: str, sentence: str) -> str:
    return _page(title, organization, f"<p>{escape(sentence)}</p>")
