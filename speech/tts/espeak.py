"""Every other language, and the fallback of all, by espeak-ng through pyttsx3. Imported in synthesis children only.

pyttsx3 has one engine per process, writes only the last of several queued files, never returns when it
cannot write the file, now and then returns before the file is there or leaves it empty, and speaks at the
rate of an earlier job unless the library's queue is emptied first: so one job at a time, into a folder of
our own, and the file is what counts.
"""

from __future__ import annotations

import importlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from speech.formats import BadAudio, Wav, read_wav, samples
from speech.interfaces import SynthesisFailed, Voice
from speech.tts.level import for_telephone
from speech.tts.sentences import has_words, speakable_text

WORDS_PER_MINUTE = 160
"""At rate 1.0; espeak's own 175 is hard to follow on a telephone."""
FILE_WAIT_SECS = 2.0
"""How long a finished job's file may take to appear (nateshmbhat/pyttsx3#219)."""

_WAV_HEADER_BYTES = 44
_PREFERRED: Mapping[str, str] = {"en": "en-us", "fr": "fr-fr", "pt": "pt-br", "zh": "cmn", "no": "nb"}
"""Where a language's plain code is not the voice meant."""


class Espeak:
    """One engine, one job at a time: calls from several threads queue up."""

    engine = "espeak"

    def __init__(self) -> None:
        try:
            import pyttsx3
            from pyttsx3.drivers import _espeak as library

            init: Any = pyttsx3.init
            self._engine: Any = init("espeak")
        except (ImportError, RuntimeError, OSError) as missing:
            raise SynthesisFailed("not_installed") from missing
        self._empty_queue: Callable[[], int] = library.Synchronize
        self._folder = Path(tempfile.mkdtemp(prefix="denwaban-speech-"))
        self._one_job = threading.Lock()
        self._finished = threading.Event()
        self._reader: Any = None
        self._went_wrong = False
        self._engine.connect("finished-utterance", self._note_finished)
        self._engine.connect("error", self._note_error)
        self._voices, self._names = _voices(self._engine.getProperty("voices"))

    def languages(self) -> tuple[str, ...]:
        """Codes of all voices the library has, without regions."""
        return tuple(sorted({code.split("-")[0] for code in self._voices} | set(_PREFERRED)))

    def synthesise(self, text: str, voice: Voice) -> bytes:
        """PCM at 8 kHz; see `Synthesiser`."""
        plain = speakable_text(text)
        if not has_words(plain):
            return b""
        if voice.language.split("-")[0] == "ja":
            plain = self._in_kana(plain)
        with self._one_job:
            wav = self._spoken(plain, self._voice_id(voice), round(WORDS_PER_MINUTE * min(max(voice.rate, 0.5), 2.0)))
        return for_telephone(samples(wav.mono()) / np.float32(32768.0), wav.rate_hz)

    def close(self) -> None:
        """Removes the folder. Idempotent."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _in_kana(self, text: str) -> str:
        """Japanese as it is read: espeak says "Chinese letter" for each kanji. Unchanged without fugashi."""
        if self._reader is None:
            try:
                fugashi: Any = importlib.import_module("fugashi")
                self._reader = fugashi.Tagger()
            except (ImportError, RuntimeError):
                return text
        return "".join(getattr(word.feature, "kana", None) or word.surface for word in self._reader(text))

    def _voice_id(self, voice: Voice) -> str:
        """The library's id for a voice name or a language. Raises `SynthesisFailed`."""
        if voice.name.lower() in self._names:
            return self._names[voice.name.lower()]
        language = voice.language.lower()
        base = language.split("-")[0]
        for code in (language, _PREFERRED.get(base, base)):
            if code in self._voices:
                return self._voices[code]
        for code, voice_id in self._voices.items():
            if code.startswith(f"{base}-"):
                return voice_id
        raise SynthesisFailed("no_voice")

    def _spoken(self, text: str, voice_id: str, words_per_minute: int) -> Wav:
        """The sound of one text; an empty file is asked for once more. Raises `SynthesisFailed`."""
        path = self._folder / "utterance.wav"
        for _ in range(2):
            self._write(path, text, voice_id, words_per_minute)
            wav = self._file(path)
            if wav.pcm:
                return wav
        raise SynthesisFailed("empty_file")

    def _write(self, path: Path, text: str, voice_id: str, words_per_minute: int) -> None:
        path.unlink(missing_ok=True)
        if not self._folder.is_dir():
            raise SynthesisFailed("no_folder")
        self._finished.clear()
        self._went_wrong = False
        self._empty_queue()
        self._engine.setProperty("voice", voice_id)
        self._engine.setProperty("rate", words_per_minute)
        self._empty_queue()
        self._engine.save_to_file(text, str(path))
        self._engine.runAndWait()

    def _file(self, path: Path) -> Wav:
        """The finished file. Raises `SynthesisFailed` when it does not come, or is not sound."""
        until = time.monotonic() + FILE_WAIT_SECS
        while not self._went_wrong and time.monotonic() < until:
            self._finished.wait(max(0.0, until - time.monotonic()))
            if path.is_file() and path.stat().st_size >= _WAV_HEADER_BYTES:
                try:
                    return read_wav(path.read_bytes())
                except BadAudio as bad:
                    raise SynthesisFailed("bad_file") from bad
            time.sleep(0.01)
        raise SynthesisFailed("no_file")

    def _note_finished(self, name: str | None, completed: bool) -> None:
        self._finished.set()

    def _note_error(self, name: str | None, exception: Exception) -> None:
        self._went_wrong = True


def _voices(found: list[Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Language codes and voice names, each to the voice's id; the first voice of a language wins."""
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for voice in found:
        for code in voice.languages or []:
            codes.setdefault(str(code).strip("\x00\x05 ").lower(), voice.id)
        names.setdefault(voice.name.lower(), voice.id)
    return codes, names
