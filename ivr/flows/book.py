"""All flows of a folder: loaded, checked, looked up by dialled number, reloaded when a file changes.

A version once handed out stays. A changed file that does not pass the check is not taken; the old one stays in force.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import structlog

from ivr.core.flow.expansion import expanded, ring_in_node
from ivr.core.flow.model import (
    AskVerb,
    CallbackVerb,
    DoVerb,
    Flow,
    FlowNode,
    HangUpVerb,
    ListenVerb,
    MessageVerb,
    Prompt,
    RecordVerb,
    SayVerb,
    TransferVerb,
    WaitVerb,
)
from ivr.core.flow.outbound import AGENT_ROLE, CUSTOMER_ROLE, outbound_flow
from ivr.core.flow.phrases import all_phrases, opening
from ivr.core.hours import Hours
from ivr.core.queueing.rules import QueueRules
from ivr.flows.check import Surroundings, check
from ivr.flows.hours_file import load_hours
from ivr.flows.load import LoadedFlow, load_flow
from ivr.flows.problems import FlowInvalid, Problem
from ivr.flows.queues_file import load_queues
from ivr.strict_yaml import Mapping as YamlMapping
from ivr.strict_yaml import Tree, YamlInvalid, read_file

log = structlog.get_logger(__name__)


class FlowBook:
    """Flows and hours. Thread-safe."""

    def __init__(
        self,
        folder: Path,
        hours_file: Path,
        operations: Mapping[str, Sequence[str]] | None,
        base: Path | None = None,
        *,
        always: bool | None = None,
        queues_file: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        number_problem: Callable[[str], str] | None = None,
    ) -> None:
        """Loads everything; `always` overrides every schedule (for tests), `number_problem` is of `Surroundings`.

        Raises `FlowInvalid` with the problems of all files.
        """
        self._always, self._now = always, now
        self._folder, self._hours_file, self._operations = folder, hours_file, operations
        self._number_problem = number_problem
        self._queues_file = queues_file or hours_file.with_name("queues.yaml")
        self._queues: dict[str, QueueRules] = {}
        self._base = base or folder.parent
        self._lock = threading.Lock()
        self._versions: dict[tuple[str, str], Flow] = {}
        self._current: dict[str, Flow] = {}
        self._hours: dict[str, Hours] = {}
        self._seen: dict[Path, float] = {}
        problems = self.load()
        if problems:
            raise FlowInvalid(problems)

    def load(self) -> list[Problem]:
        """Reads all files; takes them into force only when there is no problem."""
        queues, problems = read_queues(self._queues_file, self._base)
        files = (self._folder, self._hours_file)
        hours, loaded, others = read_all(*files, self._operations, self._base, queues, self._number_problem)
        problems = [*problems, *others]
        problems += _unknown_hours(queues, hours, _label(self._queues_file, self._base))
        if problems:
            return sorted(problems)
        with self._lock:
            self._hours, self._queues = hours, queues
            self._current = {one.flow.name: one.flow for one in loaded}
            self._versions |= {(flow.name, flow.version): flow for flow in self._current.values()}
            self._seen = self._times()
        return []

    def refresh(self) -> list[Problem]:
        """Takes changed files into force; problems leave the old ones there."""
        times = self._times()
        if times == self._seen:
            return []
        problems = self.load()
        for problem in problems:
            log.warning("changed flow not taken", file=problem.file, line=problem.line, problem=problem.message)
        self._seen = times
        return problems

    def _times(self) -> dict[Path, float]:
        files = [*self._folder.rglob("*.yaml"), self._hours_file, self._queues_file]
        return {path: path.stat().st_mtime for path in files if path.exists()}

    @property
    def flows(self) -> dict[str, Flow]:
        """The flows in force, by name."""
        with self._lock:
            return dict(self._current)

    def get(self, name: str, version: str) -> Flow:
        """The flow in this version, or in force when that version is gone. Unknown name: `KeyError`.

        `support@customer` and `support@agent` are what runs on legs that were dialled for `support`.
        """
        base, _, companion = name.partition("@")
        with self._lock:
            flow = self._versions.get((base, version)) or self._current[base]
        return outbound_flow(flow, companion) if companion else flow

    @property
    def queues(self) -> dict[str, QueueRules]:
        """The queues in force, by name."""
        with self._lock:
            return dict(self._queues)

    def hours(self, name: str) -> Hours | None:
        """A schedule; one that is always open or closed while tests say so."""
        with self._lock:
            found = self._hours.get(name)
        return found if found is None or self._always is None else always(found, is_open=self._always)

    def for_number(self, dialled: str) -> Flow | None:
        """The flow a dialled number enters; where there is only one flow, it answers every number."""
        with self._lock:
            flows = list(self._current.values())
        only = flows[0] if len(flows) == 1 else None
        return next((flow for flow in flows if dialled in flow.numbers), only)

    def local_now(self) -> datetime:
        """The present moment where the company is: the zone of its first schedule."""
        zone = next((hours.zone for hours in self._hours.values()), None)
        return self._now().astimezone(zone or UTC)

    def opening(self, flow: Flow, at: datetime) -> tuple[bool, dict[str, str]]:
        """Whether people are there, and when, in words per language."""
        hours = self._hours.get(flow.hours or "")
        if hours is None:
            return True, {}
        is_open = hours.is_open(at) if self._always is None else self._always
        return is_open, {language: hours.text(language) for language in flow.languages}


def read_queues(file: Path, base: Path) -> tuple[dict[str, QueueRules], list[Problem]]:
    """Every queue with every problem; none where there is no such file."""
    try:
        return load_queues(file, _label(file, base)), []
    except FlowInvalid as error:
        return {}, error.problems


def _unknown_hours(queues: Mapping[str, QueueRules], hours: Mapping[str, Hours], file: str) -> list[Problem]:
    return [
        Problem(file, 1, name, f"`hours: {rules.hours}` is not in config/hours.yaml; add it there")
        for name, rules in queues.items()
        if rules.hours and rules.hours not in hours
    ]


def always(hours: Hours, *, is_open: bool) -> Hours:
    """The same schedule, open or closed all the time."""
    day = ((time(), time()),) if is_open else ()
    return replace(hours, week=(day,) * 7, holidays=frozenset(), changes={})


def read_all(
    folder: Path,
    hours_file: Path,
    operations: Mapping[str, Sequence[str]] | None,
    base: Path,
    queues: Mapping[str, QueueRules] | None = None,
    number_problem: Callable[[str], str] | None = None,
) -> tuple[dict[str, Hours], list[LoadedFlow], list[Problem]]:
    """Every flow of a folder with every problem."""
    problems: list[Problem] = []
    hours: dict[str, Hours] = {}
    try:
        hours = load_hours(hours_file, _label(hours_file, base))
    except FlowInvalid as error:
        problems += error.problems
    intents, titles, knowledge = _understanding_files(folder)
    numbers: dict[str, str] = {}
    files: dict[str, str] = {}
    loaded: list[LoadedFlow] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            one = load_flow(path, _label(path, base))
        except FlowInvalid as error:
            problems += error.problems
            continue
        one = replace(one, flow=replace(one.flow, intent_titles=titles))
        problems += _doubled(one, files.setdefault(one.flow.name, one.file))
        names = None if queues is None else frozenset(queues)
        around = Surroundings(intents, knowledge, operations, frozenset(hours), numbers, names, number_problem)
        problems += check(one, around)
        numbers |= dict.fromkeys(one.flow.numbers, one.flow.name)
        loaded.append(replace(one, flow=expanded(one.flow)))
    if not loaded and not problems:
        problems.append(Problem(_label(folder, base), 1, "flow", "there is no flow in this folder; add a *.yaml file"))
    return hours, loaded, sorted(problems)


def _doubled(one: LoadedFlow, first: str) -> list[Problem]:
    if one.file == first:
        return []
    message = f"the flow `{one.flow.name}` is in {first} too; give one of them another name"
    return [Problem(one.file, one.section_lines.get("flow", 1), "flow", message)]


def _label(path: Path, base: Path) -> str:
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


Titles = dict[str, dict[str, str]]


def _understanding_files(
    folder: Path,
) -> tuple[dict[tuple[str, str], frozenset[str]], Titles, frozenset[tuple[str, str]]]:
    """Which intents (with their titles) and knowledge files there are; their own mistakes are told by their loader."""
    intents: dict[tuple[str, str], frozenset[str]] = {}
    titles: Titles = {}
    for path in sorted((folder / "intents").glob("*.*.yaml")):
        name, language = path.name.split(".")[:2]
        found = _intents(path)
        intents[name, language] = frozenset(found)
        for intent, title in found.items():
            if title:
                titles.setdefault(intent, {})[language] = title
    knowledge = frozenset(
        (path.name.split(".")[0], path.name.split(".")[1]) for path in (folder / "knowledge").glob("*.*.yaml")
    )
    return intents, titles, knowledge


def _intents(path: Path) -> dict[str, str]:
    try:
        documents = read_file(path)
    except YamlInvalid:
        return {}
    tree: Tree | None = documents[0] if documents else None
    names = tree.items.get("intents") if isinstance(tree, YamlMapping) else None
    return {name: _title(body) for name, body in names.items.items()} if isinstance(names, YamlMapping) else {}


def _title(body: Tree) -> str:
    title = body.items.get("title") if isinstance(body, YamlMapping) else None
    return getattr(title, "text", "")


def fixed_texts(flow: Flow) -> dict[str, set[str]]:
    """What is the same for all callers, per language: whole prompts, and what others say before their first value."""
    found: dict[str, set[str]] = {language: set(all_phrases(language)) for language in flow.languages}
    prompts = [flow.consent.prompt] if flow.consent else []
    for node in [*flow.nodes.values(), *_legs(flow)]:
        prompts += [prompt for prompt in _prompts(node) if prompt is not None]
    for prompt in prompts:
        for language, template in prompt.items():
            kept = opening(template.source, "{{")
            if kept:
                found.setdefault(language, set()).add(kept)
    return found


def _legs(flow: Flow) -> list[FlowNode]:
    """What is said on legs that are dialled for a flow that promises calls."""
    if ring_in_node(flow) is None and not any(isinstance(one.verb, TransferVerb) for one in flow.nodes.values()):
        return []
    return [node for role in (CUSTOMER_ROLE, AGENT_ROLE) for node in outbound_flow(flow, role).nodes.values()]


def _prompts(node: FlowNode) -> list[Prompt | None]:
    match node.verb:
        case ListenVerb() as verb:
            return [verb.prompt, verb.no_match.prompt, verb.no_input.prompt]
        case AskVerb() as verb:
            known = verb.known.prompt if verb.known is not None else None
            return [verb.prompt, verb.no_match.prompt, verb.no_input.prompt, known]
        case SayVerb() | HangUpVerb() as verb:
            return [verb.prompt]
        case DoVerb() as verb:
            return [verb.filler]
        case CallbackVerb() | MessageVerb() | RecordVerb() as verb:
            return [verb.prompt]
        case WaitVerb() as verb:
            return list(verb.prompts.values())
        case _:
            return []
