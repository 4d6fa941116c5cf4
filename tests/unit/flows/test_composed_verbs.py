"""`callback`, `message` and `text` in a flow file: read, checked, expanded when a book takes them into force."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.core.flow.model import CallbackVerb, MessageVerb, NumberRule, TextVerb
from ivr.core.flow.parts import OPERATIONS
from ivr.flows.book import FlowBook, fixed_texts
from ivr.flows.problems import FlowInvalid
from ivr.runtime.desk import desk_operations
from tests.unit.flows.sample import AROUND, GOOD, changed, loaded, problems

pytestmark = pytest.mark.unit

PERSON = '    say: {prompt: {en: "A person.", ja: "担当者。"}, then: bye}\n'
KNOWN = replace(AROUND, queues=frozenset({"general", "sales"}))
CALLBACK = """\
    callback:
      queue: general
      keep_place: false
      offer: [at_a_time]
      number: confirm
      confirm_by_text: true
      ask: [name, reason]
      priority: 7
      skills: [orders]
      brief: [number, order.status]
      prompt: {en: "Busy.", ja: "混んでいます。"}
      declined: bye
      then: bye
      failed: bye
"""
MESSAGE = """\
    message:
      queue: general
      prompt: {en: "Speak.", ja: "どうぞ。"}
      max_secs: 60
      priority: 3
      then: bye
      failed: bye
"""
TEXT = """\
    text:
      to: "{{ caller.number }}"
      body: {en: "Hi {{ slots.number }}", ja: "どうも"}
      then: bye
      failed: bye
"""


def with_person(body: str) -> str:
    """The good flow with another way to a person."""
    return changed(PERSON, body)


def told(body: str) -> list[str]:
    """What is wrong with it, where the queues are known."""
    return problems(with_person(body), KNOWN)


# -- reading -----------------------------------------------------------------------------------


def test_a_callback_is_read_with_all_its_keys() -> None:
    verb = loaded(with_person(CALLBACK)).flow.nodes["person"].verb
    assert isinstance(verb, CallbackVerb)
    assert verb.prompt is not None
    assert verb.prompt["en"].source == "Busy."
    assert replace(verb, prompt=None) == CallbackVerb(
        queue="general",
        keep_place=False,
        offer=("at_a_time",),
        number=NumberRule.CONFIRM,
        confirm_by_text=True,
        ask=("name", "reason"),
        priority=7,
        skills=("orders",),
        brief=("number", "order.status"),
        declined="bye",
        then="bye",
        failed="bye",
    )


def test_a_callback_needs_only_its_queue() -> None:
    text = with_person("    callback: {queue: general}\n")
    assert loaded(text).flow.nodes["person"].verb == CallbackVerb("general")
    assert problems(text, KNOWN) == []


def test_a_message_is_read() -> None:
    verb = loaded(with_person(MESSAGE)).flow.nodes["person"].verb
    assert isinstance(verb, MessageVerb)
    assert (verb.queue, verb.max_secs, verb.priority, verb.then, verb.failed) == ("general", 60, 3, "bye", "bye")
    assert verb.prompt["ja"].source == "どうぞ。"


def test_a_text_is_read() -> None:
    verb = loaded(with_person(TEXT)).flow.nodes["person"].verb
    assert isinstance(verb, TextVerb)
    assert verb.to is not None
    assert (verb.to.source, verb.then, verb.failed) == ("{{ caller.number }}", "bye", "bye")


@pytest.mark.parametrize("line", ["", "      to: caller\n"])
def test_a_text_goes_to_the_caller_when_nobody_else_is_named(line: str) -> None:
    text = with_person(TEXT.replace('      to: "{{ caller.number }}"\n', line))
    verb = loaded(text).flow.nodes["person"].verb
    assert isinstance(verb, TextVerb)
    assert verb.to is None


@pytest.mark.parametrize("body", [CALLBACK, MESSAGE, TEXT])
def test_they_are_good_as_they_stand(body: str) -> None:
    assert told(body) == []


# -- mistakes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "old", "new", "found"),
    [
        (CALLBACK, "queue: general", "queue: nobody",
         ["57: person: there is no queue `nobody`; config/queues.yaml has general, sales"]),
        (CALLBACK, "      queue: general\n", "", ["59: person: `callback` needs `queue`; add it"]),
        (CALLBACK, "[at_a_time]", "[tomorrow]",
         ["61: person: `offer` does not know `tomorrow`; it can have as_soon_as_possible, at_a_time"]),
        (CALLBACK, "number: confirm", "number: any",
         ["62: person: `number` must be one of: ask_if_unknown, confirm, caller_only"]),
        (CALLBACK, "[name, reason]", "[shoe_size]",
         ["64: person: `ask` does not know `shoe_size`; it can have name, extension, reason"]),
        (CALLBACK, "priority: 7", "priority: 10", ["65: person: `priority` must be a whole number from 0 to 9"]),
        (CALLBACK, "order.status]", "a.b]",
         ["57: person: `a.b` is not known; there are call, callback, callback_offer, caller, hours, order, slots"]),
        (CALLBACK, "[number, ", "[shoe, ",
         ["57: person: `slots.shoe` is never asked; add a node with `slot: shoe`"]),
        (CALLBACK, "[number, order.status]", "['{{ x }}']",
         ["67: person: `{{ x }}` is neither a slot nor a field such as `order.status`"]),
        (CALLBACK, ', ja: "混んでいます。"', "", ["68: person: `prompt` has no text in ja; add it"]),
        (CALLBACK, "declined: bye", "declined: nowhere",
         ["57: person: `declined` leads to `nowhere`, which is no node; add it or name another"]),
        (CALLBACK, "failed: bye", "failed: person",
         ["57: person: `failed` leads back to its own node, which ends the call; name another"]),
        (CALLBACK, "skills", "skill", ["66: person: `callback` does not know `skill`; did you mean `skills`?"]),
        (MESSAGE, "queue: general", "queue: nobody",
         ["57: person: there is no queue `nobody`; config/queues.yaml has general, sales"]),
        (MESSAGE, "max_secs: 60", "max_secs: 5", ["61: person: `max_secs` must be a whole number from 10 to 600"]),
        (MESSAGE, '      prompt: {en: "Speak.", ja: "どうぞ。"}\n', "",
         ["59: person: `message` needs `prompt`; add it"]),
        (TEXT, "slots.number }}", "slots.nr }}",
         ["57: person: `slots.nr` is never asked; add a node with `slot: nr`"]),
        (TEXT, "caller.number", "receiver.number",
         ["57: person: `receiver.number` is not known; there are call, caller, hours, order, slots, text"]),
        (TEXT, ', ja: "どうも"', "", ["60: person: `body` has no text in ja; add it"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_them_is_told(body: str, old: str, new: str, found: list[str]) -> None:
    assert old in body
    assert told(body.replace(old, new)) == found


def test_where_there_is_no_queue_at_all_it_says_so() -> None:
    found = problems(with_person(CALLBACK), replace(AROUND, queues=frozenset()))
    assert found == ["57: person: there is no queue `general`; config/queues.yaml has none"]


def test_queues_that_are_not_known_here_are_not_looked_at() -> None:
    assert problems(with_person(CALLBACK)) == []


def test_what_a_callback_leaves_behind_may_be_named() -> None:
    text = with_person("    callback: {queue: general, ask: [name], then: told}\n").replace(
        "It is {{ order.status }}.", "{{ slots.name }}, your code is {{ callback.code_text }}."
    )
    assert problems(text, KNOWN) == []


def test_the_counter_needs_no_connector() -> None:
    text = changed("call: orders.find", "call: callbacks.offer")
    assert problems(text, KNOWN) == []


def test_the_counter_has_only_its_own_operations() -> None:
    text = changed("call: orders.find", "call: callbacks.steal")
    assert problems(text, KNOWN) == [
        f"33: find: there is no operation `callbacks.steal`; `callbacks` has {', '.join(OPERATIONS)}"
    ]


def test_flows_know_the_counters_operations() -> None:
    assert {f"callbacks.{name}" for name in OPERATIONS} == set(desk_operations())


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        ("callback: {queue: general, then: person}", True),
        ("callback: {queue: general, declined: person}", True),
        ("callback: {queue: general, then: person, declined: person}", False),
        ("message: {queue: general, prompt: {en: a, ja: b}}", True),
        ("message: {queue: general, prompt: {en: a, ja: b}, then: person}", False),
    ],
)
def test_built_in_goodbyes_end_a_call(body: str, ends: bool) -> None:
    found = "57: person: from here the call can never end; lead to a node with `hang_up`"
    assert (found not in told(f"    {body}\n")) is ends


# -- in force ----------------------------------------------------------------------------------


def book(tmp_path: Path, text: str, queues: str = "general: {}\n") -> FlowBook:
    """A folder with one flow and one queue."""
    folder, config = tmp_path / "call_flows", tmp_path / "config"
    folder.mkdir()
    config.mkdir()
    plain = text.replace("hours: desk\n", "").replace("closed: closed\n", "").replace("answers: true", "answers: false")
    plain = plain.replace("      answered: more\n", "").replace(", knowledge: [retail]", "")
    plain = plain.replace(
        '  closed:\n    say: {prompt: {en: "{{ hours.text }}.", ja: "{{ hours.text }}。"}, then: bye}\n', ""
    )
    (folder / "shop.yaml").write_text(plain, "utf-8")
    (folder / "intents").mkdir()
    for language in ("en", "ja"):
        (folder / "intents" / f"retail.{language}.yaml").write_text(
            "intents: {order_status: {examples: [a]}}\n", "utf-8"
        )
    (config / "hours.yaml").write_text("", "utf-8")
    (config / "queues.yaml").write_text(queues, "utf-8")
    return FlowBook(folder, config / "hours.yaml", {"orders.find": ("number",)}, tmp_path)


def test_a_book_holds_flows_with_their_built_in_steps(tmp_path: Path) -> None:
    flow = book(tmp_path, with_person(CALLBACK)).flows["shop"]
    assert "person.when" in flow.nodes
    assert set(flow.authored) == set(loaded(GOOD).flow.nodes) - {"closed"}


def test_a_book_finds_the_flows_of_dialled_legs(tmp_path: Path) -> None:
    flows = book(tmp_path, with_person(CALLBACK))
    version = flows.flows["shop"].version
    assert flows.get("shop@customer", version).name == "shop@customer"
    assert flows.get("shop@agent", "gone").version == version
    with pytest.raises(KeyError):
        flows.get("shop@stranger", version)


def test_a_book_refuses_a_queue_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FlowInvalid, match="there is no queue `general`; config/queues.yaml has sales"):
        book(tmp_path, with_person(CALLBACK), "sales: {}\n")


def test_a_book_refuses_queues_with_mistakes(tmp_path: Path) -> None:
    with pytest.raises(FlowInvalid, match="config/queues.yaml:1: general: "):
        book(tmp_path, with_person(CALLBACK), "general: {hourz: desk}\n")


def test_built_in_sentences_can_be_made_beforehand(tmp_path: Path) -> None:
    texts = fixed_texts(book(tmp_path, with_person(CALLBACK)).flows["shop"])
    assert "Which number shall we call?" in texts["en"]
    assert "Press the hash key when you have finished." not in texts["en"]
    assert any("月と日" in text for text in texts["ja"])
    assert "Press 1 or say yes to take it, or press 2 to pass." in texts["en"]


def test_the_hint_of_a_recording_can_be_made_beforehand(tmp_path: Path) -> None:
    texts = fixed_texts(book(tmp_path, with_person(MESSAGE)).flows["shop"])
    assert "Press the hash key when you have finished." in texts["en"]
