"""One conference: who is in it, when it runs and ends, and the order in which that is told (call_states.md section 3).

(none) -> init (somebody waits) -> in-progress (two present, one of them a starter) -> completed, for ever
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from ivr.simulator.carrier.conference_callbacks import ConferenceCallbacks, ConferenceHooks
from ivr.simulator.carrier.mixing import Mixer
from ivr.simulator.carrier.participant import JoinOrder, LeaveReason, Participant
from ivr.simulator.carrier.sids import new_sid
from ivr.simulator.carrier.tones import BEEP

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.services import Services


class ConferenceStatus(Enum):
    """States as REST shows them."""

    INIT = "init"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"


class EndReason(Enum):
    """Why a conference ended."""

    BY_API = "conference-ended-via-api"
    LAST_KICKED = "last-participant-kicked"
    LAST_LEFT = "last-participant-left"
    MODERATOR_KICKED = "participant-with-end-conference-on-exit-kicked"
    MODERATOR_LEFT = "participant-with-end-conference-on-exit-left"


class Conference:
    """Belongs to the carrier's loop; every method takes effect at once."""

    def __init__(self, services: Services, name: str, hooks: ConferenceHooks) -> None:
        """Made by `Conferences` for its first participant, whose hooks stay."""
        self.sid = new_sid("CF")
        self.account_sid = services.settings.account_sid
        self.name = name
        self.status = ConferenceStatus.INIT
        self.created_at = self.updated_at = services.clock.utc_now()
        self.ended_at: datetime | None = None
        self.end_reason: EndReason | None = None
        self.ended_by_call = ""
        """CallSid of the participant whose leaving ended it; empty while it lives and after REST ended it."""
        self.participants: list[Participant] = []
        """Those inside, and those REST is still dialling; in the order they came."""
        self.mixer = Mixer()
        self._services = services
        self.callbacks = ConferenceCallbacks(services, self.sid, name, hooks)

    @property
    def present(self) -> list[Participant]:
        """Those whose legs are joined or wait for the start."""
        return [one for one in self.participants if one.is_present]

    @property
    def is_over(self) -> bool:
        """Whether it has ended for ever."""
        return self.status is ConferenceStatus.COMPLETED

    def find(self, call_sid_or_label: str) -> Participant | None:
        """A participant by its call or label."""
        wanted = call_sid_or_label
        return next((one for one in self.participants if wanted in (one.call.sid, one.label) and wanted), None)

    def expect(self, call: CarrierCall, order: JoinOrder) -> Participant:
        """Somebody is being dialled into it."""
        participant = Participant(self, call, order)
        self.participants.append(participant)
        return participant

    def enter(self, participant: Participant) -> None:
        """A leg joins: told, then heard when the conference runs."""
        if participant not in self.participants:
            self.participants.append(participant)
        participant.is_present = participant.was_present = True
        self.updated_at = self._services.clock.utc_now()
        self.callbacks.participant("participant-join", participant)
        if self.status is ConferenceStatus.INIT:
            self._start_when_ready()
        else:
            participant.connect()
        if participant.order.beeps_on_enter and self.status is ConferenceStatus.IN_PROGRESS:
            self.mixer.ring(BEEP)

    def leave(self, participant: Participant, reason: LeaveReason, is_kicked: bool = False) -> None:
        """A leg is out: told, and the conference ends if it was the last or one that takes it along."""
        if participant not in self.participants:
            return
        was_present = participant.is_present
        self._let_go(participant, reason)
        if self.is_over:
            return
        if was_present and participant.ends_on_exit:
            self._end(EndReason.MODERATOR_KICKED if is_kicked else EndReason.MODERATOR_LEFT, participant)
        elif not self.participants:
            self._end(EndReason.LAST_KICKED if is_kicked else EndReason.LAST_LEFT, participant)
        elif was_present and participant.order.beeps_on_exit:
            self.mixer.ring(BEEP)

    def complete(self) -> None:
        """REST ends it: everybody leaves, their calls go on with their documents."""
        if not self.is_over:
            self._end(EndReason.BY_API, None)

    def changed(self, participant: Participant, event: str) -> None:
        """Tell a change of one participant: `participant-mute`, `participant-hold` and so on."""
        self.updated_at = self._services.clock.utc_now()
        self.callbacks.participant(event, participant)

    def _start_when_ready(self) -> None:
        present = self.present
        if len(present) < 2 or not any(one.order.starts for one in present):
            return
        self.status = ConferenceStatus.IN_PROGRESS
        self.callbacks.conference("conference-start")
        for one in present:
            one.connect()

    def _end(self, reason: EndReason, by: Participant | None) -> None:
        self.status = ConferenceStatus.COMPLETED
        self.end_reason, self.ended_by_call = reason, by.call.sid if by else ""
        self.ended_at = self.updated_at = self._services.clock.utc_now()
        left = LeaveReason.CONFERENCE_BY_API if reason is EndReason.BY_API else LeaveReason.MODERATOR
        for one in tuple(self.participants):
            self._let_go(one, left)
        params = {"Reason": reason.value, "ReasonConferenceEnded": reason.value}
        if by is not None:
            params |= {"CallSidEndingConference": by.call.sid, "ParticipantLabelEndingConference": by.label}
        self.callbacks.conference("conference-end", params)

    def _let_go(self, participant: Participant, reason: LeaveReason) -> None:
        self.participants.remove(participant)
        participant.disconnect()
        self.updated_at = self._services.clock.utc_now()
        status = participant.call.status.value
        params = {"ParticipantCallStatus": status, "ReasonParticipantLeft": reason.value}
        self.callbacks.participant("participant-leave", participant, params)
