"""A PostgreSQL for the durability suite, and what of it this machine can run."""

from __future__ import annotations

import os
from pathlib import Path

from tests.contract.conftest import postgresql_server
from tests.durability.disk import disk

__all__ = ["disk", "postgresql_server"]

_CAP_SYS_ADMIN = 1 << 21


def _can_mount() -> bool:
    """Whether a FUSE file system can be mounted here."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return bool(int(status["CapEff"], 16) & _CAP_SYS_ADMIN) and os.access("/dev/fuse", os.R_OK | os.W_OK)


# Not a skip: a release is tested where nothing is left out, and there this list is empty.
collect_ignore = [] if _can_mount() else ["test_power_cut.py", "test_power_cut_postgresql.py", "test_power_cuts.py"]
