"""Look-ups in a CSV file. The file is read again when it has changed; a broken change keeps the rows from before."""

from __future__ import annotations

import csv
import io
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from ivr.connectors.config import CsvConnector
from ivr.connectors.source import Question, Record, SourceFailed
from ivr.connectors.typed import BadCell, CellType, comparable, typed_cell
from ivr.settings.mistakes import Mistake, SettingsError

MAX_BYTES = 32 * 1024 * 1024
MAX_MISTAKES = 20
"""After so many the rest of a file is not worth reading."""

_log = structlog.get_logger(__name__)
_Version = tuple[int, int, int]
_Index = dict[tuple[str, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Table:
    version: _Version
    indexes: dict[tuple[str, ...], _Index]
    """By the columns that an operation matches."""


class CsvTable:
    """A `Source` over one file. Opening reads it: `SettingsError` names every mistake as `file:line`."""

    def __init__(self, config: CsvConnector, base: Path) -> None:
        self._config = config
        self._path = base / config.file
        self._lock = threading.Lock()
        self._refused: _Version | None = None
        self._table = self._read()

    def operations(self) -> Mapping[str, Sequence[str]]:
        """Arguments in the order of the match."""
        return {name: tuple(match.match.values()) for name, match in self._config.operations.items()}

    def answer(self, question: Question) -> Record | None:
        """The first row that fits."""
        match = self._config.operations[question.operation].match
        wanted = tuple(comparable(question.arguments[argument]) for argument in match.values())
        return self._current().indexes[tuple(match)].get(wanted)

    def close(self) -> None:
        """Nothing stays open."""

    def _current(self) -> _Table:
        with self._lock:
            try:
                version = _version(os.stat(self._path))
                if version not in {self._table.version, self._refused}:
                    self._table = self._read()
            except OSError:
                raise SourceFailed("file_missing") from None
            except SettingsError as error:
                self._refused = version
                _log.error("csv change refused, rows from before stay", mistakes=[str(each) for each in error.mistakes])
            return self._table

    def _read(self) -> _Table:
        name = self._config.file
        try:
            with open(self._path, "rb") as file:
                version = _version(os.fstat(file.fileno()))
                raw = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise SettingsError([Mistake(name, f"cannot be read ({error.strerror})")]) from None
        if len(raw) > MAX_BYTES:
            raise SettingsError([Mistake(name, f"is larger than {MAX_BYTES // 1024 // 1024} MiB; use kind: sql")])
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise SettingsError([Mistake(f"{name}:{line}", "is not UTF-8; save it as UTF-8")]) from None
        rows = read_rows(text, name, self._config)
        return _Table(version, {columns: _index(rows, columns) for columns in self._matches()})

    def _matches(self) -> set[tuple[str, ...]]:
        return {tuple(operation.match) for operation in self._config.operations.values()}


def read_rows(text: str, name: str, config: CsvConnector) -> list[dict[str, Any]]:
    """All rows, typed. `SettingsError` with every mistake found (at most `MAX_MISTAKES`)."""
    mistakes: list[Mistake] = []
    rows: list[dict[str, Any]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    for line, cells in _records(reader, name, mistakes):
        if header is None:
            header = [cell.strip() for cell in cells]
            _check_header(header, f"{name}:{line}", config, mistakes)
            if mistakes:
                break
        elif len(cells) != len(header):
            mistakes.append(Mistake(f"{name}:{line}", f"has {len(cells)} cells, the header {len(header)}"))
        else:
            rows.append(_row(header, cells, f"{name}:{line}", config.types, mistakes))
        if len(mistakes) >= MAX_MISTAKES:
            break
    if header is None and not mistakes:
        mistakes.append(Mistake(f"{name}:1", "is empty; the first line names the columns"))
    if mistakes:
        raise SettingsError(mistakes)
    return rows


def _records(reader: Any, name: str, mistakes: list[Mistake]) -> Iterator[tuple[int, list[str]]]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            mistakes.append(Mistake(f"{name}:{line}", f"is not CSV: {error}"))
            return
        if cells is None:
            return
        if cells:
            yield line, cells


def _check_header(header: list[str], where: str, config: CsvConnector, mistakes: list[Mistake]) -> None:
    if "" in header:
        mistakes.append(Mistake(where, "a column has no name"))
    doubled = sorted({column for column in header if column and header.count(column) > 1})
    wanted = {column for operation in config.operations.values() for column in operation.match} | set(config.types)
    mistakes.extend(Mistake(where, f"column {column!r} is there twice") for column in doubled)
    mistakes.extend(Mistake(where, f"column {column!r} is missing") for column in sorted(wanted - set(header)))


def _row(
    header: list[str], cells: list[str], where: str, types: Mapping[str, CellType], mistakes: list[Mistake]
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column, cell in zip(header, cells, strict=True):
        try:
            row[column] = typed_cell(cell.strip(), types.get(column, CellType.TEXT))
        except BadCell as error:
            mistakes.append(Mistake(where, f"column {column!r} {error}"))
    return row


def _index(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> _Index:
    index: _Index = {}
    for row in rows:
        index.setdefault(tuple(comparable(row[column]) for column in columns), row)
    return index


def _version(status: os.stat_result) -> _Version:
    return status.st_mtime_ns, status.st_size, status.st_ino
