"""A small folder of call flows, and an understanding over it that runs without the embedding engine's load per test."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ivr.understanding import LocalUnderstanding

INTENTS_EN = """
intents:
  order_status:
    title: an order
    examples: [where is my order, has my package shipped yet, i want to track my parcel, when will my delivery arrive,
      what's happening with my order, my package hasn't come, status of my order please]
  return_item:
    examples: [i want to return something, how do i send this back, i'd like a refund for a jacket, return an item,
      this doesn't fit can i bring it back, i need to return my shoes]
  opening_hours:
    examples: [when are you open, what are your opening hours, what time do you close, are you open on sunday,
      opening times please, how late are you open tonight]
  supervisor_code:
    examples: [open sesame, let the genie out, swordfish]
out_of_scope: [i want to book a flight, can you fix my bicycle]
"""
INTENTS_JA = """
intents:
  order_status:
    examples: [注文した商品はどこですか, 荷物はいつ届きますか, まだ届いていません, 配送状況を教えてください,
      注文の状況を確認したい]
  return_item:
    examples: [返品したいです, 商品を返したい, 返金してください, 交換できますか, サイズが合わないので返品します]
  opening_hours:
    examples: [営業時間を教えてください, 何時まで開いていますか, 日曜日は営業していますか, 何時に閉まりますか]
"""
KNOWLEDGE_EN = """
entries:
  shipping_cost:
    question: How much is shipping?
    wordings: [what does delivery cost, is shipping free]
    answer: "Shipping is five dollars, and free over fifty."
  gift_wrap:
    question: Can you wrap it as a gift?
    wordings: [do you do gift wrapping, it's a present can you wrap it]
    answer: "Yes, for three dollars."
off_topic: [how do i bake bread]
"""


@pytest.fixture(scope="session")
def call_flows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("call_flows")
    for name, text in {
        "intents/shop.en.yaml": INTENTS_EN,
        "intents/shop.ja.yaml": INTENTS_JA,
        "knowledge/shop.en.yaml": KNOWLEDGE_EN,
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def understanding(call_flows: Path, tmp_path_factory: pytest.TempPathFactory) -> LocalUnderstanding:
    cache = tmp_path_factory.mktemp("cache")
    local = LocalUnderstanding(call_flows, cache, reference=lambda: datetime(2026, 11, 20, 10))
    local.warm(["en", "ja"])
    return local
