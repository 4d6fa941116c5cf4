"""`/desk`: one page for one agent. Pages render and hand over; what may be done is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from agent_bridge.desk import cards
from agent_bridge.desk.doing import Doing
from agent_bridge.desk.faces import BREAK_REASONS, face_of, own_leg
from agent_bridge.desk.keeping import keep_contacts
from agent_bridge.desk.looking import look
from agent_bridge.desk.parts import DeskParts, Look
from agent_bridge.work import MOST_EXTENSIONS, OFFERED
from ivr.ports import StoredReply, StoreFailed

log = structlog.get_logger(__name__)

REGIONS = ("state", "alert", "card", "transcript", "controls", "targets", "next", "history", "answers", "mine")
"""Parts of the page that are exchanged one by one; each is a template of its own."""
SEEN_EVERY = timedelta(seconds=5)
"""A page that asks is a sign of life; it is written down this often."""
_KEY = re.compile(r"[A-Za-z0-9-]{16,64}")

WhoIsIt = Callable[[], str | None]
"""The agent whose session this request carries; None: nobody is signed in, or is no agent."""


def desk_blueprint(parts: DeskParts, who: WhoIsIt, sign_in: str = "/") -> Blueprint:
    """The routes. `sign_in`: where to go for a session."""
    pages = Blueprint(
        "desk", __name__, url_prefix="/desk", template_folder="../templates", static_folder="../static/desk"
    )
    views = _Views(parts, who, sign_in)
    pages.register_error_handler(StoreFailed, _no_store)
    pages.add_url_rule("", "home", views.page)
    pages.add_url_rule("/snapshot", "snapshot", views.snapshot)
    pages.add_url_rule("/note", "note", views.note, methods=["POST"])
    pages.add_url_rule("/do/<action>", "do", views.do, methods=["POST"])
    return pages


def _no_store(problem: Exception) -> tuple[Response, int]:
    log.warning("desk without a database", problem=type(problem).__name__)
    return jsonify(sentence="This could not be read or stored just now. Nothing was changed. Try again."), 503


class _Views:
    """Each parses, asks, renders."""

    def __init__(self, parts: DeskParts, who: WhoIsIt, sign_in: str) -> None:
        self._parts, self._who, self._sign_in = parts, who, sign_in
        self._doing = Doing(parts)

    def page(self) -> AnyResponse | str:
        """The whole page, as it is at this moment."""
        agent_id = self._who()
        if agent_id is None:
            return redirect(self._sign_in)
        seen = self._look(agent_id)
        if seen is None:
            return Response(render_template("desk/nobody.html"), 404)
        return render_template("desk/page.html", **_shown(seen), version=self._version(agent_id))

    def snapshot(self) -> AnyResponse:
        """Every region, and what the page needs to know besides."""
        agent_id = self._who()
        if agent_id is None:
            return _signed_out()
        # Before the look: what changes in between is told once more.
        version = self._version(agent_id)
        if request.args.get("v") == version:
            self._sign_of_life(agent_id)
            return jsonify(v=version, now=self._parts.clock.now().isoformat(), same=True)
        seen = self._look(agent_id)
        if seen is None:
            return _signed_out()
        return jsonify(v=version, **_snapshot(seen))

    def note(self) -> AnyResponse:
        """A draft; saved whenever the person pauses."""
        agent_id = self._who()
        if agent_id is None:
            return _signed_out()
        saved = self._doing.note(agent_id, request.form.get("contact", ""), request.form.get("note", ""))
        if saved is None:
            return _answer(404, "These notes belong to no call of yours.")
        return jsonify(saved=saved.isoformat())

    def do(self, action: str) -> AnyResponse:
        """One action. The same key again gets the same answer, and nothing is done twice."""
        agent_id, key = self._who(), request.form.get("key", "")
        if agent_id is None:
            return _signed_out()
        if action not in self._doing.names or _KEY.fullmatch(key) is None:
            return _answer(404, "There is no such action.")
        ledger, entry = self._parts.ledger, f"desk:{agent_id}:{key}"
        known = ledger.recall(entry)
        if known is not None:
            return Response(known.body, known.status, content_type=known.content_type)
        did = self._doing.do(action, agent_id, request.form)
        answer = _answer(200 if did.is_done else 409, did.sentence)
        reply = StoredReply(answer.status_code, answer.get_data(as_text=True), answer.content_type or "")
        ledger.remember(entry, reply, at=self._parts.clock.now())
        return answer

    def _look(self, agent_id: str) -> Look | None:
        self._sign_of_life(agent_id)
        keep_contacts(self._parts, self._parts.clock.now(), agent_id=agent_id)
        return look(self._parts, agent_id)

    def _sign_of_life(self, agent_id: str) -> None:
        now, last = self._parts.clock.now(), self._parts.presence.last_seen(agent_id)
        if last is None or now - last >= SEEN_EVERY:
            self._parts.presence.seen([agent_id], now)

    def _version(self, agent_id: str) -> str:
        return self._parts.pulse.versions([agent_id]).get(agent_id, "")


def _snapshot(seen: Look) -> dict[str, Any]:
    shown = _shown(seen)
    face, card, leg = shown["face"], shown["card"], own_leg(seen)
    is_offered = face.name in ("offered", "ringing", "asked") and card is not None
    return {
        "now": seen.now.isoformat(),
        "face": face.name,
        "who": card.who if card is not None else "",
        "why": card.why if card is not None else "",
        "offer": f"{card.id}-{leg.tag if leg is not None else ''}" if is_offered else None,
        "canAccept": face.name == "asked",
        "note": _note(seen),
        "regions": {name: render_template(f"desk/{name}.html", **shown) for name in REGIONS},
    }


def _note(seen: Look) -> dict[str, str] | None:
    contact = seen.contact
    if contact is None:
        return None
    saved = contact.note_at.isoformat() if contact.note_at is not None else ""
    return {"contact": contact.id, "text": contact.note, "saved": saved}


def _shown(seen: Look) -> dict[str, Any]:
    """What the templates speak of."""
    return {
        "look": seen,
        "agent": seen.agent,
        "now": seen.now,
        "zone": seen.zone,
        "face": face_of(seen),
        "card": cards.card_of(seen),
        "talk": cards.talk_of(seen),
        "calling": cards.calling_words(seen),
        "lines": cards.spoken(seen.lines, seen),
        "history": cards.history(seen),
        "quiet": cards.quiet_words(seen),
        "next_one": cards.promise_words(seen.waiting[0], seen) if seen.waiting else None,
        "mine": [(one.id, cards.promise_words(one, seen)) for one in seen.waiting if one.owner == seen.agent.id],
        "follow_ups": seen.follow_ups,
        "colleagues": [(one, *cards.colleague_words(one)) for one in seen.colleagues],
        "queues": seen.queues,
        "outcomes": [(one.value, *cards.OUTCOMES[one]) for one in OFFERED],
        "extensions_left": MOST_EXTENSIONS - (seen.contact.extensions if seen.contact is not None else 0),
        "break_reasons": BREAK_REASONS,
        "note": _note(seen),
        "tomorrow": _tomorrow(seen.now, seen.zone),
    }


def _tomorrow(now: datetime, zone: str) -> str:
    """A first suggestion for another call: tomorrow at ten, where the queue is."""
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return f"{day.isoformat()}T10:00"


def _signed_out() -> AnyResponse:
    return _answer(401, "You are signed out.")


def _answer(status: int, sentence: str) -> Response:
    answer = jsonify(sentence=sentence)
    answer.status_code = status
    return answer
