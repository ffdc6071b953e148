"""Which proxy leads outside, where no Qt is loaded.

``system`` means the environment on Linux, as it does for the window.  What only Qt can tell, the
settings of Windows and macOS and a PAC file, is asked of a child process that loads it.
"""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

import click

from desktop_app.commands import setting_up
from desktop_app.core.errors import NetworkError
from desktop_app.core.signin.policy import Policy
from desktop_app.core.signin.policy_file import NO_PROXY, SYSTEM_PROXY
from desktop_app.core.this_program import this_program

_WITHIN_S = 60.0
_ASKS_QT = sys.platform in ("win32", "darwin")


def find_proxy(policy: Policy) -> Callable[[str], str]:
    """Answers with the proxy to a URL, "" for a direct connection; may block."""
    setting = policy.proxy
    if setting == NO_PROXY:
        return lambda url: ""
    if setting == SYSTEM_PROXY and not _ASKS_QT:
        return of_environment
    if setting == SYSTEM_PROXY or setting.startswith("pac+"):
        return _asked_of_child
    proxy = setting.rstrip("/")
    return lambda url: proxy if "." in (urlsplit(url).hostname or "") else ""


def of_environment(url: str) -> str:
    """By ``http_proxy``, ``https_proxy`` and ``no_proxy``."""
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.netloc):
        return ""
    return urllib.request.getproxies().get(parts.scheme, "").rstrip("/")


def _asked_of_child(url: str) -> str:
    try:
        told = subprocess.run(
            [*this_program(), "find-proxy", url],
            capture_output=True,
            text=True,
            timeout=_WITHIN_S,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        raise NetworkError(
            "It could not be found out which proxy leads to Genesys Cloud. Ask your admin to name"
            " it in the policy, like http://proxy.example.com:8080."
        ) from None
    return told.stdout.strip()


@click.command("find-proxy", hidden=True)
@click.argument("url")
def find_proxy_command(url: str) -> None:
    """Print the proxy that leads to an address, as the window finds it."""
    from desktop_app.gui.network import proxies

    policy = setting_up.policy()
    click.echo(proxies.find_proxy(policy.proxy, ca_file=policy.ca_file)(url))
