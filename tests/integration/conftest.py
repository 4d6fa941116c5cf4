"""One real server for all tests that need one: starting it takes as long as a call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.server_process import RunningServer, running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """`ivr serve` over SQLite. Tests may kill its processes, and must leave it able to answer."""
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running
