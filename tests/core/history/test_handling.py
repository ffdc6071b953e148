"""How a contact was handled: who answered, who passed it on, who ended it."""

from __future__ import annotations

import pytest

from tests.core.history.conversations import (
    Json,
    acd,
    agent,
    alert,
    contact,
    customer,
    ivr,
    segment,
    session,
    talk,
)

# --- who answered, who did not, who listened ---


@pytest.mark.parametrize(
    ("ends", "metrics", "missed"),
    [
        ("noAnswerTransfer", {}, 1),
        ("client", {}, 1),
        ("peer", {"tNotResponding": 12_000}, 1),
        ("peer", {"nAgentDeclined": 1}, 1),
        ("", {}, 1),
    ],
)
def test_an_alert_that_was_not_answered(ends: str, metrics: Json, missed: int) -> None:
    told = contact(acd(10, 60), agent(alert(20, 32, ends), metrics=metrics), customer(60))
    assert (told.no_answers, told.not_responding) == (missed, ("Ana Ruiz",) * missed)


@pytest.mark.parametrize("ends", ["peer", ""])
def test_an_alert_that_ended_with_the_call_was_not_missed(ends: str) -> None:
    told = contact(acd(10, 60), agent(alert(50, 60, ends)), customer(60))
    assert (told.no_answers, told.alerted) == (0, ("Ana Ruiz",))


def test_whoever_still_is_alerted_has_missed_nothing() -> None:
    ringing = segment("alert", 50, None)
    assert contact(acd(10, 50), agent(ringing), customer(None, ""), end=None).no_answers == 0


@pytest.mark.parametrize(
    "more", [{"monitoredParticipantId": "p-u-ana"}, {"coachedParticipantId": "p-u-ana"}, {}]
)
def test_a_supervisor_who_listens_has_not_answered(more: Json) -> None:
    kind = "interact" if more else "monitoring"
    boss = agent(segment(kind, 40, 60), user="u-obi", purpose="user", **more)
    told = contact(customer(), agent(talk()), boss)
    assert (told.agents, told.supervisors) == (("Ana Ruiz",), ("Grace Obi",))


def test_a_colleague_who_was_only_asked_has_not_answered() -> None:
    asks = session(talk(50, 60, "client"), sessionId="s-asks")
    first = agent(talk(30, 50), segment("hold", 50, 60), talk(60, 100), metrics={"nConsult": 1})
    first["sessions"].append(asks)
    asked = agent(talk(50, 60, "client"), user="u-zak", sessionId="s-asked", peerId="s-asks")
    told = contact(customer(), first, asked)
    assert (told.agents, told.consulted, told.consults) == (("Ana Ruiz",), ("Łukasz Żak",), 1)
    assert (told.transfers, told.outcome) == (0, "Customer hung up")


# --- transfers ---


def test_transfers_are_counted_by_metrics_where_there_are_any() -> None:
    counts: Json = {"nTransferred": 1, "nConsultTransferred": 1}
    told = contact(
        customer(), agent(talk(30, 60, "transfer"), metrics=counts),
        agent(talk(60, 100), user="u-zak"),
    )  # fmt: skip
    assert (told.transfers, told.blind_transfers, told.consult_transfers) == (1, 0, 1)


def test_a_queues_transfer_to_an_agent_is_none() -> None:
    assert contact(customer(), ivr(), acd(), agent(talk())).transfers == 0


def test_queued_again_for_the_same_agent_is_no_transfer() -> None:
    told = contact(customer(), agent(talk(10, 20, "transfer")), agent(talk(30, 40)))
    assert (told.transfers, told.transfer_target) == (0, "")


def test_a_consult_transfer_ends_two_sessions_but_is_one() -> None:
    first = agent(talk(30, 50), segment("hold", 50, 60, "consultTransfer"))
    first["sessions"].append(session(talk(52, 60, "consultTransfer")))
    told = contact(customer(), first, agent(talk(52, 100), user="u-zak"))
    assert (told.consult_transfers, told.transfer_target) == (1, "Łukasz Żak")


# --- how it ended ---


@pytest.mark.parametrize(
    ("customers", "agents", "by", "word"),
    [
        ("endpoint", "peer", "Customer", "endpoint"),
        ("client", "peer", "Customer", "client"),
        ("peer", "client", "Agent", "client"),
        ("peer", "endpoint", "Agent", "endpoint"),
        ("peer", "", "Agent", "peer"),
        ("", "peer", "Customer", "peer"),
        ("timeout", "peer", "System", "timeout"),
        ("peer", "error", "System", "error"),
        ("system", "system", "System", "system"),
        ("strangeWord", "", "System", "strangeWord"),
        ("transfer", "transfer", "", "transfer"),
        ("", "", "", ""),
    ],
)
def test_who_ended_it(customers: str, agents: str, by: str, word: str) -> None:
    told = contact(customer(ends=customers), agent(talk(ends=agents)))
    assert (told.ended_by, told.disconnect_type) == (by, word)


def test_nobody_has_ended_what_is_open() -> None:
    told = contact(customer(50), agent(talk(30, None, "")), end=None)
    assert (told.ended_by, told.disconnect_type) == ("", "")
