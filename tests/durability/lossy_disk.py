"""A disk that forgets: a FUSE file system, in memory, that on a power cut keeps only what was synced.

With a seed it keeps some of the rest, too: of the writes that were not synced, a random half, in no order. A disk that
was told to be deaf says it has synced and has not.

Speaks the kernel's protocol 7.31 (linux/fuse.h) on /dev/fuse; needs root and no library. File contents only: making,
renaming and removing files and folders is durable at once.

    python -m tests.durability.lossy_disk MOUNT_POINT    then, on standard input:  cut FOLDER [SEED] | deaf
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
from random import Random

ROOT = 1
_IN_HEADER = struct.Struct("<IIQQIIIHH")
_MAX_WRITE = 128 * 1024
_FATTR_MODE, _FATTR_UID, _FATTR_GID, _FATTR_SIZE = 1, 2, 4, 8
_MNT_DETACH = 2
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(slots=True)
class Node:
    """A file – what processes see, and what would be there after a power cut – or a folder."""

    mode: int
    uid: int = 0
    gid: int = 0
    live: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    unsynced: list[tuple[int, bytes] | int] = field(default_factory=list)
    """Since the last sync: what was written where, or a new size."""
    names: dict[str, int] = field(default_factory=dict)

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    def do(self, change: tuple[int, bytes] | int) -> None:
        """What processes see at once."""
        _apply(self.live, change)
        self.unsynced.append(change)

    def left(self, chance: Random | None) -> bytes:
        """After the cut."""
        if chance is None:
            return self.synced
        content = bytearray(self.synced)
        for change in self.unsynced:
            if chance.random() < 0.5:
                _apply(content, change)
        return bytes(content)


def _apply(content: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del content[change:]
        content.extend(bytes(change - len(content)))
        return
    offset, data = change
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


class LossyDisk:
    """The file system; `serve` answers the kernel until it is unmounted."""

    def __init__(self, mount_point: str) -> None:
        self._nodes = {ROOT: Node(stat.S_IFDIR | 0o755)}
        self._next = ROOT + 1
        self._caller = (0, 0)
        self._lock = threading.Lock()
        self._is_deaf = False
        self._mount_point = mount_point.encode()
        self._device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={self._device},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
        if _libc.mount(b"lossy", self._mount_point, b"fuse", 0, options) != 0:
            raise OSError(ctypes.get_errno(), "mount failed")

    def cut(self, folder: Path, chance: Random | None = None) -> None:
        """The power goes: writes what survives into a folder on a real disk."""
        with self._lock:
            self._write_out(self._nodes[ROOT], folder, chance)

    def turn_deaf(self) -> None:
        """From now on nothing is synced, whatever it answers."""
        self._is_deaf = True

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
            _, opcode, unique, node, uid, gid, *_ = _IN_HEADER.unpack_from(message)
            if opcode in _WITHOUT_REPLY:
                continue
            action = _ACTIONS.get(opcode)
            try:
                with self._lock:
                    self._caller = (uid, gid)
                    body = action(self, node, message[_IN_HEADER.size :]) if action else _refuse(errno.ENOSYS)
                head = struct.pack("<IiQ", 16 + len(body), 0, unique)
            except OSError as error:
                body, head = b"", struct.pack("<IiQ", 16, -(error.errno or errno.EIO), unique)
            os.write(self._device, head + body)

    def init(self, _node: int, body: bytes) -> bytes:
        readahead = struct.unpack_from("<III", body)[2]
        sizes = struct.pack("<HHIIHHI", 12, 10, _MAX_WRITE, 1, _MAX_WRITE // 4096, 0, 0)
        return struct.pack("<IIII", 7, 31, readahead, 0) + sizes + bytes(28)

    def lookup(self, parent: int, body: bytes) -> bytes:
        return self._entry(self._child(parent, _name(body)))

    def getattr(self, node: int, _body: bytes) -> bytes:
        return struct.pack("<QII", 0, 0, 0) + self._attributes(node)

    def setattr(self, node: int, body: bytes) -> bytes:
        valid, _, _, size = struct.unpack_from("<IIQQ", body)
        mode, _, uid, gid = struct.unpack_from("<IIII", body, 68)
        found = self._nodes[node]
        if valid & _FATTR_SIZE:
            found.do(size)
        if valid & _FATTR_MODE:
            found.mode = stat.S_IFMT(found.mode) | stat.S_IMODE(mode)
        found.uid = uid if valid & _FATTR_UID else found.uid
        found.gid = gid if valid & _FATTR_GID else found.gid
        return self.getattr(node, b"")

    def create(self, parent: int, body: bytes) -> bytes:
        mode = struct.unpack_from("<IIII", body)[1]
        node = self._add(parent, _name(body[16:]), stat.S_IFREG | stat.S_IMODE(mode))
        return self._entry(node) + self.open(node, b"")

    def mkdir(self, parent: int, body: bytes) -> bytes:
        mode = struct.unpack_from("<II", body)[0]
        return self._entry(self._add(parent, _name(body[8:]), stat.S_IFDIR | stat.S_IMODE(mode)))

    def open(self, node: int, _body: bytes) -> bytes:
        return struct.pack("<QIi", node, 0, 0)

    def read(self, node: int, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        return bytes(self._nodes[node].live[offset : offset + size])

    def readdir(self, node: int, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        listed = b""
        for position, (name, child) in enumerate(list(self._nodes[node].names.items())[offset:], offset + 1):
            encoded = name.encode()
            kind = stat.S_IFMT(self._nodes[child].mode) >> 12
            entry = struct.pack("<QQII", child, position, len(encoded), kind) + encoded
            entry += bytes(-len(entry) % 8)
            if len(listed) + len(entry) > size:
                break
            listed += entry
        return listed

    def write(self, node: int, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        self._nodes[node].do((offset, body[40 : 40 + size]))
        return struct.pack("<II", size, 0)

    def fsync(self, node: int, _body: bytes) -> bytes:
        if not self._is_deaf:
            self._nodes[node].synced = bytes(self._nodes[node].live)
            self._nodes[node].unsynced.clear()
        return b""

    def unlink(self, parent: int, body: bytes) -> bytes:
        self._child(parent, _name(body))
        del self._nodes[parent].names[_name(body)]
        return b""

    def rmdir(self, parent: int, body: bytes) -> bytes:
        if self._nodes[self._child(parent, _name(body))].names:
            _refuse(errno.ENOTEMPTY)
        return self.unlink(parent, body)

    def rename(self, parent: int, body: bytes) -> bytes:
        (target,) = struct.unpack_from("<Q", body)
        old, new = (each.decode() for each in body[8:].split(b"\0")[:2])
        node = self._child(parent, old)
        del self._nodes[parent].names[old]
        self._nodes[target].names[new] = node
        return b""

    def statfs(self, _node: int, _body: bytes) -> bytes:
        return struct.pack("<QQQQQIII", 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 4096, 255, 4096) + bytes(28)

    def done(self, _node: int, _body: bytes) -> bytes:
        return b""

    def _child(self, parent: int, name: str) -> int:
        found = self._nodes[parent].names.get(name)
        if found is None:
            raise OSError(errno.ENOENT, "no such file")
        return found

    def _add(self, parent: int, name: str, mode: int) -> int:
        node, self._next = self._next, self._next + 1
        self._nodes[node] = Node(mode, *self._caller)
        self._nodes[parent].names[name] = node
        return node

    def _entry(self, node: int) -> bytes:
        return struct.pack("<QQQQII", node, 0, 0, 0, 0, 0) + self._attributes(node)

    def _attributes(self, node: int) -> bytes:
        found = self._nodes[node]
        size, links = len(found.live), 2 if found.is_folder else 1
        times = (0, 0, 0, 0, 0, 0)
        return struct.pack(
            "<6Q10I",
            node,
            size,
            (size + 511) // 512,
            *times[:3],
            *times[3:],
            found.mode,
            links,
            found.uid,
            found.gid,
            0,
            4096,
            0,
        )

    def _write_out(self, node: Node, folder: Path, chance: Random | None) -> None:
        for name, number in node.names.items():
            child, path = self._nodes[number], folder / name
            if child.is_folder:
                path.mkdir()
                self._write_out(child, path, chance)
            else:
                path.write_bytes(child.left(chance))
            path.chmod(stat.S_IMODE(child.mode))
            os.chown(path, child.uid, child.gid)


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
    9: LossyDisk.mkdir,
    10: LossyDisk.unlink,
    11: LossyDisk.rmdir,
    12: LossyDisk.rename,
    14: LossyDisk.open,
    15: LossyDisk.read,
    16: LossyDisk.write,
    17: LossyDisk.statfs,
    18: LossyDisk.done,
    20: LossyDisk.fsync,
    25: LossyDisk.done,
    26: LossyDisk.init,
    27: LossyDisk.open,
    28: LossyDisk.readdir,
    29: LossyDisk.done,
    30: LossyDisk.done,
    35: LossyDisk.create,
    38: LossyDisk.done,
}


def main(mount_point: str) -> None:
    """Serves, and does what it is told on standard input until that ends; then unmounts."""
    disk = LossyDisk(mount_point)
    thread = threading.Thread(target=disk.serve, daemon=True)
    thread.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for order in sys.stdin:
        word, *arguments = order.split()
        if word == "deaf":
            disk.turn_deaf()
        else:
            disk.cut(Path(arguments[0]), *(Random(seed) for seed in arguments[1:]))
        sys.stdout.write(f"{word}\n")
        sys.stdout.flush()
    disk.unmount()
    thread.join(5)


if __name__ == "__main__":
    main(sys.argv[1])
