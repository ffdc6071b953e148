"""Contact history by asynchronous jobs: a lagging data lake, a thousand contacts a page
(contract §2.4, quirks 3 and 21)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

from desktop_app.core.errors import NotFound, UnexpectedAnswer
from desktop_app.core.genesys import wire
from desktop_app.core.genesys.client import GenesysClient
from desktop_app.core.genesys.history import DETAILS, EVERYTHING, Scope, interval
from desktop_app.core.genesys.timing import REAL_TIME, Timing

JOBS = f"{DETAILS}/jobs"
PAGE_SIZE = 1_000

POLL_S = 3.0  # the shortest that is known to be tolerated
_SLOWER = 1.2
_SLOWEST_S = 30.0
PATIENCE_S = 1800.0


class Ending(Enum):
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"  # cancelled, expired, or never heard of
    LATE = "late"  # not finished for as long as is worth waiting


class JobPage(wire.ConversationPage):
    """``cursor`` is missing at the end."""

    cursor: str | None = None
    data_availability_date: str | None = None


class _Submitted(wire.Wire):
    job_id: str | None = None


class _Status(wire.Wire):
    state: str | None = None


class _Availability(wire.Wire):
    data_availability_date: str | None = None


@dataclass(frozen=True, slots=True)
class JobRequest:
    """All contacts that start on the UTC days that ``[start_ms, end_ms)`` touches."""

    start_ms: int
    end_ms: int
    scope: Scope = EVERYTHING


class DetailJobs:
    """Jobs of one client. Raises what the client raises.

    ``poll_s`` may be shorter than Genesys tolerates for a service that isn't theirs.
    """

    def __init__(
        self, client: GenesysClient, *, poll_s: float = POLL_S, timing: Timing = REAL_TIME
    ) -> None:
        self._client = client
        self._poll_s = poll_s
        self._timing = timing

    async def available_ms(self) -> int | None:
        """Up to which moment jobs have contacts; None when the service doesn't say."""
        answer = await self._client.get(f"{JOBS}/availability", _Availability)
        return wire.instant_ms(answer.data_availability_date)

    async def submit(self, request: JobRequest) -> str:
        """Start a job; its id. One started twice costs nothing but the service's work."""
        body = {
            "interval": interval(request.start_ms, request.end_ms),
            "order": "asc",
            "orderBy": "conversationStart",
            # Else a job matches by any moment of a contact, unlike the query (contract §2.4).
            "startOfDayIntervalMatching": True,
            **request.scope.body,
        }
        job_id = (await self._client.post(JOBS, _Submitted, body=body, reads_only=True)).job_id
        if not job_id:
            raise UnexpectedAnswer("Genesys Cloud started a job and did not say which. Retry.")
        return job_id

    async def ended(self, job_id: str, *, just_begun: bool) -> Ending:
        """Wait for a job. A state that isn't known means that it goes on (quirk 21)."""
        began, pause_s = self._timing.monotonic(), self._poll_s
        if just_begun:
            await self._timing.sleep(pause_s)
        while True:
            ending = await self._ending(job_id)
            if ending is not None:
                return ending
            if self._timing.monotonic() - began >= PATIENCE_S:
                return Ending.LATE
            await self._timing.sleep(pause_s)
            pause_s = min(pause_s * _SLOWER, _SLOWEST_S)

    async def _ending(self, job_id: str) -> Ending | None:
        try:
            status = await self._client.get(_path(job_id), _Status)
        except NotFound:
            return Ending.GONE
        return _ENDINGS.get((status.state or "").upper())

    async def page(self, job_id: str, cursor: str, size: int = PAGE_SIZE) -> JobPage:
        """The results from a cursor on, "" for the first; NotFound once they have expired."""
        params: dict[str, str] = {"pageSize": str(size)}
        if cursor:
            params["cursor"] = cursor
        return await self._client.get(f"{_path(job_id)}/results", JobPage, params=params)

    async def cancel(self, job_id: str) -> None:
        await self._client.delete(_path(job_id))


def _path(job_id: str) -> str:
    return f"{JOBS}/{quote(job_id, safe='')}"


_ENDINGS = {
    "FULFILLED": Ending.DONE,
    "FAILED": Ending.FAILED,
    "CANCELLED": Ending.GONE,
    "EXPIRED": Ending.GONE,
}
