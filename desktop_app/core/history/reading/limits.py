"""What the service takes at once: defaults that adapt to what its refusals say.

Nothing of it is confirmed (contract §7), so every limit that a 400 names is adopted, and one
that it only hints at is felt for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from desktop_app.core.errors import RequestRefused, ServiceError, ServiceTimeout
from desktop_app.core.genesys import history, jobs
from desktop_app.core.history.coverage import CEILING, Position

SMALLEST_PAGE = 10
JOB_DAYS = 31  # the longest interval known of any query (contract §2.2)

# A job costs about four requests before its first page of 1,000: below this the query is cheaper.
WORTH_A_JOB = 1_000

_LABEL = re.compile(r"\(\d{3}[^)]*\)")  # the status in our own sentence
_WHOLE_NUMBER = re.compile(r"\d+(?:[,.]\d{3})*")
_DAYS = re.compile(r"(\d+)\s*days?")


@dataclass(slots=True)
class Limits:
    """Belongs to one sign-in: what one reading has learnt holds for the next."""

    page_size: int = history.PAGE_SIZE
    ceiling: int = CEILING
    job_page_size: int = jobs.PAGE_SIZE
    job_days: int = JOB_DAYS
    worth_a_job: int = WORTH_A_JOB
    jobs_work: bool = True

    def adapted(self, refusal: RequestRefused, at: Position) -> Position | None:
        """Where a pass goes on after a refused page; None when the refusal is about no limit."""
        words = _words(refusal)
        if "pagenumber" in words or "results" in words or "hits" in words:
            return self._lower_ceiling(refusal, at)
        if "pagesize" in words or is_too_large(refusal):
            return self._smaller_pages(refusal, at)
        return None

    def _lower_ceiling(self, refusal: RequestRefused, at: Position) -> Position | None:
        reached = (at.next_page - 1) * at.page_size
        if not 0 < reached < at.ceiling:
            return None
        # No lower than what was just answered, so that pages keep their places.
        self.ceiling = max(reached, min(_named(refusal) or reached, at.ceiling - at.page_size))
        return replace(at, ceiling=self.ceiling)

    def _smaller_pages(self, refusal: RequestRefused, at: Position) -> Position | None:
        """The pass begins again."""
        named = _named(refusal)
        size = at.page_size // 2
        if named is not None and SMALLEST_PAGE <= named < at.page_size:
            size = self.page_size = named
        if size < SMALLEST_PAGE:
            return None
        return replace(at, page_size=size, next_page=1, total_hits=None, unreadable=0)

    def job_adapted(self, refusal: RequestRefused) -> bool:
        """Whether a job that was refused may be asked for again in smaller portions."""
        named = _DAYS.search(str(refusal))
        if not named or not 1 <= int(named[1]) < self.job_days:
            return False
        self.job_days = int(named[1])
        return True

    def job_page_adapted(self, failure: ServiceError) -> bool:
        """Whether results that didn't come may be asked for again in smaller pages."""
        named = None
        if isinstance(failure, RequestRefused):
            if "pagesize" not in _words(failure) and not is_too_large(failure):
                return False
            named = _named(failure)
        elif not isinstance(failure, ServiceTimeout):
            return False
        size = self.job_page_size // 2
        if named is not None and SMALLEST_PAGE <= named < self.job_page_size:
            size = named
        if size < SMALLEST_PAGE:
            return False
        self.job_page_size = size
        return True


def is_too_large(refusal: RequestRefused) -> bool:
    return refusal.code == "response.entity.too.large" or refusal.status == 413


def _words(refusal: RequestRefused) -> str:
    return str(refusal).lower().replace(" ", "")


def _named(refusal: RequestRefused) -> int | None:
    """The limit in the service's own words: the last number of them."""
    numbers = _WHOLE_NUMBER.findall(_LABEL.sub("", str(refusal)))
    return int(re.sub(r"\D", "", numbers[-1])) if numbers else None
