"""Details jobs: submitted, polled, read by cursor, ended (contract §2.4, quirks 1, 3 and 21)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
from starlette.routing import Route

from .details import ANY_DETAIL, Histories
from .errors import ApiError, bad_request, not_found
from .gate import Answer, Call, Gate, Needs
from .history import History, Indices
from .identity import iso_ms
from .queries import JobQuery, read_job_query

LAG_MS = 6 * 3_600_000
MAX_RESULTS_PAGE = 1_000
_LIFETIME_S = 24 * 3600.0
_CURSOR = re.compile(r"cursor-v1-(\d{9})")

# The states a job is seen in before it is done, one for each time it is asked about.
_EARLY_STATES = ("QUEUED", "PENDING")


@dataclass
class _Job:
    owner: str
    history: History
    available_ms: int
    submitted_at: float
    polls: int = 0
    cancelled: bool = False
    completed_at: float | None = None
    rows: Indices = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    error: str = ""
    work: asyncio.Task[None] | None = field(default=None, repr=False)


class Jobs:
    """Endpoints for the asynchronous details query."""

    def __init__(
        self,
        histories: Histories,
        *,
        clock: Callable[[], float],
        data_end_ms: int,
        lag_ms: int = LAG_MS,
    ) -> None:
        self._histories = histories
        self._clock = clock
        self._data_end_ms = data_end_ms
        self._lag_ms = lag_ms
        self._jobs: dict[str, _Job] = {}

    def routes(self, gate: Gate) -> list[Route]:
        base = "analytics/conversations/details/jobs"
        view = Needs(any_of=("analytics:conversationDetail:view",))
        return [
            gate.route("POST", base, self._submit, ANY_DETAIL),
            gate.route("GET", f"{base}/availability", self._availability, view),
            gate.route("GET", f"{base}/{{id}}", self._status, ANY_DETAIL),
            gate.route("DELETE", f"{base}/{{id}}", self._cancel, ANY_DETAIL),
            gate.route("GET", f"{base}/{{id}}/results", self._results, ANY_DETAIL),
        ]

    def available_ms(self) -> int:
        """Up to where the data lake has been filled: hours behind, on a whole second."""
        behind = min(int(self._clock() * 1000), self._data_end_ms) - self._lag_ms
        return behind // 1000 * 1000

    async def _submit(self, call: Call) -> Answer:
        query = read_job_query(call.body)
        account = call.token.account
        job = _Job(
            account.email,
            self._histories.of(account.contacts),
            self.available_ms(),
            self._clock(),
        )
        job.work = asyncio.create_task(self._run(job, query))
        job_id = str(uuid.uuid4())
        self._jobs[job_id] = job
        return Answer({"jobId": job_id}, 202)

    async def _run(self, job: _Job, query: JobQuery) -> None:
        try:
            job.rows = await asyncio.to_thread(job.history.job, query, job.available_ms)
        except ApiError as error:
            job.error = error.message
        job.completed_at = self._clock()

    async def _availability(self, call: Call) -> Answer:
        return Answer({"dataAvailabilityDate": _whole_second(self.available_ms())})

    async def _status(self, call: Call) -> Answer:
        job = self._find(call)
        job.polls += 1
        state = self._state(job)
        status: dict[str, Any] = {"state": state, "submissionDate": iso_ms(job.submitted_at)}
        if job.completed_at is not None and state not in _EARLY_STATES:
            status["completionDate"] = iso_ms(job.completed_at)
            status["expirationDate"] = iso_ms(job.completed_at + _LIFETIME_S)
        if job.error and state == "FAILED":
            status["errorMessage"] = job.error
        return Answer(status)

    async def _cancel(self, call: Call) -> Answer:
        job = self._find(call)
        job.cancelled = True
        return Answer(None)

    async def _results(self, call: Call) -> Answer:
        job = self._find(call)
        state = self._state(job)
        if state in ("CANCELLED", "EXPIRED"):
            raise not_found("The results of the job are gone.")
        if state != "FULFILLED":
            raise bad_request("The job has no results yet.")
        size = call.integer("pageSize", MAX_RESULTS_PAGE, most=MAX_RESULTS_PAGE)
        offset = _read_cursor(call.query.get("cursor"))
        if offset and offset >= len(job.rows):
            raise bad_request("Invalid cursor")
        rows = job.rows[offset : offset + size]
        answer: dict[str, Any] = {}
        conversations = await asyncio.to_thread(_answers, job.history, rows)
        if conversations:
            answer["conversations"] = conversations
        if offset + size < len(job.rows):
            answer["cursor"] = _write_cursor(offset + size)
        answer["dataAvailabilityDate"] = _whole_second(job.available_ms)
        return Answer(answer)

    def _find(self, call: Call) -> _Job:
        """A job of the caller; somebody else's is not there."""
        job = self._jobs.get(call.path["id"])
        if job is None or job.owner != call.token.account.email:
            raise not_found("The job was not found.")
        return job

    def _state(self, job: _Job) -> str:
        if job.cancelled:
            return "CANCELLED"
        if job.polls <= len(_EARLY_STATES):
            return _EARLY_STATES[max(0, job.polls - 1)]
        if job.completed_at is None:
            return "PENDING"
        if self._clock() >= job.completed_at + _LIFETIME_S:
            return "EXPIRED"
        return "FAILED" if job.error else "FULFILLED"


def _answers(history: History, rows: Indices) -> list[msgspec.Raw]:
    return [history.answer(index, attributes=True) for index in rows.tolist()]


def _whole_second(epoch_ms: int) -> str:
    """An instant without milliseconds, as dataAvailabilityDate comes (quirk 3)."""
    return datetime.fromtimestamp(epoch_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write_cursor(offset: int) -> str:
    # 19 bytes: one more than a multiple of three, so that the text ends in "=" (quirk 3).
    return base64.b64encode(f"cursor-v1-{offset:09d}".encode()).decode()


def _read_cursor(text: str | None) -> int:
    if text is None:
        return 0
    try:
        decoded = base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        decoded = ""
    found = _CURSOR.fullmatch(decoded)
    if found is None:
        raise bad_request("Invalid cursor")
    return int(found.group(1))
