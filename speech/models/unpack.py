"""Unpacks a model's zip file without believing it: names, kinds, counts and sizes are checked, and bytes counted.

A bad name is refused, never mended: `zipfile` itself turns `../../evil` into a harmless name without a word.
"""

from __future__ import annotations

import errno
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from speech.models.errors import ModelError

_CHUNK_BYTES = 1 << 20
_FAR_TOO_DEEP = 12


_DAMAGED = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error,
    EOFError, NotImplementedError, OverflowError, RuntimeError, ValueError,
)  # fmt: skip
"""What `zipfile` is known to raise for bytes that are no archive."""


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """What an archive may grow to."""

    members: int = 2000
    total_bytes: int = 12 * 1024**3
    ratio: float = 20.0
    """Unpacked to packed; speech models are near 1.5."""
    ratio_from_bytes: int = 1024**2
    """Below this size the ratio is not looked at: text files pack well."""


def unpack(archive: Path, folder: Path, top: str, limits: UnpackLimits | None = None) -> None:
    """Unpacks the members of `archive`, all below one folder `top`, into `folder` (new), without that `top`.

    Raises `ModelError`; what was unpacked until then is left for the caller to remove.
    """
    limits = limits or UnpackLimits()
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            _check_size(members, archive.stat().st_size, limits)
            paths = _checked_names(members, top)
            folder.mkdir(parents=True)
            left = limits.total_bytes
            for member, path in zip(members, paths, strict=True):
                if member.is_dir():
                    (folder / path).mkdir(parents=True, exist_ok=True)
                else:
                    left -= _copy(opened, member, folder / path, min(left, member.file_size))
    except _DAMAGED as bad:
        raise ModelError("The archive is damaged or of a kind that is not used for models.") from bad
    except OSError as refused:
        if refused.errno != errno.EINVAL:
            raise
        # An offset before the file's beginning; a full disk or a missing right is not the archive's fault.
        raise ModelError("The archive is damaged.") from refused


def _check_size(members: list[zipfile.ZipInfo], packed_bytes: int, limits: UnpackLimits) -> None:
    """By what the headers claim; the bytes are counted again while they are read."""
    if not members or len(members) > limits.members:
        raise ModelError(f"The archive has {len(members)} members; 1 to {limits.members} are accepted.")
    total = sum(member.file_size for member in members)
    if total > limits.total_bytes:
        raise ModelError(f"The archive claims {total} bytes unpacked; {limits.total_bytes} are accepted.")
    if total > limits.ratio_from_bytes and total > limits.ratio * packed_bytes:
        raise ModelError("The archive grows too much when unpacked: it looks like a zip bomb.")


def _checked_names(members: list[zipfile.ZipInfo], top: str) -> list[Path]:
    """The members' paths below `top`."""
    paths: list[Path] = []
    seen: set[str] = set()
    for member in members:
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise ModelError("The archive holds a link or a special file.")
        if member.flag_bits & 0x1:
            raise ModelError("The archive is encrypted.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ModelError("The archive is packed in a way that no model is.")
        path = _checked_name(member.orig_filename, top)
        folded = path.as_posix().casefold()
        if folded in seen:
            raise ModelError("The archive holds one name twice.")
        seen.add(folded)
        paths.append(path)
    return paths


def _checked_name(name: str, top: str) -> Path:
    """The path below `top`; `.` for the folder itself."""
    parts = name.removesuffix("/").split("/")
    if parts[0] != top:
        raise ModelError(f"The archive holds a name outside its folder {top}.")
    for part in parts:
        if part in ("", ".", "..") or len(part.encode("utf-8", "replace")) > 255:
            raise ModelError("The archive holds a name that leads elsewhere.")
        if any(c in '\\:*?"<>|' or ord(c) < 0x20 or 0xD800 <= ord(c) <= 0xDFFF for c in part):
            raise ModelError("The archive holds a name with characters that no model has.")
    if len(parts) > _FAR_TOO_DEEP:
        raise ModelError("The archive holds folders in folders without end.")
    return Path(*parts[1:])


def _copy(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, allowed_bytes: int) -> int:
    """Copies one member, never more than was claimed; how many bytes it had."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with target.open("xb") as sink:
        for chunk in _content(opened, member):
            written += len(chunk)
            if written > allowed_bytes:
                raise ModelError("The archive holds more than its headers say.")
            sink.write(chunk)
    return written


def _content(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes. An error of reading is the archive's, not the disk's: offsets may lead anywhere."""
    try:
        with opened.open(member) as source:
            while chunk := source.read(_CHUNK_BYTES):
                yield chunk
    except OSError as lost:
        raise ModelError("The archive is damaged.") from lost


def remove(folder: Path) -> None:
    """Deletes a folder, or what is left of it."""
    shutil.rmtree(folder, ignore_errors=True)
