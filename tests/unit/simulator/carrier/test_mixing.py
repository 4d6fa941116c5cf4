import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.simulator.carrier.mixing import DELAY_SLOTS, Mixer, Seat
from ivr.simulator.carrier.mulaw import SILENCE, add, decode, encode, tone

pytestmark = pytest.mark.unit

LOW, HIGH = tone(400, 20), tone(900, 20)


def level(value: int) -> bytes:
    return encode(np.full(160, value, dtype=np.int16))


def heard(mixer: Mixer, said: dict[Seat, bytes], listener: Seat) -> bytes:
    for seat, frame in said.items():
        seat.speak(7, frame)
    return listener.listen(7 + DELAY_SLOTS)


def test_each_hears_the_other_and_not_itself() -> None:
    mixer = Mixer()
    a, b = mixer.seat(), mixer.seat()
    assert heard(mixer, {a: LOW, b: HIGH}, a) == HIGH
    assert b.listen(7 + DELAY_SLOTS) == LOW


def test_nobody_speaking_is_silence() -> None:
    mixer = Mixer()
    a, b = mixer.seat(), mixer.seat()
    assert heard(mixer, {a: SILENCE, b: LOW}, b) == SILENCE


@given(st.lists(st.integers(-9000, 9000), min_size=3, max_size=8))
def test_many_are_summed_without_the_listener(levels: list[int]) -> None:
    mixer = Mixer()
    seats = [mixer.seat() for _ in levels]
    for seat, value in zip(seats, levels, strict=True):
        seat.speak(0, level(value))
    expected = sum(int(decode(level(value))[0]) for value in levels[1:])
    got = int(decode(seats[0].listen(DELAY_SLOTS))[0])
    assert abs(got - max(-32_124, min(32_124, expected))) <= max(8, abs(expected) // 16)


def test_a_quiet_listener_hears_all_that_speak() -> None:
    mixer = Mixer()
    a, b, c, listener = (mixer.seat() for _ in range(4))
    assert heard(mixer, {a: level(1000), b: level(2000), c: level(3000)}, listener) == level(6000)


def test_loud_speech_is_clipped_and_does_not_wrap() -> None:
    assert decode(add(level(30_000), level(30_000)))[0] == 32_124
    assert decode(add(level(-30_000), level(-30_000)))[0] == -32_124


def test_muted_is_heard_by_nobody_and_hears_all() -> None:
    mixer = Mixer()
    a, b = mixer.seat(), mixer.seat()
    a.is_muted = True
    assert heard(mixer, {a: LOW, b: HIGH}, b) == SILENCE
    assert a.listen(7 + DELAY_SLOTS) == HIGH


def test_deaf_hears_nothing() -> None:
    mixer = Mixer()
    a, b = mixer.seat(), mixer.seat()
    b.is_deaf = True
    assert heard(mixer, {a: LOW}, b) == SILENCE


def test_a_coach_is_heard_by_one_only() -> None:
    mixer = Mixer()
    coach, agent, customer = (mixer.seat() for _ in range(3))
    coach.heard_only_by = agent
    assert heard(mixer, {coach: LOW, customer: HIGH}, customer) == SILENCE
    assert agent.listen(7 + DELAY_SLOTS) == add(LOW, HIGH)
    assert coach.listen(7 + DELAY_SLOTS) == HIGH


def test_a_chime_is_heard_by_all_from_the_next_frame_on() -> None:
    mixer = Mixer()
    a, b = mixer.seat(), mixer.seat()
    mixer.ring(LOW + HIGH)
    assert [seat.listen(10) for seat in (a, b)] == [SILENCE, SILENCE]
    assert [seat.listen(11) for seat in (a, b)] == [LOW, LOW]
    assert [seat.listen(12) for seat in (a, b)] == [HIGH, HIGH]


def test_a_long_talk_does_not_grow_and_still_arrives() -> None:
    mixer = Mixer()
    a, b = mixer.seat(), mixer.seat()
    for slot in range(1000):
        a.speak(slot, LOW)
        assert b.listen(slot) == (LOW if slot >= DELAY_SLOTS else SILENCE)
    assert len(mixer._slots) < 100  # noqa: SLF001
