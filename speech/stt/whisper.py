"""Whisper through CTranslate2, for telephone utterances: a short window, timestamps, a gate against invented words.

faster-whisper always pads to 30 s; a window as long as the utterance needs costs a third of that, but
makes the model repeat itself unless it decodes with timestamps. Silence, noise and tones always yield
some text, so the no-speech probability alone decides whether there were words.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import soxr
import structlog
from tokenizers import Tokenizer

from speech.formats import FULL_SCALE, TELEPHONE_HZ, samples
from speech.interfaces import DIGITS, RecogniserCapabilities, Recognition
from speech.stt.base import RecognitionFailed, on_a_nice_thread, spoken_words
from speech.stt.mel import RATE_HZ, log_mel
from speech.stt.whisper_models import WhisperModel, ready_folder

logger = structlog.get_logger(__name__)

_LONGEST_WINDOW_SECS = 30.0
_STAMP_SECS = 0.02
_DIGIT = re.compile(r"[0-9]")
_NO_WORDS_WITHIN_SECS = 0.45
"""A segment said to begin so close to the end of the audio, or after it, is invented."""
_LONGEST_BYTES = int(_LONGEST_WINDOW_SECS * TELEPHONE_HZ) * 2


@dataclass(frozen=True, slots=True)
class WhisperSettings:
    """How to decode; the defaults were measured on synthetic telephone English."""

    shortest_window_secs: float = 8.0
    """As many words wrong as with 10 s, and a sixth less work; below 8 s the model begins to repeat itself."""
    window_margin_secs: float = 4.0
    beam: int = 1
    no_speech_above: float = 0.6
    """Probability of no speech from which the utterance is empty."""
    no_digits_above: float = 0.88
    """The same for texts with two digits or more: spoken digits in noise reach 0.8 (measured), while what is invented
    for silence and noise is words of politeness, never digits."""
    repetition_above: float = 2.4
    """Compression ratio from which a text is a loop, as in Whisper's own decoder."""


DIGITS_BEFORE = {"ja": "番号は 5 0 8 3 6 です。分かりません。担当者をお願いします。"}
"""What was said before, as far as the model is told, where digits are likely: 5 of 9 spoken numbers come out right
instead of 2, and other answers stay what they are (measured; in English it does not help)."""
SETTINGS_BY_MODEL = {"base": WhisperSettings(shortest_window_secs=10.0, window_margin_secs=6.0, beam=5)}
"""Where a model wants others than the defaults. Base is what Japanese is heard with: five beams find
more than one does, and the lesser ones are handed on as alternatives (「いいえ」 is often only the second)."""


class WhisperRecogniser:
    """One loaded model for all calls. Thread-safe; two decodes run at the same time, each on one thread."""

    def __init__(self, model: WhisperModel, cache_dir: Path, settings: WhisperSettings | None = None) -> None:
        """Loads and verifies: 0.7 s, 150 MB. Raises `RecognitionFailed` or `OSError`."""
        self.settings = settings or WhisperSettings()
        self.capabilities = RecogniserCapabilities("whisper", model.name, model.languages, False, False)
        folder = ready_folder(model, cache_dir)
        try:
            self._model: Any = on_a_nice_thread(lambda: _load(folder))
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except (RuntimeError, ValueError) as cause:
            raise RecognitionFailed("model-not-loaded") from cause
        self._is_multilingual = bool(self._model.is_multilingual)
        self._first_stamp = self._id("<|notimestamps|>") + 1
        self._end = self._id("<|endoftext|>")

    def open(self, language: str, phrases: Sequence[str] = ()) -> WhisperStream:
        """A stream; of the phrases only `DIGITS` is used (others, as a prompt, made more mistakes, not fewer)."""
        prompt = self._prompt(language)
        before = DIGITS_BEFORE.get(language.partition("-")[0].lower()) if DIGITS in phrases else None
        if before is not None and self._is_multilingual:
            words = self._tokenizer.encode(f" {before}", add_special_tokens=False).ids
            prompt = [self._id("<|startofprev|>"), *words, *prompt]
        return WhisperStream(self, prompt)

    def close(self) -> None:
        """Frees the model's memory."""
        self._model.unload_model()

    def decode(self, pcm8k: bytes, prompt: list[int]) -> Recognition:
        """The words of an utterance, at most 30 s of it. Raises `RecognitionFailed`."""
        started = time.perf_counter()
        seconds = len(pcm8k) / 2 / TELEPHONE_HZ
        audio = soxr.resample(samples(pcm8k).astype(np.float32) / FULL_SCALE, TELEPHONE_HZ, RATE_HZ)
        wanted = max(self.settings.shortest_window_secs, seconds + self.settings.window_margin_secs)
        window = min(_LONGEST_WINDOW_SECS, wanted)
        texts, confidence = self._attempt(audio, window, self.settings.beam, prompt)
        if texts and self._is_loop(texts[0]):
            logger.info("a decode repeated itself and is done again", window_secs=window)
            texts, confidence = self._attempt(audio, _LONGEST_WINDOW_SECS, 5, prompt)
            texts = [text for text in texts if not self._is_loop(text)]
        decode_ms = (time.perf_counter() - started) * 1000
        if not texts:
            return Recognition("", 0.0, engine="whisper", decode_ms=decode_ms)
        return Recognition(texts[0], confidence, tuple(texts[1:]), engine="whisper", decode_ms=decode_ms)

    def _attempt(self, audio: Any, window: float, beam: int, prompt: list[int]) -> tuple[list[str], float]:
        """The different texts, best first, none for no speech; and the confidence of the best."""
        seconds = len(audio) / RATE_HZ
        features = ctranslate2.StorageView.from_array(np.ascontiguousarray(log_mel(audio, window)[None]))
        try:
            (found,) = self._model.generate(
                features,
                [prompt],
                beam_size=beam,
                num_hypotheses=beam,
                max_length=min(448, 48 + int(seconds * 24)),
                max_initial_timestamp_index=50,
                return_scores=True,
                return_no_speech_prob=True,
            )
        except (RuntimeError, ValueError) as cause:
            raise RecognitionFailed("decode") from cause
        if found.no_speech_prob > self.settings.no_digits_above:
            return [], 0.0
        texts = [self._text(tokens, seconds) for tokens in found.sequences_ids]
        if found.no_speech_prob > self.settings.no_speech_above and len(_DIGIT.findall(texts[0])) < 2:
            return [], 0.0
        different = [text for text in dict.fromkeys(texts) if text] if texts[0] else []
        return different, float(np.clip(np.exp(found.scores[0]), 0.0, 1.0))

    def _text(self, tokens: Sequence[int], seconds: float) -> str:
        """The text of the segments that begin within the audio."""
        latest = (seconds - _NO_WORDS_WITHIN_SECS) / _STAMP_SECS
        words: list[int] = []
        expects_start = True
        is_kept = True
        for token in tokens:
            if token < self._end:
                words.extend([token] if is_kept else [])
                expects_start = False
            elif token >= self._first_stamp:
                if expects_start:
                    stamp = token - self._first_stamp
                    is_kept = stamp == 0 or stamp <= latest
                expects_start = True
        return spoken_words(self._tokenizer.decode(words))

    def _is_loop(self, text: str) -> bool:
        raw = text.encode()
        return len(raw) > 40 and len(raw) / len(zlib.compress(raw)) > self.settings.repetition_above

    def _prompt(self, language: str) -> list[int]:
        start = self._id("<|startoftranscript|>")
        if not self._is_multilingual:
            return [start]
        spoken = self._tokenizer.token_to_id(f"<|{language.partition('-')[0].lower()}|>")
        if spoken is None:
            raise RecognitionFailed("language")
        return [start, spoken, self._id("<|transcribe|>")]

    def _id(self, token: str) -> int:
        number = self._tokenizer.token_to_id(token)
        if number is None:
            raise RecognitionFailed("vocabulary")
        return int(number)


def _load(folder: Path) -> Any:
    return ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="int8", inter_threads=2, intra_threads=1)


class WhisperStream:
    """Collects one utterance; decodes all of it when asked. Beyond 30 s the beginning is kept."""

    def __init__(self, recogniser: WhisperRecogniser, prompt: list[int]) -> None:
        self._recogniser = recogniser
        self.prompt = prompt
        """Tokens before the words."""
        self._pcm = bytearray()

    def push(self, pcm8k: bytes) -> None:
        """More audio, whole samples."""
        self._pcm += pcm8k[: _LONGEST_BYTES - len(self._pcm)]

    def partial(self) -> str:
        """Always empty: this engine has no partial results."""
        return ""

    def result(self) -> Recognition:
        """Decodes everything since the start or the last `reset`. Raises `RecognitionFailed`."""
        if not self._pcm:
            return Recognition("", 0.0, engine="whisper")
        return self._recogniser.decode(bytes(self._pcm), self.prompt)

    def reset(self) -> None:
        """Forgets the audio."""
        self._pcm.clear()

    def close(self) -> None:
        """Forgets the audio. Idempotent."""
        self._pcm.clear()
