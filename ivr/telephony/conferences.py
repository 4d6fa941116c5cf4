"""`ivr.ports.ConferenceCarrier` over the carrier's REST interface. Facts: "Conference" and "Participant resource".

Orders about somebody who is not there (any more) are answered with False; what is not certain is `CarrierSilent`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from ivr.ports import BridgeDial, CarrierSilent, ListenIn, Seen
from ivr.telephony import twiml
from ivr.telephony.dialler import call_sid_of, own_code, refused_or_silent
from ivr.telephony.rest import FAILURES, open_client

_NOT_IN_PROGRESS = 21220
_COACHED_ON_HOLD, _COACHED_MISSING = 16027, 16028
_EVENTS = ["initiated", "ringing", "answered", "completed"]
_MOST = 50


class CarrierConferences:
    """One per process. Thread-safe; every request has a time-out."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        public_url: str,
        base_url: str | None = None,
        timeout_secs: float = 5.0,
    ) -> None:
        """Prepare a client; nothing is sent yet. Raises as `CarrierDialler` does."""
        self._client = open_client(account_sid, auth_token, base_url, timeout_secs)
        self._public_url = public_url.rstrip("/")

    def find(self, name: str) -> str | None:
        """There is at most one that lives; one that waits for its second participant may be shown as `init`."""
        for status in ("in-progress", "init"):
            wanted = {"friendly_name": name, "status": status, "limit": 1}
            found = _asked("find", partial(self._client.conferences.list, **wanted))
            if found:
                return str(found[0].sid)
        return None

    def participants(self, conference_sid: str) -> list[Seen]:
        """As the list shows them. The library tells no reason when a list fails, so the conference itself is asked."""
        conference = self._client.conferences(conference_sid)
        try:
            return [_seen(one) for one in conference.participants.list(limit=_MOST)]
        except FAILURES as error:
            if not _done("participants", conference.fetch):
                return []
            raise CarrierSilent("participants") from error

    def mute(self, conference_sid: str, call_sid: str, is_muted: bool) -> bool:
        """See the port."""
        return self._update(conference_sid, call_sid, muted=is_muted)

    def hold(self, conference_sid: str, call_sid: str, words_url: str) -> bool:
        """By POST: the carrier would use GET, which is not signed over its values."""
        return self._update(conference_sid, call_sid, hold=True, hold_url=words_url, hold_method="POST")

    def resume(self, conference_sid: str, call_sid: str) -> bool:
        """See the port."""
        return self._update(conference_sid, call_sid, hold=False)

    def announce(self, conference_sid: str, words_url: str, call_sid: str = "") -> bool:
        """To one, or to all."""
        if call_sid:
            return self._update(conference_sid, call_sid, announce_url=words_url, announce_method="POST")
        conference = self._client.conferences(conference_sid)
        return _done("announce", lambda: conference.update(announce_url=words_url, announce_method="POST"))

    def coach(self, conference_sid: str, call_sid: str, coached_sid: str) -> bool:
        """A coached participant that is on hold, or gone, cannot be whispered to."""
        if not coached_sid:
            return self._update(conference_sid, call_sid, coaching=False)
        return self._update(conference_sid, call_sid, coaching=True, call_sid_to_coach=coached_sid)

    def set_ends(self, conference_sid: str, call_sid: str, ends: bool) -> bool:
        """See the port."""
        return self._update(conference_sid, call_sid, end_conference_on_exit=ends)

    def kick(self, conference_sid: str, call_sid: str) -> bool:
        """See the port."""
        return _done("kick", lambda: self._participant(conference_sid, call_sid).delete())

    def end(self, conference_sid: str) -> bool:
        """See the port."""
        return _done("end", lambda: self._client.conferences(conference_sid).update(status="completed"))

    def dial(self, order: BridgeDial) -> str:
        """Not through the conference: whoever answers is asked first, so that no machine is joined."""
        url = f"{self._public_url}/voice/bridge/{order.bridge_id}/{order.tag}"
        wanted: dict[str, Any] = {
            "to": order.to,
            "from_": order.from_number,
            "url": url,
            "method": "POST",
            "status_callback": f"{url}/status",
            "status_callback_event": _EVENTS,
            "status_callback_method": "POST",
            "timeout": order.ring_secs,
        }
        if order.send_keys:
            wanted["send_digits"] = f"ww{order.send_keys}"
        try:
            return call_sid_of(self._client.calls.create(**wanted))
        except FAILURES as error:
            refused_or_silent(error)

    def listen_in(self, order: ListenIn) -> str:
        """Straight into the conference: muted, and without a beep nobody is disturbed."""
        url = f"{self._public_url}/voice/bridge/{order.bridge_id}/{order.tag}/status"
        try:
            made = self._client.conferences(order.conference_sid).participants.create(
                from_=order.from_number,
                to=order.to,
                label=order.label,
                muted=True,
                beep="false",
                early_media=True,
                start_conference_on_enter=False,
                end_conference_on_exit=False,
                timeout=order.ring_secs,
                status_callback=url,
                status_callback_event=_EVENTS,
                status_callback_method="POST",
            )
            return str(made.call_sid)
        except FAILURES as error:
            refused_or_silent(error)

    def move(self, call_sid: str, url: str) -> bool:
        """See the port."""
        return _done("move", lambda: self._client.calls(call_sid).update(url=url, method="POST"))

    def hang_up(self, call_sid: str) -> bool:
        """See the port."""
        return _done("hang_up", lambda: self._client.calls(call_sid).update(status="completed"))

    def say_and_hang_up(self, call_sid: str, text: str, language: str) -> bool:
        """See the port."""
        document = twiml.say_and_hang_up(text, language)
        return _done("say", lambda: self._client.calls(call_sid).update(twiml=document))

    def _participant(self, conference_sid: str, call_sid: str) -> Any:
        return self._client.conferences(conference_sid).participants(quote(call_sid, safe=""))

    def _update(self, conference_sid: str, call_sid: str, **changes: Any) -> bool:
        return _done("update", lambda: self._participant(conference_sid, call_sid).update(**changes))


def _asked(what: str, ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except FAILURES as error:
        raise CarrierSilent(what) from error


def _done(what: str, work: Callable[[], Any]) -> bool:
    try:
        work()
    except FAILURES as error:
        if _is_not_there(error):
            return False
        raise CarrierSilent(what) from error
    return True


def _is_not_there(error: Exception) -> bool:
    """The carrier itself says that the one this is about is gone, or not there yet."""
    code = own_code(error)
    is_unknown = getattr(error, "status", None) == 404 and code is not None
    return is_unknown or code in (_NOT_IN_PROGRESS, _COACHED_ON_HOLD, _COACHED_MISSING)


def _seen(one: Any) -> Seen:
    return Seen(
        call_sid=str(one.call_sid),
        label=str(one.label or ""),
        is_held=one.hold is True,
        is_muted=one.muted is True,
        coaches=str(one.call_sid_to_coach or "") if one.coaching is True else "",
        ends=one.end_conference_on_exit is True,
        is_inside=str(one.status) == "connected",
    )
