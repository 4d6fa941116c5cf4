"""The JSON interface under `/api/v1`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from ivr.ports import CallRecord, TurnRecord
from ivr.web.deps import WebDeps

MAX_CALLS = 200
DEFAULT_CALLS = 50

_TIME = {"type": ["string", "null"], "format": "date-time"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_CALL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "flow", "flow_version", "status", "resumes", "recorded"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "flow": {"type": "string"},
        "flow_version": {"type": "string"},
        "direction": {"type": "string"},
        "caller_ending": {"type": "string", "description": "The last two digits of the caller's number."},
        "language": _TEXT_OR_NULL,
        "status": {"type": "string", "enum": ["ringing", "in_progress", "ended"]},
        "outcome": _TEXT_OR_NULL,
        "end_cause": _TEXT_OR_NULL,
        "intent": _TEXT_OR_NULL,
        "resumes": {"type": "integer"},
        "recorded": {"type": "boolean"},
        "created_at": _TIME,
        "answered_at": _TIME,
        "ended_at": _TIME,
    },
}
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Denwaban", "version": "1"},
    "paths": {
        "/api/v1/calls": {
            "get": {
                "summary": "The newest calls first.",
                "operationId": "listCalls",
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_CALLS, "default": DEFAULT_CALLS},
                    },
                    {
                        "name": "carrier_sid",
                        "in": "query",
                        "description": "Only the call with this SID of the carrier, with slots, path and turns.",
                        "schema": {"type": "string"},
                    },
                ],
                "responses": {
                    "200": {
                        "description": "Calls.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["calls"],
                                    "properties": {
                                        "calls": {"type": "array", "items": {"$ref": "#/components/schemas/Call"}}
                                    },
                                }
                            }
                        },
                    },
                    "400": {"description": "The limit is not a number in its range."},
                    "403": {"description": "Not asked from this machine."},
                },
            }
        }
    },
    "components": {"schemas": {"Call": _CALL_SCHEMA}},
}


def api_blueprint(deps: WebDeps) -> Blueprint:
    """`/api/v1/calls`."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.get("/calls")
    def calls() -> Response:
        carrier_sid = request.args.get("carrier_sid")
        if carrier_sid is not None:
            found = deps.calls.by_sid(carrier_sid[:64])
            return jsonify({"calls": [call_detail(found, deps.calls.turns(found.id))] if found is not None else []})
        return jsonify({"calls": [call_summary(call) for call in deps.calls.recent(_limit())]})

    return api


def description_blueprint() -> Blueprint:
    """The description of the interface, for everybody: it tells nothing of anybody."""
    description = Blueprint("api_description", __name__, url_prefix="/api/v1")

    @description.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(OPENAPI)

    return description


def call_summary(call: CallRecord) -> dict[str, Any]:
    """A call as the interface shows it: no number, no snapshot."""
    return {
        "id": call.id,
        "flow": call.flow,
        "flow_version": call.flow_version,
        "direction": call.direction,
        "caller_ending": caller_ending(call.caller),
        "language": call.language,
        "status": call.status,
        "outcome": call.outcome,
        "end_cause": call.end_cause,
        "intent": call.intent,
        "resumes": call.resumes,
        "recorded": call.recorded,
        "created_at": _iso(call.created_at),
        "answered_at": _iso(call.answered_at),
        "ended_at": _iso(call.ended_at),
    }


def call_detail(call: CallRecord, turns: Sequence[TurnRecord]) -> dict[str, Any]:
    """One call with what was said and found out. Personal data: for this machine's own tools."""
    snapshot = call.snapshot or {}
    return call_summary(call) | {
        "carrier_sid": call.carrier_sid,
        "slots": snapshot.get("slots", {}),
        "visited": snapshot.get("visited", []),
        "turns": [
            {"at_ms": turn.at_ms, "side": turn.side, "text": turn.text, "node": turn.node, "how": turn.how}
            | {name: value for name, value in turn.details.items() if value is not None}
            for turn in turns
        ],
    }


def caller_ending(caller: str) -> str:
    """The last two digits of a number: enough to recognise a call, not to ring somebody."""
    digits = [mark for mark in caller if mark in "0123456789"]
    return "".join(digits[-2:]) if len(digits) > 4 else ""


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _limit() -> int:
    text = request.args.get("limit", str(DEFAULT_CALLS))
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MAX_CALLS):
        abort(400)
    return int(text)
