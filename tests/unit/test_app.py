"""What tests may put over connectors: rows and failures of the configured ones, and a desk that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.app import OVERRIDES, desk_failure, open_connectors
from ivr.core.events import LookUpOutcome
from ivr.places import config_dir
from ivr.settings import load_settings

pytestmark = pytest.mark.unit


def test_a_failing_desk_is_no_connector_of_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "connectors.yaml"
    file.write_text('{"callbacks": {"fails": "store_down"}, "orders": {"fails": "unreachable"}}', "utf-8")
    monkeypatch.setenv(OVERRIDES, str(file))
    folder = config_dir()
    connectors = open_connectors(load_settings(folder, {}), folder.resolve().parent, None)
    try:
        found = connectors.call("orders.find", {"number": "42719"})
    finally:
        connectors.close()
    assert (found.outcome, found.reason, desk_failure()) == (LookUpOutcome.FAILED, "unreachable", "store_down")


def test_without_overrides_the_desk_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OVERRIDES, raising=False)
    assert desk_failure() is None
    file = tmp_path / "connectors.yaml"
    file.write_text('{"callbacks": {"delay_ms": 5}}', "utf-8")
    monkeypatch.setenv(OVERRIDES, str(file))
    assert desk_failure() is None
