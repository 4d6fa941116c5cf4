"""`<Say>`: speech by the carrier's own voice; without one, silence of the length the text would take."""

from __future__ import annotations

import asyncio

from ivr.simulator.carrier.mulaw import BYTES_PER_MS, silence
from ivr.simulator.carrier.outcomes import NextVerb, Outcome
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, Verb

_ENDLESS = 1000
_MAX_CHARACTERS = 4096
_TEXT_TOO_LONG = 13521
_MS_PER_LETTER = 65
_MS_PER_WIDE_LETTER = 150


async def run(node: Node, step: Step) -> Outcome:
    """Speak the text `loop` times."""
    await step.call.answer()
    if len(node.text) > _MAX_CHARACTERS:
        step.call.warn(_TEXT_TOO_LONG, "Say: text is too long")
        return NextVerb()
    for _ in range(step.whole(node, "loop", 1) or _ENDLESS):
        await speak(step, node.text, node.attributes.get("language", "en-US"))
    return NextVerb()


async def speak(step: Step, text: str, language: str) -> None:
    """Play one text to its end, telling the far party what it is about to hear."""
    call, voice = step.call, step.services.say_to_audio
    audio = await asyncio.to_thread(voice, text, language) if voice is not None else None
    if audio is None:
        audio = silence(estimated_ms(text))
    duration_ms = len(audio) // BYTES_PER_MS
    call.timeline.add(EventKind.SAY, text, duration_ms=duration_ms, language=language)
    call.party.on_say(call.now_ms, text, language, duration_ms)
    await call.play_out(audio)


def estimated_ms(text: str) -> int:
    """How long a voice would take: about 15 letters of the Latin script a second, 7 of Japanese."""
    return sum(_MS_PER_LETTER if ord(letter) < 0x2E80 else _MS_PER_WIDE_LETTER for letter in text)


VERB = Verb(run, frozenset({"voice", "language", "loop"}), children=None)
