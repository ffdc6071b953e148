"""When a sign-in is renewed, asked about and over, and when nobody is there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desktop_app.core.signin.lifetime import Event, IdleWatch, Lifetime, countdown

HOUR = 3600.0
DAY = 24 * HOUR


class Run:
    """A sign-in of a given length that is looked at every 15 seconds."""

    def __init__(self, whole_s: float) -> None:
        self.wall, self.monotonic, self.left = 1e9, 100.0, whole_s
        self.lifetime = Lifetime(whole_s, wall=self.wall, monotonic=self.monotonic)

    def tick(self, seconds: float = 15.0, *, jump: float = 0.0) -> Event:
        """``jump``: by how much the wall clock goes further than the monotonic one."""
        self.monotonic += seconds
        self.wall += seconds + jump
        self.left -= seconds + jump
        return self.lifetime.tick(self.left, wall=self.wall, monotonic=self.monotonic)

    def until(self, event: Event, *, most: int = 10_000) -> list[Event]:
        seen = []
        for _ in range(most):
            seen.append(self.tick())
            if seen[-1] is event:
                return seen
        raise AssertionError(f"no {event} in {most} ticks")


def test_renewal_comes_five_minutes_before_the_end_and_the_end_at_the_end() -> None:
    run = Run(8 * HOUR)
    seen = run.until(Event.RENEW_SOON)
    assert 270 < run.left <= 300
    assert seen.count(Event.CHECK) == pytest.approx((8 * HOUR - 300) / 300, abs=2)
    seen = run.until(Event.EXPIRED)
    assert -30 < run.left <= 0
    assert Event.RENEW_SOON not in seen


def test_a_short_life_is_renewed_in_its_last_tenth() -> None:
    run = Run(600)
    run.until(Event.RENEW_SOON)
    assert 30 < run.left <= 60


def test_each_is_told_once() -> None:
    run = Run(600)
    run.until(Event.EXPIRED)
    later = [run.tick() for _ in range(100)]
    assert set(later) <= {Event.NOTHING, Event.CHECK}


@pytest.mark.parametrize("jump", [8 * HOUR, DAY, -DAY, 61.0, -61.0])
def test_F07_after_a_jump_the_service_is_asked_and_nothing_is_decided(jump: float) -> None:
    assert Run(2 * HOUR).tick(jump=jump) is Event.CHECK


@pytest.mark.parametrize("event", [Event.EXPIRED, Event.RENEW_SOON])
def test_F07_what_seems_over_after_a_jump_waits_for_the_services_answer(event: Event) -> None:
    run = Run(8 * HOUR)
    beyond = 0.0 if event is Event.EXPIRED else -200.0
    assert run.tick(jump=8 * HOUR + beyond) is Event.CHECK
    assert [run.tick(), run.tick()] == [Event.NOTHING, Event.NOTHING]
    assert run.tick() is event  # nobody has said otherwise: what remains is true


def test_F07_a_sign_in_that_outlived_the_sleep_goes_on() -> None:
    run = Run(DAY)
    assert run.tick(jump=8 * HOUR) is Event.CHECK
    assert {run.tick() for _ in range(15)} == {Event.NOTHING}


def test_F08_a_clock_set_by_a_day_ends_nothing_once_the_service_has_been_asked() -> None:
    run = Run(8 * HOUR)
    assert run.tick(jump=DAY) is Event.CHECK
    run.left += DAY  # its answer's Date says so
    assert set(run.until(Event.RENEW_SOON)) == {Event.NOTHING, Event.CHECK, Event.RENEW_SOON}
    assert 270 < run.left <= 300


@pytest.mark.parametrize("jump", [30.0, -30.0])
def test_a_clock_that_is_put_right_a_little_is_no_jump(jump: float) -> None:
    assert Run(2 * HOUR).tick(jump=jump) is Event.NOTHING


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (26 * HOUR + 61, "sign-in ends in 26 h 1 min"),
        (5 * DAY, "sign-in ends in 5 days"),
        (HOUR, "sign-in ends in 1 h 0 min"),
        (HOUR - 1, "sign-in ends in 59 min"),
        (59, "sign-in ends in less than a minute"),
        (0, "sign-in has ended"),
        (-DAY, "sign-in has ended"),
    ],
)
def test_the_countdown_in_words(seconds: float, words: str) -> None:
    assert countdown(timedelta(seconds=seconds)) == words


def test_T45_nobody_there_for_the_limit_is_due_and_not_before() -> None:
    watch = IdleWatch(900)
    watch.touched(100.0, 5000.0)
    assert not watch.due(999.9, 5899.9)
    assert watch.due(1000.0, 5900.0)


def test_T45_sleep_counts_and_a_clock_set_back_puts_nothing_off() -> None:
    watch = IdleWatch(900)
    watch.touched(100.0, 5000.0)
    assert watch.due(101.0, 5000.0 + HOUR)  # slept for an hour
    assert watch.due(1000.0, 5000.0 - DAY)
    assert not watch.due(200.0, 5000.0 - DAY)
