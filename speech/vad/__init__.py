"""Is somebody speaking? A cheap gate (webrtcvad), then a confirmation that tones and noise do not pass (silero)."""

from speech.vad.confirm import ConfirmerPool
from speech.vad.detector import SpeechDetector, Voice, open_confirmers

__all__ = ["ConfirmerPool", "SpeechDetector", "Voice", "open_confirmers"]
