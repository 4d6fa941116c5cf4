"""What is wrong becomes sentences and an exit code, never a traceback."""

from __future__ import annotations

import pytest

from ivr.app import Refused
from ivr.commands.common import guarded, say, tell
from ivr.flows.problems import FlowInvalid, Problem
from ivr.ports import StoreFailed

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("result", "code"), [(None, 0), (0, 0), (1, 1)])
def test_a_command_s_own_code_is_kept(result: int | None, code: int) -> None:
    assert guarded(lambda: result) == code


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (FlowInvalid([Problem("a.yaml", 3, "welcome", "wrong; mend it")]), 2, "a.yaml:3: welcome: wrong; mend it"),
        (StoreFailed("locked", retryable=True), 2, "The database does not answer (locked)"),
        (KeyboardInterrupt(), 130, "Stopped."),
        (Refused(["the token is empty"]), 2, "  - the token is empty"),
    ],
)
def test_what_is_wrong_is_told(error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise error

    assert guarded(work) == code
    assert words in capsys.readouterr().err


def test_results_and_progress_go_to_different_streams(capsys: pytest.CaptureFixture[str]) -> None:
    say("result")
    tell("progress")
    out = capsys.readouterr()
    assert (out.out, out.err) == ("result\n", "progress\n")
