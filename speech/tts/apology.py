"""What a caller hears when nothing can speak: a sentence rendered ahead, else three falling tones. Never fails."""

from __future__ import annotations

import math
import struct

from speech.formats import MULAW_SILENCE, TELEPHONE_HZ, pcm_to_mulaw

APOLOGIES = {
    "en": "Sorry, I cannot speak properly right now. Please stay on the line, or call again in a few minutes.",
    "ja": "申し訳ございません。ただいま音声をお出しできません。しばらくしてから、おかけ直しください。",
    "de": "Entschuldigung, ich kann gerade nicht richtig sprechen. Bitte bleiben Sie am Apparat.",
    "es": "Lo siento, ahora mismo no puedo hablar bien. Por favor, no cuelgue.",
    "fr": "Désolé, je ne peux pas parler correctement pour le moment. Merci de rester en ligne.",
    "ko": "죄송합니다. 지금은 음성 안내를 드릴 수 없습니다. 잠시만 기다려 주세요.",
    "zh": "抱歉，现在无法正常播放语音。请稍候。",
}
"""By base language; a language without one hears the tones."""

_TONES_HZ = (660, 550, 440)
_TONE_MS = 180
_GAP_MS = 60
_AMPLITUDE = 6000
"""About -18 dBFS: as loud as speech, not as a tone in the ear."""


def tones() -> bytes:
    """The falling pattern as μ-law, under a second."""
    return (MULAW_SILENCE * (_GAP_MS * TELEPHONE_HZ // 1000)).join(_tone(hertz) for hertz in _TONES_HZ)


def _tone(hertz: int) -> bytes:
    count = _TONE_MS * TELEPHONE_HZ // 1000
    edge = count // 8
    wave = []
    for i in range(count):
        swell = min(1.0, i / edge, (count - 1 - i) / edge)
        wave.append(round(_AMPLITUDE * swell * math.sin(2 * math.pi * hertz * i / TELEPHONE_HZ)))
    return pcm_to_mulaw(struct.pack(f"<{count}h", *wave))
