"""The web process: webhooks, pages, API over the house's stores."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask

from agent_bridge.desk.pages import desk_blueprint
from agent_bridge.desk.parts import DeskParts
from ivr.app import House, open_house
from ivr.core.accounts.model import Role
from ivr.desk_house import live_desks, open_desk
from ivr.settings import Settings
from ivr.web.app import create_app
from ivr.web.deps import FlowRef, WebDeps
from ivr.web.guard import current_person, guard_of
from ivr.web.live import LiveHub
from ivr.web.server import LIVE, serve
from recordings.store import RecordingStore

REFRESH_SECS = 1.0
"""How often changed flow files are looked for, at most."""


def run_web(settings: Settings) -> None:
    """Serves until told to stop; several may serve on one port."""
    open_house(settings, process="web").close()
    serve(settings.web, lambda: build_web(settings))


def build_web(settings: Settings) -> Flask:
    """The app, with its own connections."""
    house = open_house(settings, process="web")
    talks = house.open_talks()
    deps = WebDeps(
        settings=settings,
        calls=house.calls,
        nodes=house.nodes,
        ledger=house.ledger,
        clock=house.clock,
        flow_for=flow_finder(house),
        queue=house.queue,
        accounts=house.accounts,
        lines=talks.hands,
        bridges=talks.service,
        follow_ups=talks.follow_ups,
        agents=house.agents,
        sound=RecordingStore(settings.recording.dir).read,
    )
    app = create_app(deps)
    add_desk(app, house, open_desk(house, talks.service, talks.follow_ups))
    return app


def add_desk(app: Flask, house: House, parts: DeskParts) -> None:
    """The agents' pages, and the sockets that tell them of news."""
    guard = guard_of(app)

    def signed_in() -> str | None:
        person = current_person()
        return person.id if person is not None else None

    app.register_blueprint(guard.protect(desk_blueprint(parts, signed_in), Role.AGENT))
    app.extensions[LIVE] = LiveHub(live_desks(house, parts, guard.cookie))


def flow_finder(house: House) -> Callable[[str], FlowRef | None]:
    """By dialled number; notices changed files."""
    looked_at = time.monotonic()

    def find(dialled: str) -> FlowRef | None:
        nonlocal looked_at
        if time.monotonic() - looked_at > REFRESH_SECS:
            looked_at = time.monotonic()
            house.flows.refresh()
        flow = house.flows.for_number(dialled)
        if flow is None:
            return None
        is_open, texts = house.flows.opening(flow, house.clock.now())
        language = flow.number_languages.get(dialled, flow.languages[0])
        return FlowRef(flow.name, flow.version, language, is_open, texts)

    return find
