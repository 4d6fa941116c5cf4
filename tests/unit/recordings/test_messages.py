"""Messages that callers leave: their channel only, from a little before the start, a file for each."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from recordings.messages import WavMessages
from recordings.store import BadName, OpenRecording, RecordingStore
from recordings.tape import WavTape
from recordings.writer import TapeWriter
from speech.formats import read_wav

pytestmark = pytest.mark.unit

CALL = "0123456789abcdef" * 2
KEY, OTHER = f"{CALL}-7", f"{CALL}-8"
LOUD, QUIET = b"\x00" * 160, b"\xff" * 160


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


@pytest.fixture
def messages(store: RecordingStore, writer: TapeWriter) -> WavMessages:
    return WavMessages(store, writer)


def speak(messages: WavMessages, from_ms: int, to_ms: int, frame: bytes = LOUD) -> None:
    """Twenty milliseconds at a time."""
    for at_ms in range(from_ms, to_ms, 20):
        messages.caller_frame(at_ms, frame)


def lengths(store: RecordingStore) -> dict[str, float]:
    """Name of each message -> milliseconds."""
    return {name: read_wav(store.read(name)).duration_ms for name in store.messages()}


def test_a_message_is_one_channel_from_half_a_second_before_its_start(
    messages: WavMessages, store: RecordingStore
) -> None:
    speak(messages, 0, 2_000)
    messages.start(KEY, 2_000)
    speak(messages, 2_000, 5_000)
    messages.stop(KEY, keep=True)
    speak(messages, 5_000, 9_000)
    messages.finish()
    wav = read_wav(store.read(f"{KEY}.message.wav"))
    assert (wav.rate_hz, wav.channels, wav.duration_ms) == (8000, 1, 3_500)


def test_what_was_said_before_the_start_is_in_it(messages: WavMessages, store: RecordingStore) -> None:
    speak(messages, 0, 1_500, QUIET)
    speak(messages, 1_500, 2_000)
    messages.start(KEY, 2_000)
    speak(messages, 2_000, 2_500, QUIET)
    messages.stop(KEY, keep=True)
    messages.finish()
    pcm = read_wav(store.read(f"{KEY}.message.wav")).pcm
    middle = len(pcm) // 2
    assert pcm[:2] != b"\x00\x00"
    assert pcm[middle:] == b"\x00" * (len(pcm) - middle)


def test_a_message_that_is_not_kept_leaves_no_file(messages: WavMessages, store: RecordingStore) -> None:
    messages.start(KEY, 0)
    speak(messages, 0, 6_000)
    messages.stop(KEY, keep=False)
    messages.finish()
    assert store.messages() == []


def test_a_message_that_was_over_before_can_still_go(
    messages: WavMessages, store: RecordingStore, writer: TapeWriter
) -> None:
    messages.start(KEY, 0)
    speak(messages, 0, 2_000)
    messages.stop(KEY, keep=True)
    messages.finish()
    messages.stop(KEY, keep=False)
    writer.close()
    assert store.messages() == []


def test_a_message_that_runs_when_the_call_ends_is_kept(messages: WavMessages, store: RecordingStore) -> None:
    messages.start(KEY, 0)
    speak(messages, 0, 2_000)
    messages.finish()
    assert lengths(store) == {f"{KEY}.message.wav": 2_500}


def test_a_second_message_ends_the_first(messages: WavMessages, store: RecordingStore) -> None:
    messages.start(KEY, 0)
    speak(messages, 0, 2_000)
    messages.start(OTHER, 2_000)
    speak(messages, 2_000, 3_000)
    messages.stop(OTHER, keep=True)
    messages.finish()
    assert lengths(store) == {f"{KEY}.message.wav": 2_500, f"{OTHER}.message.wav": 1_500}


def test_a_message_in_which_nothing_came_has_no_file(messages: WavMessages, store: RecordingStore) -> None:
    messages.start(KEY, 0)
    messages.stop(KEY, keep=True)
    messages.finish()
    assert store.messages() == []


def test_a_refused_recording_leaves_messages_alone(
    messages: WavMessages, store: RecordingStore, writer: TapeWriter
) -> None:
    messages.start(KEY, 0)
    speak(messages, 0, 2_000)
    messages.finish()
    tape = WavTape(CALL, store, writer)
    tape.start(0)
    tape.caller_frame(0, LOUD)
    tape.stop(discard=True)
    tape.close()
    assert list(lengths(store)) == [f"{KEY}.message.wav"]
    assert store.names() == []


def test_a_full_disk_ends_the_sound_and_nothing_else(
    messages: WavMessages, store: RecordingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(key: str) -> OpenRecording:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(store, "create_message", full)
    messages.start(KEY, 0)
    speak(messages, 0, 9_000)
    messages.stop(KEY, keep=True)
    messages.finish()
    assert store.messages() == []


@pytest.mark.parametrize("key", ["", "x", CALL, f"{CALL}-0", f"{CALL}-1/../x", f"{CALL}-1234567", f"{CALL.upper()}-1"])
def test_other_keys_are_refused(store: RecordingStore, key: str) -> None:
    with pytest.raises(BadName):
        store.create_message(key)
