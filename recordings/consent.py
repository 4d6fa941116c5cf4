"""May this call be recorded? Pure: only a notice that was heard to its end allows it, a refusal ends it for good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class ConsentState(Enum):
    """Where a call stands. Only `GIVEN` allows recording."""

    NOT_ASKED = "not_asked"
    ASKING = "asking"
    CUT_SHORT = "cut_short"
    """The notice was not heard to its end."""
    GIVEN = "given"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Consent:
    """An immutable state; every fact gives the next one."""

    state: ConsentState = ConsentState.NOT_ASKED
    prompt_id: int | None = None
    """The notice being played."""
    at_ms: int | None = None
    """When the state was reached, ms of the call."""

    @property
    def may_record(self) -> bool:
        """Whether audio may be kept now."""
        return self.state is ConsentState.GIVEN

    @property
    def must_discard(self) -> bool:
        """Whether what was kept so far has to go."""
        return self.state is ConsentState.REFUSED

    def notice_began(self, prompt_id: int, at_ms: int) -> Consent:
        """The notice is being played. What was decided before stays."""
        if self.state in {ConsentState.GIVEN, ConsentState.REFUSED}:
            return self
        return Consent(ConsentState.ASKING, prompt_id, at_ms)

    def playback_finished(self, prompt_id: int, *, completed: bool, at_ms: int) -> Consent:
        """A prompt ended; only the notice itself, heard to its end, counts."""
        if self.state is not ConsentState.ASKING or prompt_id != self.prompt_id:
            return self
        return replace(self, state=ConsentState.GIVEN if completed else ConsentState.CUT_SHORT, at_ms=at_ms)

    def refused(self, at_ms: int) -> Consent:
        """The caller said no, at any time."""
        return replace(self, state=ConsentState.REFUSED, at_ms=at_ms)
