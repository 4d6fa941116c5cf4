"""Drives a session in tests: events in, what was ordered out, by short names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from ivr.core.commands import Command, HangUp, Listen, LookUp, Note, PlayPrompt, SetTimer
from ivr.core.events import (
    DigitPressed,
    EndCause,
    Ended,
    Event,
    LookUpFinished,
    LookUpOutcome,
    NoiseHeard,
    PlaybackFinished,
    SpeechStarted,
    TimerFired,
    UtteranceHeard,
)
from ivr.core.flow.model import Flow
from ivr.core.meaning import Answer, Decision, IntentGuess, Meaning, SlotGuess
from ivr.core.session import CallSession
from ivr.core.state import Phase
from tests.unit.core.flows import answered, shop_flow

Kind = TypeVar("Kind")


class Drive:
    """A session with a clock; every step keeps the commands it gave in `last`."""

    def __init__(self, flow: Flow | None = None, *, is_answered: bool = True, **changes: Any) -> None:
        self.session = CallSession(flow or shop_flow())
        self.at = 0
        self.all: list[Command] = []
        self.last: list[Command] = []
        if is_answered:
            self.post(answered(**changes))

    def post(self, event: Event) -> list[Command]:
        self.last = self.session.handle(event)
        self.all += self.last
        return self.last

    def later(self, ms: int = 100) -> int:
        self.at += ms
        return self.at

    # -- events --------------------------------------------------------------------------------

    def played(self, *, completed: bool = True, heard_ms: int = 0) -> list[Command]:
        """Everything that is playing ends."""
        commands: list[Command] = []
        for playing in list(self.session.state.playing):
            is_whole = completed and not playing.stopped
            commands += self.post(PlaybackFinished(self.later(), playing.prompt_id, is_whole, heard_ms))
        self.last = commands
        return commands

    def speak(self) -> list[Command]:
        return self.post(SpeechStarted(self.later()))

    def noise(self) -> list[Command]:
        return self.post(NoiseHeard(self.later(), self.session.state.listen_id))

    def mean(
        self, meaning: Meaning, *, text: str = "words", listen_id: int | None = None, confidence: float = 1.0
    ) -> list[Command]:
        wanted = self.session.state.listen_id if listen_id is None else listen_id
        return self.post(UtteranceHeard(self.later(), wanted, text, meaning, confidence))

    def intent(self, name: str, decision: Decision = Decision.ACCEPT, **extra: str) -> list[Command]:
        return self.mean(Meaning(decision, (IntentGuess(name, 0.9),), extra=extra))

    def slot(
        self, value: str, *, is_valid: bool = True, score: float = 1.0, is_correction: bool = False
    ) -> list[Command]:
        guess = SlotGuess(value, score, is_correction, is_valid)
        return self.mean(Meaning(Decision.ACCEPT, slot=guess, yes_no=False if is_correction else None))

    def mean_text(self, text: str, value: str) -> list[Command]:
        """A value together with the words for it."""
        return self.mean(Meaning(Decision.ACCEPT, slot=SlotGuess(value)), text=text)

    def yes(self) -> list[Command]:
        return self.mean(Meaning(Decision.ACCEPT, yes_no=True))

    def no(self) -> list[Command]:
        return self.mean(Meaning(Decision.ACCEPT, yes_no=False))

    def command(self, name: str, language: str | None = None) -> list[Command]:
        return self.mean(Meaning(Decision.ACCEPT, command=name, language=language))

    def question(self, text: str = "Shipping is free.") -> list[Command]:
        return self.mean(Meaning(answer=Answer("retail/shipping", text, 0.9)))

    def nonsense(self) -> list[Command]:
        return self.mean(Meaning())

    def press(self, digits: str) -> list[Command]:
        commands: list[Command] = []
        for digit in digits:
            commands += self.post(DigitPressed(self.later(), digit))
        self.last = commands
        return commands

    def fire(self, why: str) -> list[Command]:
        return self.post(TimerFired(self.later(), self.session.state.timers[why]))

    def found(self, **record: Any) -> list[Command]:
        return self._looked_up(LookUpOutcome.FOUND, record)

    def not_found(self) -> list[Command]:
        return self._looked_up(LookUpOutcome.NOT_FOUND, {})

    def failed(self) -> list[Command]:
        return self._looked_up(LookUpOutcome.FAILED, {}, "timeout")

    def _looked_up(self, outcome: LookUpOutcome, record: dict[str, Any], reason: str = "") -> list[Command]:
        return self.post(LookUpFinished(self.later(), self.session.state.lookup_id, outcome, record, reason))

    def end(self, cause: EndCause = EndCause.CALLER_HUNG_UP) -> list[Command]:
        return self.post(Ended(self.later(), cause))

    # -- what was ordered ----------------------------------------------------------------------

    def said(self, commands: Sequence[Command] | None = None) -> list[str]:
        return [order.text for order in self.of(PlayPrompt, commands)]

    def of(self, kind: type[Kind], commands: Sequence[Command] | None = None) -> list[Kind]:
        return [order for order in (self.last if commands is None else commands) if isinstance(order, kind)]

    def notes(self, kind: str) -> list[dict[str, str]]:
        return [note.values for note in self.of(Note, self.all) if note.kind == kind]

    @property
    def node(self) -> str:
        return self.session.state.node

    @property
    def hung_up(self) -> str | None:
        orders = self.of(HangUp, self.all)
        return orders[-1].outcome if orders else None

    @property
    def looked_up(self) -> LookUp:
        return self.of(LookUp, self.all)[-1]

    @property
    def expecting(self) -> Any:
        return self.of(Listen, self.all)[-1].expecting

    @property
    def timers(self) -> list[str]:
        return [timer.why for timer in self.of(SetTimer)]


def in_phase(phase: Phase) -> Drive:
    """A call brought to a phase."""
    drive = Drive(is_answered=phase is not Phase.NEW)
    match phase:
        case Phase.WORKING:
            drive.press("1")
            drive.press("42719")
            drive.yes()
        case Phase.LEAVING:
            drive.command("goodbye")
        case Phase.HUNG_UP:
            drive.command("goodbye")
            drive.played()
        case Phase.ENDED:
            drive.end()
    assert drive.session.state.phase is phase
    return drive
