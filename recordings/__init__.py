"""What is kept of a call's sound and words: tape, consent, transcript, and the folder they lie in."""

from recordings.consent import Consent, ConsentState
from recordings.store import Kind, RecordingStore
from recordings.tape import WavTape
from recordings.transcript import transcript_json, transcript_text, write_transcript
from recordings.writer import TapeWriter

__all__ = [
    "Consent",
    "ConsentState",
    "Kind",
    "RecordingStore",
    "TapeWriter",
    "WavTape",
    "transcript_json",
    "transcript_text",
    "write_transcript",
]
