"""Figures of many runs, and which runs are planned."""

from __future__ import annotations

import importlib.util

import pytest

from ivr.bench.faults.books import Finding
from ivr.bench.faults.lane import Kind, Played, Run
from ivr.bench.faults.tally import figures
from ivr.commands.bench_faults import Options, is_good, planned_runs, run_faults

pytestmark = pytest.mark.unit


def played(*kinds: str, is_control: bool = False, kills: int = 2) -> Played:
    findings = tuple(Finding(kind, "x") for kind in kinds)
    return Played(Run(Kind.SQLITE, 1, is_control), kills, findings, 20, 8, 0, 0, 7.5, 1.0)


def test_figures_have_the_keys_of_the_targets() -> None:
    assert figures([played(), played("lost", "lost", "out_of_order"), played("dialled_twice", is_control=True)]) == {
        "runs": 2,
        "kills": 4,
        "dials": 40,
        "hardly_dialled": 0,
        "lost": 2,
        "dialled_twice": 0,
        "out_of_order": 1,
        "double_booked": 0,
        "controls": 1,
        "control_doubles": 1,
    }


@pytest.mark.parametrize(
    ("runs", "good"),
    [
        ([played(), played("dialled_twice", is_control=True)], True),
        ([played(), played(is_control=True)], False),
        ([played("double_booked"), played("dialled_twice", is_control=True)], False),
    ],
    ids=["all well", "the control found nothing", "something was found"],
)
def test_the_check_must_be_able_to_fail(runs: list[Played], good: bool) -> None:
    assert is_good(figures(runs)) is good


@pytest.mark.parametrize("database", ["oracle", "postgresql"])
def test_what_is_not_there_is_told_in_a_sentence(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert run_faults(Options(1, 1, database, 1, 0.5), as_json=True) == 2
    assert capsys.readouterr().err.endswith(".\n")


def test_runs_take_turns_over_the_databases_and_each_has_controls() -> None:
    runs = list(planned_runs([Kind.SQLITE, Kind.POSTGRESQL], 4, 10))
    assert [(run.kind.value, run.seed) for run in runs if not run.is_control] == [
        ("sqlite", 10),
        ("postgresql", 11),
        ("sqlite", 12),
        ("postgresql", 13),
    ]
    assert [run.kind for run in runs if run.is_control] == [Kind.SQLITE, Kind.POSTGRESQL] * 4


def test_controls_are_spread_evenly_so_that_every_part_of_the_bench_has_some() -> None:
    runs = list(planned_runs([Kind.SQLITE, Kind.POSTGRESQL], 80, 1))
    assert [index for index, run in enumerate(runs) if run.is_control] == [10, 21, 32, 43, 54, 65, 76, 87]
