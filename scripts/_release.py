"""What a release asks of the tree: one version, told in the changelog, and notes out of it.

    python -m scripts._release check v1.2.0     fails unless the tag, the program and the log agree
    python -m scripts._release notes            prints the changelog's part of this version

The version stands in ``desktop_app/__init__.py`` and nowhere else; what is in it, in CHANGELOG.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from desktop_app import __version__

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def section(version: str, changelog: str) -> str:
    """What the changelog says of a version, which has to have a day: ``## 1.2.0 – 2026-11-24``.

    Raises LookupError.
    """
    head = re.compile(rf"^## {re.escape(version)} – \d{{4}}-\d\d-\d\d\n", re.MULTILINE)
    begin = head.search(changelog)
    if begin is None:
        raise LookupError(f'CHANGELOG.md has no "## {version} – YYYY-MM-DD".')
    rest = changelog[begin.end() :]
    return rest.partition("\n## ")[0].strip()


@click.group()
def main() -> None:
    """See that a release says what it is."""


@main.command()
@click.argument("tag")
def check(tag: str) -> None:
    """Fail unless TAG is the program's version, which the changelog tells."""
    if tag != f"v{__version__}":
        raise click.ClickException(f"The tag is {tag}, and desktop_app says v{__version__}.")
    click.echo(f"{tag}: {len(_section().splitlines())} lines in the changelog.")


@main.command()
def notes() -> None:
    """Print what is new in this version."""
    click.echo(_section())


def _section() -> str:
    try:
        return section(__version__, CHANGELOG.read_text(encoding="utf-8"))
    except LookupError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
