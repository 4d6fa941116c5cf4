"""Legs as the carrier's webhooks meet them: answered, moving on, waiting for the other party."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from ivr.core.queueing import claims
from ivr.core.queueing.leg_events import LegNews, Word, leg_said
from ivr.core.queueing.legs import Leg, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback
from ivr.core.queueing.steps import Attempt, Step
from tests.unit.runtime.desk.counter import CALL, CALLER, OURS
from tests.unit.runtime.queue_service.office import Office

pytestmark = pytest.mark.unit

SID, OTHER_SID, LEG_CALL = "CA" + "7" * 32, "CA" + "8" * 32, "e" * 32
TAGS = {Role.CUSTOMER: "c" * 32, Role.AGENT: "a" * 32}


@pytest.fixture
def office() -> Office:
    return Office()


def dialled(office: Office, *roles: Role, **changes: str) -> Callback:
    """An agent is reserved, and the intents to dial are stored."""
    promise = office.booked("k1", **changes)
    agent = office.agent(languages=("en", "ja"))
    office.callbacks.step(
        promise.id,
        lambda found: claims.claim(found, worker="w1", lease_secs=15, now=office.at),
        agent_id=agent.id,
    )
    for role in roles:
        also_dial(office, promise, role)
    return office.now_is(promise.id)


def also_dial(office: Office, promise: Callback, role: Role) -> None:
    def dial(found: Attempt) -> Step | None:
        return claims.add_leg(found, role, TAGS[role], from_number=OURS, worker="w1", now=office.at)

    office.callbacks.step(promise.id, dial)


def answered(office: Office, role: Role, sid: str = SID, call_id: str = LEG_CALL) -> Leg | None:
    return office.service.leg_answered(TAGS[role], sid, call_id, office.at)


def accepted(office: Office, role: Role) -> None:
    """Answered, and said yes."""
    office.service.leg_answered(TAGS[role], f"CA{role.value:0<32}", f"{role.value:0<32}", office.at)
    word = Word.PRESENT if role is Role.CUSTOMER else Word.ACCEPTED
    office.callbacks.step_leg(TAGS[role], lambda found: leg_said(found, TAGS[role], word, at=office.at))


def leg(office: Office, role: Role) -> Leg:
    found = office.service.leg(TAGS[role])
    assert found is not None
    return found


# -- answered ----------------------------------------------------------------------------------------


def test_an_answered_leg_is_stored_with_its_ids(office: Office) -> None:
    dialled(office, Role.CUSTOMER)
    found = answered(office, Role.CUSTOMER)
    assert found == leg(office, Role.CUSTOMER)
    assert found is not None
    assert (found.state, found.carrier_sid, found.call_id, found.answered_at) == (
        LegState.ANSWERED,
        SID,
        LEG_CALL,
        office.at,
    )
    assert office.service.leg_by_sid(SID) == found


def test_the_same_question_again_has_the_same_answer(office: Office) -> None:
    dialled(office, Role.CUSTOMER)
    assert answered(office, Role.CUSTOMER) is not None
    assert answered(office, Role.CUSTOMER) == leg(office, Role.CUSTOMER)


def test_a_second_call_under_the_same_tag_is_void(office: Office) -> None:
    """Whatever made it, nobody talks to one customer twice."""
    dialled(office, Role.CUSTOMER)
    answered(office, Role.CUSTOMER)
    assert answered(office, Role.CUSTOMER, OTHER_SID) is None
    assert leg(office, Role.CUSTOMER).carrier_sid == SID


def test_an_unknown_tag_is_void(office: Office) -> None:
    assert answered(office, Role.CUSTOMER) is None


def test_a_leg_of_a_cancelled_promise_is_void_and_its_answer_is_stored(office: Office) -> None:
    promise = dialled(office, Role.CUSTOMER)
    office.service.cancel(promise.id, "", by="supervisor sue", now=office.at)
    assert answered(office, Role.CUSTOMER) is None
    assert leg(office, Role.CUSTOMER).state is LegState.ANSWERED


def test_a_leg_of_an_earlier_attempt_is_void(office: Office) -> None:
    promise = dialled(office, Role.CUSTOMER)
    office.changed(promise, attempt=2)
    assert answered(office, Role.CUSTOMER) is None


def test_a_leg_that_is_over_is_void(office: Office) -> None:
    dialled(office, Role.CUSTOMER)
    office.service.leg_progressed(TAGS[Role.CUSTOMER], LegNews(LegState.OVER, LegOutcome.BUSY, SID), office.at)
    assert answered(office, Role.CUSTOMER) is None


# -- moving on ---------------------------------------------------------------------------------------


def test_news_move_a_leg_on_and_never_back(office: Office) -> None:
    dialled(office, Role.CUSTOMER)
    for state in (LegState.RINGING, LegState.PLACED, LegState.RINGING):
        office.service.leg_progressed(TAGS[Role.CUSTOMER], LegNews(state, None, SID), office.at)
    assert leg(office, Role.CUSTOMER).state is LegState.RINGING


def test_news_of_an_unknown_leg_are_noted_without_a_number(office: Office) -> None:
    with capture_logs() as logs:
        office.service.leg_progressed("f" * 32, LegNews(LegState.RINGING, None, SID), office.at)
    assert logs == [{"event": "news of an unknown leg", "state": "ringing", "log_level": "warning"}]


def test_news_that_are_known_are_not_noted(office: Office) -> None:
    dialled(office, Role.CUSTOMER)
    with capture_logs() as logs:
        for _ in range(2):
            office.service.leg_progressed(TAGS[Role.CUSTOMER], LegNews(LegState.RINGING, None, SID), office.at)
    assert logs == []


# -- what it speaks and runs -------------------------------------------------------------------------


def test_a_customer_is_spoken_to_in_the_language_of_the_promise(office: Office) -> None:
    dialled(office, Role.CUSTOMER, language="ja")
    assert office.service.language_of(leg(office, Role.CUSTOMER)) == "ja"


@pytest.mark.parametrize(
    ("languages", "spoken"), [(("en", "ja"), "ja"), (("en", "de"), "en"), (("de",), "de"), ((), "ja")]
)
def test_an_agent_is_spoken_to_in_the_customers_language_else_in_their_own(
    office: Office, languages: tuple[str, ...], spoken: str
) -> None:
    dialled(office, Role.AGENT, language="ja")
    office.agents.add(replace(office.agent(), languages=languages))
    assert office.service.language_of(leg(office, Role.AGENT)) == spoken


def test_where_neither_promise_nor_agent_is_known_it_is_english(office: Office) -> None:
    dialled(office, Role.AGENT, Role.CUSTOMER, language="ja")
    stray = replace(leg(office, Role.AGENT), callback_id="f" * 32, agent="zoe")
    assert office.service.language_of(stray) == "en"
    assert office.service.flow_of(stray) == "@agent"


@pytest.mark.parametrize("role", Role)
def test_a_leg_runs_the_flow_of_its_role_and_meets_in_a_room_of_its_attempt(office: Office, role: Role) -> None:
    promise = dialled(office, role)
    assert office.service.flow_of(leg(office, role)) == f"support@{role.value}"
    assert office.service.room_of(leg(office, role)) == f"cb-{promise.id}-1"


# -- alone in the conference -------------------------------------------------------------------------

WORDS = {
    ("en", Role.AGENT): (
        "Thank you. I am calling the customer now.",
        "It is still ringing. One moment please.",
    ),
    ("en", Role.CUSTOMER): (
        "Thank you. I am getting a colleague on the line for you.",
        "Our colleague's telephone is ringing. One moment please.",
    ),
    ("ja", Role.AGENT): (
        "ありがとうございます。お客様にお電話しております。",
        "まだ呼び出し中です。少々お待ちください。",
    ),
    ("ja", Role.CUSTOMER): (
        "ありがとうございます。ただいま担当者をお呼びしております。",
        "担当者を呼び出しております。もう少々お待ちください。",
    ),
}


@pytest.mark.parametrize(("language", "role"), WORDS)
def test_who_waits_hears_where_things_stand(office: Office, language: str, role: Role) -> None:
    promise = dialled(office, role, language=language)
    accepted(office, role)
    first, again = WORDS[language, role]
    words = [office.service.waiting_words(leg(office, role), number) for number in range(3)]
    assert words == [first, again, again]
    also_dial(office, promise, Role.AGENT if role is Role.CUSTOMER else Role.CUSTOMER)
    assert office.service.waiting_words(leg(office, role), 3) == again


@pytest.mark.parametrize(("language", "words"), [("en", "You are being connected."), ("ja", "おつなぎしております。")])
@pytest.mark.parametrize("role", Role)
def test_who_waits_hears_that_the_other_one_is_coming(office: Office, role: Role, language: str, words: str) -> None:
    dialled(office, Role.AGENT, Role.CUSTOMER, language=language)
    accepted(office, Role.AGENT)
    accepted(office, Role.CUSTOMER)
    assert office.service.waiting_words(leg(office, role), 0) == words


def test_somebody_who_was_there_in_an_earlier_attempt_is_not_coming(office: Office) -> None:
    promise = dialled(office, Role.AGENT, Role.CUSTOMER)
    accepted(office, Role.CUSTOMER)
    later = replace(leg(office, Role.AGENT), attempt=2)
    assert promise.attempt == 1
    assert office.service.waiting_words(later, 1) == "It is still ringing. One moment please."


# -- one key -----------------------------------------------------------------------------------------


def test_one_key_is_stored_before_it_is_said(office: Office) -> None:
    office.agent()
    said = office.service.book_by_key(CALL, CALLER, OURS, "en", office.at)
    assert said == "Thank you. We will call you back within the next 5 minutes. Goodbye."
    assert len(office.rows.callbacks) == 1


def test_one_key_that_could_not_be_stored_is_said_to_be_lost(office: Office) -> None:
    office.rows.failing = "unreachable"
    said = office.service.book_by_key(CALL, CALLER, OURS, "ja", office.at)
    assert said == "申し訳ございません、承ることができませんでした。数分後におかけ直しください。"


def test_one_key_of_somebody_with_a_promise_tells_only_that(office: Office) -> None:
    office.booked("k1")
    said = office.service.book_by_key("d" * 32, CALLER, OURS, "en", office.at)
    assert said == "There is a call back noted for this number already. We keep that promise. Goodbye."
