"""Rules every test keeps: it says what kind it is, and it leaves no thread behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

KINDS = frozenset({"unit", "contract", "integration", "audio", "browser", "durability", "load"})
LEAK_GRACE_SECS = 3.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fails the collection when a test does not say what kind it is: `pytestmark = pytest.mark.unit`."""
    unmarked = sorted({item.nodeid.split("::")[0] for item in items if not _kinds(item)})
    if unmarked:
        raise pytest.UsageError(f"no mark of {', '.join(sorted(KINDS))} in: {', '.join(unmarked)}")


def _kinds(item: pytest.Item) -> frozenset[str]:
    return KINDS & {mark.name for mark in item.iter_markers()}


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test whose threads outlive it. Threads of wider fixtures were there before and may stay."""
    before = set(threading.enumerate())
    yield
    if request.node.get_closest_marker("leaves_threads") is not None:
        return
    leaked = [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    for thread in leaked:
        thread.join(LEAK_GRACE_SECS)
    still = sorted(thread.name for thread in leaked if thread.is_alive())
    if still:
        pytest.fail(f"threads outlived the test: {', '.join(still)}")
