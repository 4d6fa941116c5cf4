"""What commands share: settings, and errors told with the next step instead of a traceback.

Imports little, so that a supervisor stays small; the errors' classes are looked up when there is an error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from ivr.places import read_settings
from ivr.settings import Settings, SettingsError


def settings() -> Settings:
    """The settings of this process."""
    return read_settings()


def say(text: str) -> None:
    """A line on standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """A line on standard error: progress and problems."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def guarded(work: Callable[[], int | None]) -> int:
    """Runs a command; what is wrong with settings, flows or the database becomes sentences and exit code 2."""
    try:
        return work() or 0
    except KeyboardInterrupt:
        tell("Stopped.")
        return 130
    except _expected() as error:  # evaluated only when there is an error
        for line in _told(error):
            tell(line)
    return 2


def _expected() -> tuple[type[Exception], ...]:
    from ivr.app import Refused
    from ivr.flows.problems import FlowInvalid
    from ivr.ports import StoreFailed

    return SettingsError, FlowInvalid, Refused, StoreFailed


def _told(error: Exception) -> list[str]:
    """What a person can do about it."""
    match type(error).__name__:
        case "SettingsError":
            return [f"The settings have mistakes:\n{error}"]
        case "FlowInvalid":
            return [f"The call flows have mistakes; `ivr flows check` shows them too:\n{error}"]
        case "Refused":
            reasons = [f"  - {reason}" for reason in str(error).splitlines()]
            first = "This server does not start, because it would not be safe:"
            return [first, *reasons, "`ivr doctor` shows everything that should be mended."]
        case _:
            return [f"The database does not answer ({error}); look at IVR_DATABASE_URL, then `ivr doctor`."]
