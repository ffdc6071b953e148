"""What the columns say of conversations as the service tells them (contract §2.3).

The practice organisation doesn't give every field, so the answers here are written by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import DERIVED, Kind, column, read, row
from desktop_app.core.history.contact import Contact
from tests.core.history.conversations import (
    CALLER,
    LINE,
    Json,
    acd,
    agent,
    alert,
    at,
    contact,
    customer,
    ivr,
    metric,
    party,
    segment,
    session,
    talk,
)

CLOCK = Clock(ZoneInfo("UTC"))


def with_metrics(person: Json, *metrics: tuple[str, float]) -> Json:
    person["sessions"][0]["metrics"] = [metric(name, value) for name, value in metrics]
    return person


def call() -> Contact:
    """A call with nearly everything: asked for, transferred, evaluated, surveyed."""
    return contact(
        {**customer(
            sessionDnis="tel:+442079460002", protocolCallId="call@a7b32", provider="Edge",
            remote="tel:+442079460184", authenticated=True, recording=True,
            journeyCustomerId="j-1", journeyActionMapId="m-1",
         ), "externalContactId": "e-1", "externalOrganizationId": "o-1"},
        ivr(exitReason="TRANSFER", outcomes=[
            {"flowOutcome": "Paid", "flowOutcomeValue": "SUCCESS"},
            {"flowOutcome": "Identified", "flowOutcomeValue": "FAILURE"},
            {"flowOutcome": "Asked"},
        ]),
        acd(tAnswered=20_000),
        with_metrics({**agent(
            alert(28, 30), talk(30, 50, requestedRoutingUserIds=["u-obi"]),
            segment("hold", 50, 55), talk(55, 60, "transfer"),
            segment("wrapup", 60, 70, wrapUpCode="ININ-WRAP-UP-TIMEOUT", wrapUpNote="sent"),
            usedRouting="Standard", requestedRoutings=["Preferred", "Standard"],
            agentAssistantId="a-1",
        ), "teamId": "t-1", "flaggedReason": "general", "screenRecording": True},
            ("tAlert", 2000), ("tTalk", 25_000), ("tHeld", 5000), ("tAcw", 10_000),
            ("tHandle", 40_000), ("nTransferred", 1), ("nBlindTransferred", 1), ("nError", 2)),
        acd(60, 75, queue="q-claim"),
        agent(alert(65, 70, "noAnswerTransfer"), user="u-obi"),
        agent(talk(75, 100), user="u-zak"),
        divisionIds=["d-home"], externalTag="T-1", conversationInitiator="customer",
        customerParticipation=True, mediaStatsMinConversationMos=4.25,
        evaluations=[
            {"eventTime": at(5000), "userId": "u-ana", "evaluatorId": "u-obi", "formName": "Calls",
             "evaluationStatus": "InReview", "oTotalScore": 87, "oTotalCriticalScore": 90,
             "assigneeId": "u-zak"},
            {"eventTime": at(900), "evaluationStatus": "Finished", "oTotalScore": 12},
            {"eventTime": at(9000), "evaluationStatus": "Retracted", "deleted": True},
        ],
        surveys=[{"surveyFormName": "Short", "surveyStatus": "Finished", "surveyType": "Web",
                  "surveyPromoterScore": 9, "oSurveyTotalScore": 80, "eventTime": at(300)}],
        resolutions=[{"eventTime": at(1)}, {"nNextContactAvoided": 1}],
    )  # fmt: skip


def mail() -> Contact:
    """An e-mail with a copy, an answer and a file, laid aside for a while."""
    return contact(
        party("customer", session(
            segment("interact", 0, 900, subject="Invoice"), mediaType="email",
            addressFrom="jo@example.org", addressTo="us@acme.example", cc=["copy@example.org"],
            bcc=["mailto:hidden@example.org", "hidden@example.org"], mediaCount=2,
            metrics={"oMessageCount": 1, "oExternalMediaCount": 2},
        )),
        party("agent", session(
            talk(300, 600), segment("parked", 600, 700), talk(700, 900, "client"),
            mediaType="email", deliveryStatus="DeliveryFailed", extendedDeliveryStatus="no mailbox",
            metrics={"oMessageCount": 2, "tPark": 100_000, "tParkComplete": 100_000,
                     "tFirstResponse": 900_000, "oMediaCount": 1, "tFirstEngagement": 300_000},
        ), userId="u-ana"),
        party("api", session(segment("interact", 1, 2), mediaType="email",
                             metrics={"nOutbound": 1})),
        end=900, selfServed=True,
    )  # fmt: skip


def message() -> Contact:
    """A text message of a social post, answered after a while."""
    person = party("agent", session(
        talk(30, 90), mediaType="message", messageType="sms", deliveryPushed=True,
    ), userId="u-ana")  # fmt: skip
    with_metrics(
        person, ("oMessageCount", 3), ("oMessageSegmentCount", 4), ("oAudioMessageCount", 1),
        ("tAgentResponseTime", 4000), ("tAgentResponseTime", 8000), ("oMessageTurn", 2),
    )  # fmt: skip
    return contact(
        party("customer", session(
            segment("interact", 0, 100, "client"), mediaType="message", messageType="sms",
            cleared=True, addressFrom="+442079460183",
            metrics={"oMessageCount": 2, "oMessageSegmentCount": 3, "tUserResponseTime": 6000,
                     "oExternalAudioMessageCount": 1},
        )),
        person, originatingSocialMediaPublic=False,
    )  # fmt: skip


def campaign() -> Contact:
    """A dialled call that a flow and then an agent took."""
    out: Json = {"direction": "outbound", "ani": LINE, "dnis": CALLER}
    ids: Json = {"outboundCampaignId": "c-9", "outboundContactListId": "l-9",
                 "outboundContactId": "k-9"}  # fmt: skip
    heard = "disposition.classification.callable.person"
    return contact(
        party("customer", session(
            segment("contacting", 0, 2), segment("dialing", 2, 10), talk(10, 60, "endpoint"),
            metrics={"tDialing": 8000, "tContacting": 2000}, dispositionName=heard, **out, **ids,
        )),
        party("ivr", session(segment("ivr", 11, 13), mediaType="voice")),
        agent(talk(14, 60), **out),
        originatingDirection="outbound", conversationInitiator="dialer",
    )  # fmt: skip


def callback() -> Contact:
    asked = session(segment("interact", 0, 20, "endpoint"), ani=CALLER, dnis=LINE)
    wanted = session(
        segment("scheduled", 20, 50), mediaType="callback", callbackNumbers=[CALLER],
        callbackUserName="Jo", callbackScheduledTime=at(50),
    )  # fmt: skip
    work = session(
        talk(50, 100, "client"), mediaType="callback",
        metrics={"nCallbackAttempts": 2, "tFirstDial": 3000, "tFirstConnect": 9000,
                 "tActiveCallback": 50_000},
    )  # fmt: skip
    return contact(party("customer", asked, wanted), party("agent", work, userId="u-ana"))


def routed() -> Contact:
    """A call that rules and people had a say in."""
    return contact(
        customer(routingRing=3, usedRouting="Predictive", routingRule="2",
                 routingRuleType="Preferred", selectedAgentId="u-ana", assignerId="u-obi",
                 activeSkillIds=["s-es"], removedSkillIds=["s-old", "s-es"]),
        acd(),
        agent(talk(), agentBullseyeRing=2, usedRouting="Predictive", proposedAgents=[
            {"agentRank": 2, "proposedAgentId": "u-zak"},
            {"agentRank": 1, "proposedAgentId": "u-ana"},
        ], agentGroups=[{"agentGroupId": "g-1", "agentGroupType": "Group"}]),
    )  # fmt: skip


def chosen_by(method: str) -> Contact:
    return contact(
        customer(requestedRoutings=[method]),
        agent(talk(), usedRouting=method, selectedAgentId="u-ana", routingRing=2),
    )


def watched() -> Contact:
    """Three supervisors, a consult and a page looked at together."""
    asks = session(talk(50, 60, "client"), sessionId="s-asks")
    first = agent(talk(30, 50), segment("hold", 50, 60), talk(60, 100),
                  metrics={"nConsult": 1, "nConsultTransferred": 1})  # fmt: skip
    first["sessions"] += [asks, session(segment("sharing", 61, 70), mediaType="cobrowse")]

    def boss(kind: str, metric_name: str, **more: str) -> Json:
        return agent(segment(kind, 40, 45), user="u-obi", metrics={metric_name: 5000}, **more)

    return contact(
        customer(flowOutType="VOICEMAIL"), first,
        agent(talk(50, 60, "client"), user="u-zak", sessionId="s-asked", peerId="s-asks"),
        boss("monitoring", "tMonitoring", monitoredParticipantId="p-u-ana"),
        boss("coaching", "tCoaching", coachedParticipantId="p-u-ana"),
        boss("barging", "tBarging", bargedParticipantId="p-u-ana"),
    )  # fmt: skip


def given_up() -> Contact:
    asked = segment("interact", 10, 40, "peer", queueId="q-bill", requestedLanguageId="l-pl",
                    requestedRoutingSkillIds=["s-es"],
                    errorCode="error.ininedgecontrol.x")  # fmt: skip
    queue = party("acd", session(asked, metrics={"tAcd": 30_000, "tAbandon": 30_000}))
    box = party("voicemail", session(segment("voicemail", 40, 50), metrics={"tVoicemail": 9000}))
    return contact(customer(50), queue, box, party("fax", session(segment("interact", 1, 2))))


def left_in_flow(reason: str) -> Contact:
    return contact(customer(20), ivr(20, "peer", exitReason=reason))


Story = Callable[[], Contact]

TOLD: dict[str, tuple[Story, dict[str, str]]] = {
    "call": (call, {
        "start": "20 Nov 2026 09:49:12", "end": "20 Nov 2026 09:50:52", "duration": "1:40",
        "day": "Fri 20 Nov 2026", "hour": "09:00", "offset": "+00:00",
        "outcome": "Blind transfer → Claims", "outcome_group": "Transferred",
        "media": "Voice", "all_media": "Voice", "direction": "Inbound",
        "initial_direction": "Inbound", "disconnect_type": "Endpoint", "ended_by": "Customer",
        "initiator": "Customer", "customer_participated": "Yes", "authenticated": "Yes",
        "agent_assist": "Yes", "provider": "Edge", "non_acd": "",
        "customer": "+442079460183", "ani": "+442079460183", "dnis": "+442079460001",
        "session_dnis": "+442079460002", "remote": "+442079460184",
        "external_contact": "e-1", "external_organization": "o-1",
        "agents": "Ana Ruiz → Łukasz Żak", "last_agent": "Łukasz Żak",
        "users": "Ana Ruiz, Grace Obi, Łukasz Żak", "alerted": "Ana Ruiz, Grace Obi",
        "not_responding": "Grace Obi", "teams": "t-1", "divisions": "Home",
        "queues": "Billing → Claims", "first_queue": "Billing", "last_queue": "Claims",
        "flows": "IVR Main", "flow_exit": "Transfer",
        "flow_outcomes": "Paid, Identified, Asked", "used_routing": "Standard",
        "wrapup": "Timed out", "wrapups": "Timed out", "wrapup_note": "sent",
        "wrapup_timed_out": "Yes", "external_tag": "T-1", "flagged": "Yes",
        "transferred": "Yes", "blind_transferred": "Yes", "consult_transferred": "",
        "ivr": "0:10", "queue_wait": "0:35", "alert": "0:07", "answer": "0:20", "talk": "0:50",
        "hold": "0:05", "acw": "0:10", "handle": "1:05",
        "transfers": "1", "blind_transfers": "1", "no_answers": "1", "holds": "1",
        "agent_count": "2", "queue_count": "2", "segments": "11", "alert_segments": "2",
        "ivr_segments": "1", "queue_segments": "2", "talk_segments": "3", "user_segments": "7",
        "wrapup_segments": "1", "errors": "2",
        "is_recorded": "Yes", "screen_recorded": "Yes", "mos": "4.25",
        "evaluation_score": "87", "critical_score": "90", "evaluation_status": "In review",
        "evaluators": "Grace Obi", "evaluated_agents": "Ana Ruiz",
        "evaluation_assignees": "Łukasz Żak", "evaluation_forms": "Calls",
        "evaluated_at": "20 Nov 2026 11:12:32",
        "has_survey": "Yes", "surveys": "1", "survey_score": "80", "promoter_score": "9",
        "survey_status": "Finished", "survey_type": "Web", "survey_forms": "Short",
        "next_contact_avoided": "Yes",
        "requested_routing": "Preferred, Standard", "preferred_requested": "Grace Obi",
        "direct_routing": "",
        "outcome_attempts": "3", "outcome_successes": "1", "outcome_failures": "1",
        "successful_outcomes": "Paid", "failed_outcomes": "Identified",
        "incomplete_outcomes": "Asked", "flow_disconnects": "0",
        "has_journey": "Yes", "proactive": "Yes",
        "conversation_id": "c-1", "sip_call_id": "call@a7b32",
        "messages": "", "campaign_start": "", "group_ring": "",
    }),
    "mail": (mail, {
        "media": "E-mail", "subject": "Invoice", "address_from": "jo@example.org",
        "address_to": "us@acme.example", "cc": "copy@example.org", "bcc": "hidden@example.org",
        "parked": "Yes", "park_active": "1:40", "park": "1:40", "self_served": "Yes",
        "first_response": "15:00", "first_engagement": "5:00", "non_acd": "Yes",
        "messages": "3", "inbound_messages": "1", "outbound_messages": "2",
        "emails_sent": "3", "agentless_emails": "1", "inbound_sms": "",
        "has_media": "Yes", "inbound_media": "2", "outbound_media": "1",
        "delivery_status": "Delivery failed", "delivery_details": "no mailbox",
    }),
    "message": (message, {
        "media": "Message", "message_type": "SMS", "social": "Private", "cleared": "Yes",
        "agent_response": "0:06", "customer_response": "0:06",
        "messages": "5", "inbound_messages": "2", "outbound_messages": "3", "message_turns": "2",
        "inbound_sms": "3", "outbound_sms": "4", "emails_sent": "",
        "inbound_audio": "1", "outbound_audio": "1", "push_notification": "Yes",
    }),
    "campaign": (campaign, {
        "direction": "Outbound", "initiator": "Dialler", "campaign": "c-9", "contact_list": "l-9",
        "outbound_contact": "k-9", "disposition": "callable person",
        "contacting": "0:02", "dialling": "0:08", "contacting_segments": "1",
        "dialling_segments": "1", "campaign_start": "20 Nov 2026 09:49:12",
        "time_to_agent": "0:04", "time_to_flow": "0:01",
    }),
    "callback": (callback, {
        "media": "Callback", "all_media": "Voice, Callback", "callback_numbers": "+442079460183",
        "callback_name": "Jo", "callback_due": "20 Nov 2026 09:50:02", "callback_tries": "2",
        "callback_first_dial": "0:03", "callback_first_connect": "0:09",
        "callback_active": "0:50",
    }),
    "routed": (routed, {
        "bullseye_ring": "3", "agent_bullseye_ring": "2", "group_ring": "", "routing_rule": "2",
        "preferred_rule": "2", "predictive_agent": "Ana Ruiz", "manual_agents": "",
        "manual_assigner": "Grace Obi", "active_skills": "Spanish",
        "removed_skills": "s-old, Spanish", "preferred_agents": "Ana Ruiz, Łukasz Żak",
        "routing_groups": "g-1",
    }),
    "by hand": (lambda: chosen_by("Manual"), {"manual_agents": "Ana Ruiz", "predictive_agent": "",
                                   "direct_routing": "", "bullseye_ring": "2"}),
    "direct": (lambda: chosen_by("Direct"), {"direct_routing": "Yes", "manual_agents": ""}),
    "by group": (lambda: chosen_by("Conditional"), {"group_ring": "2", "bullseye_ring": ""}),
    "watched": (watched, {
        "supervisors": "Grace Obi", "consulted": "Łukasz Żak", "monitored": "Yes",
        "coached": "Yes", "barged_in": "Yes", "monitoring": "0:05", "coaching": "0:05",
        "barging": "0:05", "consults": "1", "consult_transfers": "1", "was_consulted": "Yes",
        "consult_transferred": "Yes", "cobrowse": "Yes", "flow_out_type": "Voicemail",
    }),
    "given up": (given_up, {
        "abandoned": "Yes", "abandoned_in_queue": "Yes", "abandon": "0:30", "voicemail": "Yes",
        "voicemail_time": "0:09", "fax": "Yes", "skills": "Spanish", "languages": "Polish",
        "error_code": "error.ininedgecontrol.x",
    }),
    "left by the customer": (lambda: left_in_flow("USER_EXIT"),
     {"flow_left": "1", "flow_disconnects": "1", "flow_ended": "0", "flow_errors": "0"}),
    "left by the flow": (lambda: left_in_flow("FLOW_DISCONNECT"),
     {"flow_ended": "1", "flow_disconnects": "1"}),
    "left by an error": (lambda: left_in_flow("FLOW_ERROR_DISCONNECT"),
     {"flow_errors": "1", "flow_left": "0"}),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_cells(name: str) -> None:
    story, told = TOLD[name]
    cells = row(story())
    shown = {key: read(column(key), cells.get(key), CLOCK) for key in told}
    assert shown == told


def test_every_column_is_filled_by_one_of_these() -> None:
    filled = {key for _, told in TOLD.values() for key, text in told.items() if text}
    assert [each.key for each in DERIVED if each.key not in filled] == []


def test_a_contact_of_which_nothing_is_told_has_empty_cells_only() -> None:
    cells = row(Contact())
    said = {key for key, value in cells.items() if value}
    assert said == {"outcome", "outcome_group", "non_acd"}
    assert {key for key, value in cells.items() if value == 0 and column(key).kind is Kind.COUNT}


def test_an_evaluation_without_a_score_leaves_the_earlier_score() -> None:
    told = contact(evaluations=[
        {"eventTime": at(1), "evaluationStatus": "Finished", "oTotalScore": 70},
        {"eventTime": at(2), "evaluationStatus": "Pending"},
    ])  # fmt: skip
    assert (told.quality.score, told.quality.evaluation_status) == (70, "Pending")


def test_a_campaigns_call_that_nobody_answered_has_no_time_to_anybody() -> None:
    ringing = session(segment("dialing", 0, 20), outboundCampaignId="c-9")
    told = contact(party("customer", ringing))
    assert told.campaign.start_ms is not None
    assert (told.campaign.to_agent_ms, told.campaign.to_flow_ms) == (None, None)
