"""From the lines under `turns:` to typed turns: one action each, with the options that fit it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ivr.simulator.comparison import InvalidPattern, check_pattern
from ivr.simulator.scripts.model import HangUp, Hear, Noise, NoiseKind, Press, Say, Silence, Turn
from ivr.simulator.scripts.reader import Reader
from ivr.strict_yaml import Scalar, Tree

COUGH_MS = 400
MAX_WAIT_MS = 120_000
"""Largest `after_ms` and `within_ms`."""
_BARE = ("hang_up", "cough")
_ACTIONS = ("hear", "say", "press", "silence", "hang_up", "cough", "noise", "hold_music")
_KEYS = re.compile(r"[0-9*#]{1,32}\Z")
_KEPT = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,31})\s*\}\}\Z")


class TurnReader:
    """Reads turns for one file."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        self.reader = reader
        self.folder = folder
        self._kept: set[str] = set()
        self._read: dict[str, Callable[[dict[str, Tree], int, int | None], Turn]] = {
            "hear": self._hear,
            "say": self._say,
            "press": self._press,
            "silence": self._silence,
            "hang_up": lambda fields, line, after: HangUp(line, after),
            "cough": lambda fields, line, after: Noise(NoiseKind.COUGH, COUGH_MS, line, after),
            "noise": self._noise,
            "hold_music": self._hold_music,
        }

    def read(self, tree: Tree | None) -> tuple[Turn, ...]:
        """All turns of one call."""
        return tuple(turn for item in self.reader.items(tree, "`turns`") if (turn := self._turn(item)) is not None)

    def one(self, tree: Tree) -> Turn | None:
        """A single turn; None when it is none."""
        return self._turn(tree)

    def _turn(self, tree: Tree) -> Turn | None:
        reader = self.reader
        if isinstance(tree, Scalar):
            if tree.text in _BARE:
                return self._read[tree.text]({}, tree.line, None)
            reader.note(tree.line, f"a turn must be one of `{'`, `'.join(_ACTIONS)}` with its value")
            return None
        fields = reader.fields(tree, "a turn", (*_ACTIONS, "after_ms", "within_ms", "play", "keep"))
        actions = [name for name in fields if name in _ACTIONS]
        if len(actions) != 1:
            what = f"has {len(actions)} actions ({', '.join(actions)})" if actions else "has no action"
            reader.note(tree.line, f"the turn {what}; write one of {', '.join(_ACTIONS)} in each turn")
            return None
        action = actions[0]
        self._check_options(action, fields)
        after_ms = reader.whole(fields.get("after_ms"), "`after_ms`", MAX_WAIT_MS)
        return self._read[action](fields, tree.line, after_ms)

    def _check_options(self, action: str, fields: dict[str, Tree]) -> None:
        for option, fitting in (("within_ms", ("hear",)), ("play", ("say",)), ("keep", ("hear",))):
            if option in fields and action not in fitting:
                self.reader.note(fields[option].line, f"`{option}` belongs to `{fitting[0]}`; move it there")
        if "after_ms" in fields and action in ("hear", "silence"):
            self.reader.note(fields["after_ms"].line, f"`{action}` cannot have `after_ms`; remove it")
        value = fields[action]
        if action in _BARE and not (isinstance(value, Scalar) and value.text in ("", "true", "~", "null")):
            self.reader.note(value.line, f"`{action}` takes no value; write `- {action}`")

    def _hear(self, fields: dict[str, Tree], line: int, after_ms: int | None) -> Turn:
        words = self.reader.text(fields["hear"], "`hear`")
        try:
            check_pattern(words)
        except InvalidPattern as error:
            self.reader.note(line, f"`hear`: {error}")
        keep = self.reader.name(fields.get("keep"), "`keep`")
        self._kept.add(keep)
        return Hear(words, line, self.reader.whole(fields.get("within_ms"), "`within_ms`", MAX_WAIT_MS), keep)

    def _say(self, fields: dict[str, Tree], line: int, after_ms: int | None) -> Turn:
        wav = None
        if "play" in fields:
            name = self.reader.text(fields["play"], "`play`")
            wav = (self.folder / name).resolve()
            if name and not (wav.suffix == ".wav" and wav.is_file()):
                self.reader.note(fields["play"].line, "`play` must name a .wav file that lies beside the script")
        return Say(self.reader.text(fields["say"], "`say`"), line, after_ms, wav)

    def _press(self, fields: dict[str, Tree], line: int, after_ms: int | None) -> Turn:
        written = self.reader.text(fields["press"], "`press`").strip()
        if kept := _KEPT.match(written):
            if kept[1] not in self._kept:
                self.reader.note(
                    line, f"nothing is kept as `{kept[1]}`; write `keep: {kept[1]}` beside an earlier `hear`"
                )
            return Press(kept[1], line, after_ms, is_kept=True)
        keys = written.replace(" ", "")
        if keys and not _KEYS.match(keys):
            self.reader.note(line, '`press` must be keys 0-9, * and #, at most 32, in quotes: "42719#"')
        return Press(keys, line, after_ms)

    def _silence(self, fields: dict[str, Tree], line: int, after_ms: int | None) -> Turn:
        return Silence(self.reader.duration_ms(fields["silence"], "`silence`"), line)

    def _noise(self, fields: dict[str, Tree], line: int, after_ms: int | None) -> Turn:
        return Noise(NoiseKind.NOISE, self.reader.duration_ms(fields["noise"], "`noise`"), line, after_ms)

    def _hold_music(self, fields: dict[str, Tree], line: int, after_ms: int | None) -> Turn:
        duration_ms = self.reader.duration_ms(fields["hold_music"], "`hold_music`")
        return Noise(NoiseKind.HOLD_MUSIC, duration_ms, line, after_ms)
