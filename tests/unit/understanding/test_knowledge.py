"""Which questions are answered, and which are left alone for lying nearer to what must not be answered."""

from __future__ import annotations

import pytest

from ivr.understanding.embedding import Embedder
from ivr.understanding.files import KnowledgeEntry
from ivr.understanding.knowledge import AnswerFinder

pytestmark = pytest.mark.unit

SHIPPING = ("shop/shipping", KnowledgeEntry("shipping", "How much is shipping?", ("what does delivery cost",), "Five."))
PAYMENT = ("shop/payment", KnowledgeEntry("payment", "How can I pay?", ("which cards do you take",), "By card."))
SOURYO = ("shop/shipping", KnowledgeEntry("shipping", "送料はいくらですか", ("配送料はかかりますか",), "五百円です。"))
SHIHARAI = (
    "shop/payment",
    KnowledgeEntry("payment", "支払い方法を教えてください", ("カードは使えますか",), "カードです。"),
)


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return Embedder.open(tmp_path_factory.mktemp("vectors"))


def answered(finder: AnswerFinder, text: str) -> str | None:
    found = finder.ranked(text)
    return found[0].entry if found else None


def test_a_sentence_out_of_scope_takes_its_likes_with_it(embedder: Embedder) -> None:
    finder = AnswerFinder([SHIPPING, PAYMENT], (), "en", embedder, ("I'd like to change my address",))
    assert answered(finder, "can i change my delivery address") is None
    assert answered(finder, "what do you charge for delivery") == "shop/shipping"


def test_the_same_in_japanese(embedder: Embedder) -> None:
    finder = AnswerFinder([SOURYO, SHIHARAI], (), "ja", embedder, ("住所を変更したい",))
    assert answered(finder, "住所を変えたいのですが") is None
    assert answered(finder, "交換したい") is None
    assert answered(finder, "送料を知りたい") == "shop/shipping"
    assert answered(finder, "どうやって払いますか") == "shop/payment"


def test_a_sentence_out_of_the_intents_scope_may_be_a_question_of_the_file(embedder: Embedder) -> None:
    finder = AnswerFinder([SHIPPING, PAYMENT], (), "en", embedder, ("how much is shipping", "how can I pay"))
    assert answered(finder, "how much do you charge for shipping") == "shop/shipping"
    assert answered(finder, "how do i pay") == "shop/payment"


def test_an_off_topic_sentence_is_refused_however_near_it_is(embedder: Embedder) -> None:
    finder = AnswerFinder([SHIPPING, PAYMENT], ("how much is shipping to the moon",), "en", embedder)
    assert answered(finder, "what is shipping to the moon") is None
    assert answered(finder, "How much is shipping?") == "shop/shipping"


def test_a_language_without_foreign_sentences_goes_by_the_cut_alone(embedder: Embedder) -> None:
    finder = AnswerFinder([SHIPPING, PAYMENT], (), "xx", embedder)
    assert answered(finder, "what does shipping cost") == "shop/shipping"
    assert answered(finder, "purple giraffes dance") is None
