"""What the counter works with, and how it reads arguments."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ivr.core.hours import Hours
from ivr.core.queueing.rules import QueueRules
from ivr.ports import AgentStore, CallbackStore, Numbers, TextStore

CODE_DIGITS = 4
_GUESSED_FIRST = frozenset({"1234", "4321", "2580", "1212", "1122", "1004", "2000", "1010"})
ALWAYS_OPEN = Hours(ZoneInfo("UTC"), tuple(((datetime.min.time(), datetime.min.time()),) for _ in range(7)))
"""Of a queue without a schedule: midnight to midnight, every day."""

_BRIEF = "brief."

Record = dict[str, str]
"""An answer: texts only; yes and no are "yes" and "no"."""


class BadArgument(ValueError):
    """An argument is missing or makes no sense: a defect of the flow or of ours. `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Arguments:
    """The texts an operation was called with."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str, limit: int = 500) -> str:
        """A text; empty when it is not there."""
        value = self._values.get(name)
        return "" if value is None else str(value).strip()[:limit]

    def needed(self, name: str, limit: int = 500) -> str:
        """A text that must be there. Raises `BadArgument`."""
        text = self.text(name, limit)
        if not text:
            raise BadArgument(name)
        return text

    def language(self) -> str:
        """The caller's; English where nothing is said."""
        return self.text("language", 8) or "en"

    def zone(self) -> str:
        """An IANA zone: the one the caller told us, or the number's; UTC for what is none."""
        name = self.text("told_zone", 64) or self.text("zone", 64)
        try:
            return ZoneInfo(name).key if name else "UTC"
        except (ZoneInfoNotFoundError, ValueError, OSError):  # the last one: the name of a folder of zones
            return "UTC"

    def brief(self, limit: int = 12) -> dict[str, str]:
        """Arguments `brief.…` by their names: what the agent is told. Something asked for that nobody gave is empty."""
        names = [name for name in self._values if name.startswith(_BRIEF)][:limit]
        found = {name.removeprefix(_BRIEF): self.text(name, 200) for name in names}
        # A field of a record ("order.status") is not missed where there is no record.
        return {name: text for name, text in found.items() if text or "." not in name}

    def moment(self, name: str, otherwise: datetime) -> datetime:
        """An ISO time with its offset, UTC."""
        try:
            found = datetime.fromisoformat(self.text(name, 40))
            return found.astimezone(UTC) if found.tzinfo is not None else otherwise
        except (ValueError, OverflowError):
            return otherwise

    def whole(self, name: str, otherwise: int, low: int, high: int) -> int:
        """A whole number within limits."""
        text = self.text(name, 8)
        return min(high, max(low, int(text))) if text.isascii() and text.isdigit() else otherwise


@dataclass(frozen=True, slots=True)
class DeskLimits:
    """Against robots that collect promises (T9)."""

    per_caller_hour: int = 3
    per_prefix_hour: int = 30
    per_forged_hour: int = 10
    """Promises in an hour to all callers together whose calling number is known to be forged."""
    unanswered: int = 3
    """Failed promises of a number that nobody closed, after which it gets no further one."""
    texts_per_number_day: int = 5
    """That flows may send to one number."""
    may_dial: bool = True
    """The kill switch: False rings nobody."""


@dataclass(frozen=True, slots=True)
class DeskParts:
    """Stores, rules and clocks."""

    callbacks: CallbackStore
    agents: AgentStore
    texts: TextStore
    rules: Callable[[], Mapping[str, QueueRules]]
    hours_by_name: Callable[[str], Hours | None]
    numbers: Numbers
    now: Callable[[], datetime]
    company: Callable[[str], str]
    """Name of a flow -> what callers know the company as."""
    limits: DeskLimits = DeskLimits()
    sid_of: Callable[[str], str] = lambda call_id: ""
    """Our call -> the carrier's id of the caller's leg; empty where there is none."""
    new_id: Callable[[], str] = lambda: secrets.token_hex(16)
    random_code: Callable[[], str] = lambda: f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"

    def queue(self, name: str) -> QueueRules:
        """The rules of a queue; those of a queue nobody described are the defaults."""
        return self.rules().get(name) or QueueRules(name)

    def hours(self, rules: QueueRules) -> Hours:
        """The queue's schedule; one without any is always open."""
        return (self.hours_by_name(rules.hours) if rules.hours else None) or ALWAYS_OPEN

    def new_code(self, taken: frozenset[str]) -> str:
        """Digits that are not the first ones to be guessed, and not another open promise's of the same number.

        None stands twice in a row: "zero zero" is easily heard as one.
        """
        for _ in range(100):
            code = self.random_code()
            is_clear = all(digit != following for digit, following in pairwise(code))
            if is_clear and code not in taken and code not in _GUESSED_FIRST:
                return code
        return self.random_code()


def yes(value: bool) -> str:
    """A truth as flows compare it."""
    return "yes" if value else "no"
