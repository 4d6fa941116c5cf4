"""Ties a child process's life to its parent's: no orphan keeps a port or a call after a kill -9."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # Linux, prctl(2)
# Loaded here: between fork and exec nothing may be loaded.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(expected_parent: int | None = None, number: signal.Signals = signal.SIGTERM) -> None:
    """Asks the kernel to send `number` to this process when its parent dies. Linux only; elsewhere nothing happens.

    Args:
        expected_parent: Process id of the parent. When it has died meanwhile, this process ends at once.
        number: The signal to get.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if expected_parent is not None and os.getppid() != expected_parent:
        os.kill(os.getpid(), number)
