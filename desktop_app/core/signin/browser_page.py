"""What the person's own browser is shown when it comes back: sober pages without any script.

Each is a whole HTTP answer, made of constants alone: nothing of a request is ever echoed.  The
pages load nothing, run nothing, are kept nowhere and send no referrer.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from string import Template

_STYLE = """
:root { color-scheme: light dark; --back: #ffffff; --text: #1b2027; --muted: #5c6672;
  --line: #e2e6eb; --state: #157f4a; }
.bad { --state: #c02f2f; }
@media (prefers-color-scheme: dark) {
  :root { --back: #15181d; --text: #e6e9ee; --muted: #98a2b0; --line: #2c323b; --state: #4cc38a; }
  .bad { --state: #f07070; }
}
body { margin: 0; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 16vh auto 0; padding: 0 24px; }
p { margin: 0; color: var(--muted); }
.name { padding-bottom: 12px; border-bottom: 1px solid var(--line); }
h1 { margin: 24px 0 4px; padding-left: 12px; border-left: 4px solid var(--state);
  font-size: 20px; font-weight: 600; }
h1 + p { padding-left: 16px; }
"""

_PAGE = Template("""<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>$title</title>
<style>$style</style>
</head>
<body>
<main class="$kind">
<p class="name">Contact History</p>
<h1>$title</h1>
<p>$text</p>
</main>
</body>
</html>
""")

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}


def _answer(status: HTTPStatus, body: str = "", headers: Mapping[str, str] | None = None) -> bytes:
    content = body.encode()
    fields = {
        **_HEADERS,
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(content)),
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + content


def _page(
    status: HTTPStatus,
    title: str,
    text: str,
    *,
    kind: str = "bad",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    body = _PAGE.substitute(title=title, text=text, kind=kind, style=_STYLE)
    return _answer(status, body, headers)


def _closed(status: HTTPStatus, text: str, headers: Mapping[str, str] | None = None) -> bytes:
    return _page(status, "There is nothing to see here", text, headers=headers)


SIGNED_IN = _page(
    HTTPStatus.OK,
    "You are signed in",
    "You can close this page and go back to Contact History.",
    kind="good",
)
NOT_SIGNED_IN = _page(
    HTTPStatus.OK,
    "The sign-in did not finish",
    "Contact History says why. You can close this page.",
)
NOT_OURS = _page(
    HTTPStatus.BAD_REQUEST,
    "This answer was not used",
    "It does not belong to the sign-in that Contact History is waiting for. Close this page, and"
    " go on in the page that Contact History opened last.",
)
BAD_REQUEST = _closed(HTTPStatus.BAD_REQUEST, "The request can’t be used.")
NOT_FOUND = _closed(HTTPStatus.NOT_FOUND, "Contact History waits for a sign-in at another address.")
NOT_ALLOWED = _closed(
    HTTPStatus.METHOD_NOT_ALLOWED, "Only pages can be asked for.", {"Allow": "GET"}
)
TOO_LARGE = _closed(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request is too long.")


def see_other(path: str) -> bytes:
    """Sends the browser on, so that what it was called with leaves its address bar."""
    return _answer(HTTPStatus.SEE_OTHER, headers={"Location": path})
