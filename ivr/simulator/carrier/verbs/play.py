"""`<Play>`: an audio file, or keypad tones with `digits`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.carrier.audio_files import UnplayableAudio, to_mulaw
from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.documents import Document
from ivr.simulator.carrier.errors import DocumentFailed
from ivr.simulator.carrier.outcomes import NextVerb, Outcome
from ivr.simulator.carrier.timeline import EventKind
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, Verb

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall

_ENDLESS = 1000
_UNPLAYABLE = 12300
_MS_PER_KEY = 250
_MS_PER_WAIT = {"w": 500, "W": 1000}


async def run(node: Node, step: Step) -> Outcome:
    """Play the file `loop` times; one that cannot be had or played is a warning, and the next verb runs."""
    await step.call.answer()
    if "digits" in node.attributes:
        await send_keys(step, node.attributes["digits"])
        return NextVerb()
    try:
        url = step.document.resolve(node.text)
        answer = await step.services.webhooks.fetch_media(url)
        audio = to_mulaw(answer.body, answer.content_type)
    except DocumentFailed as failed:
        step.call.warn(failed.code, failed.reason)
        return NextVerb()
    except UnplayableAudio as error:
        step.call.warn(_UNPLAYABLE, str(error))
        return NextVerb()
    for _ in range(step.whole(node, "loop", 1) or _ENDLESS):
        step.call.timeline.add(EventKind.PLAY, url)
        await step.call.play_out(audio)
    return NextVerb()


async def play_answer(call: CarrierCall, document: Document) -> None:
    """Answer and play a document that is an audio file; raises `DocumentFailed` 12300."""
    try:
        audio = to_mulaw(document.audio or b"", document.audio_type)
    except UnplayableAudio as error:
        raise DocumentFailed(_UNPLAYABLE, document.url, str(error)) from error
    await call.answer()
    await call.play_out(audio)


async def send_keys(step: Step, digits: str) -> None:
    """Press keys towards the far party: `w` waits half a second, `W` one."""
    keys = "".join(key for key in digits if key in "0123456789*#ABCD")
    step.call.timeline.add(EventKind.KEYS_SENT)
    step.call.party.on_keys(step.call.now_ms, keys)
    await sleep_ms(step.services.clock, sum(_MS_PER_WAIT.get(key, _MS_PER_KEY) for key in digits))


VERB = Verb(run, frozenset({"loop", "digits"}))
