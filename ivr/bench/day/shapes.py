"""When callers come: three load shapes of a nine-hour day, drawn from a seed."""

from __future__ import annotations

import math
from enum import Enum
from random import Random

OPEN_HOURS = 9.0


class Shape(Enum):
    """How the load is spread over the day."""

    FLAT = "flat"
    MORNING_PEAK = "morning_peak"
    EVENING_PEAK = "evening_peak"
    """A dip at lunch, and a peak before closing."""


def load(shape: Shape, hours: float) -> float:
    """Callers per hour so long after opening, in any unit."""
    match shape:
        case Shape.FLAT:
            return 1.0
        case Shape.MORNING_PEAK:
            return 0.72 + 0.75 * _bump(hours, 1.5, 0.9)
        case Shape.EVENING_PEAK:
            return 0.8 - 0.35 * _bump(hours, 3.5, 0.8) + 0.6 * _bump(hours, 6.5, 1.0)


def arrivals(shape: Shape, callers: int, seed: int) -> list[float]:
    """Seconds after opening at which callers come, in order."""
    draw = Random(f"{seed} arrivals {shape.value}")
    steps = [hour / 60 for hour in range(round(OPEN_HOURS * 60))]
    weights = [load(shape, hours) for hours in steps]
    minutes = draw.choices(steps, weights, k=callers)
    return sorted(hours * 3600 + draw.uniform(0.0, 60.0) for hours in minutes)


def _bump(hours: float, middle: float, width: float) -> float:
    return math.exp(-(((hours - middle) / width) ** 2) / 2)
