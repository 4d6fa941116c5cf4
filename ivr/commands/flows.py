"""`ivr flows check`: every problem of every flow, as text that editors can jump to."""

from __future__ import annotations

import os
from pathlib import Path

from ivr.commands.common import say, tell
from ivr.connectors.book import ConnectorBook
from ivr.core.flow.model import Flow
from ivr.flows.book import read_all, read_queues
from ivr.places import config_dir
from ivr.settings import SettingsError
from ivr.understanding.files import FilesInvalid, load_intents, load_knowledge


def check_flows(folder: Path | None) -> int:
    """Prints the problems; 0 when there are none, 1 otherwise."""
    config = config_dir()
    base = config.resolve().parent
    place = (folder or base / "call_flows").resolve()
    only = place if place.is_file() else None
    place = place.parent if only else place
    problems: list[str] = []
    try:
        book = ConnectorBook.from_files(config / "connectors.yaml", base=base, environ=os.environ)
        operations = book.operations()
        book.close()
    except SettingsError as error:
        problems.extend(str(error).splitlines())
        operations = None
    queues, found_first = read_queues(config / "queues.yaml", base)
    _, loaded, found = read_all(place, config / "hours.yaml", operations, base, queues)
    problems += [str(one) for one in found_first]
    problems += [str(one) for one in found if only is None or one.file.endswith(only.name)]
    problems += _files(place, base) if only is None else []
    for problem in problems:
        say(problem)
    flows: list[Flow] = [one.flow for one in loaded if only is None or one.file.endswith(only.name)]
    nodes = sum(len(flow.authored) for flow in flows)
    tell(f"{len(flows)} flow(s), {nodes} nodes, {len(problems)} problem(s)")
    return 1 if problems else 0


def _files(folder: Path, base: Path) -> list[str]:
    """Mistakes in intents and knowledge."""
    found: list[str] = []
    for kind, load in (("intents", load_intents), ("knowledge", load_knowledge)):
        for path in sorted((folder / kind).glob("*.yaml")):
            try:
                load(path)
            except FilesInvalid as error:
                label = path.resolve().relative_to(base) if path.resolve().is_relative_to(base) else path
                found += [f"{label}:{one.line}: {kind}: {one.message}" for one in error.problems]
    return found
