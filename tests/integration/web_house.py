"""A web process over memory, started by the tests: `python -m tests.integration.web_house PORT`."""

from __future__ import annotations

import sys

from flask import Flask

from ivr.settings import Web
from ivr.web.server import serve
from tests.unit.web.kit import House, StandingClock


def build() -> Flask:
    """A house with one node that has room for a hundred."""
    house = House(clock=StandingClock())
    house.add_node(capacity=100)
    return house.app


if __name__ == "__main__":
    serve(Web(port=int(sys.argv[1]), threads=4), build)
