"""How much was written: messages, their parts, and e-mails, by who sent them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop_app.core.history.legs import Leg, Role

# Media that consist of messages.
WRITTEN = frozenset({"email", "message", "chat", "internalmessage"})


class Messages(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """None where the medium has no messages.

    What stands in the customer's sessions came in, what stands in any other went out.
    """

    inbound: int | None = None
    outbound: int | None = None
    inbound_sms: int | None = None
    outbound_sms: int | None = None
    emails_sent: int | None = None
    agentless_emails: int | None = None

    @property
    def total(self) -> int | None:
        if self.inbound is None or self.outbound is None:
            return None
        return self.inbound + self.outbound


NO_MESSAGES = Messages()


def read_messages(legs: Iterable[Leg]) -> Messages:
    """From the metrics of sessions in writing."""
    written = [leg for leg in legs if leg.session.media_type in WRITTEN]
    if not written:
        return NO_MESSAGES
    mails = [leg for leg in written if leg.session.media_type == "email"]
    texts = any(leg.session.message_type == "sms" for leg in written)
    return Messages(
        inbound=_sum(written, "oMessageCount", is_inbound=True),
        outbound=_sum(written, "oMessageCount", is_inbound=False),
        inbound_sms=_sum(written, "oMessageSegmentCount", is_inbound=True) if texts else None,
        outbound_sms=_sum(written, "oMessageSegmentCount", is_inbound=False) if texts else None,
        emails_sent=sum(_sent(leg) for leg in mails) if mails else None,
        agentless_emails=sum(_sent(leg) for leg in mails if leg.participant.purpose == "api")
        if mails
        else None,
    )


def _sum(legs: Iterable[Leg], metric: str, *, is_inbound: bool) -> int:
    return sum(
        leg.metrics.get(metric, 0) for leg in legs if (leg.role is Role.CUSTOMER) == is_inbound
    )


def _sent(leg: Leg) -> int:
    """A session of ours that has sent its mail says so in one of two ways."""
    if leg.role is Role.CUSTOMER:
        return 0
    return max(leg.metrics.get("oMessageCount", 0), leg.metrics.get("nOutbound", 0))
