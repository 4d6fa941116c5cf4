"""What a verb can do with a call: speak, listen, set timers, go to another node.

`Call` collects commands and changes the state; the session hands the commands out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ivr.core.commands import (
    CancelTimer,
    Command,
    HangUp,
    Listen,
    LookUp,
    Note,
    PlayPrompt,
    SetTimer,
    StartMessage,
    StartRecording,
    StopMessage,
    StopPlayback,
    StopRecording,
)
from ivr.core.flow.expressions import Template, render
from ivr.core.flow.model import Flow, FlowNode, Prompt
from ivr.core.meaning import Expecting, Kind
from ivr.core.state import CallState, Phase, Playing, Step

ZONED = ("callback_zone", "callback_number", "callback_offer", "promise", "callback")
"""Records that may hold the caller's `zone`, the surest first."""
BUILT_IN = ("repeat", "slower", "louder", "main_menu", "language")
"""Commands every node understands without the flow saying so."""


class Call:
    """One call's state and the commands given so far. Pure: no clock, no I/O."""

    def __init__(self, flow: Flow, state: CallState) -> None:
        self.flow = flow
        self.state = state
        self.at = 0
        self.commands: list[Command] = []
        self.next_node: str | None = None

    @property
    def node(self) -> FlowNode:
        """The node the call is at."""
        return self.flow.nodes[self.state.node]

    @property
    def today(self) -> date:
        """The date of this moment: the caller's, where the zone is known, else UTC."""
        return now.date() if (now := self.local_now) is not None else date(1970, 1, 1)

    def order(self, command: Command) -> None:
        """Adds a command."""
        self.commands.append(command)

    def new_id(self) -> int:
        """A number that no other command of this call has."""
        self.state.next_id += 1
        return self.state.next_id - 1

    def note(self, kind: str, **values: str) -> None:
        """Keeps a fact in the call's record."""
        self.order(Note(kind, values))

    # -- texts ---------------------------------------------------------------------------------

    def names(self) -> dict[str, Any]:
        """What templates and conditions can name."""
        state = self.state
        hours = {"is_open": state.is_open, "text": state.hours_text.get(state.language, "")}
        caller = {"number": state.caller, "is_known": state.is_known, "language": state.language}
        caller["attested"] = state.attested
        own = {"slots": state.slots, "said": state.said, "visits": self._visits()}
        return {**state.records, **own, "caller": caller, "hours": hours, "call": self._about()}

    def _visits(self) -> dict[str, int]:
        """How often each step of the present built-in dialogue was entered since it began."""
        owner, visited = self.node.part_of, self.state.visited
        if not owner:
            return {}
        since = max((index for index, name in enumerate(visited) if name == owner), default=-1)
        return Counter(name.removeprefix(f"{owner}.") for name in visited[since + 1 :])

    def _about(self) -> dict[str, str]:
        """The call itself: what a promise made in it is stored with."""
        state, intent = self.state, self.state.intents[-1] if self.state.intents else ""
        topic = self.flow.intent_titles.get(intent, {}).get(state.language) or intent.replace("_", " ")
        return {
            "id": state.call_id,
            "flow": self.flow.name,
            "version": self.flow.version,
            "dialled": state.dialled,
            "arrived_at": state.answered_at,
            "intent": intent,
            "topic": topic,
            "words": "" if state.answer.startswith("[") else state.answer,
        }

    @property
    def local_now(self) -> datetime | None:
        """The clock on the caller's wall, naive, where something known tells the zone; else in UTC."""
        state = self.state
        if not state.answered_at:
            return None
        zone = next((str(zone) for name in ZONED if (zone := state.records.get(name, {}).get("zone"))), "UTC")
        now = datetime.fromisoformat(state.answered_at) + timedelta(milliseconds=self.at)
        try:
            return now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        except (KeyError, ValueError, OSError):  # a record of somebody else's that calls something `zone`
            return now.astimezone(UTC).replace(tzinfo=None)

    def render(self, template: Template) -> str:
        """A template's text in the caller's language."""
        names = self.names()
        for path in template.names:
            value: Any = names
            for part in path:
                value = value.get(part) if isinstance(value, Mapping) else None
            if value is None:
                self.note("missing_value", name=".".join(path))
        return render(template, names, self.state.language)

    def text(self, prompt: Prompt) -> str:
        """A prompt in the caller's language, or the flow's first language."""
        template = prompt.get(self.state.language) or prompt.get(self.flow.languages[0])
        return self.render(template) if template is not None else ""

    # -- speaking ------------------------------------------------------------------------------

    def say(self, text: str, *, interruptible: bool | None = None, from_ms: int = 0) -> None:
        """Speaks after whatever is playing; kept for `repeat`."""
        if text.strip():
            self.state.turn.append(text)
            self._play(text, self.node.interruptible if interruptible is None else interruptible, from_ms)

    def ask(self, text: str) -> None:
        """Speaks the present question; after a resume it is not said twice."""
        state = self.state
        state.question, state.question_id = text, state.next_id
        state.question_at = self.at
        self.say(text)

    def say_consent(self, text: str) -> None:
        """Speaks the notice; it cannot be interrupted and is not repeated."""
        self._play(text, False, 0)
        self.state.playing[-1].is_consent = True

    def replay(self, text: str, *, from_ms: int = 0) -> None:
        """Speaks again without adding to the turn."""
        self._play(text, self.node.interruptible, from_ms)

    def _play(self, text: str, interruptible: bool, from_ms: int) -> None:
        state = self.state
        prompt_id = self.new_id()
        state.playing.append(Playing(prompt_id, text, state.language, interruptible))
        self.cancel_timer("no_input")
        voice = (state.language, state.rate, state.gain_db)
        self.order(PlayPrompt(prompt_id, text, *voice, interruptible, from_ms, state.node))

    def hush(self, *, force: bool = False, is_resumable: bool = False) -> bool:
        """Stops what may be stopped; True when something was."""
        stopped = False
        for playing in self.state.playing:
            if not playing.stopped and (playing.interruptible or force):
                playing.stopped = stopped = True
                playing.is_resumable = is_resumable
                self.order(StopPlayback(playing.prompt_id))
        return stopped

    def begin_turn(self) -> None:
        """The caller answered: forget what `repeat` would repeat, and what was interrupted."""
        self.hush()
        self.forget_interruption()
        self.state.turn.clear()
        self.state.keyed = ""

    def forget_interruption(self) -> None:
        """What speech has stopped stays stopped."""
        self.state.interrupted.clear()
        self.state.was_noise = False
        for playing in self.state.playing:
            playing.is_resumable = False

    @property
    def is_speaking(self) -> bool:
        """Something is playing and not stopped."""
        return any(not playing.stopped for playing in self.state.playing)

    # -- listening -----------------------------------------------------------------------------

    def commands_here(self) -> tuple[str, ...]:
        """Names of the commands in force at this node."""
        names = dict.fromkeys((*BUILT_IN, *self.flow.everywhere, *self.node.everywhere))
        if len(self.flow.languages) < 2:
            names.pop("language", None)
        if self.flow.consent is not None:
            names["no_recording"] = None
        return tuple(names)

    def listen(self, expecting: Expecting, *, commands: bool = True) -> None:
        """Hears answers like this from now on; fills in what is the same for every node."""
        state = self.state
        complete = replace(
            expecting,
            commands=self.commands_here() if commands else (),
            languages=self.flow.languages,
            patience=state.patience,
            question=state.turn[-1] if state.turn else "",
            intent_sets=self.flow.intents,
            now=self.local_now if expecting.slot is not None and expecting.slot.name == "callback_time" else None,
        )
        state.listen_id, state.listened_at = self.new_id(), self.at
        self.order(Listen(state.listen_id, complete))

    def listen_for_commands(self) -> None:
        """Hears nothing but commands."""
        self.listen(Expecting(Kind.NOTHING, self.state.language))

    # -- timers --------------------------------------------------------------------------------

    def set_timer(self, why: str, after_ms: int, *, patient: bool = True) -> None:
        """One timer of each kind; a new one replaces the old. Patience stretches it."""
        self.cancel_timer(why)
        timer_id = self.new_id()
        self.state.timers[why] = timer_id
        self.order(SetTimer(timer_id, int(after_ms * (self.state.patience if patient else 1)), why))

    def cancel_timer(self, *kinds: str) -> None:
        """Cancels timers of these kinds."""
        for why in kinds:
            timer_id = self.state.timers.pop(why, None)
            if timer_id is not None:
                self.order(CancelTimer(timer_id))

    def cancel_timers(self) -> None:
        """Cancels all of them."""
        self.cancel_timer(*tuple(self.state.timers))

    # -- going on ------------------------------------------------------------------------------

    def goto(self, name: str) -> None:
        """Enters another node once the present one is done."""
        self.next_node = name

    def look_up(self, operation: str, arguments: dict[str, Any], deadline_ms: int) -> None:
        """Asks a connector; the key is the same when the step is repeated after a crash."""
        state = self.state
        state.phase = Phase.WORKING
        state.lookup_id = self.new_id()
        key = f"{state.call_id}:{state.node}:{state.lookups}"
        self.order(LookUp(state.lookup_id, operation, arguments, key))
        self.set_timer("lookup", deadline_ms, patient=False)

    def start_recording(self) -> None:
        """The notice was heard to its end."""
        if not self.state.is_refused:
            self.state.is_recording = True
            self.order(StartRecording())

    def refuse_recording(self) -> None:
        """The caller does not want it: stop, and forget what there is."""
        self.state.is_refused = True
        self.state.is_recording = False
        self.order(StopRecording(discard=True))
        self.note("recording_refused")

    def start_message(self, key: str) -> None:
        """From now on the caller's voice is kept."""
        self.state.message, self.state.message_at = key, self.at
        self.order(StartMessage(key))

    def stop_message(self, *, keep: bool) -> None:
        """No longer; nothing happens when none was running."""
        if self.state.message:
            self.order(StopMessage(self.state.message, keep))
        self.state.message, self.state.has_voice = "", False

    def hang_up(self, outcome: str) -> None:
        """Ends the call now."""
        self.cancel_timers()
        self.state.phase = Phase.HUNG_UP
        self.state.outcome = outcome
        self.order(HangUp(outcome))

    def miss(self, kind: str) -> int:
        """Counts a failure of the present question and returns the count."""
        self.state.misses[kind] = self.state.misses.get(kind, 0) + 1
        return self.state.misses[kind]

    def at_step(self, step: Step) -> bool:
        """Whether the present question is at this step."""
        return self.state.step is step
