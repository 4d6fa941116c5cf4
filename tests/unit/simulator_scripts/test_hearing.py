from __future__ import annotations

import asyncio

import pytest

from ivr.simulator.caller import Caller, Stretch
from ivr.simulator.line import LineQuality, TelephoneLine
from ivr.simulator.scripts.hearing import LONGEST_MS, Hearing, language_of

pytestmark = pytest.mark.unit


class CountingEars:
    """Hears the length of what it is given, in whole seconds."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, str]] = []

    def words(self, pcm: bytes, language: str) -> str:
        self.asked.append((len(pcm) // 16, language))
        return f"word{len(self.asked)}"

    def reading(self, text: str, language: str) -> str:
        return ""


def hearing() -> tuple[Hearing, CountingEars]:
    caller = Caller(TelephoneLine(LineQuality()))
    caller.heard += b"\x00" * 8 * 60_000
    ears = CountingEars()
    return Hearing(caller, ears), ears


@pytest.mark.parametrize(
    ("text", "usual", "language"),
    [("ご用件", "en", "ja"), ("order 12", "ja", "en"), ("12345", "ja", "ja"), ("bestellung", "de", "de")],
)
def test_the_language_of_a_text_is_seen_from_its_characters(text: str, usual: str, language: str) -> None:
    assert language_of(text, usual) == language


def test_a_stretch_is_written_down_once_with_a_margin() -> None:
    ears_of, ears = hearing()
    stretch = Stretch(1000, 2000, is_open=False)
    assert asyncio.run(ears_of.words([stretch], "en")) == "word1"
    assert asyncio.run(ears_of.words([stretch], "en")) == "word1"
    assert ears.asked == [(1240, "en")]
    assert (ears_of.known(stretch), ears_of.language_heard(stretch)) == ("word1", "en")


def test_a_long_stretch_is_heard_in_parts_and_a_click_not_at_all() -> None:
    ears_of, ears = hearing()
    asyncio.run(ears_of.words([Stretch(0, LONGEST_MS + 2000, is_open=False)], "en"))
    assert len(ears.asked) == 2
    assert asyncio.run(ears_of.words([Stretch(40_000, 40_100, is_open=False)], "en")) == ""
    assert len(ears.asked) == 2


def test_words_told_by_the_carrier_need_no_ears() -> None:
    ears_of, ears = hearing()
    told = Stretch(0, 900, is_open=False, words="An application error has occurred. Goodbye.")
    assert asyncio.run(ears_of.has("application error", [told], "en"))
    assert (ears.asked, ears_of.known(told)) == ([], told.words)


def test_words_cut_in_two_by_a_pause_are_heard_again_in_one_piece() -> None:
    ears_of, ears = hearing()
    stretches = [Stretch(0, 900, is_open=False), Stretch(1400, 2000, is_open=False)]
    assert asyncio.run(ears_of.has("word3", stretches, "en"))
    assert [length for length, _ in ears.asked] == [1020, 840, 2120]


class ReadingEars(CountingEars):
    """Writes every sentence down in kana, and can read two words of kanji."""

    def words(self, pcm: bytes, language: str) -> str:
        return "ごけたの注文番号をお願いいたします"

    def reading(self, text: str, language: str) -> str:
        return text.replace("五桁", "ゴケタ").replace("六桁", "ロッケタ").replace("注文番号", "チュウモンバンゴウ")


def test_japanese_is_heard_by_its_sound_however_it_is_written() -> None:
    caller = Caller(TelephoneLine(LineQuality()))
    caller.heard += b"\x00" * 8 * 2000
    ears_of = Hearing(caller, ReadingEars())
    stretch = Stretch(0, 1500, is_open=False)
    assert asyncio.run(ears_of.has("五桁の注文番号", [stretch], "ja"))
    assert not asyncio.run(ears_of.has("六桁の注文番号", [stretch], "ja"))
    assert not asyncio.run(ears_of.has("/五桁の注文番号/", [stretch], "ja"))


class ForgetfulEars(CountingEars):
    """Loses the end of a sentence the first time."""

    def words(self, pcm: bytes, language: str) -> str:
        super().words(pcm, language)
        return "we are here from nine to five" + (" is there anything else" if len(self.asked) == 2 else "")


@pytest.mark.parametrize(("ended_at", "is_heard"), [(4100, True), (3900, False)])
def test_a_long_stretch_is_listened_to_twice_before_its_words_count_as_not_said(ended_at: int, is_heard: bool) -> None:
    caller = Caller(TelephoneLine(LineQuality()))
    caller.heard += b"\x00" * 8 * 6000
    ears_of = Hearing(caller, ForgetfulEars())
    assert asyncio.run(ears_of.has("anything else", [Stretch(1000, ended_at, is_open=False)], "en")) is is_heard


def test_a_stretch_of_several_sentences_is_heard_again_one_by_one_from_the_last() -> None:
    caller = Caller(TelephoneLine(LineQuality()))
    sound, pause = b"\x00" * 8, b"\xff" * 8
    caller.heard += sound * 1000 + pause * 300 + sound * 800 + pause * 100 + sound * 400 + pause * 1000
    ears = CountingEars()
    stretch = Stretch(0, 2600, is_open=False)
    assert asyncio.run(Hearing(caller, ears).has("word3 word2", [stretch], "en"))
    assert [length for length, _ in ears.asked] == [2720, 1540, 1120]


def test_sentences_are_not_told_apart_before_the_line_has_finished() -> None:
    caller = Caller(TelephoneLine(LineQuality()))
    caller.heard += b"\x00" * 8 * 1000 + b"\xff" * 8 * 300 + b"\x00" * 8 * 800
    ears = CountingEars()
    stretch = Stretch(0, 2100, is_open=False)
    assert not asyncio.run(Hearing(caller, ears).has("word2", [stretch], "en", is_thorough=False))
    assert len(ears.asked) == 1
