"""A web process over memory beside a simulated carrier: `python -m tests.browser.phone_house PORT CARRIER`."""

from __future__ import annotations

import sys

from flask import Flask

from ivr.settings import Web
from ivr.web.server import serve
from tests.fakes.queue_service import ScriptedQueue
from tests.unit.web.kit import House, StandingClock, settings


def build() -> Flask:
    """A house with one node that has room."""
    environ = {"TWILIO_API_BASE": sys.argv[2], "IVR_PUBLIC_URL": f"http://127.0.0.1:{sys.argv[1]}"}
    house = House(settings(**environ), clock=StandingClock(), queue=ScriptedQueue())
    house.add_node(capacity=100)
    return house.app


if __name__ == "__main__":
    serve(Web(port=int(sys.argv[1]), threads=4), build)
