"""docs/columns.md can't go stale: it lists the columns there are, and all that Genesys has.

    python -m tests.core.history.test_columns_document

writes its lists anew.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path

from desktop_app.core.history.columns import COLUMNS, Column

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "columns.md"
COLUMNS_BEGIN, COLUMNS_END = "<!-- columns -->\n", "<!-- /columns -->\n"
ABSENT_BEGIN, ABSENT_END = "<!-- absent -->\n", "<!-- /absent -->\n"

# The columns of Genesys' Interactions view, by its own sections.
GENESYS = {
    "Evaluations": (
        "Evaluated Agent, Evaluation Assignee, Evaluation Created, Evaluation Critical Score,"
        " Evaluation Score, Evaluation Status, Evaluator"
    ),
    "External Contact": "External Contact, External Organization",
    "Flows": (
        "All Flow Disconnect, Customer Disconnect, Customer Short Disconnect, Failed outcomes,"
        " Flow, Flow Disconnect, Flow Exit, Incomplete outcomes, Outcome Attempts,"
        " Outcome failure, Outcome success, Successful outcomes, System Error Disconnect"
    ),
    "Interactions": (
        "Abandoned, Abandoned in Queue, Agent Assist, ANI, Authenticated, Barged-In,"
        " Blind Transferred, Cleared by Customer, Co-browse, Coached, Consult Transferred,"
        " Consulted, Conversation Duration, Conversation ID, Conversation Initiator,"
        " Customer Participation, Date, Delivery Status, Delivery Status Details, Direction,"
        " Disconnect Type, Division, DNIS, Email BCC, Email CC, Emails Sent, End Date, Error Code,"
        " External Tag, Fax, First Queue, Flagged, Flow-Out Type, From, Has Media, Inbound Audio,"
        " Inbound Media, Initial Direction, Last Wrap-Up, Media, Media Type, Message Type,"
        " Monitored, MOS, Non-ACD, Outbound Audio, Outbound Media, Parked, Provider,"
        " Push Notifications, Queue, Recording, Remote, Screen Recorded, Session DNIS,"
        " SIP Call ID, Social Classification, Subject, To, Transferred, Users, Users - Alerted,"
        " Users - Interacted, Users - Not Responding, Voicemail, Wrap-up, Wrap-up Notes"
    ),
    "Journey": "Has Customer Journey Data, Proactive",
    "Metrics": (
        "Active Park, Active Total Callback, Agentless Emails, Alert Segments, Avg Agent Response,"
        " Avg Customer Response, Blind Transfers, Callback - Time to First Connect,"
        " Callback - Time to First Dial, Consult Transfers, Consults, Contacting Segments,"
        " Dialing Segments, Error Count, Hold Segments, Inbound Messages,"
        " Inbound SMS/MMS Segments, IVR Segments, Message Turns, Messages, Not Responding,"
        " Outbound Messages, Outbound SMS/MMS Segments, Queue Segments, Talk Segments,"
        " Time to Abandon, Total ACW, Total Alert, Total Barge-In, Total Coaching,"
        " Total Contacting, Total Dialing, Total First Engagement, Total First Response,"
        " Total Handle, Total Hold, Total IVR, Total Monitor, Total Park, Total Queue, Total Talk,"
        " Total Voicemail, Transfers, User Segments, Wrap-Up Segments"
    ),
    "Outbound": "Campaign Caller Name, Campaign Start, Time to Agent, Time to Flow",
    "Routing": (
        "Agent Bullseye Ring, Bullseye Ring, Direct Routing, Group Ring, Languages,"
        " Manual Agents Assigned, Manual Assigner, Predictive Agent Selected, Preferred Agents,"
        " Preferred Agents Requested, Preferred Rule, Routing Requested, Routing Rule,"
        " Routing Used, Skills, Skills - Active, Skills - Removed"
    ),
    "Surveys": (
        "Has Survey Data, Promoter Score, Survey Form, Survey Score, Survey Status, Survey Type,"
        " Surveys"
    ),
}

# Genesys' column, or what else one might look for, and why the details answer can't give it.
ABSENT = {
    "Campaign Caller Name": "Set on the campaign; the answer holds the campaign's id only, and"
    " campaigns are read with an outbound permission that supervisors need not have.",
    "Customer Short Disconnect": "Measured against a threshold that is set on each flow; the"
    " answer doesn't say it.",
    "Transcript": "Speech and text analytics: a call of its own for each contact.",
    "Sentiment": "Speech and text analytics: a call of its own for each contact.",
    "Deep link": "Made of the conversation's ID and the region's address, which isn't part of a"
    " contact.",
}


def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def genesys_titles() -> list[str]:
    return [title for titles in GENESYS.values() for title in titles.split(", ")]


def listing() -> str:
    lines = []
    for group, columns in groupby(sorted(COLUMNS, key=_place), key=lambda column: column.group):
        lines += [
            f"\n### {group}\n\n",
            "| Column | Kind | Genesys' name | What it says | Where it comes from |\n",
            "|---|---|---|---|---|\n",
            *(_line(column) for column in columns),
        ]
    return "".join(lines).lstrip("\n")


def _place(column: Column) -> int:
    """Groups in the order in which they are offered; the pinned columns within theirs."""
    groups = list(dict.fromkeys(each.group for each in COLUMNS))
    return groups.index(column.group)


def _line(column: Column) -> str:
    star = " ★" if column.default else ""
    cells = (column.title + star, column.kind, column.genesys or "–", column.help, column.source)
    return f"| {' | '.join(cells)} |\n"


def absent() -> str:
    lines = [f"| {title} | {why} |\n" for title, why in ABSENT.items()]
    return "".join(["| Column | Why |\n", "|---|---|\n", *lines])


def between(begin: str, end: str) -> str:
    return text().partition(begin)[2].partition(end)[0]


def test_the_columns_that_are_listed_are_those_that_there_are() -> None:
    told = "write the lists anew: python -m tests.core.history.test_columns_document"
    assert between(COLUMNS_BEGIN, COLUMNS_END) == listing(), told
    assert between(ABSENT_BEGIN, ABSENT_END) == absent(), told


def test_every_column_of_genesys_is_given_or_said_to_be_absent() -> None:
    titles = genesys_titles()
    given = Counter(column.genesys for column in COLUMNS if column.genesys)
    assert [title for title, count in given.items() if count > 1] == []
    assert set(given) <= set(titles)
    assert set(titles) - set(given) == set(ABSENT) & set(titles)
    assert not set(ABSENT) & set(given)


def test_every_column_says_where_it_comes_from_and_where_it_belongs() -> None:
    assert [column.key for column in COLUMNS if not (column.source and column.group)] == []
    groups = [group for group, _ in groupby(column.group for column in COLUMNS[2:])]
    assert len(groups) == len(set(groups)), "a group is in one piece"


def test_titles_are_unique_and_break_no_table() -> None:
    titles = Counter(column.title for column in COLUMNS)
    assert [title for title, count in titles.items() if count > 1] == []
    assert "|" not in "".join(column.title + column.help + column.source for column in COLUMNS)


if __name__ == "__main__":
    whole = text()
    for begin, end, content in (
        (COLUMNS_BEGIN, COLUMNS_END, listing()),
        (ABSENT_BEGIN, ABSENT_END, absent()),
    ):
        before, _, rest = whole.partition(begin)
        whole = before + begin + content + end + rest.partition(end)[2]
    DOCUMENT.write_text(whole, encoding="utf-8")
