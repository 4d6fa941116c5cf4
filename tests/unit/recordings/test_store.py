"""Only files of our own naming, only inside the folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from recordings.store import BadName, Kind, RecordingStore

pytestmark = pytest.mark.unit

CALL = "a" * 32
OTHER = "b" * 32
BAD_NAMES = [
    "",
    ".",
    "..",
    "../secret.wav",
    f"../{CALL}-1.wav",
    f"/{CALL}-1.wav",
    f"%2e%2e/{CALL}-1.wav",
    f"{CALL}-1.wav\x00",
    f"{CALL}-1.wav\n",
    f"{CALL}-1.wav/..",
    f"{CALL}-0.wav",
    f"{CALL}-1000.wav",
    f"{CALL}-1.exe",
    f"{CALL.upper()}-1.wav",
    f"{CALL}.wav",
    "x" * 300,
    "\ud800",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


@pytest.fixture
def store(folder: Path) -> Iterator[RecordingStore]:
    opened = RecordingStore(folder)
    yield opened
    opened.close()


def test_what_was_written_is_found_read_and_deleted(store: RecordingStore) -> None:
    name = store.write(CALL, Kind.TRANSCRIPT_TEXT, b"hello")
    store.write(OTHER, Kind.TRANSCRIPT_TEXT, b"other")
    assert store.find(CALL) == [name]
    assert store.read(name) == b"hello"
    assert store.delete(name) and not store.delete(name)
    assert store.find(CALL) == []


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_we_never_make_are_refused_everywhere(store: RecordingStore, name: str) -> None:
    for action in (store.open, store.read, store.delete):
        with pytest.raises(BadName):
            action(name)


@pytest.mark.parametrize("call_id", ["", "../x", CALL + "0", CALL[:-1], CALL[:-1] + "G", CALL[:-1] + "\n"])
def test_call_ids_of_another_form_are_refused(store: RecordingStore, call_id: str) -> None:
    with pytest.raises(BadName):
        store.create(call_id, Kind.AUDIO)
    with pytest.raises(BadName):
        store.find(call_id)


def test_a_symbolic_link_is_never_followed(store: RecordingStore, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (folder / f"{CALL}-1.wav").symlink_to(secret)
    with pytest.raises(FileNotFoundError):
        store.read(f"{CALL}-1.wav")
    assert store.names() == []
    created = store.create(CALL, Kind.AUDIO)
    os.close(created.descriptor)
    assert created.name == f"{CALL}-2.wav"
    assert store.delete(f"{CALL}-1.wav") and secret.exists()


def test_a_pipe_or_folder_is_no_recording(store: RecordingStore, folder: Path) -> None:
    os.mkfifo(folder / f"{CALL}-1.wav")
    (folder / f"{CALL}-2.wav").mkdir()
    for number in (1, 2):
        with pytest.raises(FileNotFoundError):
            store.open(f"{CALL}-{number}.wav")
    assert store.names() == []


def test_strangers_files_are_not_listed(store: RecordingStore, folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    assert store.names() == []


def test_a_missing_recording_is_said_without_its_name(store: RecordingStore) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        store.read(f"{CALL}-1.wav")
    assert CALL not in str(missing.value)


def test_files_and_folder_belong_to_their_owner_only(store: RecordingStore, folder: Path) -> None:
    name = store.write(CALL, Kind.AUDIO, b"")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
