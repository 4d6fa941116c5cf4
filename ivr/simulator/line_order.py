"""A telephone line as a page asks for it: a few numbers by name. Anything else is a `ValueError`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from ivr.simulator.carrier.leg_audio import LineFilter
from ivr.simulator.line import LineQuality, TelephoneLine

_RANGES = {
    "noise_db": (0.0, 60.0),
    "loss": (0.0, 0.9),
    "echo_db": (-60.0, 0.0),
    "echo_delay_ms": (0.0, 1000.0),
}


def make_line(order: object) -> LineFilter:
    """`noise_db` signal to noise · `loss` share of packets · `echo_db` gain · `echo_delay_ms`; none: clean.

    Raises:
        ValueError: An unknown name, or a value that is no number in its range.
    """
    if not isinstance(order, Mapping) or order.keys() - _RANGES.keys():
        raise ValueError("a line has noise_db, loss, echo_db and echo_delay_ms")
    found = {name: _number(name, value) for name, value in order.items()}
    quality = LineQuality(
        noise_db=found.get("noise_db"),
        packet_loss=found.get("loss", 0.0),
        echo_db=found.get("echo_db"),
        echo_delay_ms=int(found.get("echo_delay_ms", 60)),
    )
    return TelephoneLine(quality, secrets.randbelow(1_000_000)).frame


def _number(name: str, value: object) -> float:
    low, high = _RANGES[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{name} is a number from {low:g} to {high:g}")
    return float(value)
