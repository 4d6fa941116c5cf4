"""Keeps the documentation true: examples load, commands and options exist, files that are named are there."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from ivr.cli import app
from ivr.connectors.config import read_connectors
from ivr.core.flow.expressions import parse_template, render
from ivr.core.flow.filters import FILTERS
from ivr.flows.check import Surroundings, check
from ivr.flows.hours_file import load_hours
from ivr.flows.load import parse_flow
from ivr.flows.verbs import NOT_BUILT, SLOT_TYPES, VERBS
from ivr.places import PROJECT
from ivr.settings import load_settings
from ivr.simulator.scripts.load import parse_scripts
from ivr.understanding.files import load_intents, load_knowledge

pytestmark = pytest.mark.unit

_SKIPPED_FOLDERS = (".venv", "node_modules", "var", ".hypothesis", ".pytest_cache")
PAGES = sorted(
    path.relative_to(PROJECT)
    for path in PROJECT.rglob("*.md")
    if not set(path.relative_to(PROJECT).parts) & set(_SKIPPED_FOLDERS)
)
_FENCE = re.compile(r"^```(\w*) ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FOLDERS = tuple(
    f"{path.name}/" for path in PROJECT.iterdir() if path.is_dir() and path.name not in (*_SKIPPED_FOLDERS, ".git")
)
_FRAME = """\
flow: example
title: Example
languages: [en, ja]
everywhere: {agent: to_people}
start: to_people
nodes:
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block."""

    page: Path
    line: int
    language: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def _examples() -> Iterator[Example]:
    for page in PAGES:
        text = (PROJECT / page).read_text("utf-8")
        for found in _FENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 2
            yield Example(page, line, found[1], found[2], found[3])


EXAMPLES = list(_examples())
YAML_EXAMPLES = [example for example in EXAMPLES if example.language == "yaml"]


def _flow(text: str, folder: Path) -> None:
    loaded = parse_flow(text.encode(), "example")
    assert check(loaded, Surroundings()) == []


def _node(text: str, folder: Path) -> None:
    loaded = parse_flow((_FRAME + textwrap.indent(text, "  ")).encode(), "example")
    assert loaded.problems == []
    assert loaded.flow.nodes


def _script(text: str, folder: Path) -> None:
    nodes = set(parse_flow((PROJECT / "call_flows/support.yaml").read_bytes(), "support").flow.nodes)
    for script in parse_scripts(text.encode(), "example", folder):
        assert script.flow != "support" or set(script.expect.visited or ()) <= nodes


def _written(load: Callable[[Path], object]) -> Callable[[str, Path], None]:
    def check_file(text: str, folder: Path) -> None:
        path = folder / "example.en.yaml"
        path.write_text(text, "utf-8")
        assert load(path)

    return check_file


def _settings(text: str, folder: Path) -> None:
    (folder / "default.yaml").write_text(text, "utf-8")
    assert load_settings(folder, {})


KINDS: dict[str, Callable[[str, Path], None]] = {
    "flow": _flow,
    "node": _node,
    "script": _script,
    "intents": _written(load_intents),
    "knowledge": _written(load_knowledge),
    "hours": _written(load_hours),
    "connectors": _written(lambda path: read_connectors(path, "example")),
    "settings": _settings,
}


@pytest.mark.parametrize("example", YAML_EXAMPLES, ids=str)
def test_yaml_examples_load(example: Example, tmp_path: Path) -> None:
    assert example.kind in KINDS, f"{example} does not say what it is: ```yaml {'|'.join(KINDS)}"
    KINDS[example.kind](example.text, tmp_path)


def test_every_kind_of_example_is_shown() -> None:
    assert {example.kind for example in YAML_EXAMPLES} == set(KINDS)


def test_flow_reference_names_every_verb_filter_and_slot_type() -> None:
    text = (PROJECT / "docs/flows.md").read_text("utf-8")
    words = set(re.findall(r"[a-z_]+", text))
    assert set(VERBS) | set(NOT_BUILT) | set(FILTERS) | set(SLOT_TYPES) <= words


def test_filters_say_what_the_reference_says() -> None:
    table = (PROJECT / "docs/flows.md").read_text("utf-8").partition("<!-- filters -->")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.strip().splitlines()[2:]]
    assert len(rows) > len(FILTERS) - 1
    for call, value, english, japanese in rows:
        template = parse_template("{{ value | " + call.strip("`") + " }}")
        names = {"value": value.strip("`")}
        assert [render(template, names, "en"), render(template, names, "ja")] == [english, japanese]


# -- commands ----------------------------------------------------------------------------------


def _lines() -> Iterator[tuple[Path, str]]:
    """Everything that is a command line or a name: fenced shell, and code between backticks."""
    for example in EXAMPLES:
        if example.language in ("sh", "text", "ini"):
            yield from ((example.page, line) for line in example.text.splitlines())
    for page in PAGES:
        text = _FENCE.sub("", (PROJECT / page).read_text("utf-8"))
        yield from ((page, code) for code in _CODE.findall(text))


def _command(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words name, and the words that are left."""
    found: Any = typer.main.get_command(app)
    while words and words[0] in getattr(found, "commands", {}):
        found, words = found.commands[words[0]], words[1:]
    return found, words


def _ivr_lines() -> list[tuple[str, str]]:
    found = []
    for page, line in _lines():
        command = line.partition("#")[0].strip().removeprefix(".venv/bin/")
        if command.startswith("ivr "):
            found.append((str(page), command))
    return sorted(set(found))


@pytest.mark.parametrize(("page", "line"), _ivr_lines())
def test_commands_and_their_options_exist(page: str, line: str) -> None:
    command, rest = _command(line.removeprefix("ivr ").replace("…", "").split())
    options = {name for parameter in command.params for name in parameter.opts}
    assert not hasattr(command, "commands") or not rest or rest[0].startswith("--"), f"no such command: {line}"
    assert {word for word in rest if word.startswith("--")} <= options | {"--help"}


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {word for _, line in _lines() if line.startswith("make ") for word in line.split()[1:2]}
    assert named <= targets


# -- files -------------------------------------------------------------------------------------


def _named_files() -> list[tuple[str, str]]:
    found = set()
    for page, line in _lines():
        for word in re.split(r"[\s=\"']+", line.removesuffix("`")):
            if word.startswith(_FOLDERS) and not set(word) & set("<>*{}…$"):
                found.add((str(page), word.rstrip(".,:")))
    return sorted(found)


@pytest.mark.parametrize(("page", "name"), _named_files())
def test_files_that_are_named_exist(page: str, name: str) -> None:
    made_by_people = {"config/.env"}
    assert name in made_by_people or (PROJECT / name).exists()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCE.sub("", (PROJECT / page).read_text("utf-8"))
    for target in _LINK.findall(text):
        if not target.startswith(("http://", "https://", "#")):
            assert ((PROJECT / page).parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent == Path("docs")], ids=str)
def test_pages_begin_with_their_reader(page: Path) -> None:
    title, _, reader = (PROJECT / page).read_text("utf-8").split("\n", 3)[:3]
    assert title.startswith("# ")
    assert reader.startswith("*For ")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_pages_name_no_machine(page: Path) -> None:
    assert not re.search(r"/work/|/tmp/|/home/", (PROJECT / page).read_text("utf-8"))


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent == Path("docs/adr")], ids=str)
def test_decisions_fit_on_a_page(page: Path) -> None:
    assert len((PROJECT / page).read_text("utf-8").splitlines()) <= 60
