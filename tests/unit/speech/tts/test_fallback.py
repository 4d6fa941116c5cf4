"""Which engine speaks, and who takes over."""

from __future__ import annotations

import pytest

from speech.interfaces import SynthesisFailed, Voice
from speech.tts.fallback import FallbackSynthesiser, Spoken
from tests.fakes.synthesiser import ScriptedSynthesiser

pytestmark = pytest.mark.unit


def trio() -> tuple[ScriptedSynthesiser, ScriptedSynthesiser, FallbackSynthesiser]:
    own, last = ScriptedSynthesiser("own", ("en",)), ScriptedSynthesiser("last", ("en", "de"))
    return own, last, FallbackSynthesiser({"en": own}, last)


def test_a_language_is_spoken_by_its_own_engine() -> None:
    own, last, chain = trio()

    spoken = chain.speak("Hello.", Voice("en-GB", name="joe"))

    assert spoken == Spoken(own.synthesise("Hello.", Voice("en")), "own")
    assert own.spoken[0][1].name == "joe"
    assert last.spoken == []


def test_other_languages_are_spoken_by_the_fallback_which_is_no_substitute_then() -> None:
    _, last, chain = trio()

    spoken = chain.speak("Hallo.", Voice("de"))

    assert (spoken.engine, spoken.is_substitute) == ("last", False)
    assert chain.engine_for("de-AT") == "last"


def test_a_failed_engine_is_substituted_with_the_default_voice_and_counted() -> None:
    own, last, chain = trio()
    own.failing = "died"

    spoken = chain.speak("Hello.", Voice("en", 0.8, "joe"))

    assert (spoken.engine, spoken.is_substitute) == ("last", True)
    assert last.spoken == [("Hello.", Voice("en", 0.8))]
    assert chain.failures() == {"own": 1}


def test_when_all_fail_the_last_reason_is_raised() -> None:
    own, last, chain = trio()
    own.failing, last.failing = "died", "no_file"

    with pytest.raises(SynthesisFailed) as failed:
        chain.synthesise("Hello.", Voice("en"))

    assert failed.value.reason == "no_file"


def test_without_any_engine_it_fails_cleanly() -> None:
    with pytest.raises(SynthesisFailed, match="no_engine"):
        FallbackSynthesiser({}).synthesise("Hello.", Voice("en"))
    assert FallbackSynthesiser({}).engine_for("en") == ""


def test_text_without_words_asks_nobody() -> None:
    own, last, chain = trio()

    assert chain.synthesise("...", Voice("en")) == b""
    assert own.spoken == last.spoken == []


def test_languages_are_those_of_all_engines_own_ones_first() -> None:
    assert trio()[2].languages() == ("en", "de")


def test_closing_closes_all() -> None:
    own, last, chain = trio()
    chain.close()
    chain.close()

    assert own.is_closed and last.is_closed
