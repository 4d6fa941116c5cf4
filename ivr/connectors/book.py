"""All configured connectors behind one door (`ivr.ports.Connectors`): checks, time limit, outcomes, counts."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from ivr.connectors.addresses import Resolver, system_resolver
from ivr.connectors.build import build_sources
from ivr.connectors.config import ConnectorConfig, CsvConnector, SqlConnector, read_connectors
from ivr.connectors.runner import BoundedRunner
from ivr.connectors.scripted import Given, Scripted
from ivr.connectors.source import Deadline, Question, Source, SourceFailed
from ivr.core.events import LookUpOutcome
from ivr.ports import LookUpResult, RequestStore

LIMIT_SECS = 4.0
MAX_ARGUMENT_CHARS = 500

_log = structlog.get_logger(__name__)


class ConnectorBook:
    """Every connector by name. Thread-safe; `call` blocks for at most `limit_secs`."""

    def __init__(
        self,
        configs: Mapping[str, ConnectorConfig],
        sources: Mapping[str, Source],
        *,
        limit_secs: float = LIMIT_SECS,
        runner: BoundedRunner | None = None,
    ) -> None:
        self._configs = dict(configs)
        self._sources = dict(sources)
        self._limit_secs = limit_secs
        self._runner = runner or BoundedRunner()
        self._operations = {
            f"{name}.{operation}": tuple(wanted)
            for name, source in self._sources.items()
            for operation, wanted in source.operations().items()
        }
        self._counts: Counter[tuple[str, str]] = Counter()
        self._counting = threading.Lock()

    @classmethod
    def from_files(
        cls,
        file: Path,
        *,
        base: Path,
        environ: Mapping[str, str],
        requests: RequestStore | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        limit_secs: float = LIMIT_SECS,
        resolver: Resolver = system_resolver,
    ) -> ConnectorBook:
        """Reads config/connectors.yaml and opens every source.

        Args:
            file: The YAML file.
            base: The folder that `file:` entries and relative SQLite files are relative to.
            environ: Where secrets and database addresses come from.
            requests: The store behind the built-in connector; without it its calls fail.
            now: The wall clock, aware.
            limit_secs: Time limit of one call, whatever a driver does.
            resolver: Names to addresses.

        Raises:
            SettingsError: with every mistake of the file and of the tables it names, as `file:line`.
        """
        label = f"{file.parent.name}/{file.name}"
        configs = read_connectors(file, label)
        sources = build_sources(
            configs, label, base=base, environ=environ, requests=requests, now=now, resolver=resolver
        )
        return cls(configs, sources, limit_secs=limit_secs)

    def operations(self) -> Mapping[str, Sequence[str]]:
        """`connector.operation` to argument names."""
        return dict(self._operations)

    def is_read(self, operation: str) -> bool:
        """Tables only: an HTTP service may count or charge what it is asked."""
        connector = operation.partition(".")[0]
        return operation in self._operations and isinstance(self._configs.get(connector), CsvConnector | SqlConnector)

    def call(self, operation: str, arguments: Mapping[str, Any], key: str = "") -> LookUpResult:
        """Answers within the time limit; failures are outcomes."""
        try:
            result = self._call(operation, arguments, key)
        except SourceFailed as failure:
            result = LookUpResult(LookUpOutcome.FAILED, reason=failure.reason)
            _log.warning("connector call failed", operation=self._known(operation), reason=failure.reason)
        with self._counting:
            self._counts[self._known(operation), result.reason or result.outcome.value] += 1
        return result

    def counts(self) -> Mapping[tuple[str, str], int]:
        """How often each (operation, outcome or reason of failure) happened."""
        with self._counting:
            return dict(self._counts)

    def hung(self) -> int:
        """Calls given up on that still run."""
        return self._runner.hung()

    def with_rows(self, given: Mapping[str, Any], *, wait: Callable[[float], None] = time.sleep) -> ConnectorBook:
        """A book in which some connectors follow a script: `{"orders": {"rows": […], "fails": …, "delay_ms": …}}`.

        Raises:
            ValueError: for an unknown connector or a malformed script.
        """
        sources = dict(self._sources)
        for name, entry in given.items():
            if name not in sources:
                raise ValueError(f"no connector named {name!r}")
            sources[name] = self._scripted(name, entry, wait)
        return ConnectorBook(self._configs, sources, limit_secs=self._limit_secs, runner=self._runner)

    def close(self) -> None:
        """Closes sources and threads; calls under way are given up. Idempotent."""
        self._runner.close()
        for source in self._sources.values():
            source.close()

    def _call(self, operation: str, arguments: Mapping[str, Any], key: str) -> LookUpResult:
        connector, _, name = operation.partition(".")
        source = self._sources.get(connector)
        if source is None or operation not in self._operations:
            raise SourceFailed("unknown_operation")
        texts = {argument: _argument(value) for argument, value in arguments.items()}
        if any(wanted not in texts for wanted in self._operations[operation]):
            raise SourceFailed("missing_argument")
        question = Question(name, texts, key, Deadline.after(self._limit_secs))
        if isinstance(source, Scripted):
            record = source.answer(question)
        else:
            record = self._runner.run(connector, source, question)
        if record is None:
            return LookUpResult(LookUpOutcome.NOT_FOUND)
        return LookUpResult(LookUpOutcome.FOUND, dict(record))

    def _scripted(self, name: str, entry: Any, wait: Callable[[float], None]) -> Scripted:
        try:
            given = Given.model_validate(entry)
        except ValidationError as error:
            problem = error.errors(include_input=False, include_url=False)[0]
            path = ".".join(str(part) for part in problem["loc"])
            raise ValueError(f"connector {name!r}: {path}: {problem['msg']}") from None
        config = self._configs.get(name)
        types = config.types if isinstance(config, CsvConnector | SqlConnector) else {}
        columns = {}
        if isinstance(config, CsvConnector):
            columns = {
                operation: {argument: column for column, argument in match.match.items()}
                for operation, match in config.operations.items()
            }
        real = self._sources[name]
        return Scripted(
            real,
            lambda question: self._runner.run(name, real, question),
            given,
            columns=columns,
            types=types,
            wait=wait,
        )

    def _known(self, operation: str) -> str:
        """The operation's name, or one word for all that are not configured: counts must not grow without end."""
        return operation if operation in self._operations else "unknown"


def _argument(value: Any) -> str:
    text = "" if value is None else str(value)
    if len(text) > MAX_ARGUMENT_CHARS:
        raise SourceFailed("bad_argument")
    # What no driver takes: lone surrogates and NUL.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
