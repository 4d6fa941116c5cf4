"""The format of config/connectors.yaml, checked strictly: every mistake with its file and line, all at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from ivr.connectors.typed import CellType
from ivr.connectors.url_template import BadTemplate, UrlTemplate
from ivr.settings.document import Document, read_document
from ivr.settings.mistakes import Mistake, SettingsError

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_VARIABLE = r"^[A-Z][A-Z0-9_]{0,63}$"
_HEADER = r"^[A-Za-z][A-Za-z0-9-]{0,63}$"
_FIRST_WORD = re.compile(r"\s*(select|with)\b", re.IGNORECASE)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(_Strict):
    """A look-up in a table: the first row whose columns equal the arguments."""

    match: dict[str, Name] = Field(min_length=1)
    """Column to argument."""


class CsvConnector(_Strict):
    """A CSV file with a header, UTF-8; read again when it changes."""

    kind: Literal["csv"]
    file: str = Field(min_length=1)
    types: dict[str, CellType] = {}
    operations: dict[Name, Match] = Field(min_length=1)


class Query(_Strict):
    """One statement that reads, with `:argument` where a value belongs."""

    query: str = Field(min_length=1, max_length=10_000)

    @field_validator("query")
    @classmethod
    def _reads_only(cls, query: str) -> str:
        if not _FIRST_WORD.match(query):
            raise ValueError("must begin with SELECT or WITH: look-ups only read")
        return query


class SqlConnector(_Strict):
    """Another database, read only. Its URL can hold a password, so it comes from the environment."""

    kind: Literal["sql"]
    url: str | None = None
    url_from: Annotated[str, StringConstraints(pattern=_VARIABLE)] | None = None
    types: dict[str, CellType] = {}
    operations: dict[Name, Query] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_one_url(self) -> SqlConnector:
        if (self.url is None) == (self.url_from is None):
            raise ValueError("needs either url or url_from (the name of an environment variable)")
        if self.url is not None and "@" in self.url:
            raise ValueError("an url with a password does not belong in a file; use url_from")
        return self


class HttpOperation(_Strict):
    """One request. Arguments stand in the url as {name}, percent-encoded, or in a JSON body."""

    url: str
    method: Literal["GET", "POST", "PUT"] = "GET"
    body: dict[str, Name] = {}
    """JSON field to argument; POST and PUT only."""
    record: str = ""
    """Dotted path to the object within the answer; empty: the answer itself."""
    not_found: list[Annotated[int, Field(ge=400, le=499)]] = [404, 410]

    @model_validator(mode="after")
    def _is_possible(self) -> HttpOperation:
        if self.body and self.method == "GET":
            raise ValueError("a GET has no body; use method: POST")
        try:
            UrlTemplate.parse(self.url)
        except BadTemplate as error:
            raise ValueError(str(error)) from None
        return self


class HttpConnector(_Strict):
    """A service that speaks JSON."""

    kind: Literal["http"]
    hosts: list[str] = Field(min_length=1)
    """The only hosts that may be asked."""
    allow_private: bool = False
    """Whether loopback and private networks, and plain http, are allowed."""
    timeout_secs: Annotated[float, Field(gt=0, le=30)] = 3.0
    max_bytes: Annotated[int, Field(ge=1, le=1_048_576)] = 65_536
    headers: dict[
        Annotated[str, StringConstraints(pattern=_HEADER)], Annotated[str, StringConstraints(pattern=_VARIABLE)]
    ] = {}
    """Header to the environment variable that holds its value."""
    operations: dict[Name, HttpOperation] = Field(min_length=1)

    @model_validator(mode="after")
    def _stays_on_its_hosts(self) -> HttpConnector:
        hosts = {host.lower() for host in self.hosts}
        for name, operation in self.operations.items():
            template = UrlTemplate.parse(operation.url)
            if template.host not in hosts:
                raise ValueError(f"operation {name} asks a host that is not under hosts")
            if template.scheme != "https" and not self.allow_private:
                raise ValueError(f"operation {name} must use https (http needs allow_private: true)")
        return self


class NoOptions(_Strict):
    """An operation without options."""


class RequestsConnector(_Strict):
    """Built in: keeps a caller's request in our own database."""

    kind: Literal["requests"]
    operations: dict[Literal["store"], NoOptions] = {"store": NoOptions()}


ConnectorConfig = CsvConnector | SqlConnector | HttpConnector | RequestsConnector
_KINDS: dict[str, type[ConnectorConfig]] = {
    "csv": CsvConnector,
    "sql": SqlConnector,
    "http": HttpConnector,
    "requests": RequestsConnector,
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def read_connectors(path: Path, label: str) -> dict[str, ConnectorConfig]:
    """Every connector of the file by name; `label` is how mistakes call the file.

    Raises:
        SettingsError: with every mistake found.
    """
    mistakes: list[Mistake] = []
    document = read_document(path, label, mistakes)
    found: dict[str, ConnectorConfig] = {}
    for key, value in document.values.items():
        if key != "connectors" or not isinstance(value, dict):
            mistakes.append(Mistake(f"{label}:{document.lines[(key,)]}", f"{key!r}: only `connectors:` belongs here"))
            continue
        for name, entry in value.items():
            connector = _connector(name, entry, document, label, mistakes)
            if connector is not None:
                found[name] = connector
    if mistakes:
        raise SettingsError(mistakes)
    return found


def _connector(
    name: str, entry: Any, document: Document, label: str, mistakes: list[Mistake]
) -> ConnectorConfig | None:
    where = f"{label}:{document.lines[('connectors', name)]}"
    if not _NAME.fullmatch(name):
        mistakes.append(Mistake(where, f"{name!r}: a connector's name is lower-case letters, digits and _"))
        return None
    kind = entry.get("kind") if isinstance(entry, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        mistakes.append(Mistake(where, f"connector {name!r} needs `kind:`, one of {', '.join(_KINDS)}"))
        return None
    try:
        return _KINDS[kind].model_validate(entry)
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)
        mistakes.extend(_mistake(detail, name, document, label) for detail in details)
        return None


def _mistake(detail: ErrorDetails, name: str, document: Document, label: str) -> Mistake:
    path = ("connectors", name, *(str(part) for part in detail["loc"] if part != "[key]"))
    line = next(document.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in document.lines)
    dotted = ".".join(path[1:])
    if detail["type"] == "extra_forbidden":
        return Mistake(f"{label}:{line}", f"{dotted}: no such key; remove it or mend its spelling")
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return Mistake(f"{label}:{line}", f"{dotted}: {message}")
