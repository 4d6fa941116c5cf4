"""Takes orders in the control format and gives them to a carrier; says what has happened. No HTTP here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.simulator.carrier.control.fault_orders import change_faults
from ivr.simulator.carrier.control.orders import NumberOrder, party_steps, text_delivery
from ivr.simulator.carrier.control.values import mapping, sequence, where_of
from ivr.simulator.carrier.faults import Faults
from ivr.simulator.carrier.mulaw import BYTES_PER_MS, FRAME_BYTES, is_silence
from ivr.simulator.carrier.scripted_party import ScriptedParty

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.carrier import Carrier
    from ivr.simulator.carrier.text_delivery import TextDelivery
    from ivr.simulator.carrier.texts import Text
    from ivr.simulator.carrier.voicemail import Voicemail, VoicemailBox

_PLAN = ("numbers", "texts", "faults")


class ControlDesk:
    """One carrier's desk. Belongs to the carrier's loop."""

    def __init__(self, carrier: Carrier) -> None:
        """Begin without voicemails."""
        self._carrier = carrier
        self._voicemails: dict[str, list[Voicemail]] = {}

    @staticmethod
    def check_plan(plan: object) -> None:
        """Raise `ControlInvalid` for a plan that could not be taken; changes nothing."""
        order = mapping(plan, "plan", _PLAN)
        for number, value in mapping(order.get("numbers") or {}, "numbers").items():
            NumberOrder(value, where_of("numbers", number))
        for number, value in mapping(order.get("texts") or {}, "texts").items():
            _deliveries(number, value)
        change_faults(Faults(), order.get("faults") or {})

    def take_plan(self, plan: object) -> None:
        """A whole file: `numbers`, `texts`, `faults`, all or nothing; raises `ControlInvalid`."""
        self.check_plan(plan)
        order = mapping(plan, "plan", _PLAN)
        for number, value in mapping(order.get("numbers") or {}, "numbers").items():
            self.set_number(number, value)
        for number, value in mapping(order.get("texts") or {}, "texts").items():
            self.set_texts(number, value)
        change_faults(self._carrier.faults, order.get("faults") or {})

    def set_number(self, number: str, value: object) -> None:
        """What `number` does when it is dialled; raises `ControlInvalid`."""
        order = NumberOrder(value, where_of("numbers", number))
        self._carrier.set_answering(number, *order.answering)
        self._voicemails[number] = order.voicemails

    def remove_number(self, number: str) -> None:
        """Nobody answers there any more; its voicemail is forgotten."""
        self._carrier.services.exchange.behaviours.remove(number)
        self._voicemails.pop(number, None)

    def set_texts(self, number: str, value: object) -> None:
        """What becomes of texts to `number`; raises `ControlInvalid`."""
        self._carrier.set_text_delivery(number, *_deliveries(number, value))

    def caller(self, steps: object) -> ScriptedParty:
        """Somebody who dials one of our numbers; raises `ControlInvalid`."""
        return ScriptedParty(party_steps(steps, "steps") if steps else [])

    def voicemail(self, number: str) -> list[dict[str, object]]:
        """What was left at `number`, a call each."""
        return [_box_json(box) for one in self._voicemails.get(number, []) for box in one.boxes]

    def numbers(self) -> dict[str, object]:
        """What each number will still do."""
        return {
            number: [{"pickup": one.pickup.value, "after_ms": one.after_ms} for one in waiting]
            for number, waiting in self._carrier.services.exchange.behaviours.numbers().items()
        }


def call_json(call: CarrierCall) -> dict[str, object]:
    """A call with all that happened to it, and what a scripted far end noted."""
    party = call.party
    return {
        "sid": call.sid,
        "parent_sid": call.resource.parent_sid,
        "from": call.resource.from_number,
        "to": call.resource.to_number,
        "direction": call.resource.direction.value,
        "status": call.status.value,
        "is_answered": call.is_answered,
        "now_ms": call.now_ms,
        "said": party.said if isinstance(party, ScriptedParty) else None,
        "heard_ms": sounding_ms(bytes(party.heard)) if isinstance(party, ScriptedParty) else None,
        "events": [
            {"at_ms": event.at_ms, "kind": event.kind.value, "name": event.name, "code": event.code}
            for event in call.events
        ],
    }


def text_json(text: Text) -> dict[str, object]:
    """A text with its replies."""
    return {
        "sid": text.sid,
        "from": text.from_number,
        "to": text.to_number,
        "body": text.body,
        "direction": text.direction.value,
        "status": text.status.value,
        "error_code": text.error_code,
        "is_by_carrier": text.is_by_carrier,
        "replies": [reply.body for reply in text.replies],
    }


def sounding_ms(mulaw: bytes) -> int:
    """How much of the audio can be heard."""
    frames = (mulaw[at : at + FRAME_BYTES] for at in range(0, len(mulaw), FRAME_BYTES))
    return sum(len(frame) for frame in frames if not is_silence(frame)) // BYTES_PER_MS


def _deliveries(number: str, value: object) -> list[TextDelivery]:
    where = where_of("texts", number)
    return [text_delivery(one, where) for one in sequence(value, where)]


def _box_json(box: VoicemailBox) -> dict[str, object]:
    return {
        "words": box.words,
        "recorded_ms": len(box.recorded) // BYTES_PER_MS,
        "sounding_ms": sounding_ms(bytes(box.recorded)),
    }
