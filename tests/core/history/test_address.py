"""Addresses as real answers write them (quirk 11), made readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.history.conversation import address


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        (None, ""),
        ("  ", ""),
        ("tel:+442079460183", "+442079460183"),
        ("tel:+2025550123", "+2025550123"),
        ("TEL:+442079460183;phone-context=example.org", "+442079460183"),
        ("tel:+442079460183;ext=21", "+442079460183 ext 21"),
        ("+442079460183", "+442079460183"),
        ("sip:0123456789abcdef01234567+acme.orgspan.com@localhost", "internal"),
        ("0123456789ABCDEF01234567+acme.orgspan.com", "internal"),
        ("sip:ana%40example.org@192.0.2.7;language=en;user=voicemail", "ana@example.org"),
        ("sip:+442079460183;tgrp=1b2c;trunk-context=acme@localhost", "+442079460183"),
        ("sip:+81355501234@192.0.2.7;user=phone", "+81355501234"),
        ("sips:ipadphone@192.0.2.7", "ipadphone"),
        ("sip:anonymous@anonymous.invalid", "anonymous"),
        ("sip:192.0.2.7", "192.0.2.7"),
        ("mailto:ana@example.org", "ana@example.org"),
        ("ana@example.org", "ana@example.org"),
        ("6ACBEE65-80be-4777-be03-8dacd07ee3f9", ""),
        ("sip:6acbee65-80be-4777-be03-8dacd07ee3f9@192.0.2.7", ""),
        ("Toll Free", "Toll Free"),
    ],
)
def test_address(text: str | None, readable: str) -> None:
    assert address(text) == readable


@given(st.sampled_from(["", "tel:", "sip:", "SIPS:", "mailto:"]), st.text(max_size=30))
def test_any_text_is_an_address_of_no_greater_length(scheme: str, text: str) -> None:
    grown = len(" ext ") - len(";ext=")
    assert len(address(scheme + text)) <= len(scheme + text) + grown
