"""Synthesis children that hang, die, print, lie and are closed in the middle; and the parent that goes away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from speech.interfaces import SynthesisFailed, Voice
from speech.tts.supervised import Limits, SynthesiserProcess
from speech.tts.worker import Worker

pytestmark = pytest.mark.integration

ENGINE = "tests.fakes.synthesiser:Misbehaving"
QUICK = Limits(request_secs=1.5, load_secs=20, first_wait_secs=0.05, longest_wait_secs=0.2)
EN = Voice("en")


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def process() -> Iterator[SynthesiserProcess]:
    made = SynthesiserProcess(ENGINE, limits=QUICK)
    yield made
    pids = made.pids()
    made.close()
    assert eventually(lambda: not any(psutil.pid_exists(pid) for pid in pids))


def reason(process: SynthesiserProcess, text: str) -> str:
    with pytest.raises(SynthesisFailed) as failed:
        process.synthesise(text, EN)
    return failed.value.reason


def speaks_again(process: SynthesiserProcess) -> bool:
    def speaks() -> bool:
        try:
            return bool(process.synthesise("hello", EN))
        except SynthesisFailed:
            return False

    return eventually(speaks)


@pytest.mark.parametrize(("text", "why"), [("hang", "timed_out"), ("die", "died")])
def test_a_lost_child_fails_the_request_and_another_speaks(process: SynthesiserProcess, text: str, why: str) -> None:
    process.warm()
    before = process.pids()

    assert reason(process, text) == why
    assert speaks_again(process)
    assert set(process.pids()).isdisjoint(before)
    assert process.counts.restarts == 1


def test_while_the_child_restarts_requests_fail_at_once() -> None:
    slow = SynthesiserProcess(ENGINE, limits=Limits(request_secs=20, load_secs=20, first_wait_secs=15))
    slow.warm()
    assert reason(slow, "die") == "died"

    assert reason(slow, "hello") == "restarting"
    slow.close()


def test_a_child_killed_from_outside_is_replaced(process: SynthesiserProcess) -> None:
    process.warm()
    os.kill(process.pids()[0], signal.SIGKILL)

    assert reason(process, "hello") == "died"
    assert speaks_again(process)


@pytest.mark.parametrize(
    ("text", "why"), [("raise", "engine_error:ZeroDivisionError"), ("refuse", "refused"), ("silent", "no_sound")]
)
def test_an_engine_that_fails_keeps_its_process(process: SynthesiserProcess, text: str, why: str) -> None:
    process.warm()
    before = process.pids()

    assert reason(process, text) == why
    assert process.synthesise("hello", EN)
    assert process.pids() == before


def test_what_an_engine_prints_does_not_disturb_the_protocol(process: SynthesiserProcess) -> None:
    assert process.synthesise("print", EN)
    assert process.synthesise("hello", EN)


def test_secrets_of_the_parent_do_not_reach_the_child(
    process: SynthesiserProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_KEY", "a-secret")

    assert reason(process, "environment") == "nothing_seen"


def test_an_engine_that_kills_its_child_while_loading_is_given_time() -> None:
    never = SynthesiserProcess("tests.fakes.synthesiser:NeverLoads", limits=QUICK)
    with pytest.raises(SynthesisFailed):
        never.warm()

    assert eventually(lambda: never.counts.restarts >= 3)
    assert reason(never, "hello") == "restarting"
    never.close()


def test_an_engine_that_does_not_exist_says_so_and_stays() -> None:
    missing = SynthesiserProcess("no_such_module:Engine", limits=QUICK)

    assert reason(missing, "hello") == "engine_error:ModuleNotFoundError"
    assert missing.counts.restarts == 0
    missing.close()


def test_two_children_serve_two_callers_at_once() -> None:
    pair = SynthesiserProcess(ENGINE, children=2, limits=QUICK)
    pair.warm()
    assert len(pair.pids()) == 2
    stuck = threading.Thread(target=lambda: reason(pair, "hang"))
    stuck.start()

    assert pair.synthesise("hello", EN)
    stuck.join()
    pair.close()


def test_closing_ends_a_request_under_way() -> None:
    busy = SynthesiserProcess(ENGINE, limits=Limits(request_secs=60))
    busy.warm()
    found: list[str] = []
    waiting = threading.Thread(target=lambda: found.append(reason(busy, "hang")))
    waiting.start()
    assert eventually(lambda: busy.counts.requests >= 1)

    busy.close()
    waiting.join(20)

    assert found and found[0] in {"died", "closed"}
    assert reason(busy, "hello") == "closed"


def test_a_child_ends_with_its_parent() -> None:
    code = (
        "import os, time; from speech.tts.worker import Worker; from speech.tts.wire import Order, Request\n"
        f"w = Worker({ENGINE!r}); w.ask(Request(Order.WARM), 20); print(w.pid, flush=True); os._exit(9)"
    )
    here = Path(__file__).resolve().parents[2]
    ended = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, check=False, timeout=60)
    pid = int(ended.stdout)

    assert eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_scratch_folders_go_with_their_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    worker = Worker(ENGINE)
    assert len(list(tmp_path.iterdir())) == 1

    worker.kill()
    worker.kill()

    assert list(tmp_path.iterdir()) == []
    assert worker.rss_bytes() == 0


def test_a_child_refuses_a_wrong_command_line() -> None:
    here = Path(__file__).resolve().parents[2]

    assert subprocess.run([sys.executable, "-m", "speech.tts.child"], cwd=here, check=False, timeout=60).returncode == 2


def test_no_engine_is_imported_outside_the_children() -> None:
    code = (
        "import sys, speech.speaker, speech.tts.piper, speech.tts.open_jtalk, speech.tts.espeak\n"
        "from speech.tts.build import build_synthesiser\n"
        "chain, _ = build_synthesiser(['en', 'ja', 'de']); chain.synthesise('Hello.', speech.speaker.Voice('en'))\n"
        "chain.close()\n"
        "print([name for name in ('piper', 'pyopenjtalk', 'pyttsx3', 'onnxruntime') if name in sys.modules])"
    )
    here = Path(__file__).resolve().parents[2]
    ended = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, check=True, timeout=90)

    assert ended.stdout.split(b"\n")[-2] == b"[]"
