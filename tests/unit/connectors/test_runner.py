"""Hung sources: given up, counted, bounded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from ivr.connectors.runner import BoundedRunner
from ivr.connectors.source import Deadline, Question, Record, SourceFailed

pytestmark = pytest.mark.unit


class Doing:
    """A source that does something when asked."""

    def __init__(self, action: Callable[[], Record | None]) -> None:
        self._action = action

    def operations(self) -> Mapping[str, Sequence[str]]:
        return {}

    def answer(self, question: Question) -> Record | None:
        return self._action()

    def close(self) -> None:
        pass


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    opened = threading.Event()
    yield opened
    opened.set()


@pytest.fixture
def runner(gate: threading.Event) -> Iterator[BoundedRunner]:
    made = BoundedRunner(threads=4, per_connector=2)
    yield made
    made.close()


def a_question(secs: float = 10.0) -> Question:
    return Question("find", {}, "", Deadline.after(secs))


def reason(runner: BoundedRunner, source: Doing, secs: float = 10.0, name: str = "a") -> str:
    with pytest.raises(SourceFailed) as failed:
        runner.run(name, source, a_question(secs))
    assert failed.value.__cause__ is None
    return failed.value.reason


def test_an_answer_comes_through(runner: BoundedRunner) -> None:
    assert runner.run("a", Doing(lambda: {"x": 1}), a_question()) == {"x": 1}
    assert runner.run("a", Doing(lambda: None), a_question()) is None


def test_a_failure_keeps_its_reason(runner: BoundedRunner) -> None:
    def fail() -> None:
        raise SourceFailed("refused")

    assert reason(runner, Doing(fail)) == "refused"


@pytest.mark.parametrize("defect", [KeyError("pii-canary"), TimeoutError(), OSError(5, "io"), SystemExit()])
def test_a_defect_is_broken_and_shows_no_values(
    runner: BoundedRunner, defect: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise defect

    assert reason(runner, Doing(fail)) == "broken"
    assert "pii-canary" not in "".join(capsys.readouterr())


def test_a_hung_source_is_given_up_told_and_counted_until_it_comes_back(
    runner: BoundedRunner, gate: threading.Event
) -> None:
    question, abandoned = a_question(0.05), threading.Event()
    question.on_abandon.append(abandoned.set)
    returned = threading.Event()

    def hang() -> None:
        gate.wait(10)
        returned.set()

    with pytest.raises(SourceFailed, match="timeout"):
        runner.run("a", Doing(hang), question)
    assert abandoned.is_set() and runner.hung() == 1
    gate.set()
    assert returned.wait(10)
    runner.close()
    for thread in threading.enumerate():
        if thread.name.startswith("connector"):
            thread.join(10)
    assert runner.hung() == 0


def test_hung_calls_of_one_connector_leave_room_for_others(runner: BoundedRunner, gate: threading.Event) -> None:
    hanging = Doing(lambda: None if gate.wait(10) else None)
    assert [reason(runner, hanging, 0.02) for _ in range(4)] == ["timeout", "timeout", "busy", "busy"]
    assert runner.run("b", Doing(lambda: {"x": 1}), a_question()) == {"x": 1}


def test_what_waits_for_a_thread_is_cancelled_at_its_deadline(gate: threading.Event) -> None:
    small = BoundedRunner(threads=1, per_connector=2)
    hanging = Doing(lambda: None if gate.wait(10) else None)
    assert reason(small, hanging, 0.02) == "timeout"
    assert reason(small, hanging, 0.02) == "timeout"
    assert small.hung() == 1
    gate.set()
    small.close()


def test_a_closed_runner_fails_calls(runner: BoundedRunner) -> None:
    runner.close()
    runner.close()
    assert reason(runner, Doing(lambda: None)) == "closed"
