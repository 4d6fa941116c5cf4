"""All conferences of the account: at most one live one per name; the ended ones are kept for REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.carrier.conference import Conference
from ivr.simulator.carrier.conference_callbacks import ConferenceHooks

if TYPE_CHECKING:
    from ivr.simulator.carrier.services import Services

_KEEP = 10_000


class Conferences:
    """By SID, in the order they were made."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_sid: dict[str, Conference] = {}
        self._live: dict[str, Conference] = {}

    def enterable(self, services: Services, name: str, hooks: ConferenceHooks) -> Conference:
        """The live conference of that name, or a new one with these hooks."""
        found = self.live(name)
        if found is None:
            found = Conference(services, name, hooks)
            self._live[name] = found
            self._by_sid[found.sid] = found
            self._forget()
        return found

    def live(self, name: str) -> Conference | None:
        """The conference that has not ended, if any."""
        found = self._live.get(name)
        return None if found is None or found.is_over else found

    def get(self, sid: str) -> Conference | None:
        """Live or ended; None when unknown or forgotten."""
        return self._by_sid.get(sid)

    def all(self) -> list[Conference]:
        """Oldest first."""
        return list(self._by_sid.values())

    def _forget(self) -> None:
        while len(self._by_sid) > _KEEP:
            oldest = next((one for one in self._by_sid.values() if one.is_over), None)
            if oldest is None:
                return
            del self._by_sid[oldest.sid]
