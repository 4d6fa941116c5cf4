"""A small project of its own for every command: settings, a flow, a table, a database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr import app
from ivr.commands import serve

CONNECTORS = """\
connectors:
  orders:
    kind: csv
    file: call_flows/orders.csv
    operations:
      find: {match: {number: number}}
"""
FLOW = """\
flow: shop
title: Shop
languages: [en]
numbers: ["+15005550006"]
uses: {connectors: [orders]}
everywhere: {agent: person}
start: welcome
nodes:
  welcome:
    say: {prompt: {en: "Welcome."}, then: find}
  find:
    do: {call: orders.find, with: {number: "1"}, save: order, then: person}
  person:
    hang_up: {prompt: {en: "Goodbye."}, outcome: resolved}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the project of one test is."""

    folder: Path

    @property
    def config(self) -> Path:
        """The settings' folder."""
        return self.folder / "config"

    @property
    def flows(self) -> Path:
        """The flows' folder."""
        return self.folder / "call_flows"

    def write(self, path: str, text: str) -> None:
        """Writes a file below the folder."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A project that is whole and could start."""
    for name in [name for name in os.environ if name.startswith(("IVR_", "TWILIO_"))]:
        monkeypatch.delenv(name)
    made = Place(tmp_path)
    made.write("config/default.yaml", "web: {port: 18080}\nmedia: {port: 18090}\nspeech: {languages: [en]}\n")
    made.write("config/connectors.yaml", CONNECTORS)
    made.write("config/hours.yaml", 'desk:\n  time_zone: UTC\n  weekly: {mon: ["09:00-17:00"]}\n')
    made.write("call_flows/orders.csv", "number,status\n1,shipped\n")
    made.write("call_flows/shop.yaml", FLOW)
    (tmp_path / "var").mkdir()
    for module in (app, serve):
        monkeypatch.setattr(module, "configure_logging", lambda *_, **__: None)
    given = {
        "IVR_CONFIG_DIR": str(made.config),
        "IVR_DATABASE_URL": "sqlite:///var/calls.sqlite",
        "IVR_PUBLIC_URL": "http://127.0.0.1:8080",
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
        "TWILIO_AUTH_TOKEN": "secret",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return made
