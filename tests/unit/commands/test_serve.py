"""Which processes `ivr serve` keeps alive, and what it says about them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ivr.commands import serve
from ivr.commands.common import guarded
from ivr.places import read_settings
from ivr.serve import Phase, ProcessSpec
from tests.unit.commands.conftest import Place

pytestmark = pytest.mark.unit

Out = pytest.CaptureFixture[str]


def test_calls_end_before_the_web_process_does(place: Place) -> None:
    specs = serve.specs_for(read_settings(), {})
    assert [(one.name, one.stop_order, one.drain_secs) for one in specs] == [
        ("media", 0, 40),
        ("worker", 0, 25),
        ("web", 1, 10),
        ("web-2", 1, 10),
    ]
    commands = ["media", "worker", "web", "web"]
    assert [one.command for one in specs] == [(sys.executable, "-m", "ivr", command) for command in commands]


def test_as_many_web_processes_share_the_port_as_is_set(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_WEB__PROCESSES", "3")
    assert serve.web_names(read_settings()) == ["web", "web-2", "web-3"]
    monkeypatch.setenv("IVR_WEB__PROCESSES", "1")
    assert serve.web_names(read_settings()) == ["web"]


def test_media_has_a_spare_unless_the_settings_say_otherwise(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    spares = {one.name: one.spare_command for one in serve.specs_for(read_settings(), {})}
    assert spares == {
        "media": (sys.executable, "-m", "ivr", "media", "--spare"),
        "worker": None,
        "web": None,
        "web-2": None,
    }
    monkeypatch.setenv("IVR_MEDIA__SPARE", "false")
    assert {one.spare_command for one in serve.specs_for(read_settings(), {})} == {None}


def test_number_libraries_get_one_thread_whatever_the_environment_says(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"OMP_NUM_THREADS": "8", "OTHER": "kept"}
    for one in serve.specs_for(read_settings(), given):
        assert one.environment is not None
        limits = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OTHER": "kept"}
        assert limits.items() <= one.environment.items()
    monkeypatch.setenv("OTHER", "ours")
    own = serve.specs_for(read_settings())[0].environment
    assert own is not None
    assert own["OTHER"] == "ours"


def test_every_change_of_a_process_is_one_line(capsys: Out) -> None:
    serve.progress("media", Phase.READY, 3.25)
    assert capsys.readouterr().err == "   3.2 s  media: ready\n"


@pytest.mark.parametrize("code", [1, 2])
def test_when_the_preparation_fails_no_process_is_started(
    code: int, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    monkeypatch.setattr(serve, "supervise", _never)
    monkeypatch.setattr(serve.subprocess, "run", lambda command, check: SimpleNamespace(returncode=code))
    assert guarded(serve.serve) == code
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("code", [0, 1])
def test_the_supervisor_s_exit_code_is_ours(
    code: int, place: Place, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    given: list[Any] = []

    def supervise(specs: Sequence[ProcessSpec], **more: Any) -> int:
        given.extend([[one.name for one in specs], more["ready_secs"]])
        figures = {(one.environment or {})[serve.SHARED_FIGURES] for one in specs}
        assert [Path(folder).is_dir() for folder in figures] == [True]
        more["on_ready"]()
        return code

    def run(command: tuple[str, ...], check: bool) -> SimpleNamespace:
        given.append(command[1:])
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(serve, "supervise", supervise)
    monkeypatch.setattr(serve.subprocess, "run", run)
    assert guarded(serve.serve) == code
    assert given == [("-m", "ivr", "db", "prepare"), ["media", "worker", "web", "web-2"], 60]
    assert capsys.readouterr().err == (
        "Ready. Webhook: http://127.0.0.1:8080/voice/incoming   pages: http://127.0.0.1:8080/   stop with Ctrl-C\n"
    )


def _never(*_: object, **__: object) -> int:
    raise AssertionError("a process would have been started")
