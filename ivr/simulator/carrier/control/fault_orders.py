"""Faults in the control format: the fields of `Faults` by name; `Odds` as a rate or as `{rate, coming}`."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from ivr.simulator.carrier.control.values import ControlInvalid, choice, flag, mapping, number, sequence, text, whole
from ivr.simulator.carrier.faults import Faults, Odds, RequestKind


def change_faults(faults: Faults, value: object, where: str = "faults") -> None:
    """Set what `value` names and leave the rest; raises `ControlInvalid` before anything has changed."""
    _change(Faults(), value, where)
    _change(faults, value, where)


def faults_now(faults: object) -> dict[str, object]:
    """All fields, as they can be set again."""
    return {field.name: _shown(getattr(faults, field.name)) for field in fields(faults)}  # type: ignore[arg-type]


def _shown(value: object) -> object:
    if is_dataclass(value):
        return faults_now(value)
    if isinstance(value, frozenset):
        return sorted(one.value if isinstance(one, RequestKind) else str(one) for one in value)
    return value


def _change(target: object, value: object, where: str) -> None:
    names = [field.name for field in fields(target)]  # type: ignore[arg-type]
    for name, wanted in mapping(value, where, names).items():
        setattr(target, name, _read(name, getattr(target, name), wanted, f"{where}.{name}"))


def _read(name: str, present: object, wanted: object, where: str) -> object:
    if isinstance(present, Odds):
        return _odds(wanted, where)
    if is_dataclass(present):
        _change(present, wanted, where)
        return present
    if isinstance(present, bool):
        return flag(wanted, where)
    if name == "kinds":
        return frozenset(choice(one, RequestKind, where) for one in sequence(wanted, where))
    if isinstance(present, frozenset):
        return frozenset(text(one, where) for one in sequence(wanted, where)) if wanted else frozenset()
    if isinstance(present, dict):
        return {event: whole(delay, where) for event, delay in mapping(wanted, where).items()}
    if name in ("list_lag_secs", "abrupt_close_at_ms") and wanted is None:
        return None
    if name == "list_lag_secs" or isinstance(present, float):
        return number(wanted, where)
    return whole(wanted, where)


def _odds(wanted: object, where: str) -> Odds:
    if not isinstance(wanted, dict):
        return Odds(rate=_share(wanted, where))
    order = mapping(wanted, where, ("rate", "coming"))
    return Odds(_share(order.get("rate", 0.0), where), whole(order.get("coming", 0), where))


def _share(value: object, where: str) -> float:
    found = number(value, where)
    if found > 1:
        raise ControlInvalid(where, "must be between 0 and 1")
    return found
