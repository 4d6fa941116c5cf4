"""Recognisers behind one interface, chosen per language, and the threads that run them."""

from speech.stt.base import DeafRecogniser, RecognitionFailed
from speech.stt.catalogue import Choice, Engine, Recognisers, choose, load_recognisers
from speech.stt.decode_pool import DecodeCounts, DecodePool, DecodeQueue, Outcome, Ticket, Urgency

__all__ = [
    "Choice",
    "DeafRecogniser",
    "DecodeCounts",
    "DecodePool",
    "DecodeQueue",
    "Engine",
    "Outcome",
    "RecognitionFailed",
    "Recognisers",
    "Ticket",
    "Urgency",
    "choose",
    "load_recognisers",
]
