import ast
from pathlib import Path

import pytest

import ivr.simulator.carrier

pytestmark = pytest.mark.unit

ROOM = Path(ivr.simulator.carrier.__file__).parent
OURS = ("ivr", "speech", "agent_bridge", "recordings")


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_carrier_imports_nothing_else_of_the_project() -> None:
    foreign = {
        (path.name, name)
        for path in ROOM.rglob("*.py")
        for name in imported(path)
        if name.partition(".")[0] in OURS and not name.startswith("ivr.simulator.carrier")
    }
    assert foreign == set()
