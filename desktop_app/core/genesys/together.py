"""Several requests side by side, failing with one plain error instead of a group."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def side_by_side() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose first error, once the other tasks have been cancelled, is raised bare."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except ExceptionGroup as errors:
        first = errors.exceptions[0]
    else:
        return
    raise first
