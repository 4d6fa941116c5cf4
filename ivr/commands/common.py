"""What commands share: settings, and errors told with the next step instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from ivr.app import Refused, read_settings
from ivr.flows.problems import FlowInvalid
from ivr.ports import StoreFailed
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
    except SettingsError as error:
        tell(f"The settings have mistakes:\n{error}")
    except FlowInvalid as error:
        tell(f"The call flows have mistakes; `ivr flows check` shows them too:\n{error}")
    except Refused as error:
        tell("This server does not start, because it would not be safe:")
        for reason in error.reasons:
            tell(f"  - {reason}")
        tell("`ivr doctor` shows everything that should be mended.")
    except StoreFailed as error:
        tell(f"The database does not answer ({error}); look at IVR_DATABASE_URL, then `ivr doctor`.")
    except KeyboardInterrupt:
        tell("Stopped.")
        return 130
    return 2
