"""One sentence that explains a place, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.queueing.legs import Agent, AgentState
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.core.queueing.why import Surroundings, why
from tests.unit.core.queueing.promises import NOON, agent, at, promise, rules

pytestmark = pytest.mark.unit

ON_CALL = agent("bob", state=AgentState.ON_CALL)


def around(*agents: Agent, **fields: object) -> Surroundings:
    usual: dict[str, object] = {"rules": rules(), "now": NOON, "agents": agents or (ON_CALL,), "zone": "Europe/Berlin"}
    return Surroundings(**usual | fields)  # type: ignore[arg-type]


def both(callback: Callback, surroundings: Surroundings) -> tuple[str, str]:
    return why(callback, surroundings, "en"), why(callback, surroundings, "ja")


def waiting(callback_id: str, arrived: float, **fields: object) -> Callback:
    """In the order of arrival, unless it says otherwise."""
    return promise(**{"id": callback_id, "arrived_at": at(arrived), "order_at": at(arrived)} | fields)


# -- the place -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "english", "japanese"),
    [
        ([], "Next: waits for an agent to be free.", "次の順番です。担当者が空くのを待っています。"),
        (
            [waiting("a", -900)],
            "Second: one caller who arrived earlier is ahead.",
            "2番目:先に来た方が1名います。",
        ),
        (
            [waiting("a", -900, priority=7)],
            "Second: one caller who arrived earlier is ahead, with priority 7.",
            "2番目:先に来た方が1名(うち1名は優先度7)います。",
        ),
        (
            [waiting("a", -900), waiting("b", -800, priority=7)],
            "Third: two callers who arrived earlier are ahead, one of them with priority 7.",
            "3番目:先に来た方が2名(うち1名は優先度7)います。",
        ),
        (
            [waiting("a", -900, priority=6), waiting("b", -800, priority=7), waiting("c", -700)],
            "Fourth: three callers who arrived earlier are ahead, two of them with priority 7 and 6.",
            "4番目:先に来た方が3名(うち2名は優先度7と6)います。",
        ),
        (
            [waiting("a", -300, priority=9, order_at=at(-2700))],
            "Second: one caller who arrived later is ahead with priority 9.",
            "2番目:後から来て優先度9で先になった方が1名います。",
        ),
        (
            [waiting("a", -300, priority=9, order_at=at(-2700)), waiting("b", -200, priority=9, order_at=at(-2600))],
            "Third: two callers who arrived later are ahead with priority 9.",
            "3番目:後から来て優先度9で先になった方が2名います。",
        ),
        (
            [waiting("a", -300, order_at=at(-99999))],
            "Second: one caller who arrived later is ahead, brought forward.",
            "2番目:後から来て繰り上げで先になった方が1名います。",
        ),
        (
            [waiting("a", -900), waiting("b", -300, priority=8, order_at=at(-2100))],
            "Third: one caller who arrived earlier is ahead, and one who arrived later with priority 8.",
            "3番目:先に来た方が1名、後から来て優先度8で先になった方が1名います。",
        ),
    ],
)
def test_the_place_is_told_by_who_is_in_front(others: list[Callback], english: str, japanese: str) -> None:
    assert both(promise(), around(waiting=others)) == (english, japanese)


def test_who_is_behind_not_due_or_for_other_people_is_not_in_front() -> None:
    others = [
        promise(),
        waiting("behind", -500),
        waiting("later", -900, eligible_at=at(60)),
        waiting("other people's", -900, language="ja"),
    ]
    people = [ON_CALL, agent("yuki", languages=("ja",), state=AgentState.ON_CALL)]
    assert why(promise(), around(*people, waiting=others), "en") == "Next: waits for an agent to be free."


def test_a_free_agent_is_said_to_be_free() -> None:
    assert both(promise(), around(agent())) == ("Next: an agent is free.", "次の順番です。担当者が空いています。")


def test_where_those_in_front_were_only_counted_their_number_is_told() -> None:
    assert both(promise(), around(ahead=1)) == ("Second: one caller is ahead.", "2番目:前に1名います。")
    assert both(promise(), around(ahead=1234)) == (
        "Number 1,235: 1,234 callers are ahead.",
        "1,235番目:前に1,234名います。",
    )


def test_those_in_front_who_wait_for_other_people_are_taken_off_the_count() -> None:
    people = [ON_CALL, agent("yuki", languages=("ja",), state=AgentState.ON_CALL)]
    others = [waiting("a", -900), waiting("b", -950, language="ja")]
    all_read = around(*people, waiting=others, ahead=2)
    assert why(promise(), all_read, "en") == "Second: one caller who arrived earlier is ahead."
    three_more = around(*people, waiting=others, ahead=5)
    assert why(promise(), three_more, "en") == "Fifth: four callers are ahead."


# -- its time ------------------------------------------------------------------------------------


def retry(**fields: object) -> Callback:
    usual: dict[str, object] = {
        "state": CallbackState.RETRY_AT,
        "cause": Cause.BUSY,
        "tries": {"busy": 1},
        "last_tried_at": at(300),
        "eligible_at": at(1200),
    }
    return promise(**usual | fields)


def test_a_retry_says_why_when_and_which_try_it_will_be() -> None:
    assert both(retry(), around(now=at(600))) == (
        "Waits until 13:20, because the line was busy at 13:05 (try 2 of 5).",
        "13時05分にお話し中だったため、13時20分まで待ちます(5回中2回目)。",
    )


def test_a_word_added_later_does_not_hide_why_it_is_tried_again() -> None:
    later = retry(cause=Cause.WORD_ADDED, tries={"busy": 1, "voicemail": 2}, last_tried_at=None)
    assert both(later, around()) == (
        "Waits until 13:20, because a voicemail answered (try 4 of 5).",
        "留守番電話だったため、13時20分まで待ちます(5回中4回目)。",
    )
    assert why(retry(cause=Cause.WORD_ADDED, tries={}), around(), "en") == (
        "Waits until 13:20, because it was in vain at 13:05 (try 1 of 5)."
    )


@pytest.mark.parametrize(
    ("fields", "english", "japanese"),
    [
        (
            {"is_time_chosen": True, "eligible_at": at(86400)},
            "Waits until 13:00 tomorrow, the time the caller chose.",
            "お客様が選んだ明日13時まで待ちます。",
        ),
        (
            {"cause": Cause.RETIMED, "eligible_at": at(3 * 86400)},
            "Waits until 13:00 on 2026-03-07: it may not be called before (calling hours or limits).",
            "2026年3月7日13時まで待ちます。それまではかけられません(時間帯または回数の制限)。",
        ),
        (
            {"cause": Cause.AGENT_LEFT, "eligible_at": at(60)},
            "Waits until 13:01, because the agent hung up first.",
            "担当者が先に電話を切ったため、13時01分まで待ちます。",
        ),
        ({"eligible_at": at(60)}, "Waits until 13:01.", "13時01分まで待ちます。"),
    ],
)
def test_who_waits_for_a_time_is_told_it(fields: dict[str, object], english: str, japanese: str) -> None:
    assert both(promise(**fields), around()) == (english, japanese)


def test_quiet_hours_at_the_callers_place_are_named() -> None:
    assert both(promise(), around(allowed_from=at(20 * 3600))) == (
        "Outside calling hours at the caller's place until 9:00 tomorrow.",
        "お客様の地域では、明日9時まで電話をかけられる時間帯ではありません。",
    )
    assert why(promise(), around(allowed_from=NOON), "en").startswith("Next")


def test_a_chosen_time_is_stronger_than_quiet_hours() -> None:
    assert why(promise(is_time_chosen=True), around(allowed_from=at(60)), "en").startswith("Next")


def test_a_closed_queue_says_when_it_opens() -> None:
    assert both(promise(), around(opens_at=at(3600))) == (
        "The queue is closed until 14:00.",
        "窓口は14時まで閉まっています。",
    )
    assert why(promise(), around(opens_at=NOON), "en").startswith("Next")


# -- people --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "fields", "english", "japanese"),
    [
        (
            [agent(state=AgentState.OFFLINE)],
            {},
            "No agent of this queue is signed in.",
            "この窓口の担当者が一人もいません。",
        ),
        ([agent(queues=("sales",))], {}, "No agent of this queue is signed in.", "この窓口の担当者が一人もいません。"),
        (
            [agent()],
            {"language": "ja"},
            "No agent who speaks Japanese is signed in.",
            "日本語を話す担当者がいません。",
        ),
        ([agent()], {"language": "de"}, "No agent who speaks de is signed in.", "deを話す担当者がいません。"),
        (
            [agent(skills=("refunds",))],
            {"skills": ("billing", "refunds")},
            "No agent with the skill billing is signed in.",
            "スキル「billing」を持つ担当者がいません。",
        ),
        (
            [agent("ana", skills=("refunds",)), agent("bob", skills=("billing",))],
            {"skills": ("billing", "refunds")},
            "No agent with the skills billing and refunds is signed in.",
            "スキル「billing」と「refunds」を持つ担当者がいません。",
        ),
        (
            [agent(state=AgentState.BREAK)],
            {},
            "Every agent who could take it is on a break.",
            "担当できる人は全員休憩中です。",
        ),
        (
            [agent("ana"), ON_CALL],
            {"owner": "bob", "owner_until": at(3600)},
            "Belongs to Bob, who is not free; anybody's from 14:00.",
            "Bobさんの担当ですが、今は手が空いていません。14時からは誰でも担当できます。",
        ),
        ([agent("ana")], {"owner": "cleo"}, "Waits for Cleo Ito alone.", "Cleo Itoさんだけが担当できます。"),
        ([agent("ana")], {"owner": "dora"}, "Waits for dora alone.", "doraさんだけが担当できます。"),
    ],
)
def test_it_is_said_who_is_missing(people: list[Agent], fields: dict[str, object], english: str, japanese: str) -> None:
    assert both(promise(**fields), around(*people, names={"cleo": "Cleo Ito"})) == (english, japanese)


def test_an_owner_who_is_free_is_next() -> None:
    owned = promise(owner="ana", owner_until=at(3600))
    assert why(owned, around(agent("ana"), ON_CALL), "en") == "Next: an agent is free."


# -- in hands, and over --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "english", "japanese"),
    [
        (
            {"state": CallbackState.CLAIMED, "agent": "bob"},
            "Bob is reserved for it.",
            "Bobさんが担当に決まりました。",
        ),
        (
            {"state": CallbackState.DIALLING, "agent": "bob"},
            "Being dialled for Bob.",
            "Bobさんのために発信中です。",
        ),
        (
            {"state": CallbackState.DIALLING},
            "Being dialled; another agent is looked for.",
            "発信中です。別の担当者を探しています。",
        ),
        ({"state": CallbackState.CONNECTED, "agent": "bob"}, "Talking with Bob.", "Bobさんと通話中です。"),
        (
            {"state": CallbackState.DIALLING, "agent": "bob", "ending": Cause.BY_CALLER},
            "Being called off: cancelled by the caller while it was dialled.",
            "発信を中止しています:お客様が取り消し。",
        ),
        (
            {"kind": Kind.MESSAGE},
            "A recorded message: waits until somebody takes it.",
            "録音された伝言です。確認を待っています。",
        ),
        (
            {"state": CallbackState.DONE, "cause": Cause.TALKED, "state_at": at(-3600)},
            "Done: they talked until 12:00.",
            "完了:12時に通話が終わりました。",
        ),
        (
            {"state": CallbackState.DONE, "cause": Cause.TAKEN, "state_at": at(-86400)},
            "Done: the message was taken at 13:00 yesterday.",
            "完了:昨日13時に伝言を確認しました。",
        ),
        (
            {"state": CallbackState.CANCELLED, "cause": Cause.STOPPED},
            "Will not be called: asked never to be called again at 13:00.",
            "電話はしません:13時、今後の電話をお断り。",
        ),
        (
            {"state": CallbackState.CANCELLED, "cause": Cause.PROMISED},
            "Will not be called: cancelled at 13:00.",
            "電話はしません:13時、取り消し。",
        ),
        (
            {"state": CallbackState.FAILED, "cause": Cause.TOO_MANY, "tries": {"busy": 4, "voicemail": 1}},
            "A person must decide: no tries are left after five tries.",
            "人の判断が必要です:かけ直しの回数を使い切りました(5回発信)。",
        ),
        (
            {"state": CallbackState.FAILED, "cause": Cause.UNKNOWN, "tries": {"busy": 1}},
            "A person must decide: what became of the last call cannot be known after one try.",
            "人の判断が必要です:前回の電話がどうなったか分かりません(1回発信)。",
        ),
        (
            {"state": CallbackState.FAILED, "cause": Cause.WORD_ADDED},
            "A person must decide: it could not be kept.",
            "人の判断が必要です:約束を守れませんでした。",
        ),
    ],
)
def test_what_is_in_hands_or_over_says_so(fields: dict[str, object], english: str, japanese: str) -> None:
    assert both(promise(**fields), around()) == (english, japanese)


def test_a_language_nobody_wrote_words_for_is_answered_in_english() -> None:
    assert why(promise(), around(), "fr") == "Next: waits for an agent to be free."


def test_a_sentence_names_no_number_of_the_caller() -> None:
    secret = replace(promise(), name="Kim Example", caller="+15550100")
    assert all("555" not in text and "Kim" not in text for text in both(secret, around(ahead=3)))
