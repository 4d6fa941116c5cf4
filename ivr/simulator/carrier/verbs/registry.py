"""The table of verbs: a new verb is a new file and one line here."""

from __future__ import annotations

from ivr.simulator.carrier.verbs import (
    connect,
    dial,
    gather,
    hangup,
    pause,
    play,
    record,
    redirect,
    reject,
    say,
    start,
    stop,
)
from ivr.simulator.carrier.verbs.step import Verb

VERBS: dict[str, Verb] = {
    "Say": say.VERB,
    "Play": play.VERB,
    "Pause": pause.VERB,
    "Gather": gather.VERB,
    "Record": record.VERB,
    "Redirect": redirect.VERB,
    "Reject": reject.VERB,
    "Hangup": hangup.VERB,
    "Connect": connect.VERB,
    "Dial": dial.VERB,
    "Start": start.VERB,
    "Stop": stop.VERB,
}
