"""A disk that forgets: a FUSE file system, in memory, that on a power cut keeps only what was synced.

Speaks the kernel's protocol 7.31 (linux/fuse.h) on /dev/fuse; needs root and no library. One flat folder.
File contents only: creating and removing files is durable at once.

    python -m tests.durability.lossy_disk MOUNT_POINT    then, on standard input:  cut FOLDER
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = 1
_IN_HEADER = struct.Struct("<IIQQIIIHH")
_MAX_WRITE = 128 * 1024
_FATTR_SIZE = 1 << 3
_MNT_DETACH = 2
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(slots=True)
class File:
    """One file: what processes see, and what would be there after a power cut."""

    mode: int
    live: bytearray = field(default_factory=bytearray)
    synced: bytes = b""


class LossyDisk:
    """The file system; `serve` answers the kernel until it is unmounted."""

    def __init__(self, mount_point: str) -> None:
        self._names: dict[str, int] = {}
        self._files: dict[int, File] = {}
        self._next = ROOT + 1
        self._lock = threading.Lock()
        self._mount_point = mount_point.encode()
        self._device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={self._device},rootmode=40000,user_id=0,group_id=0".encode()
        if _libc.mount(b"lossy", self._mount_point, b"fuse", 0, options) != 0:
            raise OSError(ctypes.get_errno(), "mount failed")

    def cut(self, folder: Path) -> None:
        """The power goes: writes what survives into a folder on a real disk."""
        with self._lock:
            for name, node in self._names.items():
                (folder / name).write_bytes(self._files[node].synced)

    def unmount(self) -> None:
        """Ends `serve`."""
        _libc.umount2(self._mount_point, _MNT_DETACH)

    def serve(self) -> None:
        """Answers requests, one at a time."""
        while True:
            try:
                message = os.read(self._device, _MAX_WRITE + 4096)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return
                continue
            _, opcode, unique, node, *_ = _IN_HEADER.unpack_from(message)
            if opcode in _WITHOUT_REPLY:
                continue
            action = _ACTIONS.get(opcode)
            try:
                with self._lock:
                    body = action(self, node, message[_IN_HEADER.size :]) if action else _refuse(errno.ENOSYS)
                head = struct.pack("<IiQ", 16 + len(body), 0, unique)
            except OSError as error:
                body, head = b"", struct.pack("<IiQ", 16, -(error.errno or errno.EIO), unique)
            os.write(self._device, head + body)

    def init(self, _node: int, body: bytes) -> bytes:
        readahead = struct.unpack_from("<III", body)[2]
        sizes = struct.pack("<HHIIHHI", 12, 10, _MAX_WRITE, 1, _MAX_WRITE // 4096, 0, 0)
        return struct.pack("<IIII", 7, 31, readahead, 0) + sizes + bytes(28)

    def lookup(self, _node: int, body: bytes) -> bytes:
        name = _name(body)
        if name not in self._names:
            raise OSError(errno.ENOENT, "no such file")
        return self._entry(self._names[name])

    def getattr(self, node: int, _body: bytes) -> bytes:
        return struct.pack("<QII", 0, 0, 0) + self._attributes(node)

    def setattr(self, node: int, body: bytes) -> bytes:
        valid, _, _, size = struct.unpack_from("<IIQQ", body)
        if valid & _FATTR_SIZE:
            live = self._files[node].live
            del live[size:]
            live.extend(bytes(size - len(live)))
        return self.getattr(node, b"")

    def create(self, _node: int, body: bytes) -> bytes:
        mode = struct.unpack_from("<IIII", body)[1]
        node, self._next = self._next, self._next + 1
        self._names[_name(body[16:])] = node
        self._files[node] = File(stat.S_IFREG | stat.S_IMODE(mode))
        return self._entry(node) + self.open(node, b"")

    def open(self, node: int, _body: bytes) -> bytes:
        return struct.pack("<QIi", node, 0, 0)

    def read(self, node: int, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        return bytes(self._files[node].live[offset : offset + size])

    def write(self, node: int, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        live = self._files[node].live
        live.extend(bytes(max(0, offset - len(live))))
        live[offset : offset + size] = body[40 : 40 + size]
        return struct.pack("<II", size, 0)

    def fsync(self, node: int, _body: bytes) -> bytes:
        if node != ROOT:
            self._files[node].synced = bytes(self._files[node].live)
        return b""

    def unlink(self, _node: int, body: bytes) -> bytes:
        self._names.pop(_name(body), None)
        return b""

    def statfs(self, _node: int, _body: bytes) -> bytes:
        return struct.pack("<QQQQQIII", 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 4096, 255, 4096) + bytes(28)

    def done(self, _node: int, _body: bytes) -> bytes:
        return b""

    def _entry(self, node: int) -> bytes:
        return struct.pack("<QQQQII", node, 0, 0, 0, 0, 0) + self._attributes(node)

    def _attributes(self, node: int) -> bytes:
        file = self._files.get(node)
        mode, size = (stat.S_IFDIR | 0o755, 0) if file is None else (file.mode, len(file.live))
        return struct.pack("<6Q10I", node, size, (size + 511) // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def _name(body: bytes) -> str:
    return body.split(b"\0", 1)[0].decode()


def _refuse(code: int) -> bytes:
    raise OSError(code, "refused")


_WITHOUT_REPLY = {2, 36, 42}
"""FORGET, INTERRUPT, BATCH_FORGET."""
_ACTIONS: dict[int, Callable[[LossyDisk, int, bytes], bytes]] = {
    1: LossyDisk.lookup,
    3: LossyDisk.getattr,
    4: LossyDisk.setattr,
    10: LossyDisk.unlink,
    14: LossyDisk.open,
    15: LossyDisk.read,
    16: LossyDisk.write,
    17: LossyDisk.statfs,
    18: LossyDisk.done,
    20: LossyDisk.fsync,
    25: LossyDisk.done,
    26: LossyDisk.init,
    27: LossyDisk.open,
    28: LossyDisk.done,
    29: LossyDisk.done,
    30: LossyDisk.done,
    35: LossyDisk.create,
    38: LossyDisk.done,
}


def main(mount_point: str) -> None:
    """Serves, and cuts the power as often as `cut FOLDER` comes, until standard input ends; then unmounts."""
    disk = LossyDisk(mount_point)
    thread = threading.Thread(target=disk.serve, daemon=True)
    thread.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for order in sys.stdin:
        disk.cut(Path(order.removeprefix("cut ").strip()))
        sys.stdout.write("cut\n")
        sys.stdout.flush()
    disk.unmount()
    thread.join(5)


if __name__ == "__main__":
    main(sys.argv[1])
