"""`ivr models …`: the catalogue, installation with a progress bar, verification."""

from __future__ import annotations

import json

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from ivr.commands.common import say, tell
from ivr.places import read_settings
from speech.models import Consent, ModelError, install, list_models, verify


def list_all(*, as_json: bool) -> int:
    """Every model with where it is."""
    models = list_models(read_settings().speech.models_dir)
    if as_json:
        rows = [
            {
                "name": one.name,
                "kind": one.kind.value,
                "languages": one.languages,
                "presence": one.presence.value,
                "licence": one.licence,
                "size_bytes": one.size_bytes,
                "has_digest": one.has_digest,
            }
            for one in models
        ]
        say(json.dumps({"models": rows}, indent=2))
        return 0
    table = Table(box=None, pad_edge=False)
    table.add_column("name", no_wrap=True)
    for heading in ("kind", "languages", "size", "licence", "where"):
        table.add_column(heading)
    for one in models:
        size = f"{one.size_bytes / 1e6:,.0f} MB" if one.size_bytes else "?"
        table.add_row(one.name, one.kind.value, " ".join(one.languages), size, one.licence, one.presence.value)
    Console().print(table)
    return 0


def install_one(name: str, *, sha256: str | None, base_url: str | None) -> int:
    """Fetches one; a second call goes on where the first was cut."""
    folder = read_settings().speech.models_dir
    columns = (TextColumn(name), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(name, total=None)
            path = install(
                name,
                folder,
                lambda there, in_all: bar.update(task, completed=there, total=in_all or None),
                base_url,
                consent=Consent(sha256=sha256) if sha256 else None,
            )
    except ModelError as problem:
        tell(str(problem))
        return 1
    say(f"Installed in {path}. It is used from the next start on; `ivr doctor` shows which engine listens.")
    return 0


def verify_all() -> int:
    """Checks digests; 1 when something is not what it should be."""
    verdicts = verify(read_settings().speech.models_dir)
    for verdict in verdicts:
        say(f"{'good' if verdict.is_good else 'BAD '}  {verdict.name}: {verdict.reason}")
    return 0 if all(verdict.is_good for verdict in verdicts) else 1
