"""Everything that happens to contacts, and how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from ..legs import Story
from . import callbacks, digital, inbound, outbound, transfers


class Scenario(NamedTuple):
    """``tell`` fills a story; ``weight`` is in contacts per hundred, roughly."""

    name: str
    weight: float
    tell: Callable[[Story], None]


SCENARIOS: Final = (
    Scenario("answered", 31, inbound.answered),
    Scenario("no_answer_once", 2, inbound.no_answer_once),
    Scenario("no_answer_twice", 0.8, inbound.no_answer_twice),
    Scenario("no_answer_at_all", 0.6, inbound.no_answer_at_all),
    Scenario("abandoned_in_queue", 5, inbound.abandoned_in_queue),
    Scenario("short_abandon", 1.5, inbound.short_abandon),
    Scenario("abandoned_in_ivr", 2, inbound.abandoned_in_ivr),
    Scenario("self_service", 4, inbound.self_service),
    Scenario("external_and_ivr", 0.8, inbound.external_and_ivr),
    Scenario("direct_call", 1.5, inbound.direct_call),
    Scenario("voicemail_left", 1, inbound.voicemail_left),
    Scenario("error_disconnect", 1, inbound.error_disconnect),
    Scenario("blind_transfer_to_queue", 3.5, transfers.blind_transfer_to_queue),
    Scenario("blind_transfer_to_agent", 1.5, transfers.blind_transfer_to_agent),
    Scenario("consult_transfer", 2.5, transfers.consult_transfer),
    Scenario("consult_only", 1.2, transfers.consult_only),
    Scenario("conference", 1, transfers.conference),
    Scenario("supervised", 1.5, transfers.supervised),
    Scenario("agent_call", 4.5, outbound.agent_call),
    Scenario("agent_call_not_answered", 1.8, outbound.agent_call_not_answered),
    Scenario("agent_call_failed", 0.8, outbound.agent_call_failed),
    Scenario("campaign_call", 2, outbound.campaign_call),
    Scenario("campaign_abandoned", 0.5, outbound.campaign_abandoned),
    Scenario("campaign_machine", 1, outbound.campaign_machine),
    Scenario("campaign_preview_skipped", 0.5, outbound.campaign_preview_skipped),
    Scenario("colleagues", 1.5, outbound.colleagues),
    Scenario("callback", 3.5, callbacks.callback),
    Scenario("voicemail_callback", 1.2, callbacks.voicemail_callback),
    Scenario("email", 8, digital.email),
    Scenario("email_out", 1, digital.email_out),
    Scenario("chat", 4, digital.chat),
    Scenario("chat_abandoned", 0.7, digital.chat_abandoned),
    Scenario("message", 6, digital.message),
    Scenario("long_message", 1.5, digital.long_message),
    Scenario("bot_only", 1.2, digital.bot_only),
)
