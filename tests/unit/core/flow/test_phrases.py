"""The sentences the line says by itself."""

from __future__ import annotations

import pytest

from ivr.core.flow.phrases import Phrase, all_phrases, opening, phrase

pytestmark = pytest.mark.unit


def test_values_are_put_in() -> None:
    assert phrase(Phrase.READ_BACK, "ja", value="赤") == "ありがとうございます。赤、でよろしいですか。"


def test_a_language_without_sentences_hears_english() -> None:
    assert phrase(Phrase.WORKING, "de") == "One moment, please."


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", Phrase)
def test_every_sentence_exists_in_every_language(name: Phrase, language: str) -> None:
    assert phrase(name, language)


def test_only_sentences_without_values_can_be_made_beforehand() -> None:
    sentences = all_phrases("en")
    assert "One moment, please." in sentences
    assert not [sentence for sentence in sentences if "{" in sentence]


def test_a_language_without_sentences_has_none_to_make() -> None:
    assert all_phrases("de") == []


def test_the_opening_of_a_text_with_a_value_is_its_whole_sentences_before_it() -> None:
    assert opening("Thank you. I have {value}. Is that right?") == "Thank you."
    assert opening("I need {length} digits.") == ""
    assert opening("Goodbye.") == "Goodbye."
    assert opening("お待たせいたしました。ご注文番号{{ slots.n }}は", "{{") == "お待たせいたしました。"
