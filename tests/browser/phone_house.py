"""A web process over memory beside a simulated carrier: `python -m tests.browser.phone_house PORT CARRIER`.

`/agents-page` is a page of Ana's with the desk's telephone and a button that accepts.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from flask import Flask, Response, make_response, render_template_string

from ivr.core.queueing.legs import Agent, AgentState
from ivr.settings import Web
from ivr.storage.memory import MemoryAgentStore, MemoryQueue
from ivr.web.server import serve
from ivr.web.softphone import page_policy
from tests.fakes.queue_service import ScriptedQueue
from tests.unit.web.kit import House, StandingClock, settings

PAGE = """{% extends "base.html" %}
{% block title %}Agent{% endblock %}
{% block head %}
<link rel="icon" href="{{ url_for('static', filename='icon.svg') }}">
<link rel="stylesheet" href="{{ url_for('static', filename='softphone/desk.css') }}">
<script type="module" src="{{ url_for('static', filename='softphone/desk.js') }}"></script>
<script type="module" src="/agents-page.js"></script>
{% endblock %}
{% block main %}
<h1>Ana</h1>
<section class="panel" id="softphone" aria-label="Your telephone" hidden
  data-token="{{ url_for('softphone_api.token', agent='ana') }}"
  data-choice="{{ url_for('softphone_api.phone', agent='ana') }}"></section>
<button type="button" id="accept">Accept</button>
{% endblock %}"""
SCRIPT = """const accepts = () => document.dispatchEvent(new CustomEvent("desk:accept"));
document.getElementById("accept").addEventListener("click", accepts);"""


def build() -> Flask:
    """A house with one node that has room, and Ana."""
    environ = {"TWILIO_API_BASE": sys.argv[2], "IVR_PUBLIC_URL": f"http://127.0.0.1:{sys.argv[1]}"}
    agents = MemoryAgentStore(MemoryQueue())
    agents.add(Agent("ana", "Ana", "+12025550111", ("general",), state=AgentState.AVAILABLE, since=datetime.now(UTC)))
    house = House(settings(**environ), clock=StandingClock(), queue=ScriptedQueue(), agents=agents)
    house.add_node(capacity=100)

    @house.app.get("/agents-page")
    def agents_page() -> Response:
        answer = make_response(render_template_string(PAGE))
        answer.headers["Content-Security-Policy"] = page_policy(house.settings)
        return answer

    @house.app.get("/agents-page.js")
    def agents_script() -> Response:
        return Response(SCRIPT, content_type="text/javascript")

    return house.app


if __name__ == "__main__":
    serve(Web(port=int(sys.argv[1]), threads=4), build)
