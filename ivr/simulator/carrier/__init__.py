"""A simulated telephone carrier with Twilio's public interface; imports nothing else of this project.

`Carrier` embeds it, `run_carrier` serves it. In a test:

    async with Carrier(CarrierSettings(sid, token, numbers={ours: NumberSettings(voice_url, sms_url=...)})) as carrier:
        carrier.set_answering(theirs, Answering(Pickup.BUSY), Answering(party=MyParty))   # busy, then answers
        box = Voicemail(); carrier.set_answering(other, box.answering)                    # box.boxes: what was left
        carrier.on_dialled = lambda call: None                                            # sees every dialling
        call = await carrier.place_call(theirs, ours, MyParty())                          # somebody calls us
        text = await carrier.send_text(theirs, ours, "WHEN")                              # text.replies
        await carrier.texts.wait_to(theirs)                                               # what we sent
        carrier.conferences                                                               # oldest first
        carrier.faults.rest.lying.rate = 0.1                                              # seeded troubles

A party's `on_playout` hears what a telephone would: prompts, whispers, and in a conference or `<Dial>` the sum of the
others; what it says by `call.send_audio` reaches them two to three frames later. From another process the same is
ordered through the routes of `control.routes`.
"""

from ivr.simulator.carrier.call import CarrierCall
from ivr.simulator.carrier.carrier import Carrier, run_carrier
from ivr.simulator.carrier.conference import Conference, ConferenceStatus
from ivr.simulator.carrier.faults import Faults, Odds
from ivr.simulator.carrier.parties import Answering, Party, Pickup, SilentParty
from ivr.simulator.carrier.scripted_party import PartyStep, ScriptedParty
from ivr.simulator.carrier.settings import CarrierSettings, LineSettings, NumberSettings, Timeouts
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.text_delivery import TextDelivery
from ivr.simulator.carrier.texts import Text, TextStatus
from ivr.simulator.carrier.timeline import EventKind, TimelineEvent
from ivr.simulator.carrier.voicemail import Voicemail, VoicemailBox

__all__ = [
    "Answering",
    "CallStatus",
    "Carrier",
    "CarrierCall",
    "CarrierSettings",
    "Conference",
    "ConferenceStatus",
    "EventKind",
    "Faults",
    "LineSettings",
    "NumberSettings",
    "Odds",
    "Party",
    "PartyStep",
    "Pickup",
    "ScriptedParty",
    "SilentParty",
    "Text",
    "TextDelivery",
    "TextStatus",
    "TimelineEvent",
    "Timeouts",
    "Voicemail",
    "VoicemailBox",
    "run_carrier",
]
