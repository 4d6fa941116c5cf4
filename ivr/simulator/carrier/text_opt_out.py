"""`STOP` and `START`: who wants no more texts from which of our numbers, as the carrier itself keeps it.

The words are the real carrier's defaults. They include `CANCEL` and `END`: an application that gives such a word a
meaning of its own loses the sender with it, unless its account has changed them.
"""

from __future__ import annotations

from ivr.simulator.carrier.texts import Text

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_START_WORDS = frozenset({"START", "YES", "UNSTOP"})
_HELP_WORDS = frozenset({"HELP", "INFO"})
_STOPPED = "You have successfully been unsubscribed. You will not receive any more messages from this number."
_STARTED = "You have successfully been re-subscribed to messages from this number."
_HELP = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."


class OptOuts:
    """Pairs of (our number, theirs)."""

    def __init__(self, stop_words: frozenset[str] = STOP_WORDS) -> None:
        """Nobody has opted out."""
        self._stop_words = stop_words
        self._pairs: set[tuple[str, str]] = set()

    def has(self, ours: str, theirs: str) -> bool:
        """Whether `theirs` wants nothing more from `ours`."""
        return (ours, theirs) in self._pairs

    def take(self, text: Text) -> str:
        """Read an inbound message; returns the carrier's own answer, empty for none."""
        word, pair = text.body.strip().upper(), (text.to_number, text.from_number)
        if word in self._stop_words:
            is_new = pair not in self._pairs
            self._pairs.add(pair)
            return _STOPPED if is_new else ""
        if word in _START_WORDS and pair in self._pairs:
            self._pairs.discard(pair)
            return _STARTED
        return _HELP if word in _HELP_WORDS else ""
