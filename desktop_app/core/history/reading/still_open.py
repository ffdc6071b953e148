"""Reading single contacts again: those that hadn't ended when they were read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from desktop_app.core.errors import NotFound, PermissionMissing, RequestRefused
from desktop_app.core.genesys.history import MOST_IDS
from desktop_app.core.history.coverage import Slice
from desktop_app.core.history.reading.intake import Intake

FetchContacts = Callable[[Sequence[str]], Awaitable[list[msgspec.Raw]]]


async def read_still_open(
    intake: Intake,
    fetch: FetchContacts,
    start_ms: int,
    end_ms: int,
    planned: Sequence[Slice],
    *,
    now_ms: int,
) -> list[int]:
    """Read the open contacts of a range again, but for those that ``planned`` slices will bring.

    Never dearer than their day: a hundred come with one request, and a day holds no fewer than
    are open in it.  Returns the starts of those that the service no longer gives this way: only
    their day says whether they are gone.
    """
    known = await intake.in_store(lambda: intake.store.still_open(start_ms, end_ms))
    wanted = {
        id_: start
        for id_, start in known
        if not any(each.start_ms <= start < each.end_ms for each in planned)
    }
    ids = list(wanted)
    for first in range(0, len(ids), MOST_IDS):
        try:
            conversations = await fetch(ids[first : first + MOST_IDS])
        except (NotFound, PermissionMissing, RequestRefused):
            break
        for id_ in await _take(intake, conversations, now_ms):
            wanted.pop(id_, None)
    return list(wanted.values())


async def _take(intake: Intake, conversations: list[msgspec.Raw], now_ms: int) -> list[str]:
    rows = await intake.rows(conversations)
    found = [contact for contact in rows.contacts if contact]
    await intake.in_store(lambda: intake.store.write_contacts(found, rows.names, pass_ms=now_ms))
    return [contact.conversation_id for contact in found]
