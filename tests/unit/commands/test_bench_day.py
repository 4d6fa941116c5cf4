"""`ivr bench day`: what it prints, what it draws, and when it is not content. The days themselves are invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ivr.bench.day.day import DaySize
from ivr.bench.day.figures import DayFigures
from ivr.bench.day.shapes import Shape
from ivr.bench.faults.books import Finding
from ivr.commands import bench_day

pytestmark = pytest.mark.unit

GOOD = DayFigures(
    shape=Shape.FLAT,
    callers=2000,
    agents=12,
    seconds=8.5,
    promises=1950,
    promises_kept=0.93,
    rang_in_time=0.99,
    abandoned=75,
    longest_total_wait_s=5400.0,
    retries=140,
    dials_per_callback=1.07,
    next_day=3,
    waits=((1.0, 4.0), (2.0, 900.0)),
    windows=((1.0, 0.0, 5.0), (2.0, 0.0, 900.0)),
)


class Inline:
    """Stands where the processes are."""

    def __init__(self, *ignored: Any, **named: Any) -> None: ...

    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *ignored: object) -> None: ...

    def submit(self, work: Callable[..., DayFigures], *given: Any) -> Future[DayFigures]:
        done: Future[DayFigures] = Future()
        done.set_result(work(*given))
        return done


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> dict[Shape, DayFigures]:
    told = {shape: replace(GOOD, shape=shape) for shape in Shape}
    monkeypatch.setattr(bench_day, "ProcessPoolExecutor", Inline)
    monkeypatch.setattr(bench_day, "run_day", lambda shape, size: told[shape])
    return told


def test_json_has_a_row_for_each_shape(days: dict[Shape, DayFigures], capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_day.run_day_bench(DaySize(), None, as_json=True) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["flat", "morning_peak", "evening_peak"]
    assert printed["flat"] == {
        "callers": 2000,
        "agents": 12,
        "seconds": 8.5,
        "promises_kept": 0.93,
        "abandoned": 75,
        "longest_total_wait_s": 5400.0,
        "dials_per_callback": 1.07,
    }


def test_people_read_a_table(days: dict[Shape, DayFigures], capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_day.run_day_bench(DaySize(), None, as_json=False) == 0
    printed = capsys.readouterr()
    assert "93.0%" in printed.out
    assert "morning_peak: 8.5 s" in printed.err


@pytest.mark.parametrize(
    "wrong", [{"promises_kept": 0.89}, {"findings": (Finding("lost", "x"),)}], ids=["too few kept", "one lost"]
)
def test_it_is_not_content_with(days: dict[Shape, DayFigures], wrong: dict[str, Any]) -> None:
    days[Shape.FLAT] = replace(GOOD, **wrong)
    assert bench_day.run_day_bench(DaySize(), None, as_json=True) == 1


def test_a_plot_is_drawn(days: dict[Shape, DayFigures], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    days[Shape.FLAT] = replace(GOOD, waits=(), windows=())
    assert bench_day.run_day_bench(DaySize(), tmp_path / "day.png", as_json=True) == 0
    assert (tmp_path / "day.png").read_bytes().startswith(b"\x89PNG")


def test_without_the_package_a_sentence_says_what_to_install(
    days: dict[Shape, DayFigures],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(bench_day.importlib, "import_module", missing)
    assert bench_day.run_day_bench(DaySize(), tmp_path / "day.png", as_json=True) == 2
    assert "denwaban[plots]" in capsys.readouterr().err
