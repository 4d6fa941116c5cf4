"""Reads config/hours.yaml: names of opening hours with an IANA zone, a week, holidays and one-off days."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.core.hours import Hours, Span
from ivr.flows.problems import FlowInvalid, Problem
from ivr.flows.reader import Reader
from ivr.strict_yaml import Mapping, Scalar, Sequence, Tree, YamlInvalid, read_file

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)\Z")


def load_hours(path: Path, name: str | None = None) -> dict[str, Hours]:
    """Every schedule by name. Raises `FlowInvalid` with every mistake."""
    file = name or str(path)
    try:
        documents = read_file(path)
    except YamlInvalid as error:
        raise FlowInvalid([Problem(file, one.line, "hours", one.message) for one in error.problems]) from error
    reader = Reader(file, ())
    found: dict[str, Hours] = {}
    for tree in documents[:1]:
        for key, value, _ in reader.pairs(tree, "the file"):
            reader.node = key
            found[key] = _hours(reader, value)
    if reader.problems:
        raise FlowInvalid(reader.problems)
    return found


def _hours(reader: Reader, tree: Tree) -> Hours:
    known = {"time_zone": True, "weekly": True, "holidays": False, "exceptions": False, "text": False}
    fields = reader.fields(tree, "a schedule", known)
    week = {day: _spans(reader, spans) for day, spans, _ in reader.pairs(fields.get("weekly"), "`weekly`")}
    for day in set(week) - set(DAYS):
        reader.note(tree.line, f"`{day}` is no day of the week; use {', '.join(DAYS)}")
    days = [_date(reader, item) for item in _list(reader, fields.get("holidays"))]
    changes = {
        special: _spans(reader, spans)
        for text, spans, line in reader.pairs(fields.get("exceptions"), "`exceptions`")
        if (special := _date(reader, Scalar(text, line))) is not None
    }
    texts = {language: reader.text(text, "`text`") for language, text, _ in reader.pairs(fields.get("text"), "`text`")}
    zone = _zone(reader, fields.get("time_zone"))
    return Hours(
        zone=zone,
        week=tuple(week.get(day, ()) for day in DAYS),
        holidays=frozenset(day for day in days if day is not None),
        changes=changes,
        texts=texts,
    )


def _list(reader: Reader, tree: Tree | None) -> tuple[Tree, ...]:
    if tree is None or isinstance(tree, Sequence):
        return tree.items if tree is not None else ()
    reader.note(tree.line, '`holidays` must be a list, such as ["2026-12-25"]')
    return ()


def _zone(reader: Reader, tree: Tree | None) -> ZoneInfo:
    name = reader.text(tree, "`time_zone`")
    if tree is None or not name:
        return ZoneInfo("UTC")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        known = "an IANA name such as America/New_York or Asia/Tokyo"
        reader.note(tree.line, f"`{name[:40]}` is no time zone; use {known}")
        return ZoneInfo("UTC")


def _date(reader: Reader, tree: Tree) -> date | None:
    try:
        return date.fromisoformat(reader.text(tree, "a day"))
    except ValueError:
        reader.note(tree.line, "a day must be written as 2026-12-25")
        return None


def _spans(reader: Reader, tree: Tree) -> tuple[Span, ...]:
    items = tree.items if isinstance(tree, Sequence) else (tree,)
    found: list[Span] = []
    for item in items:
        match = _SPAN.match(item.text) if isinstance(item, Scalar) else None
        if match is None or isinstance(item, Mapping):
            reader.note(item.line, 'opening times must be written as "09:00-18:00"; 24:00 is midnight')
            continue
        start = time(int(match[1]), int(match[2]))
        end = time(int(match[3]), int(match[4])) if match[3] else time()
        if end != time() and end <= start:
            reader.note(item.line, "the end is before the beginning; split a night into two days")
        found.append((start, end))
    for (_, end), (start, _) in zip(found, found[1:], strict=False):
        if end == time() or start < end:
            reader.note(tree.line, "opening times overlap; put them in order")
    return tuple(found)
