"""What a text in the search field asks for. Pure; the same for every store.

Words are sought in promises that are open, failed, or ended not long ago: so many are read one by one, and no more. A
whole id or a whole number is found by its index, however old the promise is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.core.queueing.model import Callback, CallbackState

SEARCHED_BACK = timedelta(days=30)
_ID = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[\s().\-/]")


@dataclass(frozen=True, slots=True)
class Sought:
    """One of these."""

    id: str = ""
    number: str = ""
    words: str = ""


def sought(text: str) -> Sought:
    """A whole id, a whole number as it is written internationally, or words."""
    if _ID.fullmatch(text.lower()):
        return Sought(id=text.lower())
    number = _SEPARATORS.sub("", text)
    return Sought(number=number) if _NUMBER.fullmatch(number) else Sought(words=text)


def is_recent(callback: Callback, now: datetime) -> bool:
    """Words are sought in it."""
    if callback.state is CallbackState.FAILED or not callback.state.is_final:
        return True
    return callback.state_at is not None and callback.state_at > now - SEARCHED_BACK
