"""`ivr bench day`: a nine-hour day on the virtual clock, three load shapes: are promised windows kept?"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table

from ivr.bench.day.day import DaySize
from ivr.bench.day.figures import DayFigures, run_day
from ivr.bench.day.shapes import OPEN_HOURS, Shape, load
from ivr.commands.common import say, tell

TARGET = 0.9
"""Of promises that are kept."""
SOONEST, LATEST, WAITED = "#9ecae1", "#3182bd", "#de2d26"


def run_day_bench(size: DaySize, plot: Path | None, *, as_json: bool) -> int:
    """Runs all shapes side by side; 1 when a promise was lost or too few were kept."""
    with ProcessPoolExecutor(min(len(Shape), os.cpu_count() or 1), initializer=_quiet) as pool:
        waiting = [pool.submit(run_day, shape, size) for shape in Shape]
        days = []
        for shape, future in zip(Shape, waiting, strict=True):
            days.append(future.result())
            tell(f"{shape.value}: {days[-1].seconds} s")
    for day in days:
        for finding in day.findings:
            tell(f"{day.shape.value}: {finding.kind}: {finding.text}")
    if as_json:
        say(json.dumps({day.shape.value: day.row() for day in days}))
    else:
        Console(file=sys.stdout).print(table(days))
    if plot is not None and not draw(days, plot):
        return 2
    return 0 if all(not day.findings and day.promises_kept >= TARGET for day in days) else 1


def table(days: Sequence[DayFigures]) -> Table:
    """A row for each shape."""
    made = Table(title=f"One day: {days[0].callers} callers, {days[0].agents} agents, {OPEN_HOURS:.0f} hours")
    made.add_column("shape")
    names = ("promises", "kept", "rang in time", "abandoned", "longest wait", "retries", "dials each", "next day", "s")
    for name in names:
        made.add_column(name, justify="right")
    for day in days:
        made.add_row(
            day.shape.value.replace("_", " "),
            str(day.promises),
            f"{day.promises_kept:.1%}",
            f"{day.rang_in_time:.1%}",
            str(day.abandoned),
            _clock(day.longest_total_wait_s),
            str(day.retries),
            f"{day.dials_per_callback:.2f}",
            str(day.next_day),
            f"{day.seconds:.1f}",
        )
    return made


def draw(days: Sequence[DayFigures], path: Path) -> bool:
    """A PNG: the windows that were told, and what became of them; False without the package."""
    try:
        matplotlib: Any = importlib.import_module("matplotlib")
        matplotlib.use("Agg")
        pyplot: Any = importlib.import_module("matplotlib.pyplot")
    except ModuleNotFoundError:
        tell("The plot needs the package matplotlib: install denwaban[plots].")
        return False
    figure, rows = pyplot.subplots(len(days), 1, figsize=(10, 4 * len(days)), sharex=True, constrained_layout=True)
    for axes, day in zip(rows, days, strict=True):
        _draw_day(axes, day)
    rows[-1].set_xlabel("hours after opening, at the caller's call")
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
    tell(f"Plot: {path}")
    return True


def _draw_day(axes: Any, day: DayFigures) -> None:
    most = OPEN_HOURS * 60
    told = [(hours, soonest, latest) for hours, soonest, latest in day.windows if latest <= most]
    hours, soonest, latest = zip(*told, strict=True) if told else ((), (), ())
    axes.fill_between(hours, soonest, latest, color=SOONEST, alpha=0.5, label="window told", linewidth=0)
    axes.plot(hours, latest, color=LATEST, linewidth=0.6)
    waited = [(at, minutes) for at, minutes in day.waits if minutes <= most]
    axes.scatter(*(zip(*waited, strict=True) if waited else ((), ())), s=4, color=WAITED, label="waited")
    axes.set_ylabel("minutes until the conversation")
    axes.set_title(
        f"{day.shape.value.replace('_', ' ')}: {day.promises_kept:.1%} of {day.promises} promises kept, "
        f"longest wait {_clock(day.longest_total_wait_s)}"
    )
    shape = axes.twinx()
    steps = [step / 20 for step in range(int(OPEN_HOURS * 20) + 1)]
    shape.plot(steps, [load(day.shape, at) for at in steps], color="grey", linewidth=0.8, linestyle=":")
    shape.set_yticks([])
    axes.legend(loc="upper left")


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


def _clock(secs: float) -> str:
    minutes = round(secs / 60)
    return f"{minutes // 60}:{minutes % 60:02d} h"
