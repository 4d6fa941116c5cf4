"""`/callbacks`: who waits, who is called when, who was; and what a supervisor can do about it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import structlog
from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ivr.core.queueing.model import CallbackState, Kind
from ivr.core.shown import clock
from ivr.ports import Bucket, Listed, QueueService, Search, Shown, StoreFailed
from ivr.web.callbacks.forms import ACTIONS
from ivr.web.callbacks.reading import BadQuery, read_search
from ivr.web.callbacks.words import (
    VOUCHED,
    agent_choice,
    caller_of,
    history_line,
    leg_line,
    next_step,
    row_of,
    tries_of,
)
from ivr.web.deps import WebDeps
from ivr.web.guard import acting

log = structlog.get_logger(__name__)

TABS = {
    Bucket.OVERDUE: "Overdue",
    Bucket.NOW: "Now",
    Bucket.LATER: "Later today",
    Bucket.ANOTHER_DAY: "Another day",
    Bucket.NEEDS_PERSON: "Needs a person",
    Bucket.DONE: "Done today",
}
MESSAGE_FILE = "file"
"""In the brief of a recorded message."""


def callbacks_blueprint(deps: WebDeps, queue: QueueService) -> Blueprint:
    """The pages under `/callbacks`."""
    pages = Blueprint("callbacks", __name__, url_prefix="/callbacks")
    views = _Views(deps, queue)
    pages.register_error_handler(StoreFailed, _no_store)
    pages.add_url_rule("", "listing", views.listing)
    pages.add_url_rule("/<callback_id>", "one", views.one)
    pages.add_url_rule("/<callback_id>/message.wav", "message", views.message)
    pages.add_url_rule("/<callback_id>/cancel", "ask_cancel", views.ask_cancel)
    pages.add_url_rule("/<callback_id>/<action>", "act", views.act, methods=["POST"])
    return pages


def _no_store(problem: Exception) -> tuple[str, int]:
    log.warning("callbacks page without a database", problem=type(problem).__name__)
    return render_template("callbacks/away.html"), 503


class _Views:
    """Each parses, asks the queue, renders."""

    def __init__(self, deps: WebDeps, queue: QueueService) -> None:
        self._deps, self._queue = deps, queue

    def listing(self) -> AnyResponse | str:
        """The list, or only its rows."""
        queue, now = self._queue, self._deps.clock.now()
        zone = _zone(queue, request.args.get("queue", ""))
        try:
            search = read_search(request.args, now, zone)
        except BadQuery as problem:
            flash(problem.problem, "bad")
            return redirect(url_for("callbacks.listing"))
        listed, zones = queue.listing(search, now), queue.queues()
        found = {
            "tabs": _tabs(listed),
            "search": search,
            "rows": [row_of(one, now, zones.get(one.queue, zone)) for one in listed.callbacks],
            "total": listed.total,
            "queues": sorted(zones),
            "zone": zone,
            "now": clock(now, now, zone, seconds=True),
            "next_page": _next_page(search, listed),
        }
        if request.args.get("part") == "rows":
            return _fresh(render_template("callbacks/rows.html", **found), now)
        return render_template("callbacks/list.html", **found)

    def one(self, callback_id: str) -> str:
        """One callback with its history, and what can be done."""
        shown, now = self._shown(callback_id)
        callback, zone = shown.callback, self._queue.queues().get(shown.callback.queue, "UTC")
        return render_template(
            "callbacks/one.html",
            callback=callback,
            shown=shown,
            zone=zone,
            caller=caller_of(callback),
            vouched=VOUCHED.get(callback.attested, ""),
            row=row_of(callback, now, zone),
            next_step=next_step(callback, now, zone),
            tries=tries_of(callback),
            history=[history_line(line, now, zone) for line in shown.history],
            legs=[leg_line(leg, now, zone) for leg in shown.legs],
            agents=[agent_choice(agent) for agent in self._queue.agents()],
            is_message=callback.kind is Kind.MESSAGE,
            has_sound=bool(callback.brief.get(MESSAGE_FILE)),
            facts={label: value for label, value in callback.brief.items() if label != MESSAGE_FILE},
            is_open=not callback.state.is_final or callback.state is CallbackState.FAILED,
        )

    def ask_cancel(self, callback_id: str) -> str:
        """Are you sure: the page names whom it is about."""
        callback = self._shown(callback_id)[0].callback
        return render_template("callbacks/cancel.html", callback=callback, caller=caller_of(callback))

    def message(self, callback_id: str) -> AnyResponse:
        """What the caller recorded, in parts where the player asks for parts."""
        name = self._shown(callback_id)[0].callback.brief.get(MESSAGE_FILE, "")
        try:
            content = self._deps.sound(name) if self._deps.sound is not None and name else None
        except (OSError, ValueError) as problem:
            log.warning("recorded message cannot be read", callback_id=callback_id, problem=type(problem).__name__)
            content = None
        if content is None:
            abort(404)
        log.info("recorded message played", callback_id=callback_id)
        answer = Response(content, mimetype="audio/wav")
        return answer.make_conditional(request, accept_ranges=True, complete_length=len(content))

    def act(self, callback_id: str, action: str) -> AnyResponse:
        """One order; what became of it is told on the callback's page."""
        shown, now = self._shown(callback_id)
        if action not in ACTIONS:
            abort(404)
        done = ACTIONS[action](self._queue, shown.callback, request.form, acting(), now)
        flash(done.sentence, "ok" if done.refusal is None else "bad")
        log.info("callback changed by hand", action=action, refused=done.refusal is not None, callback_id=callback_id)
        return redirect(url_for("callbacks.one", callback_id=callback_id), 303)

    def _shown(self, callback_id: str) -> tuple[Shown, datetime]:
        now = self._deps.clock.now()
        shown = self._queue.shown(callback_id, now)
        if shown is None:
            abort(404)
        return shown, now


def _zone(queue: QueueService, name: str) -> str:
    zones = queue.queues()
    return zones.get(name) or next(iter(zones.values()), "UTC")


def _tabs(listed: Listed) -> list[tuple[Bucket, str, int, str]]:
    return [(bucket, word, listed.counts.get(bucket, 0), _link(bucket=bucket.value)) for bucket, word in TABS.items()]


def _next_page(search: Search, listed: Listed) -> str:
    after = search.offset + search.limit
    return _link(offset=str(after)) if after < listed.total else ""


def _link(**changes: str) -> str:
    """This list with some parts of its query changed: everything has an address that can be sent to a colleague."""
    kept = {name: value for name, value in request.args.items() if name in ("bucket", "queue", "find") and value}
    if "bucket" in changes:
        kept.pop("offset", None)
    return f"{url_for('callbacks.listing')}?{urlencode(kept | changes)}"


def _fresh(body: str, now: datetime) -> Response:
    answer = make_response(body)
    answer.headers["X-Server-Time"] = now.isoformat()
    return answer
