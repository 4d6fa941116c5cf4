"""The folder of recordings. Names are made here from call ids; every file is opened below one directory descriptor.

Files are readable by their owner only. Symbolic links are never followed.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_CALL_ID = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"([0-9a-f]{32})-([1-9][0-9]{0,2})\.(wav|json|txt)")
_MESSAGE_KEY = re.compile(r"[0-9a-f]{32}-[1-9][0-9]{0,5}")
_MESSAGE_NAME = re.compile(rf"({_MESSAGE_KEY.pattern})\.message\.wav")
_MAX_PARTS = 999
_MODE = 0o600
_SAFE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Kind(Enum):
    """What a file holds; also the end of its name."""

    AUDIO = "wav"
    TRANSCRIPT_JSON = "json"
    TRANSCRIPT_TEXT = "txt"


class BadName(ValueError):
    """Not a name or call id that this store could have made. The name itself is not in the message."""


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A new, empty file. Whoever asked for it closes `descriptor`."""

    name: str
    """Relative to the store's folder."""
    descriptor: int


class RecordingStore:
    """One folder. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Makes the folder (owner only) when it is missing. Raises OSError when that cannot be done."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def create(self, call_id: str, kind: Kind) -> OpenRecording:
        """A file that was not there before: `<call id>-<part>.<kind>`, part counting up when a call was resumed."""
        _checked_call_id(call_id)
        for part in range(1, _MAX_PARTS + 1):
            name = f"{call_id}-{part}.{kind.value}"
            with contextlib.suppress(FileExistsError):
                flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _SAFE
                return OpenRecording(name, os.open(name, flags, _MODE, dir_fd=self._folder))
        raise FileExistsError("too many parts of one call")

    def create_message(self, key: str) -> OpenRecording:
        """A file for what a caller leaves for people; `FileExistsError` when the key was used before."""
        name = message_name(key)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _SAFE
        return OpenRecording(name, os.open(name, flags, _MODE, dir_fd=self._folder))

    def write(self, call_id: str, kind: Kind, content: bytes) -> str:
        """Writes a whole file, on disk when this returns; its name."""
        opened = self.create(call_id, kind)
        with os.fdopen(opened.descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return opened.name

    def open(self, name: str) -> int:
        """A descriptor for reading. `BadName`, or FileNotFoundError for what is missing or no ordinary file."""
        _checked_name(name)
        try:
            descriptor = os.open(name, os.O_RDONLY | _SAFE, dir_fd=self._folder)
        except OSError:
            raise FileNotFoundError("no such recording") from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError("no such recording")
        return descriptor

    def read(self, name: str) -> bytes:
        """The whole file. Errors as in `open`."""
        with os.fdopen(self.open(name), "rb") as file:
            return file.read()

    def names(self) -> list[str]:
        """Every file of calls, sorted; messages, and anything else in the folder, are left out."""
        with os.scandir(self._folder) as entries:
            return sorted(
                entry.name for entry in entries if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
            )

    def messages(self) -> list[str]:
        """Every message, sorted."""
        with os.scandir(self._folder) as entries:
            found = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        return sorted(name for name in found if _MESSAGE_NAME.fullmatch(name))

    def find(self, call_id: str) -> list[str]:
        """The files of one call, sorted."""
        _checked_call_id(call_id)
        return [name for name in self.names() if name.startswith(call_id)]

    def delete(self, name: str) -> bool:
        """Removes a file; False when there was none. `BadName` for a name of another kind."""
        _checked_name(name)
        try:
            os.unlink(name, dir_fd=self._folder)
        except FileNotFoundError:
            return False
        return True

    def close(self) -> None:
        """Gives the folder back. Idempotent."""
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1


def message_name(key: str) -> str:
    """The file of a message: `<call id>-<number>` with an ending. `BadName` for another kind of key."""
    if not _MESSAGE_KEY.fullmatch(key):
        raise BadName("not the key of a message")
    return f"{key}.message.wav"


def _checked_name(name: str) -> None:
    if not _NAME.fullmatch(name) and not _MESSAGE_NAME.fullmatch(name):
        raise BadName("not the name of a recording")


def _checked_call_id(call_id: str) -> None:
    if not _CALL_ID.fullmatch(call_id):
        raise BadName("not a call id")
