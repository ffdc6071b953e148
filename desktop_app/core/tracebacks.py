"""An exception in words that may be written down: where it happened, and never with what values.

No locals and no source lines.  Only our own errors keep their sentence, which by their contract
holds no data; what a foreign exception says may quote what it was given, so that its type alone
is told (safety T26 to T28).
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

from desktop_app.core.errors import ContactHistoryError, ServiceError
from desktop_app.core.redaction import redact

_MOST_FRAMES = 60  # a recursion without end has a thousand alike
_MOST_LINKS = 10

_CAUSE = "The cause of what follows:"
_CONTEXT = "While this was handled, another failure came:"


def describe(error: BaseException) -> str:
    """One line: the type, and for our own errors the sentence and Genesys' name for the call."""
    name = _name(type(error))
    if not isinstance(error, ContactHistoryError):
        return name
    called = error.correlation_id if isinstance(error, ServiceError) else ""
    return redact(f"{name}: {error}" + (f" (correlation id {called})" if called else ""))


def safe_traceback(error: BaseException) -> str:
    """The frames and the description of an error, its causes first and a group's members last."""
    return "\n".join(_chain(error))


def _chain(error: BaseException) -> Iterator[str]:
    links: list[tuple[BaseException, str]] = [(error, "")]
    while len(links) < _MOST_LINKS:
        last = links[-1][0]
        if last.__cause__ is not None:
            links.append((last.__cause__, _CAUSE))
        elif last.__context__ is not None and not last.__suppress_context__:
            links.append((last.__context__, _CONTEXT))
        else:
            break
    for link, relation in reversed(links):
        yield from _frames(link.__traceback__)
        yield describe(link)
        if isinstance(link, BaseExceptionGroup):
            for member in link.exceptions[:_MOST_LINKS]:
                yield f"  in this group: {describe(member)}"
        if relation:
            yield relation


def _frames(trace: TracebackType | None) -> Iterator[str]:
    lines: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_qualname}')
        trace = trace.tb_next
    if lines:
        yield "Traceback (most recent call last):"
    if len(lines) > _MOST_FRAMES:
        half = _MOST_FRAMES // 2
        lines[half:-half] = [f"  ... {len(lines) - _MOST_FRAMES} frames ..."]
    yield from lines


def _name(kind: type[BaseException]) -> str:
    if kind.__module__ in ("builtins", "desktop_app.core.errors"):
        return kind.__name__
    return f"{kind.__module__}.{kind.__qualname__}"
