"""Japanese by Open JTalk (voice mei), dictionary and voice from the package. Imported in synthesis children only."""

from __future__ import annotations

import hashlib
from pathlib import Path

from speech.interfaces import SynthesisFailed, Voice
from speech.tts.level import for_telephone
from speech.tts.sentences import speakable_text

VOICE = "mei_normal"
VOICE_SHA256 = "f3be49a6838904a6c218790b64e07c3e83c1886e995dca284b413caab19184de"


class OpenJTalk:
    """Blocking and single-threaded, as the engine is."""

    engine = "open_jtalk"

    def __init__(self) -> None:
        try:
            import pyopenjtalk
        except ImportError as missing:
            raise SynthesisFailed("not_installed") from missing
        _check_files(Path(pyopenjtalk.DEFAULT_HTS_VOICE.decode()), Path(pyopenjtalk.OPEN_JTALK_DICT_DIR.decode()))
        self._speak = pyopenjtalk.tts

    def languages(self) -> tuple[str, ...]:
        """Japanese only."""
        return ("ja",)

    def synthesise(self, text: str, voice: Voice) -> bytes:
        """PCM at 8 kHz; see `Synthesiser`."""
        rate = min(max(voice.rate, 0.5), 2.0)
        # Sudachi's second opinion on readings costs 120 MB; prompts write doubtful words in kana instead.
        sound, rate_hz = self._speak(speakable_text(text), speed=rate, use_sudachi_kanji_yomi=False)
        return for_telephone(sound / 32768.0, rate_hz)

    def close(self) -> None:
        """Nothing outlives the process."""


def _check_files(voice: Path, dictionary: Path) -> None:
    """The voice is the pinned one and the dictionary is complete. Raises `SynthesisFailed`.

    Other builds of this engine fetch the dictionary from the internet at first use; ours must never.
    """
    if not all((dictionary / name).is_file() for name in ("sys.dic", "matrix.bin", "char.bin", "unk.dic")):
        raise SynthesisFailed("dictionary_missing")
    if hashlib.sha256(voice.read_bytes()).hexdigest() != VOICE_SHA256:
        raise SynthesisFailed("model_altered")
