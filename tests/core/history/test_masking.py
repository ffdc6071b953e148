"""T45: customers' numbers are hidden where an admin wants it, and nothing else is."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.genesys import wire
from desktop_app.core.genesys.wire import instant_ms
from desktop_app.core.history.clock import Clock
from desktop_app.core.history.columns import COLUMNS, DERIVED, column, row
from desktop_app.core.history.conversation import read_contact
from desktop_app.core.history.masking import (
    holds_numbers,
    mask_json,
    mask_number,
    mask_text,
    masked_names,
    masked_title,
    read_masked,
)

CLOCK = Clock(ZoneInfo("UTC"), lambda: 0)
UUID = "6f0c2b9e-7c1e-4c56-9a11-9d2f60a1b183"
BETWEEN = st.sampled_from(["", " ", "-", ".", "/", "\u00a0", "\u2011", "  ", " (", ") ", "\t"])
WORDS = st.text("ghwxyzé ,:;!?\n'", max_size=8)


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+44 20 7946 0123", "+44 •••• 123"),
        ("+442079460123", "+44 •••• 123"),
        ("+1 (555) 010-0199", "+1 •••• 199"),
        ("+353 1 555 0123", "+353 •••• 123"),
        ("(020) 7946 0123", "•••• 123"),
        ("555-0123", "•••• 123"),
        ("+44 20 7946 0123 ext 45", "+44 •••• 123 ext 45"),
        ("grace@acme.example", "••••@acme.example"),
        ("4711", "••••"),
        ("204418", "••••"),
        ("Grace Obi", "Grace Obi"),
        ("internal", "internal"),
        ("anonymous", "anonymous"),
        (UUID, UUID),
        ("", ""),
    ],
)
def test_T45_an_address_keeps_its_country_and_its_last_digits(text: str, masked: str) -> None:
    assert mask_number(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call (020) 7946-0123, or me", "call •••• 123, or me"),
        ("wa.me/442079460123?x=1", "wa.me/•••• 123?x=1"),
        ("phone:02079460123x12", "phone:•••• 123x12"),
        ("tel:+442079460123;ext=7", "tel:+44 •••• 123;ext=7"),
        ("tel:4711", "tel:••••"),
        ("sip:+442079460183@10.0.0.1;user=phone", "sip:+44 •••• 183@10.0.0.1;user=phone"),
        ("sip:%2B442079460183@host", "sip:+44 •••• 183@host"),
        ("sips:name%40domain@10.1.2.3", "sips:••••@10.1.2.3"),
        ("From: Grace <grace.obi+x@mail.acme.example>", "From: Grace <••••@mail.acme.example>"),
        ("\u202a+442079460123\u202c", "\u202a+44 •••• 123\u202c"),
        ("٠٢٠٧٩٤٦٠١٢٣", "•••• 123"),
    ],
)
def test_T45_numbers_in_free_text_are_hidden(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        UUID,
        f"conversation {UUID.upper()} again",
        "9f86d081884c7d659a2feaa0c55ad015",
        "2026-11-20T09:50:00.000Z",
        "2026-11-20T09:00:00.000Z/2026-11-21T09:00:00.000Z",
        "2026-11-20T09:50:00+01:00",
        "2026-11-20 09:50:00, then lunch",
        "20261120T095000Z",
        "20.11.2026 and 20/11/2026",
        "20 Nov 2026 09:49:12",
        "100:59:59",
        "Abandoned in queue 1:42",
        "4,212 of 4,212 shown, 1,000,000 in all",
        "order 204418",
        "10.20.30.40",
        "error.ininedgecontrol.session.inactive",
        "sip:5f0c2b9e7c1e4c569a119d2f+acme.orgspan.com@localhost",
        "Timed out · me@home",
        "",
    ],
)
def test_ids_moments_durations_and_counts_are_left_alone(text: str) -> None:
    assert mask_text(text) == text


@given(WORDS, st.lists(st.tuples(st.text("0123456789", min_size=1), BETWEEN), min_size=7), WORDS)
def test_T45_no_more_than_three_digits_of_any_number_stay(
    before: str, groups: list[tuple[str, str]], after: str
) -> None:
    number = "".join(group + between for group, between in groups[:-1]) + groups[-1][0]
    left = digits(mask_text(f"{before}{number}{after}"))
    # What is written as a date or as a network address is one; all else is a number.
    assert left in (digits(number)[-3:], digits(number)) or number.count(".") >= 2
    if "." not in number and "-" not in number and "/" not in number:
        assert left == digits(number)[-3:]


@given(
    st.sampled_from(["1", "7", "44", "49", "353", "971"]),
    st.text("0123456789", min_size=7, max_size=11),
    WORDS,
)
def test_T45_of_an_international_number_the_country_stays(
    code: str, national: str, after: str
) -> None:
    assert mask_text(f"+{code}{national}{after}") == f"+{code} •••• {national[-3:]}{after}"


@given(st.text(max_size=200))
def test_any_text_is_masked_without_harm_and_json_alike(text: str) -> None:
    assert len(mask_text(text)) <= 8 * len(text) + 8
    raw = json.dumps({"note": text}).encode()
    assert json.loads(mask_json(raw)) == {"note": mask_text(text)}


def test_a_long_text_is_masked_in_time_that_grows_with_it() -> None:
    for piece in ("a", "1 ", "a.", "@", "1-", "(", "+", "sip:a", "\\", "x@y.", "0.0.0."):
        assert mask_text(piece * 40_000) is not None


CANARY = "+442079460183"
SAMPLE = {
    "conversationId": UUID,
    "conversationStart": "2026-11-20T09:50:00.000Z",
    "originatingDirection": "inbound",
    "participants": [
        {
            "purpose": "customer",
            "participantId": UUID,
            "participantName": "Some Town",
            "attributes": {f"caller {CANARY}": f'say "{CANARY}" \u2603', "OrderId": "A-204418"},
            "sessions": [
                {
                    "mediaType": "voice",
                    "direction": "inbound",
                    "ani": f"tel:{CANARY}",
                    "dnis": "4711",
                    "remote": f"sip:{CANARY}@10.0.0.1;user=phone",
                    "callbackNumbers": [CANARY],
                    "metrics": [{"name": "tTalk", "value": 120000}],
                    "segments": [
                        {
                            "segmentType": "interact",
                            "segmentStart": "2026-11-20T09:50:00.000Z",
                            "segmentEnd": "2026-11-20T09:58:00.000Z",
                            "subject": "Re: 020 7946 0183",
                            "wrapUpNote": "asked grace@acme.example",
                        }
                    ],
                }
            ],
        }
    ],
}


def test_T45_masked_json_holds_no_number_and_means_the_same() -> None:
    for raw in (json.dumps(SAMPLE).encode(), json.dumps(SAMPLE, indent=1).encode()):
        masked = mask_json(raw)
        assert b"79460183" not in masked and b"7946" not in masked and b"4711" not in masked
        assert b"grace" not in masked
        assert json.loads(masked).keys() == json.loads(raw).keys()
        read = wire.decode(masked, wire.Conversation)
        assert instant_ms(read.conversation_start) is not None
        contact = read_contact(read, lambda kind, item: None)
        assert contact.conversation_id == UUID
        assert contact.customer == contact.ani == "+44 •••• 183"
        assert contact.duration_ms == 8 * 60_000


def test_json_without_numbers_stays_as_it_is_to_the_byte() -> None:
    raw = b'{ "a" : "A-204418",\n"b":[1.50, 12345678901, true, "\\u2603 \\"x\\""], "ani":"unknown"}'
    assert mask_json(raw) == raw


def test_what_is_no_json_is_masked_nevertheless() -> None:
    assert b"7946" not in mask_json(rb'{"a": "\q 020 7946 0183"}')


def test_T45_cells_that_are_addresses_hide_short_numbers_too() -> None:
    assert read_masked(column("ani"), "4711", CLOCK) == "••••"
    assert read_masked(column("customer"), CANARY, CLOCK) == "+44 •••• 183"
    assert read_masked(column("wrapup_note"), f"order 204418, {CANARY}", CLOCK) == (
        "order 204418, +44 •••• 183"
    )
    assert read_masked(column("outcome"), f"Transferred to {CANARY}", CLOCK) == (
        "Transferred to +44 •••• 183"
    )


def test_cells_that_are_no_text_read_as_ever() -> None:
    assert read_masked(column("start"), 1_795_168_800_000, CLOCK) == "20 Nov 2026 10:00:00"
    assert read_masked(column("segments"), 12_345_678, CLOCK) == "12,345,678"
    assert read_masked(column("handle"), None, CLOCK) == ""
    assert read_masked(column("conversation_id"), UUID, CLOCK) == UUID


def test_T45_a_name_from_the_directory_may_be_a_number() -> None:
    names = masked_names(lambda kind, item: {"q": f"Line {CANARY}"}.get(item))
    assert names("queue", "q") == "Line +44 •••• 183"
    assert names("queue", "x") is None


def test_T45_each_part_of_a_list_is_masked_by_itself() -> None:
    told = ("4711", CANARY, "Grace Obi", "555 01", "02 1234")
    assert read_masked(column("remote"), told, CLOCK) == (
        "••••, +44 •••• 183, Grace Obi, ••••, ••••"
    )
    assert read_masked(column("wrapups"), ("Paid", CANARY), CLOCK) == "Paid, +44 •••• 183"


def test_T45_an_attribute_that_is_a_number_is_hidden_in_its_cell_and_its_name() -> None:
    chosen = column(f"attr.caller {CANARY}")
    assert read_masked(chosen, f"{CANARY} | 020 7946 0123", CLOCK) == "+44 •••• 183 | •••• 123"
    assert masked_title(chosen) == "caller +44 •••• 183"
    assert holds_numbers(chosen.key)


# Where a conversation may hold a number, by where it stands in the answer.
_IN_CONVERSATION = ("externalTag",)
_IN_PARTICIPANT = ("participantName", "externalContactId", "externalOrganizationId")
_IN_SESSION = (
    "ani dnis sessionDnis addressFrom addressTo remote remoteNameDisplayable protocolCallId"
    " callbackUserName outboundContactId extendedDeliveryStatus".split()
)
_LISTS_IN_SESSION = ("cc", "bcc", "callbackNumbers")
_IN_SEGMENT = ("subject", "wrapUpNote")


def full_of(number: str, media: str) -> wire.Conversation:
    segment: dict[str, object] = {
        "segmentType": "interact",
        "segmentStart": "2026-11-20T09:50:00.000Z",
        "segmentEnd": "2026-11-20T09:58:00.000Z",
        **dict.fromkeys(_IN_SEGMENT, number),
    }
    session: dict[str, object] = {
        "mediaType": media,
        "segments": [segment],
        **dict.fromkeys(_IN_SESSION, number),
        **{field: [number] for field in _LISTS_IN_SESSION},
    }
    people: list[dict[str, object]] = [
        {"purpose": purpose, **dict.fromkeys(_IN_PARTICIPANT, number), "sessions": [session]}
        for purpose in ("customer", "external")
    ]
    people[0]["attributes"] = {"phone": number}
    giver = {**segment, "segmentStart": "2026-11-20T09:49:00.000Z", "disconnectType": "transfer",
             "segmentEnd": "2026-11-20T09:57:00.000Z"}  # fmt: skip
    agent = {"purpose": "agent", "sessions": [{"mediaType": media, "segments": [giver]}]}
    taken: dict[str, object] = {**session, "segments": [{**segment, "disconnectType": "peer"}]}
    taker = {"purpose": "external", "participantName": number, "sessions": [taken]}
    told = {"participants": [agent, *people, taker], **dict.fromkeys(_IN_CONVERSATION, number)}
    return wire.decode(json.dumps(told).encode(), wire.Conversation)


@pytest.mark.parametrize("media", ["voice", "email", "message", "callback"])
@pytest.mark.parametrize("number", [CANARY, f"tel:{CANARY}", "(020) 7946-0183"])
def test_T45_no_column_shows_a_number_wherever_it_stands(media: str, number: str) -> None:
    contact = read_contact(full_of(number, media), lambda kind, item: None)
    cells = row(contact)
    shown = {each.key: read_masked(each, cells.get(each.key), CLOCK) for each in DERIVED}
    assert "7946" not in "".join(shown.values())
    bare = {each.key for each in DERIVED if "7946" in str(cells.get(each.key))}
    assert {"ani", "customer", "remote", "cc", "subject"} <= bare
    assert ("outcome" in bare) == (media != "callback")
    assert [key for key in bare if not holds_numbers(key)] == []


def test_columns_that_list_staff_and_queues_hold_no_customers_numbers() -> None:
    listed = ("agents", "queues", "wrapup", "media", "outcome_group", "divisions")
    assert [key for key in listed if holds_numbers(key)] == []
    assert {each.key for each in COLUMNS if holds_numbers(each.key)} >= {"note", "tag", "ani"}


@pytest.mark.parametrize("field", ["cc", "bcc", "callbackNumbers"])
def test_T45_masked_json_hides_short_numbers_in_lists_of_addresses(field: str) -> None:
    told = {field: ["4711", CANARY, 'say "204418"', "Grace"], "codes": ["4711"], "dnis": "4711"}
    for indent in (None, 1):
        read = json.loads(mask_json(json.dumps(told, indent=indent).encode()))
        assert read == {
            field: ["••••", "+44 •••• 183", 'say "••••"', "Grace"],
            "codes": ["4711"],
            "dnis": "••••",
        }
    empty = b'{"cc": [], "bcc": ["Grace" , "Ana"]}'
    assert mask_json(empty) == empty
