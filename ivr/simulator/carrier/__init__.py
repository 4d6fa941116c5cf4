"""A simulated telephone carrier with Twilio's public interface; imports nothing else of this project.

`Carrier` embeds it, `run_carrier` serves it.
"""

from ivr.simulator.carrier.call import CarrierCall
from ivr.simulator.carrier.carrier import Carrier, run_carrier
from ivr.simulator.carrier.parties import Answering, Party, Pickup, SilentParty
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
    "EventKind",
    "LineSettings",
    "NumberSettings",
    "Party",
    "Pickup",
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
