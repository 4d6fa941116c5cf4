"""Does what a browser phone asks for. Each mistake is one `error` with a code; nothing here ends a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ivr.simulator.carrier.clock import sleep_ms
from ivr.simulator.carrier.errors import UnknownNumber
from ivr.simulator.carrier.softphone.messages import (
    Accept,
    HangUp,
    Message,
    Mute,
    PlaceCall,
    Press,
    Register,
    Reject,
    SetLine,
    Speak,
    Unregister,
)
from ivr.simulator.carrier.softphone.phone import Phone, duration_ms
from ivr.simulator.carrier.softphone.switchboard import CLIENT

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.carrier import Carrier


class OrderRefused(Exception):
    """A phone asked for what cannot be; the argument is the code it is told."""


class Orders:
    """One for all phones of a carrier."""

    def __init__(self, carrier: Carrier) -> None:
        """All state lives in the carrier and its phones."""
        self._carrier = carrier

    async def follow(self, phone: Phone, message: Message) -> None:
        """Raises `OrderRefused`."""
        match message:
            case Register(address):
                self._register(phone, address)
            case Unregister():
                phone.address = ""
                phone.tell("unregistered")
            case PlaceCall():
                await self._place(phone, message)
            case Accept(sid):
                self._accept(phone, sid)
            case Reject(sid):
                offer = phone.offers.get(sid)
                if offer is not None:
                    offer.reject()
            case HangUp(sid):
                if phone.call is not None and phone.call.sid == sid:
                    phone.call.hang_up()
            case Press(digits):
                self._press(phone, digits)
            case Mute(is_on):
                phone.is_muted = is_on
                phone.tell("muted", on=is_on)
            case Speak():
                self._speak(phone, message)
            case SetLine(quality):
                self._set_line(phone, quality)

    def _register(self, phone: Phone, address: str) -> None:
        grant, own = phone.grant, f"{CLIENT}{phone.grant.identity}"
        wanted = address or own
        is_telephone = grant.is_telephone and wanted in self._carrier.settings.telephones
        if not is_telephone and not (wanted == own and grant.may_receive):
            raise OrderRefused("not_allowed")
        phone.address = wanted
        phone.tell("registered", address=wanted)

    async def _place(self, phone: Phone, order: PlaceCall) -> None:
        if phone.call is not None:
            raise OrderRefused("busy")
        carrier, grant = self._carrier, phone.grant
        if grant.is_telephone:
            if order.from_number not in (*carrier.settings.telephones, "anonymous"):
                raise OrderRefused("not_your_number")
            try:
                call = await carrier.place_call(order.from_number, order.to)
            except UnknownNumber:
                raise OrderRefused("unknown_number") from None
        elif grant.application_sid in carrier.settings.applications:
            params = dict(grant.params or {}) | dict(order.params)
            call = carrier.place_client_call(grant.identity, grant.application_sid, params)
        else:
            raise OrderRefused("not_allowed")
        call.party = phone.begin(call)
        if order.line is not None:
            self._set_line(phone, order.line)
        phone.tell("calling", call=call.sid, to=call.resource.to_number)
        phone.tell("ringing", call=call.sid)

    @staticmethod
    def _accept(phone: Phone, sid: str) -> None:
        offer = phone.offers.get(sid)
        if offer is None or phone.call is not None or not offer.accept(phone):
            raise OrderRefused("too_late")

    @staticmethod
    def _press(phone: Phone, digits: str) -> None:
        if phone.call is None:
            raise OrderRefused("no_call")
        for digit in digits:
            phone.call.press(digit)

    def _speak(self, phone: Phone, order: Speak) -> None:
        call, voice = phone.call, self._carrier.services.say_to_audio
        if call is None or not call.is_answered:
            raise OrderRefused("no_call")
        if phone.is_speaking:
            raise OrderRefused("still_speaking")
        call.say_words(order.text)
        if voice is None:
            raise OrderRefused("no_voice")
        phone.is_speaking = True
        self._carrier.services.background.spawn(_say(phone, call, partial(voice, order.text, order.language)))

    def _set_line(self, phone: Phone, quality: object) -> None:
        make = self._carrier.make_line
        if phone.call is None or make is None:
            raise OrderRefused("no_line")
        try:
            phone.call.set_line(make(quality))
        except ValueError:
            raise OrderRefused("line_cannot_be") from None


async def _say(phone: Phone, call: CarrierCall, speak: Callable[[], bytes | None]) -> None:
    try:
        audio = await asyncio.to_thread(speak)
        if audio is None:
            phone.tell("error", code="no_voice")
            return
        call.send_audio(audio)
        phone.tell("said", call=call.sid, ms=duration_ms(audio))
        await sleep_ms(call.services.clock, duration_ms(audio))
    finally:
        phone.is_speaking = False
