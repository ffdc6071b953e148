"""A reading in a process of its own, to be killed: ``python -m … FOLDER GENERATION``.

It reads days by the query and by jobs into the store of the folder, says "page" before each
answer and "done" at the end.  Each generation is a later reading of all of it, from a service
of which some contacts have gone and to which others have come; no day ever settles here.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from desktop_app.core.genesys.jobs import Ending, JobRequest
from desktop_app.core.history import coverage
from desktop_app.core.history.coverage import DAY_MS
from desktop_app.core.history.sync import Limits
from tests.core.history.history_samples import DAY, LATER, Service, opened, reading, spread
from tests.core.history.job_samples import Lake

DAYS = 6
END = DAY + DAYS * DAY_MS
UNTIL = DAY + 4 * DAY_MS  # what jobs have


def rows(generation: int) -> dict[str, int]:
    """The truth of a generation: a fifth of the contacts comes and goes."""
    every = {
        id_: start
        for day in range(DAYS)
        for id_, start in spread(40, DAY + day * DAY_MS, DAY + (day + 1) * DAY_MS).items()
    }
    return {id_: start for n, (id_, start) in enumerate(every.items()) if (n + generation) % 5}


def now_ms(generation: int) -> int:
    return LATER + generation * DAY_MS


class _Lasting(Lake):
    """Jobs that outlive the process: an id says what it was asked for."""

    async def submit(self, request: JobRequest) -> str:
        await super().submit(request)
        return f"{request.start_ms}-{request.end_ms}"

    async def ended(self, job_id: str, *, just_begun: bool) -> Ending:
        start, _, end = job_id.partition("-")
        inside = self.service.inside(int(start), int(end))
        self.jobs[job_id] = sorted((self.service.rows[id_], id_) for id_ in inside)
        return await super().ended(job_id, just_begun=just_begun)


def main(folder: Path, generation: int) -> None:
    async def say(*_: object) -> None:
        sys.stdout.write("page\n")
        sys.stdout.flush()

    lake = _Lasting(Service(rows(generation), say), UNTIL, say)
    limits = Limits(page_size=8, job_page_size=13, worth_a_job=10)
    store = opened(folder)
    synchroniser = reading(lake.service, store, jobs=lake, limits=limits)
    coverage.SETTLED_MS, coverage.AGE_SHARE = 2**60, 2**60
    asyncio.run(synchroniser.sync(DAY, END, now_ms=now_ms(generation)))
    store.close()
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
