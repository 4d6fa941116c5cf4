"""The figures of a day, and whether all accounts are square (P3: accepted = done + cancelled + failed + open)."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.bench.day.day import OPENS, Day, DaySize
from ivr.bench.day.shapes import Shape
from ivr.bench.faults.books import Books, Finding
from ivr.bench.faults.judge import dialled_twice, double_booked, lost
from ivr.core.queueing.legs import LegOutcome, Role
from ivr.core.queueing.model import Callback, CallbackState

TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What `ivr bench day` prints of a shape, and more for the table and the plot."""

    shape: Shape
    callers: int
    agents: int
    seconds: float
    """Of computing."""
    promises: int
    promises_kept: float
    """Share of those due that were connected within the window that was told (or the time that was chosen)."""
    rang_in_time: float
    """Share whose telephone rang within it, whoever answered."""
    abandoned: int
    """Callers who left without a promise, took it back, or were tried in vain to the end."""
    longest_total_wait_s: float
    """From the arrival, or the chosen time, to the conversation."""
    retries: int
    dials_per_callback: float
    next_day: int
    """Connected after closing time."""
    findings: tuple[Finding, ...] = ()
    waits: tuple[tuple[float, float], ...] = field(default=(), repr=False)
    """(hours after opening at the arrival, minutes waited), of those who did not choose a time."""
    windows: tuple[tuple[float, float, float], ...] = field(default=(), repr=False)
    """(hours after opening, minutes to the window's beginning and end)."""

    def row(self) -> dict[str, float]:
        """As JSON."""
        names = ("callers", "agents", "seconds", "promises_kept", "abandoned", "longest_total_wait_s")
        return {name: getattr(self, name) for name in (*names, "dials_per_callback")}


def run_day(shape: Shape, size: DaySize) -> DayFigures:
    """One day, measured."""
    began = time.perf_counter()
    day = Day(shape, size)
    day.run()
    return _measured(day, shape, size, time.perf_counter() - began)


def _measured(day: Day, shape: Shape, size: DaySize, seconds: float) -> DayFigures:
    books = books_of(day)
    ends = [books.callbacks[one.id] for one in day.accepted]
    kept, due = day.callbacks.kept(OPENS)
    dialled = {
        one.id: [
            leg
            for leg in books.legs[one.id]
            if leg.role is Role.CUSTOMER and leg.outcome is not LegOutcome.NEVER_PLACED
        ]
        for one in ends
    }
    in_time = sum(any(leg.created_at <= one.promised_to for leg in dialled[one.id]) for one in ends)
    dials, reached = sum(map(len, dialled.values())), sum(1 for legs in dialled.values() if legs)
    given_up = sum(one.state in (CallbackState.CANCELLED, CallbackState.FAILED) for one in ends)
    talked = [(one, one.connected_at) for one in ends if one.connected_at is not None]
    return DayFigures(
        shape=shape,
        callers=size.callers,
        agents=size.agents,
        seconds=round(seconds, 2),
        promises=len(ends),
        promises_kept=round(kept / max(1, due), 4),
        rang_in_time=round(in_time / max(1, len(ends)), 4),
        abandoned=day.left_at_once + given_up,
        longest_total_wait_s=round(max((_wait_secs(one) for one, _ in talked), default=0.0)),
        retries=dials - reached,
        dials_per_callback=round(dials / max(1, len(ends)), 3),
        next_day=sum(at.date() > OPENS.date() for _, at in talked),
        findings=tuple(audit(books)),
        waits=tuple((_hours(one), _wait_secs(one) / 60) for one, _ in talked if not one.is_time_chosen),
        windows=tuple(
            (_hours(one), _mins_after(one, one.promised_from), _mins_after(one, one.promised_to))
            for one in ends
            if not one.is_time_chosen
        ),
    )


def audit(books: Books) -> list[Finding]:
    """What is wrong with a day's accounts."""
    counted = Counter(callback.state for callback in books.callbacks.values())
    final = sum(count for state, count in counted.items() if state.is_final)
    opened = sum(count for state, count in counted.items() if not state.is_final)
    findings = [*lost(books, TOLERANCE), *dialled_twice(books), *double_booked(books)]
    if final + opened != len(books.accepted):
        findings.append(Finding("lost", f"{len(books.accepted)} accepted, {final} at an end, {opened} open"))
    return findings


def books_of(day: Day) -> Books:
    """What a day leaves behind."""
    agents = day.agents.all()
    found = {one.id: day.callbacks.get(one.id) for one in day.accepted}
    return Books(
        accepted=day.accepted,
        made_at={one.id: one.arrived_at for one in day.accepted},
        agents=agents,
        callbacks={key: callback for key, callback in found.items() if callback is not None},
        legs={one.id: day.callbacks.legs(one.id) for one in day.accepted},
        history={},
        rang=day.carrier.rang(),
        ended_at=day.timeline.now(),
    )


def _hours(callback: Callback) -> float:
    return (callback.arrived_at - OPENS).total_seconds() / 3600


def _mins_after(callback: Callback, moment: datetime) -> float:
    """Minutes from when somebody asked."""
    return (moment - callback.arrived_at).total_seconds() / 60


def _wait_secs(callback: Callback) -> float:
    began = callback.promised_from if callback.is_time_chosen else callback.arrived_at
    return (callback.connected_at - began).total_seconds() if callback.connected_at is not None else 0.0
