"""What somebody hears who waits in a conference: the carrier's music, a document, or nothing."""

from __future__ import annotations

from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.mulaw import FRAME_MS
from ivr.simulator.carrier.participant import CarrierMusic, Music
from ivr.simulator.carrier.tones import MUSIC
from ivr.simulator.carrier.verbs.small_document import run_small_document
from ivr.simulator.carrier.verbs.step import Step
from ivr.simulator.carrier.webhooks import WebhookRequest

_ALLOWED = frozenset({"Play", "Say", "Pause", "Redirect"})
_NOT_ALLOWED = 13238


async def play_music(step: Step, music: Music, loops: bool) -> None:
    """Play until cancelled, or once where a document does not `loop`; raises `DocumentFailed`."""
    if isinstance(music, CarrierMusic):
        while True:
            await step.call.play_out(MUSIC)
    while isinstance(music, WebhookRequest):
        await run_small_document(step, music, _ALLOWED, _NOT_ALLOWED)
        if not loops:
            return
        await sleep_ms(step.services.clock, FRAME_MS)
