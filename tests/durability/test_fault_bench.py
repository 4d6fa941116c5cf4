"""One run of `ivr bench faults`: real worker processes, killed and frozen, over a real file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ivr.bench.faults.lane import Ground, Kind, Run, play
from ivr.commands import bench_faults

pytestmark = [
    pytest.mark.durability,
    pytest.mark.leaves_threads("the standard library's processes are forked with the help of a thread"),
]


def test_a_run_has_no_findings(tmp_path: Path) -> None:
    ground = Ground(tmp_path, 0.8)
    ground.prepare()
    played = play(Run(Kind.SQLITE, 102), ground)
    assert played.findings == ()
    assert (played.promises, played.dials > 5, played.kills > 0) == (7, True, True)
    assert list(tmp_path.glob("faults_*")) == []


def test_the_command_prints_both_databases_and_is_content_with_none_of_the_findings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = bench_faults.Options(runs=1, seed=102, database="sqlite", lanes=1, pace=0.8)
    monkeypatch.setattr(bench_faults, "planned_runs", lambda *given: iter([Run(Kind.SQLITE, 102)]))
    assert bench_faults.run_faults(options, as_json=True) == 1  # without a control nothing is shown
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert printed["sqlite"].pop("dials") > 5
    assert printed["sqlite"] | {"kills": 0} == {
        "runs": 1,
        "kills": 0,
        "hardly_dialled": 0,
        "lost": 0,
        "dialled_twice": 0,
        "out_of_order": 0,
        "double_booked": 0,
        "controls": 0,
        "control_doubles": 0,
    }
