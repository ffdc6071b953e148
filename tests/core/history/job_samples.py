"""A model of asynchronous jobs over the same contacts as the model of the query."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec

from desktop_app.core.errors import NotFound
from desktop_app.core.genesys.jobs import Ending, JobPage, JobRequest
from desktop_app.core.history.coverage import DAY_MS
from tests.core.history.history_samples import Service, conversation, iso


@dataclass
class Lake:
    """Jobs see what the service has when they are submitted, up to ``until_ms``.

    ``before`` is called before each answer with what is asked: available, submit, ended, page,
    cancel; it may wait or raise.  ``endings`` are those of the next jobs; then they are done.
    """

    service: Service
    until_ms: int
    before: Callable[[str], Awaitable[None]] | None = None
    endings: list[Ending] = field(default_factory=list)
    requests: list[JobRequest] = field(default_factory=list)
    pages: list[tuple[str, str, int]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    jobs: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def available_ms(self) -> int | None:
        await self._come("available")
        return self.until_ms

    async def submit(self, request: JobRequest) -> str:
        await self._come("submit")
        self.requests.append(request)
        first = request.start_ms // DAY_MS * DAY_MS
        end = min(-(-request.end_ms // DAY_MS) * DAY_MS, self.until_ms)
        job_id = f"job-{len(self.requests)}"
        rows = self.service.rows.items()
        self.jobs[job_id] = sorted((start, id_) for id_, start in rows if first <= start < end)
        return job_id

    async def ended(self, job_id: str, *, just_begun: bool) -> Ending:
        await self._come("ended")
        if job_id not in self.jobs:
            return Ending.GONE
        return self.endings.pop(0) if self.endings else Ending.DONE

    async def page(self, job_id: str, cursor: str, size: int) -> JobPage:
        self.pages.append((job_id, cursor, size))
        await self._come("page")
        if job_id not in self.jobs:
            raise NotFound("gone")
        offset = int(cursor or 0)
        rows = self.jobs[job_id]
        return JobPage(
            conversations=[
                msgspec.Raw(conversation(id_, start)) for start, id_ in rows[offset : offset + size]
            ],
            cursor=str(offset + size) if offset + size < len(rows) else None,
            data_availability_date=iso(self.until_ms),
        )

    async def cancel(self, job_id: str) -> None:
        await self._come("cancel")
        self.cancelled.append(job_id)
        self.jobs.pop(job_id, None)

    async def _come(self, what: str) -> None:
        self.asked.append(what)
        await asyncio.sleep(0)
        if self.before:
            await self.before(what)
