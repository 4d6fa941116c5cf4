"""Opens a source for every entry of config/connectors.yaml, collecting mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import assert_never

from ivr.connectors.addresses import Resolver
from ivr.connectors.config import ConnectorConfig, CsvConnector, HttpConnector, RequestsConnector, SqlConnector
from ivr.connectors.csv_table import CsvTable
from ivr.connectors.http_service import HttpService
from ivr.connectors.request_desk import RequestDesk
from ivr.connectors.source import Source
from ivr.connectors.sql_query import SqlQuery
from ivr.ports import RequestStore
from ivr.settings.mistakes import Mistake, SettingsError


def build_sources(
    configs: Mapping[str, ConnectorConfig],
    label: str,
    *,
    base: Path,
    environ: Mapping[str, str],
    requests: RequestStore | None,
    now: Callable[[], datetime],
    resolver: Resolver,
) -> dict[str, Source]:
    """Every source by name. `SettingsError` with the mistakes of all of them."""
    mistakes: list[Mistake] = []
    sources: dict[str, Source] = {}
    for name, config in configs.items():
        where = f"{label}: connector {name!r}"
        try:
            match config:
                case CsvConnector():
                    sources[name] = CsvTable(config, base)
                case SqlConnector():
                    sources[name] = _sql(config, where, base, environ)
                case HttpConnector():
                    sources[name] = HttpService(config, _secrets(config, where, environ), resolver)
                case RequestsConnector():
                    sources[name] = RequestDesk(requests, now)
                case _:
                    assert_never(config)
        except SettingsError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        for source in sources.values():
            source.close()
        raise SettingsError(mistakes)
    return sources


def _sql(config: SqlConnector, where: str, base: Path, environ: Mapping[str, str]) -> SqlQuery:
    url = config.url or environ.get(config.url_from or "", "")
    if not url:
        raise SettingsError([Mistake(where, f"the environment variable {config.url_from} is not set")])
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        url = f"{prefix}{base.resolve() / url.removeprefix(prefix)}"
    try:
        return SqlQuery(config, url)
    except ValueError as error:
        raise SettingsError([Mistake(where, str(error))]) from None


def _secrets(config: HttpConnector, where: str, environ: Mapping[str, str]) -> dict[str, str]:
    missing = sorted(variable for variable in config.headers.values() if not environ.get(variable))
    if missing:
        raise SettingsError([Mistake(where, f"the environment variable {name} is not set") for name in missing])
    values = {header: environ[variable] for header, variable in config.headers.items()}
    bad = sorted(header for header, value in values.items() if not (value.isascii() and value.isprintable()))
    if bad:
        raise SettingsError([Mistake(where, f"the value for header {name} must be printable ASCII") for name in bad])
    return values
