"""From a `.call.yaml` file to `CallScript`s: strict, with all mistakes at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ivr.simulator.scripts.later_reader import LaterReader
from ivr.simulator.scripts.model import (
    CallerSpec,
    CallScript,
    Expect,
    Given,
    GivenConnector,
    Level,
    Line,
)
from ivr.simulator.scripts.problems import ScriptInvalid, ScriptProblem
from ivr.simulator.scripts.reader import Reader
from ivr.simulator.scripts.turns import TurnReader
from ivr.strict_yaml import Scalar, Tree, YamlInvalid, read_bytes, read_file

MAX_ROWS = 1000
MAX_TURNS = 500
_SCRIPT = ("call", "flow", "given", "caller", "turns", "expect", "dialled", "level", "later")
_EXPECT = (
    "outcome", "intent", "slots", "visited", "hold_secs", "longest_silence_ms", "language", "recorded", "node",
    "dials", "texts",
)  # fmt: skip


def load_scripts(paths: Iterable[Path]) -> list[CallScript]:
    """Scripts of files and of all `.yaml` files in folders, in the order of their names.

    Raises `ScriptInvalid` with every mistake of all files.
    """
    scripts: list[CallScript] = []
    problems: list[ScriptProblem] = []
    for path in paths:
        files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
        if not files:
            problems.append(ScriptProblem(str(path), 1, "there is no .yaml file in this folder; name another one"))
        for file in files:
            try:
                scripts += load_file(file)
            except ScriptInvalid as error:
                problems += error.problems
    if problems:
        raise ScriptInvalid(problems)
    return scripts


def load_file(path: Path) -> list[CallScript]:
    """The calls of one file. Raises `ScriptInvalid`."""
    try:
        return _scripts(read_file(path), str(path), path.parent)
    except YamlInvalid as error:
        raise _invalid(str(path), error) from error


def parse_scripts(raw: bytes, file: str = "script", folder: Path = Path()) -> list[CallScript]:
    """The calls of a text in UTF-8; `---` separates them. Raises `ScriptInvalid`."""
    try:
        return _scripts(read_bytes(raw), file, folder)
    except YamlInvalid as error:
        raise _invalid(file, error) from error


def _invalid(file: str, error: YamlInvalid) -> ScriptInvalid:
    return ScriptInvalid([ScriptProblem(file, one.line, one.message) for one in error.problems])


def _scripts(documents: list[Tree], file: str, folder: Path) -> list[CallScript]:
    reader = Reader(file)
    scripts = [_ScriptReader(reader, folder).read(document) for document in documents]
    if not documents:
        reader.note(1, "there is no call in this file; begin with `call: what happens in it`")
    if reader.problems:
        raise ScriptInvalid(sorted(reader.problems))
    return scripts


class _ScriptReader:
    def __init__(self, reader: Reader, folder: Path) -> None:
        self.reader = reader
        self.folder = folder

    def read(self, tree: Tree) -> CallScript:
        reader = self.reader
        fields = reader.fields(tree, "the call", _SCRIPT, ("call", "flow", "turns"))
        turn_reader = TurnReader(reader, self.folder)
        turns = turn_reader.read(fields.get("turns"))
        later = LaterReader(reader, turn_reader)
        given = self._given(fields.get("given"), later)
        if "turns" in fields and not 0 < len(turns) <= MAX_TURNS and not reader.problems:
            reader.note(fields["turns"].line, f"`turns` must have from 1 to {MAX_TURNS} turns")
        return CallScript(
            name=reader.text(fields.get("call"), "`call`"),
            flow=reader.name(fields.get("flow"), "`flow`"),
            turns=turns,
            file=reader.file,
            line=tree.line,
            given=given,
            caller=self._caller(fields.get("caller")),
            expect=self._expect(fields.get("expect")),
            dialled=reader.number(fields.get("dialled"), "`dialled`"),
            levels=self._levels(fields.get("level")),
            later=later.steps(fields.get("later"), given.agents),
        )

    def _given(self, tree: Tree | None, later: LaterReader) -> Given:
        if tree is None:
            return Given()
        reader = self.reader
        fields = reader.fields(tree, "`given`", ("now", "hours", "connectors", "agents"))
        hours = reader.one_of(fields.get("hours"), "`hours`", ("open", "closed"))
        connectors = reader.pairs(fields.get("connectors"), "`connectors`")
        return Given(
            now=reader.moment(fields.get("now"), "`now`"),
            is_open=None if hours is None else hours == "open",
            connectors={name: self._connector(name, inner) for name, inner in connectors.items()},
            agents=later.agents(fields.get("agents")),
        )

    def _connector(self, name: str, tree: Tree) -> GivenConnector:
        reader, what = self.reader, f"the connector `{name[:40]}`"
        fields = reader.fields(tree, what, ("rows", "fails", "delay_ms"))
        if not fields:
            reader.note(tree.line, f"{what} needs `rows`, `fails` or `delay_ms`; add one")
        if "rows" in fields and "fails" in fields:
            reader.note(fields["fails"].line, f"{what} cannot have both `rows` and `fails`; remove one")
        items = reader.items(fields.get("rows"), "`rows`")
        if len(items) > MAX_ROWS:
            reader.note(fields["rows"].line, f"`rows` has more than {MAX_ROWS} rows; keep those that the call needs")
        rows = [
            {key: reader.value(value, f"`{key[:40]}`") for key, value in reader.pairs(item, "a row").items()}
            for item in items[:MAX_ROWS]
        ]
        return GivenConnector(
            rows=tuple(rows) if "rows" in fields else None,
            fails=reader.name(fields.get("fails"), "`fails`") or None,
            delay_ms=reader.whole(fields.get("delay_ms"), "`delay_ms`", 60_000),
        )

    def _caller(self, tree: Tree | None) -> CallerSpec:
        if tree is None:
            return CallerSpec()
        reader, default = self.reader, CallerSpec()
        fields = reader.fields(tree, "`caller`", ("number", "language", "voice", "line"))
        number: str | None
        if isinstance(withheld := fields.get("number"), Scalar) and withheld.text in ("", "withheld"):
            number = ""
        else:
            number = reader.number(withheld, "the caller's `number`")
        return CallerSpec(
            number=default.number if number is None else number,
            language=reader.name(fields.get("language"), "`language`") or default.language,
            voice=reader.text(fields.get("voice"), "`voice`") or default.voice,
            line=self._line(fields.get("line")),
            is_number_given=number is not None,
        )

    def _line(self, tree: Tree | None) -> Line:
        if tree is None:
            return Line()
        reader = self.reader
        fields = reader.fields(tree, "`line`", ("noise_db", "packet_loss", "echo_db"))
        return Line(
            noise_db=reader.decimal(fields.get("noise_db"), "`noise_db`", -10, 60),
            packet_loss=reader.decimal(fields.get("packet_loss"), "`packet_loss`", 0, 0.5) or 0.0,
            echo_db=reader.decimal(fields.get("echo_db"), "`echo_db`", -80, 0),
        )

    def _expect(self, tree: Tree | None) -> Expect:
        if tree is None:
            return Expect()
        reader = self.reader
        fields = reader.fields(tree, "`expect`", _EXPECT)
        slots = reader.pairs(fields.get("slots"), "`slots`")
        return Expect(
            outcome=reader.name(fields.get("outcome"), "`outcome`") or None,
            intent=reader.name(fields.get("intent"), "`intent`") or None,
            slots={name: reader.text(value, f"the slot `{name[:40]}`") for name, value in slots.items()},
            visited=reader.names(fields["visited"], "`visited`") if "visited" in fields else None,
            hold_secs=reader.whole(fields.get("hold_secs"), "`hold_secs`", 86_400),
            longest_silence_ms=reader.whole(fields.get("longest_silence_ms"), "`longest_silence_ms`", 600_000, 1),
            language=reader.name(fields.get("language"), "`language`") or None,
            recorded=reader.truth(fields.get("recorded"), "`recorded`"),
            node=reader.name(fields.get("node"), "`node`") or None,
            dials=self._dials(fields.get("dials")),
            texts=reader.whole(fields.get("texts"), "`texts`", 1000),
            lines={name: value.line for name, value in fields.items()},
        )

    def _dials(self, tree: Tree | None) -> dict[str, int]:
        reader, found = self.reader, dict[str, int]()
        for number, inner in reader.pairs(tree, "`dials`").items():
            if reader.number(Scalar(number, inner.line), "a number under `dials`") is not None:
                found[number] = reader.whole(inner, "how often a number is dialled", 1000) or 0
        return found

    def _levels(self, tree: Tree | None) -> tuple[Level, ...]:
        names = self.reader.names(tree, "`level`")
        known = {level.value: level for level in Level}
        for name in names:
            if name not in known and tree is not None:
                self.reader.note(tree.line, f"`level` does not know `{name[:40]}`; use text, wire or [text, wire]")
        return tuple(known[name] for name in names if name in known) or tuple(Level)
