"""Is somebody speaking? A cheap gate (webrtcvad) and a confirmation that music, tones and noise do not pass (silero)."""

from speech.vad.confirm import ConfirmerPool
from speech.vad.detector import SpeechDetector, Voice, open_confirmers

__all__ = ["ConfirmerPool", "SpeechDetector", "Voice", "open_confirmers"]
