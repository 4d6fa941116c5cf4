"""`/api/v1/callbacks`: the same list and the same actions as the page, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from ivr.core.queueing.legs import Leg
from ivr.core.queueing.model import Callback, Happened
from ivr.ports import Bucket, QueueService, Refusal, Shown, StoreFailed
from ivr.web.callbacks.forms import ACTIONS
from ivr.web.callbacks.reading import BadQuery, read_search
from ivr.web.deps import WebDeps
from ivr.web.guard import acting

_STATUS = {Refusal.UNKNOWN: 404, Refusal.STATE: 409, Refusal.NUMBER: 422, Refusal.TIME: 422, Refusal.STORE: 503}


def callbacks_api(deps: WebDeps, queue: QueueService) -> Blueprint:
    """GET list and one, POST one action. POST wants JSON, which no foreign page can send unasked."""
    api = Blueprint("callbacks_api", __name__, url_prefix="/api/v1/callbacks")

    @api.errorhandler(StoreFailed)
    def no_store(_: StoreFailed) -> tuple[Response, int]:
        return jsonify({"error": "the database does not answer; nothing was changed"}), 503

    @api.get("")
    def listing() -> tuple[Response, int]:
        now = deps.clock.now()
        zone = queue.queues().get(request.args.get("queue", ""), "UTC")
        try:
            search = read_search(request.args, now, zone)
        except BadQuery as problem:
            return jsonify({"error": problem.problem}), 400
        listed = queue.listing(search, now)
        counts = {bucket.value: listed.counts.get(bucket, 0) for bucket in Bucket}
        found = [summary(one) for one in listed.callbacks]
        return jsonify({"callbacks": found, "total": listed.total, "counts": counts}), 200

    @api.get("/<callback_id>")
    def one(callback_id: str) -> tuple[Response, int]:
        shown = queue.shown(callback_id, deps.clock.now(), request.args.get("language", "en")[:8])
        return (jsonify(detail(shown)), 200) if shown is not None else (jsonify({"error": "no such callback"}), 404)

    @api.post("/<callback_id>/<action>")
    def act(callback_id: str, action: str) -> tuple[Response, int]:
        now = deps.clock.now()
        given = request.get_json(silent=True) if request.is_json else None
        if not isinstance(given, dict) or any(not isinstance(value, str | int) for value in given.values()):
            return jsonify({"error": "send a JSON object of texts; {} where nothing is needed"}), 400
        shown = queue.shown(callback_id, now)
        if shown is None or action not in ACTIONS:
            return jsonify({"error": f"no such callback or action; actions are {', '.join(ACTIONS)}"}), 404
        form = {name: str(value) for name, value in given.items()}
        done = ACTIONS[action](queue, shown.callback, form, acting(), now)
        if done.refusal is not None:
            return jsonify({"error": done.sentence, "refusal": done.refusal.value}), _STATUS[done.refusal]
        changed = done.callback or shown.callback
        return jsonify({"done": done.sentence, "callback": summary(changed)}), 200

    return api


def summary(callback: Callback) -> dict[str, Any]:
    """A callback without who it is: no number, no name, no words of the caller, no code."""
    return {
        "id": callback.id,
        "queue": callback.queue,
        "kind": callback.kind.value,
        "state": callback.state.value,
        "cause": callback.cause.value,
        "language": callback.language,
        "priority": callback.priority,
        "skills": list(callback.skills),
        "arrived_at": _iso(callback.arrived_at),
        "promised_from": _iso(callback.promised_from),
        "promised_to": _iso(callback.promised_to),
        "eligible_at": _iso(callback.eligible_at),
        "is_time_chosen": callback.is_time_chosen,
        "connected_at": _iso(callback.connected_at),
        "tries": dict(callback.tries),
        "agent": callback.agent,
        "owner": callback.owner,
        "call_id": callback.call_id,
    }


def detail(shown: Shown) -> dict[str, Any]:
    """One callback with all that is known. Personal data: for this machine's own tools."""
    callback = shown.callback
    return summary(callback) | {
        "why": shown.why,
        "number": callback.number,
        "name": callback.name,
        "reason": callback.reason,
        "brief": dict(callback.brief),
        "notes": list(callback.notes),
        "history": [_change(one) for one in shown.history],
        "legs": [_leg(leg) for leg in shown.legs],
        "texts": [{"at": _iso(text.at), "state": text.state.value, "body": text.body} for text in shown.texts],
    }


def _change(one: Happened) -> dict[str, Any]:
    made = {"at": _iso(one.at), "state": one.state.value, "cause": one.cause.value, "by": one.by}
    return made | {"values": dict(one.values)}


def _leg(leg: Leg) -> dict[str, Any]:
    return {
        "role": leg.role.value,
        "attempt": leg.attempt,
        "agent": leg.agent,
        "state": leg.state.value,
        "outcome": leg.outcome.value if leg.outcome is not None else None,
        "created_at": _iso(leg.created_at),
        "answered_at": _iso(leg.answered_at),
        "accepted_at": _iso(leg.accepted_at),
        "over_at": _iso(leg.over_at),
        "answered_by": leg.answered_by,
        "carrier_sid": leg.carrier_sid,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
