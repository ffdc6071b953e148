"""Which addresses are our callback, and how its parameters read (T3)."""

from __future__ import annotations

import pytest

from desktop_app.core.signin.callback import (
    DuplicateParameter,
    decodings,
    is_browsers_host,
    is_browsers_path,
    is_callback,
    parameters,
)
from desktop_app.core.signin.oauth import NotOurs
from desktop_app.core.signin.profiles import Grant
from tests.core.signin.signing_in import CALLBACK, answer_to, begin, is_accepted, offered

NEAR_MISSES = [
    "https://localhost:8085/oauth2/callback",
    "http://localhost:8086/oauth2/callback",
    "http://localhost/oauth2/callback",
    "http://localhost:80850/oauth2/callback",
    "http://127.0.0.1:8085/oauth2/callback",
    "http://localhost.:8085/oauth2/callback",
    "http://localhost.evil.example:8085/oauth2/callback",
    "http://evil.example:8085/oauth2/callback",
    "http://localhost:8085@evil.example/oauth2/callback",
    "http://user@localhost:8085/oauth2/callback",
    "http://@localhost:8085/oauth2/callback",
    "http://:@localhost:8085/oauth2/callback",
    "http://localhost:8085/oauth2/callback/",
    "http://localhost:8085/oauth2/callback.evil",
    "http://localhost:8085/oauth2/callback;x",
    "http://localhost:8085/oauth2/callback%2f",
    "http://localhost:8085/oauth2%2fcallback",
    "http://localhost:8085/oauth2/Callback",
    "http://localhost:8085//oauth2/callback",
    "http://localhost:8085/oauth2/../oauth2/callback",
    "http://localhost:8085\\oauth2\\callback",
    "http://localhost:8085/oauth2/callback%20",
    "http:localhost:8085/oauth2/callback",
]


@pytest.mark.parametrize("near", NEAR_MISSES)
def test_T03_a_near_miss_is_just_another_page(near: str) -> None:
    for grant in Grant:
        attempt = begin(grant)
        answer = answer_to(attempt)
        assert answer.startswith(CALLBACK)
        assert offered(attempt, near + answer.removeprefix(CALLBACK)) == NotOurs()
        assert is_accepted(offered(attempt, answer))  # and the attempt still lives


def test_T03_there_are_23_of_them() -> None:
    assert len(set(NEAR_MISSES)) == 23


@pytest.mark.parametrize(
    "equal",
    [
        CALLBACK,
        "http://localhost:8085/oauth2/%63allback",
        "http://localhost:8085/%6Fauth2/%63allbac%6b",
        "HTTP://LOCALHOST:8085/oauth2/callback",
    ],
)
def test_T03_an_equal_address_is_the_callback(equal: str) -> None:
    attempt = begin()
    assert is_accepted(offered(attempt, answer_to(attempt).replace(CALLBACK, equal)))


@pytest.mark.parametrize(
    ("url", "redirect_uri", "same"),
    [
        ("http://localhost:80/cb", "http://localhost/cb", True),
        ("https://app.example.com/cb", "https://app.example.com:443/cb", True),
        ("https://app.example.com:80/cb", "https://app.example.com/cb", False),
        ("http://[::1]:8085/cb", "http://[::1]:8085/cb", True),
        ("http://[::2]:8085/cb", "http://[::1]:8085/cb", False),
        ("http://localhost:8085/a%2fb", "http://localhost:8085/a%2Fb", True),
        ("http://localhost:8085/a%2562", "http://localhost:8085/ab", False),
        ("http://localhost:8085/cb?a#b", "http://localhost:8085/cb", True),
        ("http://localhost:8085/", "http://localhost:8085", True),
        ("http://localhost:8085//", "http://localhost:8085", False),
        ("http://localhost:8085/cb", "http://localhost:8085", False),
    ],
)
def test_T03_what_makes_no_difference(url: str, redirect_uri: str, same: bool) -> None:
    assert is_callback(url, redirect_uri) is same


@pytest.mark.parametrize(
    "odd",
    [
        "",
        " ",
        "#",
        "?",
        "about:blank",
        "data:text/html,x",
        "http://[",
        "http://localhost:port/oauth2/callback",
        "http://localhost:99999/oauth2/callback",
        "http://localhost:-8085/oauth2/callback",
        " " + CALLBACK,
        CALLBACK + "\n",
        CALLBACK.replace("callback", "call\tback"),
        CALLBACK + "\x00",
        CALLBACK + "#\u00e9",
        CALLBACK + "#\U0001f600",
        CALLBACK + "#\udc80",
        CALLBACK.replace("localhost", "loc\u0430lhost"),
        CALLBACK.replace("localhost", "\uff4cocalhost"),
    ],
)
def test_T03_an_address_that_no_browser_sends_is_not_the_callback(odd: str) -> None:
    assert is_callback(odd, CALLBACK) is False


def test_T05_what_a_browser_writes_in_its_own_way_is_known_beforehand() -> None:
    hosts = ["localhost", "login.example.com", "xn--mller-kva.example", "127.0.0.1", "::1", "a_b"]
    assert [host for host in hosts if not is_browsers_host(host)] == []
    assert [host for host in REWRITTEN_HOSTS if is_browsers_host(host)] == []
    paths = ["", "/", "/cb", "/a/b.c/...", "/%63b", "/a%2Fb", "/~a!$&'()*+,;=:@-_"]
    assert [path for path in paths if not is_browsers_path(path)] == []
    assert [path for path in REWRITTEN_PATHS if is_browsers_path(path)] == []


REWRITTEN_HOSTS = [
    "m\u00fcller.example",
    "localhost.",
    "a..b",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "127.0.0.0x1",
    "127.0.0.1.",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    "loc%61lhost",
    "",
]
REWRITTEN_PATHS = [
    "/a/../cb",
    "/./cb",
    "/cb/..",
    "/%2e%2E/cb",
    "/.%2e/cb",
    "/a{b}",
    "/a|b",
    "/\u00e9",
    "/%",
    "/%zz",
    "cb",
]


def test_T04_an_answer_inside_a_frame_is_not_ours() -> None:
    attempt = begin()
    answer = answer_to(attempt)
    assert attempt.offer(answer, main_frame=False, now=attempt.started) == NotOurs()
    assert is_accepted(offered(attempt, answer))


def test_parameters_are_decoded_once() -> None:
    assert parameters("a=1&b=x+y%2Bz&c=%2520&d=&e") == {
        "a": "1",
        "b": "x y+z",
        "c": "%20",
        "d": "",
        "e": "",
    }
    assert parameters("") == {}


@pytest.mark.parametrize("text", ["a=1&a=1", "a=1&b=2&a=", "a&a", "%61=1&a=2"])
def test_a_parameter_that_stands_twice_is_refused(text: str) -> None:
    with pytest.raises(DuplicateParameter):
        parameters(text)


def test_there_is_a_limit_to_the_number_of_parameters() -> None:
    assert len(parameters("&".join(f"p{n}=1" for n in range(64)))) == 64
    with pytest.raises(ValueError, match="fields"):
        parameters("&".join(f"p{n}=1" for n in range(65)))


def test_what_was_encoded_up_to_twice_is_among_the_decodings() -> None:
    assert decodings("a%2525") == ("a%2525", "a%25", "a%")
    assert decodings("plain") == ("plain",) * 3
