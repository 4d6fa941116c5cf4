"""All calls the carrier remembers: the live ones and the newest finished ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall


class CallBook:
    """Calls by SID, in the order they were made."""

    def __init__(self, keep_finished: int) -> None:
        """`keep_finished` bounds memory; live calls are always kept."""
        self._keep_finished = keep_finished
        self._calls: dict[str, CarrierCall] = {}

    def add(self, call: CarrierCall) -> None:
        """Remember a new call; the oldest finished one beyond the bound is forgotten."""
        self._calls[call.sid] = call
        if len(self._calls) <= self._keep_finished:
            return
        oldest = next((sid for sid, kept in self._calls.items() if kept.status.is_final), None)
        if oldest is not None:
            del self._calls[oldest]

    def get(self, sid: str) -> CarrierCall | None:
        """None when unknown or forgotten."""
        return self._calls.get(sid)

    def remove(self, sid: str) -> None:
        """Forget one call."""
        self._calls.pop(sid, None)

    def all(self) -> list[CarrierCall]:
        """Oldest first."""
        return list(self._calls.values())

    def live(self) -> list[CarrierCall]:
        """Those that have not ended."""
        return [call for call in self._calls.values() if not call.status.is_final]
