"""Takes personal data out of what is about to be logged. Values in, harmless values out; nothing is ever raised.

Fields named `pii_…` (and a few that always hold personal data or secrets) are masked whole; in every other text,
e-mail addresses and anything with four digits or more in a row, as telephone numbers and PINs have, are masked.
Carrier ids, our own ids and local addresses stay: without them no log line could be matched with another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import PurePath
from types import TracebackType

from ivr.core.speakable import speakable

MASK = "***"
MAX_CHARACTERS = 2000
MAX_DEPTH = 4
MAX_ITEMS = 50
MAX_FRAMES = 6

_DENIED_KEYS = frozenset(
    {
        "ani", "authorization", "body", "caller", "caller_name", "cookie", "digits", "dnis", "email", "from", "name",
        "password", "phone", "pin", "secret", "signature", "text", "to", "token", "transcript", "utterance",
    }
)  # fmt: skip
# Numbers with a unit are measurements; without one a long number may be somebody's.
_MEASURES = ("_ms", "_secs", "_ns", "_bytes", "_hz", "_count", "_db", "port", "pid", "line", "status", "version")
_MAX_PLAIN_NUMBER = 999_999

_KEPT = (
    r"\b[A-Z]{2}[0-9a-f]{32}\b"  # a carrier's id
    r"|\b[0-9a-f]{32}\b"  # one of ours
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|(?:\b(?:127|10|0)\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|\blocalhost|\[::1?\])(?::[0-9]{1,5}\b)?"
)
_EMAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_NUMBER = r"\+?\d(?:[\s().\-‐–—ー/]{0,3}\d){3,}"
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_SENSITIVE = re.compile(f"(?P<kept>{_KEPT})|(?P<email>{_EMAIL})|(?P<number>{_NUMBER})")


def masked_text(text: str) -> str:
    """One line without control characters, telephone numbers, other runs of four digits or e-mail addresses."""
    line = speakable(_ANSI.sub("", text[: MAX_CHARACTERS * 4]), MAX_CHARACTERS)
    return _SENSITIVE.sub(lambda found: found["kept"] or MASK, line)


def is_denied(key: str) -> bool:
    """Whether a field of this name is masked whatever is in it."""
    lowered = key.lower()
    return lowered.startswith(("pii_", "pii.")) or lowered in _DENIED_KEYS


def masked_value(key: str, value: object, depth: int = 0) -> object:
    """A value that may be written to a log under `key`."""
    if is_denied(key):
        return MASK
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _MAX_PLAIN_NUMBER or key.lower().endswith(_MEASURES) else MASK
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Enum):
        return masked_value(key, value.value, depth)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return masked_text(str(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if isinstance(value, BaseException):
        return type(value).__name__
    if depth < MAX_DEPTH and isinstance(value, Mapping):
        items = list(value.items())[:MAX_ITEMS]
        return {masked_text(str(name)): masked_value(str(name), inner, depth + 1) for name, inner in items}
    if depth < MAX_DEPTH and isinstance(value, list | tuple | set | frozenset):
        return [masked_value(key, inner, depth + 1) for inner in list(value)[:MAX_ITEMS]]
    # Anything else might write personal data in its repr.
    return f"<{type(value).__name__}>"


def exception_summary(error: BaseException) -> dict[str, object]:
    """Type and place of an exception and of its causes; never its message, which may hold personal data."""
    summary: dict[str, object] = {"type": _type_name(error), "at": _frames(error.__traceback__)}
    causes: list[str] = []
    seen = {id(error)}
    cause = error.__cause__ or error.__context__
    while cause is not None and id(cause) not in seen and len(causes) < MAX_FRAMES:
        seen.add(id(cause))
        place = _frames(cause.__traceback__)
        causes.append(f"{_type_name(cause)} at {place[-1]}" if place else _type_name(cause))
        cause = cause.__cause__ or cause.__context__
    if causes:
        summary["because"] = causes
    return summary


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _frames(trace: TracebackType | None) -> list[str]:
    """The innermost frames, outermost first: `web/voice.py:31 incoming`."""
    found: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{'/'.join(PurePath(code.co_filename).parts[-2:])}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-MAX_FRAMES:]
