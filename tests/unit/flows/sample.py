"""A small good flow as text; tests change one line of it."""

from __future__ import annotations

from ivr.flows.check import Surroundings, check
from ivr.flows.load import LoadedFlow, parse_flow
from ivr.flows.problems import FlowInvalid

GOOD = """\
flow: shop
title: A shop
languages: [en, ja]
numbers: ["+15005550006", {number: "+815012345678", language: ja}]
hours: desk
uses: {intents: [retail], knowledge: [retail], connectors: [orders]}
consent:
  prompt: {en: "Recorded.", ja: "録音します。"}
  refuse: {keys: [9], intent: no_recording}
everywhere: {agent: person, goodbye: bye, repeat: repeat}
start: welcome
closed: closed
nodes:
  welcome:
    listen:
      prompt: {en: "Help?", ja: "ご用件は。"}
      on: {order_status: number}
      keys: {1: number}
      answers: true
      answered: more
      no_match: {tries: 3, prompt: {en: "Say order.", ja: "注文。"}, then: person}
      no_input: {tries: 2}
  number:
    everywhere: {agent: bye}
    interruptible: false
    ask:
      slot: number
      type: {digits: 5}
      prompt: {en: "Number?", ja: "番号。"}
      confirm: read_back
      then: find
      failure: person
  find:
    do:
      call: orders.find
      with: {number: "{{ slots.number }}"}
      save: order
      filler: {en: "Looking.", ja: "お調べします。"}
      then: kind
      not_found: person
      failed: person
  kind:
    branch:
      - if: "order.total > 500"
        then: person
      - else: told
  told:
    say: {prompt: {en: "It is {{ order.status }}.", ja: "{{ order.status }}です。"}, outcome: resolved, then: more}
  more:
    ask:
      slot: more
      type: yes_no
      prompt: {en: "More?", ja: "他には。"}
      then: {yes: welcome, no: bye}
  closed:
    say: {prompt: {en: "{{ hours.text }}.", ja: "{{ hours.text }}。"}, then: bye}
  person:
    say: {prompt: {en: "A person.", ja: "担当者。"}, then: bye}
  bye:
    hang_up: {prompt: {en: "Goodbye.", ja: "失礼します。"}, outcome: resolved}
"""
AROUND = Surroundings(
    intents={("retail", "en"): frozenset({"order_status"}), ("retail", "ja"): frozenset({"order_status"})},
    knowledge=frozenset({("retail", "en"), ("retail", "ja")}),
    operations={"orders.find": ("number",)},
    hours=frozenset({"desk"}),
)


def loaded(text: str = GOOD) -> LoadedFlow:
    return parse_flow(text.encode(), "shop.yaml")


def problems(text: str, around: Surroundings | None = AROUND) -> list[str]:
    """`line: node: message` of everything that is wrong."""
    try:
        found = check(loaded(text), around)
    except FlowInvalid as error:
        found = error.problems
    return [str(one).removeprefix("shop.yaml:") for one in found]


def changed(old: str, new: str) -> str:
    """The good flow with one thing changed."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)
