"""One call's recording, from the first kept frame to the finished file."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from recordings.store import Kind, OpenRecording, RecordingStore
from recordings.tape import WavTape
from recordings.writer import TapeWriter
from speech.formats import read_wav

pytestmark = pytest.mark.unit

CALL = "0123456789abcdef" * 2
LOUD = b"\x00" * 160


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordingStore]:
    opened = RecordingStore(tmp_path / "recordings")
    yield opened
    opened.close()


@pytest.fixture
def writer() -> Iterator[TapeWriter]:
    running = TapeWriter()
    yield running
    running.close()


def talk(tape: WavTape, from_ms: int, to_ms: int) -> None:
    for at_ms in range(from_ms, to_ms, 20):
        tape.caller_frame(at_ms, LOUD)
        tape.our_frame(at_ms, LOUD)


def test_a_recording_is_a_stereo_wav_of_its_length(store: RecordingStore, writer: TapeWriter) -> None:
    tape = WavTape(CALL, store, writer)
    tape.start(1_000)
    talk(tape, 1_000, 8_000)
    name = tape.close()
    assert name == f"{CALL}-1.wav"
    wav = read_wav(store.read(name))
    assert (wav.rate_hz, wav.channels, wav.duration_ms) == (8000, 2, 7_000)


def test_nothing_is_kept_before_start_and_after_stop(store: RecordingStore, writer: TapeWriter) -> None:
    tape = WavTape(CALL, store, writer)
    talk(tape, 0, 1_000)
    tape.start(1_000)
    talk(tape, 1_000, 1_500)
    tape.stop()
    talk(tape, 1_500, 9_000)
    name = tape.close()
    assert name is not None and read_wav(store.read(name)).duration_ms == 500


def test_without_start_there_is_no_file(store: RecordingStore, writer: TapeWriter) -> None:
    tape = WavTape(CALL, store, writer)
    talk(tape, 0, 10_000)
    assert tape.close() is None
    assert store.names() == []


def test_started_without_a_frame_there_is_no_file(store: RecordingStore, writer: TapeWriter) -> None:
    tape = WavTape(CALL, store, writer)
    tape.start(0)
    assert tape.close() is None and store.names() == []


@pytest.mark.parametrize("length_ms", [200, 20_000])
def test_a_discarded_recording_leaves_no_file(store: RecordingStore, writer: TapeWriter, length_ms: int) -> None:
    tape = WavTape(CALL, store, writer)
    tape.start(0)
    talk(tape, 0, length_ms)
    tape.stop(discard=True)
    talk(tape, length_ms, length_ms + 5_000)
    assert tape.close() is None
    assert store.names() == []


def test_a_refusal_removes_the_parts_from_before_a_resume_too(store: RecordingStore, writer: TapeWriter) -> None:
    before = WavTape(CALL, store, writer)
    before.start(0)
    talk(before, 0, 2_000)
    before.close()
    after = WavTape(CALL, store, writer)
    after.stop(discard=True)
    assert after.close() is None
    assert store.names() == []


def test_a_second_start_goes_on_in_the_same_file_after_the_pause(store: RecordingStore, writer: TapeWriter) -> None:
    tape = WavTape(CALL, store, writer)
    tape.start(0)
    talk(tape, 0, 1_000)
    tape.stop()
    tape.start(5_000)
    talk(tape, 5_000, 6_000)
    name = tape.close()
    assert store.names() == [name]
    assert name is not None and read_wav(store.read(name)).duration_ms == 6_000


def test_closing_twice_does_no_harm(store: RecordingStore, writer: TapeWriter) -> None:
    tape = WavTape(CALL, store, writer)
    tape.start(0)
    talk(tape, 0, 100)
    assert tape.close() is not None
    assert tape.close() is None


def test_the_file_is_readable_in_the_middle_of_a_call(store: RecordingStore, writer: TapeWriter) -> None:
    tape = WavTape(CALL, store, writer)
    tape.start(0)
    talk(tape, 0, 10_000)
    writer.close()
    wav = read_wav(store.read(f"{CALL}-1.wav"))
    assert 6_000 <= wav.duration_ms <= 10_000


def test_a_resumed_call_gets_a_second_part(store: RecordingStore, writer: TapeWriter) -> None:
    for _ in range(2):
        tape = WavTape(CALL, store, writer)
        tape.start(0)
        talk(tape, 0, 100)
        tape.close()
    assert store.find(CALL) == [f"{CALL}-1.wav", f"{CALL}-2.wav"]


class FullStore(RecordingStore):
    """A folder on a disk without room."""

    def create(self, call_id: str, kind: Kind) -> OpenRecording:
        raise OSError(errno.ENOSPC, "no space")


def test_a_full_disk_ends_the_recording_but_raises_nothing(tmp_path: Path, writer: TapeWriter) -> None:
    full = FullStore(tmp_path)
    tape = WavTape(CALL, full, writer)
    tape.start(0)
    talk(tape, 0, 20_000)
    assert tape.close() is None
    assert writer.failures == 1
    full.close()


def test_a_disk_too_slow_costs_chunks_and_never_the_call(store: RecordingStore) -> None:
    writer = TapeWriter(waiting_jobs=1)
    writer.close()
    tape = WavTape(CALL, store, writer)
    tape.start(0)
    talk(tape, 0, 20_000)
    assert tape.dropped > 10


def test_the_file_belongs_to_its_owner_only(store: RecordingStore, writer: TapeWriter, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        tape = WavTape(CALL, store, writer)
        tape.start(0)
        talk(tape, 0, 100)
        name = tape.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "recordings" / str(name)).stat().st_mode) == 0o600
