"""A small flow and the meanings of a few sentences, for tests of calls without sound."""

from __future__ import annotations

from ivr.core.flow.model import Flow
from ivr.core.meaning import Decision, IntentGuess, Meaning, SlotGuess
from ivr.flows.load import parse_flow
from ivr.simulator.scripts.load import parse_scripts
from ivr.simulator.scripts.model import CallScript
from ivr.simulator.scripts.results import ScriptResult
from ivr.simulator.scripts.text_level import TextPorts, run_at_text_level
from tests.fakes.understanding import ScriptedUnderstanding

FLOW = """\
flow: shop
title: Shop
languages: [en, ja]
numbers: ["+15005550006", {number: "+815012345678", language: ja}]
hours: desk
consent:
  prompt: {en: "This call is recorded.", ja: "録音します。"}
  refuse: {keys: [9]}
everywhere: {agent: person}
start: welcome
closed: person
nodes:
  welcome:
    listen:
      prompt: {en: "How can I help?", ja: "ご用件をどうぞ。"}
      on: {order_status: order_number}
      keys: {1: order_number}
      no_input: {tries: 2, then: person}
      no_match: {tries: 2, then: person}
  order_number:
    ask:
      slot: order_number
      type: {digits: 5}
      prompt: {en: "What is your order number?", ja: "注文番号をどうぞ。"}
      confirm: never
      then: find
      failure: person
  find:
    do:
      call: orders.find
      with: {number: "{{ slots.order_number }}"}
      save: order
      filler: {en: "One moment, I'm looking that up.", ja: "お調べします。"}
      then: tell
      not_found: person
      failed: person
  tell:
    say:
      prompt: {en: "It is {{ order.status }}.", ja: "{{ order.status }}です。"}
      then: bye
  bye:
    hang_up: {prompt: {en: "Goodbye.", ja: "失礼いたします。"}, outcome: resolved}
  person:
    hang_up: {prompt: {en: "A person will call you.", ja: "担当者がおかけします。"}, outcome: requested}
"""
WHERE = Meaning(Decision.ACCEPT, (IntentGuess("order_status", 0.9),))
NUMBER = Meaning(Decision.ACCEPT, slot=SlotGuess("42719"))
GIVEN = 'given: {connectors: {orders: {rows: [{number: "42719", status: shipped}]}}}'


def flow() -> Flow:
    loaded = parse_flow(FLOW.encode(), "shop.yaml")
    assert loaded.problems == []
    return loaded.flow


def understanding() -> ScriptedUnderstanding:
    return ScriptedUnderstanding({"where is my order": WHERE, "注文はどこ": WHERE, "four two seven one nine": NUMBER})


def script(lines: str, head: str = GIVEN) -> CallScript:
    return parse_scripts(f"call: a call\nflow: shop\n{head}\n{lines}".encode(), "a.call.yaml")[0]


def run(lines: str, head: str = GIVEN) -> ScriptResult:
    return run_at_text_level(script(lines, head), flow(), TextPorts(understanding()))
