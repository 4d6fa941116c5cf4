"""`transfer` in a flow file: read, checked, expanded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.flow.expansion import expanded
from ivr.core.flow.model import TransferVerb
from ivr.flows.book import fixed_texts
from tests.unit.flows.sample import AROUND, changed, loaded, problems

pytestmark = pytest.mark.unit

PERSON = '    say: {prompt: {en: "A person.", ja: "担当者。"}, then: bye}\n'
KNOWN = replace(
    AROUND, queues=frozenset({"general"}), number_problem=lambda text: "premium" if text.startswith("+1900") else ""
)
QUEUE = """\
    transfer:
      queue: general
      skills: [orders]
      priority: 7
      brief: [number, order.status]
      max_wait_secs: 45
      prompt: {en: "I ring somebody.", ja: "お呼びします。"}
      otherwise: bye
"""
NUMBER = """\
    transfer:
      to: "+12135550177"
      otherwise: bye
"""


def with_person(body: str) -> str:
    """The good flow with another way to a person."""
    return changed(PERSON, body)


def test_it_is_read_with_all_its_keys() -> None:
    verb = loaded(with_person(QUEUE)).flow.nodes["person"].verb
    assert isinstance(verb, TransferVerb) and verb.prompt is not None
    assert verb.prompt["en"].source == "I ring somebody."
    assert replace(verb, prompt=None) == TransferVerb(
        "bye", "general", None, ("orders",), 7, ("number", "order.status"), 45
    )


def test_it_needs_a_queue_and_a_way_on() -> None:
    text = with_person("    transfer: {queue: general, otherwise: bye}\n")
    assert loaded(text).flow.nodes["person"].verb == TransferVerb("bye", "general")
    assert problems(text, KNOWN) == []


@pytest.mark.parametrize("body", [QUEUE, NUMBER])
def test_it_is_good_as_it_stands(body: str) -> None:
    assert problems(with_person(body), KNOWN) == []


@pytest.mark.parametrize(
    ("body", "old", "new", "found"),
    [
        (QUEUE, "queue: general", "queue: nobody",
         "57: person: there is no queue `nobody`; config/queues.yaml has general"),
        (QUEUE, "      otherwise: bye\n", "", "59: person: `transfer` needs `otherwise`; add it"),
        (QUEUE, "otherwise: bye", "otherwise: beach",
         "57: person: `otherwise` leads to `beach`, which is no node; add it or name another"),
        (QUEUE, "otherwise: bye", "otherwise: person",
         "57: person: `otherwise` leads back to its own node, which ends the call; name another"),
        (QUEUE, "max_wait_secs: 45", "max_wait_secs: 3",
         "63: person: `max_wait_secs` must be a whole number from 5 to 300"),
        (QUEUE, "[number, ", "[shoe, ",
         "57: person: `slots.shoe` is never asked; add a node with `slot: shoe`"),
        (QUEUE, "      queue: general\n", "",
         "59: person: `transfer` needs either `queue: name` or `to: number`; give one of them"),
        (NUMBER, "      otherwise", "      queue: general\n      otherwise",
         "59: person: `transfer` needs either `queue: name` or `to: number`; give one of them"),
        (NUMBER, "      otherwise", "      priority: 3\n      otherwise",
         "60: person: `priority` belongs to `queue`, not to `to`; remove it"),
        (NUMBER, "+12135550177", "+19005550177",
         "57: person: `to: +19005550177` may not be dialled (premium); name another"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(body: str, old: str, new: str, found: str) -> None:
    assert found in problems(with_person(body.replace(old, new)), KNOWN)


def test_a_number_that_is_known_at_the_call_only_is_looked_at_then() -> None:
    text = with_person(NUMBER.replace("+12135550177", "{{ caller.number }}"))
    assert problems(text, KNOWN) == []


def test_where_nothing_is_known_of_numbers_they_are_not_looked_at() -> None:
    text = with_person(NUMBER.replace("+1213", "+1900"))
    assert problems(text, AROUND) == []


def test_what_callers_and_agents_hear_is_made_beforehand() -> None:
    texts = fixed_texts(expanded(loaded(with_person(QUEUE)).flow))
    assert "I could not reach anybody." in " ".join(texts["en"])
    assert "My colleague's telephone is ringing." in " ".join(texts["en"])
    assert any(text.startswith("A caller is on the line.") for text in texts["en"])
