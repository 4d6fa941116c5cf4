from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ivr.serve import NotReady, Phase, ProcessSpec, Supervisor, ivr_command, supervise

pytestmark = pytest.mark.integration

PATIENCE_SECS = 15.0
SLEEP = "import time\nwhile True: time.sleep(60)"
STUBBORN = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\n" + SLEEP


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def until(condition: Callable[[], bool], tick: Callable[[], None] = lambda: None) -> None:
    deadline = time.monotonic() + PATIENCE_SECS
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        tick()
        pause.wait(0.05)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


Make = Callable[..., Supervisor]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Supervisor] = []

    def build(*specs: ProcessSpec, **more: Callable[[str, Phase, float], None]) -> Supervisor:
        made.append(Supervisor(specs, **more))
        return made[-1]

    yield build
    for supervisor in made:
        supervisor.stop()


def test_processes_start_and_become_ready(make: Make, tmp_path: Path) -> None:
    flag = tmp_path / "ready"
    told: list[tuple[str, Phase]] = []
    supervisor = make(
        ProcessSpec("web", python(f"open({str(flag)!r}, 'w').close()\n" + SLEEP), is_ready=flag.exists),
        ProcessSpec("worker", python(SLEEP)),
        on_progress=lambda name, phase, _: told.append((name, phase)),
    )
    supervisor.start()
    supervisor.wait_ready(PATIENCE_SECS)
    assert set(supervisor.pids()) == {"web", "worker"}
    assert told[:2] == [("web", Phase.STARTED), ("worker", Phase.STARTED)]
    assert sorted(told[2:], key=str) == [("web", Phase.READY), ("worker", Phase.READY)]


def test_process_that_is_not_ready_in_time_is_named(make: Make) -> None:
    supervisor = make(ProcessSpec("media", python(SLEEP), is_ready=lambda: False), ProcessSpec("web", python(SLEEP)))
    supervisor.start()
    with pytest.raises(NotReady) as caught:
        supervisor.wait_ready(0.3)
    assert caught.value.names == ("media",)


def test_killed_process_is_started_again(make: Make) -> None:
    supervisor = make(ProcessSpec("media", python(SLEEP)))
    supervisor.start()
    first = supervisor.pids()["media"]
    os.kill(first, signal.SIGKILL)
    until(lambda: supervisor.pids().get("media", first) != first, supervisor.tick)
    assert supervisor.restarts() == {"media": 1}


def test_children_of_a_killed_process_go_with_it(make: Make, tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n" + SLEEP
    )
    supervisor = make(ProcessSpec("media", python(code), is_ready=lambda: note.exists() and note.read_text() != ""))
    supervisor.start()
    supervisor.wait_ready(PATIENCE_SECS)
    grandchild = int(note.read_text())
    os.kill(supervisor.pids()["media"], signal.SIGKILL)
    until(lambda: is_gone(grandchild), supervisor.tick)


def test_process_that_keeps_dying_is_given_longer_pauses(make: Make) -> None:
    deaths: list[float] = []
    supervisor = make(
        ProcessSpec("web", python("raise SystemExit(3)")),
        on_progress=lambda _, phase, at: deaths.append(at) if phase is Phase.DIED else None,
    )
    supervisor.start()
    until(lambda: len(deaths) >= 4, supervisor.tick)
    gaps = [later - earlier for earlier, later in zip(deaths, deaths[1:], strict=False)]
    assert gaps[0] >= 0.2
    assert gaps[1] >= 0.4
    assert gaps[2] >= 0.8


def test_program_that_does_not_exist_is_tried_again_later(make: Make) -> None:
    supervisor = make(ProcessSpec("web", ("/nonexistent/program",)))
    supervisor.start()
    assert supervisor.pids() == {}
    until(lambda: supervisor.restarts()["web"] >= 2, supervisor.tick)


def test_stop_asks_first_and_kills_what_does_not_listen(make: Make) -> None:
    told: list[Phase] = []
    supervisor = make(
        ProcessSpec("media", python(STUBBORN), drain_secs=0.3), on_progress=lambda _, phase, __: told.append(phase)
    )
    supervisor.start()
    pid = supervisor.pids()["media"]
    supervisor.stop()
    supervisor.stop()
    assert is_gone(pid)
    assert told[-1] is Phase.STOPPED
    assert supervisor.pids() == {}


def test_processes_stop_in_order(make: Make, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    flags = {name: tmp_path / name for name in ("web", "media")}

    def code(name: str) -> str:
        return (
            "import signal, sys, time\n"
            f"def end(*_):\n    open({str(diary)!r}, 'a').write({name!r} + ' ')\n    sys.exit(0)\n"
            f"signal.signal(signal.SIGTERM, end)\nopen({str(flags[name])!r}, 'w').close()\n" + SLEEP
        )

    supervisor = make(
        ProcessSpec("media", python(code("media")), is_ready=flags["media"].exists, stop_order=1),
        ProcessSpec("web", python(code("web")), is_ready=flags["web"].exists, stop_order=0),
    )
    supervisor.start()
    supervisor.wait_ready(PATIENCE_SECS)
    supervisor.stop()
    assert diary.read_text() == "web media "


def test_lines_are_passed_on_with_the_name_of_the_process(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = make(ProcessSpec("web", python("import sys\nprint('one')\nprint('\\xff two', file=sys.stderr)")))
    supervisor.start()
    until(lambda: supervisor.pids() == {}, supervisor.tick)
    supervisor.stop()
    shown = capsys.readouterr().err
    assert "web    | one" in shown
    assert "two" in shown


def test_two_processes_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="same name"):
        Supervisor([ProcessSpec("web", ("a",)), ProcessSpec("web", ("b",))])


def test_own_commands_run_with_this_interpreter() -> None:
    assert ivr_command("web", "--x") == (sys.executable, "-m", "ivr", "web", "--x")


def test_children_die_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "child"
    code = (
        "from ivr.serve import ProcessSpec, Supervisor\n"
        f"s = Supervisor([ProcessSpec('web', ({sys.executable!r}, '-c', {SLEEP!r}))])\n"
        f"s.start()\nopen({str(note)!r}, 'w').write(str(s.pids()['web']))\ns.run()\n"
    )
    outer = psutil.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    until(lambda: note.exists() and note.read_text() != "")
    outer.kill()
    outer.wait()
    until(lambda: is_gone(int(note.read_text())))


def test_supervise_stops_everything_on_sigterm_and_says_so_with_zero() -> None:
    pids: list[int] = []
    others = set(psutil.Process().children())
    specs = [ProcessSpec("worker", python(f"import os\nprint(os.getpid(), flush=True)\n{SLEEP}"))]

    def ready() -> None:
        pids.extend(child.pid for child in psutil.Process().children() if child not in others)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    assert supervise(specs, on_ready=ready) == 0
    assert signal.getsignal(signal.SIGTERM) is before
    assert all(is_gone(pid) for pid in pids)
    assert pids


def test_supervise_ends_with_one_when_a_process_never_becomes_ready() -> None:
    specs = [ProcessSpec("media", python(SLEEP), is_ready=lambda: False)]
    assert supervise(specs, ready_secs=0.3) == 1
