"""Reads config/queues.yaml: the rules by which each queue keeps its promises; every mistake with file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ivr.core.queueing.rules import DEFAULT_RETRIES, Mode, QueueRules, Retry
from ivr.flows.problems import FlowInvalid, Problem
from ivr.flows.reader import NAME, Reader
from ivr.strict_yaml import Scalar, Sequence, Tree, YamlInvalid, read_file

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_CALLING = re.compile(r"(([01][0-9]|2[0-3]):[0-5][0-9])-(([01][0-9]|2[0-3]):[0-5][0-9])\Z")
_WHOLE: Mapping[str, tuple[int, int]] = {
    "ring_agent_secs": (5, 120),
    "ring_customer_secs": (20, 120),
    "max_attempts": (1, 20),
    "max_attempts_24h": (1, 20),
    "min_gap_mins": (0, 1440),
    "expires_days": (1, 60),
    "horizon_days": (1, 60),
    "priority_mins": (0, 240),
    "owner_hours": (0, 720),
    "hold_budget_secs": (0, 60),
    "max_misses": (1, 20),
    "wrap_up_secs": (0, 3600),
    "handle_secs": (10, 7200),
    "max_waiting": (0, 100_000),
    "other_numbers_per_day": (0, 100),
}
_TRUTHS = ("leaves_voicemail", "uses_amd", "keypad_for_other_number", "texts", "text_abandoned")
_OTHERS = ("titles", "hours", "mode", "from_number", "retries", "calling_hours")
_DELAYS = 10
"""Most entries of one kind of retry."""


def load_queues(path: Path, name: str | None = None) -> dict[str, QueueRules]:
    """Every queue by name; none when there is no such file. Raises `FlowInvalid` with every mistake."""
    file = name or str(path)
    if not path.exists():
        return {}
    try:
        documents = read_file(path)
    except YamlInvalid as error:
        raise FlowInvalid([Problem(file, one.line, "queues", one.message) for one in error.problems]) from error
    reader = Reader(file, ())
    found: dict[str, QueueRules] = {}
    for tree in documents[:1]:
        for key, value, line in reader.pairs(tree, "the file"):
            reader.node = key
            if not NAME.match(key):
                reader.note(line, f"`{key[:40]}` is no name of a queue; use a-z, 0-9 and _, a letter first")
            found[key] = _queue(reader, key, value)
    if reader.problems:
        raise FlowInvalid(reader.problems)
    return found


def _queue(reader: Reader, name: str, tree: Tree) -> QueueRules:
    known = dict.fromkeys((*_OTHERS, *_WHOLE, *_TRUTHS), False)
    given = reader.fields(tree, "a queue", known)
    usual = QueueRules(name)
    values: dict[str, Any] = {"name": name}
    for key, (low, high) in _WHOLE.items():
        values[key] = reader.whole(given.get(key), f"`{key}`", low, high, getattr(usual, key))
    for key in _TRUTHS:
        values[key] = reader.truth(given.get(key), f"`{key}`", getattr(usual, key))
    values["mode"] = Mode(reader.one_of(given.get("mode"), "`mode`", tuple(mode.value for mode in Mode), "agent_first"))
    values["hours"] = reader.name(given.get("hours"), "`hours`")
    values["from_number"] = _number(reader, given.get("from_number"))
    values["titles"] = {
        language: reader.text(text, "a title") for language, text, _ in reader.pairs(given.get("titles"), "`titles`")
    }
    values["retries"] = _retries(reader, given.get("retries"))
    values |= _calling_hours(reader, given.get("calling_hours"))
    return QueueRules(**values)


def _number(reader: Reader, tree: Tree | None) -> str:
    text = reader.text(tree, "`from_number`")
    if tree is not None and text and not _NUMBER.match(text):
        reader.note(tree.line, '`from_number` must be written in full with its country code, as "+12025550123"')
        return ""
    return text


def _calling_hours(reader: Reader, tree: Tree | None) -> dict[str, str]:
    if tree is None:
        return {}
    found = _CALLING.match(tree.text) if isinstance(tree, Scalar) else None
    if found is None or found[1] >= found[3]:
        reader.note(tree.line, '`calling_hours` must be written as "09:00-20:00", the end after the beginning')
        return {}
    return {"calling_from": found[1], "calling_to": found[3]}


def _retries(reader: Reader, tree: Tree | None) -> dict[str, Retry]:
    """`busy: [5, 15, 60]`: minutes after the first, second, … failure of this kind."""
    found = dict(DEFAULT_RETRIES)
    for kind, delays, line in reader.pairs(tree, "`retries`"):
        if kind not in DEFAULT_RETRIES:
            reader.note(line, f"`{kind[:40]}` is no kind of failure; there are {', '.join(DEFAULT_RETRIES)}")
            continue
        items = delays.items if isinstance(delays, Sequence) else (delays,)
        mins = tuple(reader.whole(item, f"a delay of `{kind}`", 1, 10_080, 1) for item in items)
        if len(mins) > _DELAYS:
            reader.note(line, f"`{kind}` has more than {_DELAYS} delays; nobody wants to be called that often")
        found[kind] = Retry(mins)
    return found
