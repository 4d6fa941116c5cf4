"""One call as a pure state machine: `CallSession.handle(event) -> commands`.

Verbs, commands and ladders live in `ivr/core/flow`; here events find their way to them. No I/O, no clock.

    NEW ── CallAnswered ──▶ ASKING ◀──▶ WORKING        any ── Ended ──▶ ENDED
                              └──────▶ LEAVING ──▶ HUNG_UP
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ivr.core.call import Call
from ivr.core.commands import Command
from ivr.core.events import (
    CallAnswered,
    CallResumed,
    DigitPressed,
    EndCause,
    Ended,
    Event,
    LookUpFinished,
    NoiseHeard,
    PlaybackFinished,
    SpeechStarted,
    TimerFired,
    UtteranceHeard,
)
from ivr.core.flow import everywhere
from ivr.core.flow.expansion import ring_in_node
from ivr.core.flow.keys import KEYLESS, ONE_KEY, RETYPED
from ivr.core.flow.ladder import NO_INPUT_MS, await_goodbye, give_up
from ivr.core.flow.model import AskVerb, DoVerb, Flow, ListenVerb, RecordVerb, WaitVerb
from ivr.core.flow.phrases import Phrase, phrase
from ivr.core.flow.verbs import leaving, record, rules_for
from ivr.core.flow.verbs.ask import INTER_DIGIT_MS
from ivr.core.meaning import Decision, Meaning
from ivr.core.state import CallState, Phase, Step, from_snapshot, plain, to_snapshot

MAX_HOPS = 50
"""Nodes passed without waiting for anything before a flow counts as running in circles."""
STUCK_MS = 25_000
"""Speech that never becomes an utterance counts as silence after this."""
BEFORE_LIVE = (Phase.NEW, Phase.ENDED)
SILENT = (Phase.NEW, Phase.LEAVING, Phase.HUNG_UP, Phase.ENDED)


class CallSession:
    """The dialogue of one call. Owned by one driver; never raises for any order of events."""

    def __init__(self, flow: Flow, state: CallState | None = None, unheard: list[str] | None = None) -> None:
        self.flow = flow
        self.state = state or CallState(language=flow.languages[0], node=flow.start)
        self._unheard = unheard or []
        self._call = Call(flow, self.state)

    @classmethod
    def restore(cls, flow: Flow, snapshot: Mapping[str, Any]) -> CallSession:
        """A session that goes on where a snapshot was taken; feed it `CallResumed`. Raises `SnapshotError`."""
        state, unheard = from_snapshot(snapshot)
        if state.node not in flow.nodes:
            state.node, state.step, unheard = flow.start, Step.MAIN, []
        return cls(flow, state, unheard)

    def snapshot(self) -> dict[str, Any]:
        """JSON from which `restore` goes on."""
        return to_snapshot(self.state)

    @property
    def is_over(self) -> bool:
        """Nothing more will happen."""
        return self.state.phase is Phase.ENDED

    def handle(self, event: Event) -> list[Command]:
        """What is to be done now. After `Ended`: nothing, ever."""
        if self.is_over:
            return []
        call = self._call
        call.at, call.commands, call.next_node = event.at, [], None
        self._dispatch(event)
        self._travel()
        return call.commands

    def _dispatch(self, event: Event) -> None:
        match event:
            case CallAnswered():
                self._answered(event)
            case CallResumed():
                self._resumed()
            case SpeechStarted():
                self._speech_started()
            case UtteranceHeard():
                self._heard(event)
            case NoiseHeard():
                self._noise(event)
            case DigitPressed():
                self._pressed(event.digit)
            case PlaybackFinished():
                self._played(event)
            case TimerFired():
                self._timer(event)
            case LookUpFinished():
                self._looked_up(event)
            case _:
                self._ended(event)

    # -- the call's life -----------------------------------------------------------------------

    def _answered(self, event: CallAnswered) -> None:
        state, call = self.state, self._call
        if state.phase is not Phase.NEW:
            return
        state.call_id, state.caller, state.dialled = event.call_id, event.caller, event.dialled
        state.attested = event.attested
        state.is_known, state.is_open, state.hours_text = event.is_known, event.is_open, dict(event.hours_text)
        state.answered_at = event.answered_at.isoformat()
        state.records |= plain(event.records)
        begins_in = event.language or self.flow.number_languages.get(event.dialled)
        state.language = begins_in if begins_in in self.flow.languages else self.flow.languages[0]
        state.phase = Phase.ASKING
        if self.flow.consent is not None:
            call.say_consent(call.text(self.flow.consent.prompt))
        call.goto(self._first_node(event))

    def _first_node(self, event: CallAnswered) -> str:
        """Callers to whom a call was promised hear about that first, whatever the hour."""
        ring_in = ring_in_node(self.flow) if event.has_callback else None
        if ring_in is not None:
            return ring_in
        return self.flow.closed if not event.is_open and self.flow.closed else self.flow.start

    def _resumed(self) -> None:
        """The same step again; what had not been heard is said again too."""
        call, state = self._call, self.state
        if state.phase in BEFORE_LIVE:
            return
        call.note("resumed", node=state.node)
        leaving = state.phase in (Phase.LEAVING, Phase.HUNG_UP)
        recorded, state.is_recording = state.is_recording, False
        state.turn.clear()
        call.say(phrase(Phrase.RESUMED, state.language))
        if recorded:
            call.start_recording()
        if leaving:
            self._say_unheard()
            state.phase = Phase.LEAVING
            await_goodbye(call)
            return
        is_said = state.question in self._unheard
        self._say_unheard()
        if isinstance(call.node.verb, ListenVerb | AskVerb | DoVerb | RecordVerb | WaitVerb):
            rules_for(call.node.verb).ask_again(call, call.node.verb, is_said=is_said)
        else:  # the flow was changed meanwhile, and this step waits for nothing any more
            call.goto(state.node)

    def _say_unheard(self) -> None:
        for text in self._unheard:
            self._call.say(text)
        self._unheard = []

    def _ended(self, event: Ended) -> None:
        state, call = self.state, self._call
        call.hush(force=True)
        call.cancel_timers()
        if state.phase not in SILENT:
            leaving.call_lost(call)
        if state.outcome is None:
            state.outcome = "abandoned" if event.cause is EndCause.CALLER_HUNG_UP else "failed"
        call.note("outcome", outcome=state.outcome, cause=event.cause.value)
        state.phase = Phase.ENDED

    # -- the caller ----------------------------------------------------------------------------

    def _speech_started(self) -> None:
        if self.state.phase in SILENT:
            return
        call = self._call
        if call.hush(is_resumable=True):
            call.note("barge_in", node=self.state.node)
        call.cancel_timer("inter_digit")
        if self.state.phase is Phase.ASKING and isinstance(verb := call.node.verb, RecordVerb):
            record.begin(call, verb)
            self.state.has_voice = True
            call.set_timer("no_input", verb.max_secs * 1000, patient=False)
        elif self.state.phase is Phase.ASKING:
            call.set_timer("no_input", STUCK_MS, patient=False)

    def _heard(self, event: UtteranceHeard) -> None:
        call = self._call
        if event.listen_id != self.state.listen_id or self.state.phase in SILENT:
            return
        if self._is_overheard(event):
            self._noise(NoiseHeard(event.at, event.listen_id))
            return
        call.state.is_entry_over, call.state.answer = False, event.text
        call.cancel_timer("no_input", "inter_digit")
        call.forget_interruption()
        if event.meaning.command is not None:
            everywhere.run(call, event.meaning.command, event.meaning.language)
        elif self._is_refusal(event.meaning):
            everywhere.run(call, "no_recording")
        elif self.state.phase is Phase.ASKING:
            rules_for(call.node.verb).heard(call, call.node.verb, event)

    def _is_overheard(self, event: UtteranceHeard) -> bool:
        """Words that began before the present question did and mean nothing here, such as thanks during a look-up."""
        verb = self._call.node.verb
        if isinstance(verb, AskVerb) and verb.waits and self._is_early(event):
            return True
        is_empty = replace(event.meaning, intents=(), decision=Decision.REJECT) == Meaning()
        is_older = 0 < event.started_at < self.state.listened_at
        return is_older and is_empty and event.meaning.decision is Decision.REJECT

    def _is_early(self, event: UtteranceHeard) -> bool:
        """Began before the question did: most people say a word when they take up a telephone."""
        state = self.state
        waiting = [playing.prompt_id for playing in state.playing]
        return state.question_id in waiting[1:] or 0 < event.started_at < state.question_at

    def _is_refusal(self, meaning: Meaning) -> bool:
        consent = self.flow.consent
        wanted = consent.refuse_intent if consent is not None and not self.state.is_refused else None
        return wanted is not None and meaning.intent == wanted and meaning.decision is Decision.ACCEPT

    def _noise(self, event: NoiseHeard) -> None:
        if event.listen_id == self.state.listen_id and self.state.phase not in SILENT:
            self.state.was_noise, self.state.has_voice = True, False
            self._go_on_after_noise()

    def _go_on_after_noise(self) -> None:
        """A false interruption: once everything has stopped, it goes on where it was heard last."""
        call, state = self._call, self.state
        if not state.was_noise or any(playing.is_resumable for playing in state.playing):
            return
        pieces, state.interrupted, state.was_noise = state.interrupted, [], False
        for text, heard_ms in pieces:
            call.replay(text, from_ms=heard_ms)
        if state.phase is not Phase.ASKING:
            return
        if state.keyed:
            call.cancel_timer("no_input")
            call.set_timer("inter_digit", INTER_DIGIT_MS)
        elif not call.is_speaking:
            call.set_timer("no_input", NO_INPUT_MS)

    def _pressed(self, digit: str) -> None:
        call, state = self._call, self.state
        if state.phase in SILENT or digit not in "0123456789*#ABCD" or len(digit) != 1:
            return
        ends_entry, state.is_entry_over = digit == "#" and state.is_entry_over, False
        if ends_entry:
            return
        call.cancel_timer("no_input")
        call.forget_interruption()
        state.answer = f"[{digit}]"
        if self._refuses(digit):
            everywhere.run(call, "no_recording")
            return
        if state.phase is Phase.WORKING and (digit != "0" or state.typed):
            rules_for(call.node.verb).key(call, call.node.verb, digit)
            return
        call.hush()
        self._key(digit)

    def _refuses(self, digit: str) -> bool:
        consent, verb = self.flow.consent, self._call.node.verb
        if consent is None or digit not in consent.refuse_keys or self.state.is_refused:
            return False
        if any(playing.is_consent for playing in self.state.playing):
            return not self.state.keyed
        return isinstance(verb, ListenVerb) and digit not in verb.keys

    def _key(self, digit: str) -> None:
        """0 is a person wherever it cannot be part of an entry; `*` repeats at an open question."""
        call, verb = self._call, self._call.node.verb
        keyless = (*ONE_KEY, *KEYLESS)
        is_entry = isinstance(verb, AskVerb) and verb.type.name not in keyless and self._may_begin_with_0(verb)
        if digit == "0" and not is_entry and not (isinstance(verb, ListenVerb) and "0" in verb.keys):
            everywhere.run(call, "agent")
        elif digit == "*" and isinstance(verb, ListenVerb) and "*" not in verb.keys:
            everywhere.run(call, "repeat")
        elif digit == "#" and self.state.keyed == "0":
            everywhere.run(call, "agent")
        else:
            rules_for(verb).key(call, verb, digit)

    def _may_begin_with_0(self, verb: AskVerb) -> bool:
        """At a read-back 0 asks for a person, unless an entry has begun or the value itself begins so."""
        if self.state.step is Step.MAIN or self.state.keyed:
            return True
        return verb.type.name == "phone" or (verb.type.name in RETYPED and self.state.value.startswith("0"))

    # -- the machinery -------------------------------------------------------------------------

    def _played(self, event: PlaybackFinished) -> None:
        state = self.state
        playing = next((one for one in state.playing if one.prompt_id == event.prompt_id), None)
        if playing is None:
            return
        state.playing.remove(playing)
        if state.playing and state.playing[0].prompt_id == state.question_id:
            state.question_at = event.at
        if playing.is_consent and event.completed and not state.is_refused:
            self._call.start_recording()
        if playing.is_resumable and not event.completed:
            state.interrupted.append((playing.text, event.heard_ms))
        if playing.is_resumable:
            self._go_on_after_noise()
        if not state.playing:
            self._quiet()

    def _quiet(self) -> None:
        call, state = self._call, self.state
        state.is_entry_over = False
        if state.phase is Phase.LEAVING:
            call.hang_up(state.outcome or "resolved")
        elif state.phase is Phase.ASKING and not ({"no_input", "inter_digit"} & set(state.timers)):
            if isinstance(verb := call.node.verb, RecordVerb):
                record.begin(call, verb)
            call.set_timer("no_input", NO_INPUT_MS)

    def _timer(self, event: TimerFired) -> None:
        call, state = self._call, self.state
        why = next((kind for kind, timer_id in state.timers.items() if timer_id == event.timer_id), None)
        if why is None:
            return
        del state.timers[why]
        if why == "goodbye":
            call.hang_up(state.outcome or "resolved")
        elif why == "inter_digit" and state.keyed == "0":
            everywhere.run(call, "agent")
        else:
            rules_for(call.node.verb).timed_out(call, call.node.verb, why)

    def _looked_up(self, event: LookUpFinished) -> None:
        call, state = self._call, self.state
        if state.phase is Phase.WORKING and event.lookup_id == state.lookup_id:
            rules_for(call.node.verb).looked_up(call, call.node.verb, event)

    def _travel(self) -> None:
        """Enters nodes until one of them waits for something; then keys typed ahead are used."""
        call = self._call
        hops = 0
        while hops < MAX_HOPS:
            if call.next_node is not None:
                name, call.next_node = call.next_node, None
                self._enter(name)
                hops += 1
            elif self.state.typed and self.state.phase is Phase.ASKING:
                hops = 0
                digit, self.state.typed = self.state.typed[0], self.state.typed[1:]
                self.state.answer = f"[{digit}]"
                call.hush()
                self._key(digit)
            else:
                return
        call.note("circle", node=self.state.node)
        call.next_node = None
        give_up(call)

    def _enter(self, name: str) -> None:
        call, state = self._call, self.state
        call.cancel_timers()
        call.stop_message(keep=False)
        if name != state.node:
            state.misses.clear()
        state.node, state.lookup_id = name, 0
        state.visited.append(name)
        call.note("node", node=name)
        verb = call.node.verb
        rules_for(verb).enter(call, verb)
