"""Recording is allowed after the notice was heard to its end, and never otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.consent import Consent, ConsentState

pytestmark = pytest.mark.unit


def test_nothing_asked_is_nothing_allowed() -> None:
    assert not Consent().may_record


def test_a_notice_heard_to_its_end_allows_recording() -> None:
    consent = Consent().notice_began(3, 100).playback_finished(3, completed=True, at_ms=2_100)
    assert consent == Consent(ConsentState.GIVEN, 3, 2_100)
    assert consent.may_record and not consent.must_discard


@pytest.mark.parametrize("at_ms", [0, 20, 500])
def test_a_notice_cut_short_allows_nothing(at_ms: int) -> None:
    consent = Consent().notice_began(3, 0).playback_finished(3, completed=False, at_ms=at_ms)
    assert consent.state is ConsentState.CUT_SHORT and not consent.may_record


def test_another_prompts_end_allows_nothing() -> None:
    assert not Consent().notice_began(3, 0).playback_finished(4, completed=True, at_ms=9).may_record


def test_a_notice_played_again_to_its_end_allows_recording() -> None:
    consent = Consent().notice_began(3, 0).playback_finished(3, completed=False, at_ms=1)
    assert consent.notice_began(5, 2).playback_finished(5, completed=True, at_ms=3).may_record


def test_a_refusal_discards_and_stays() -> None:
    consent = Consent().notice_began(3, 0).playback_finished(3, completed=True, at_ms=1).refused(2)
    assert consent.must_discard and not consent.may_record
    again = consent.notice_began(4, 3).playback_finished(4, completed=True, at_ms=4)
    assert again.state is ConsentState.REFUSED


FACTS = st.lists(st.tuples(st.sampled_from(["began", "done", "cut", "refused"]), st.integers(1, 3)), max_size=12)


@given(FACTS)
def test_recording_is_never_allowed_after_a_refusal_or_without_a_whole_notice(facts: list[tuple[str, int]]) -> None:
    consent = Consent()
    for at_ms, (fact, prompt) in enumerate(facts):
        match fact:
            case "began":
                consent = consent.notice_began(prompt, at_ms)
            case "refused":
                consent = consent.refused(at_ms)
            case _:
                consent = consent.playback_finished(prompt, completed=fact == "done", at_ms=at_ms)
        happened = [name for name, _ in facts[: at_ms + 1]]
        if "refused" in happened or not {"began", "done"} <= set(happened):
            assert not consent.may_record
