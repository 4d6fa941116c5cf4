"""Figures of many runs, as `ivr bench faults --json` prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ivr.bench.faults.lane import Played

KINDS = ("lost", "dialled_twice", "out_of_order", "double_booked")
HARDLY = 2
"""A run with no more dials shows little: the machine was too busy, or its workers were dead."""


def figures(played: Sequence[Played]) -> dict[str, int]:
    """Of one database."""
    runs = [one for one in played if not one.run.is_control]
    found = Counter(finding.kind for one in runs for finding in one.findings)
    doubles = sum(finding.kind == "dialled_twice" for one in played if one.run.is_control for finding in one.findings)
    return {
        "runs": len(runs),
        "kills": sum(one.kills for one in runs),
        "dials": sum(one.dials for one in runs),
        "hardly_dialled": sum(one.dials <= HARDLY for one in runs),
        **{kind: found[kind] for kind in KINDS},
        "controls": len(played) - len(runs),
        "control_doubles": doubles,
    }
