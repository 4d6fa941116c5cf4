"""`ivr call`: lends the call scripts' runner flows, understanding, connectors and speech."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import structlog

from ivr.commands.callers import voice_and_ears
from ivr.commands.common import say, tell
from ivr.commands.rehearsal import Rehearsal
from ivr.connectors.book import ConnectorBook
from ivr.core.flow.model import Flow
from ivr.flows.book import FlowBook
from ivr.places import config_dir
from ivr.runtime.desk import desk_operations
from ivr.simulator.caller import CallerEars, CallerVoice
from ivr.simulator.scripts.command import CallOptions, CallTools, run_call_command
from ivr.simulator.scripts.text_level import TextPorts
from ivr.simulator.scripts.wire_server import Account
from ivr.storage import SqlRequestStore, open_database
from ivr.storage.migrate import upgrade
from ivr.understanding.local import LocalUnderstanding


def run_scripts(
    scripts: list[Path], *, level: str, speed: float, save_audio: Path | None, report: str | None,
    against: str | None, jobs: int,
) -> int:  # fmt: skip
    """Runs them; the exit code says how it went."""
    quiet_logging()
    # Like Ctrl-C: the server that was started for the calls is ended with them.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    bench = Bench()
    sid, token = os.environ.get("TWILIO_ACCOUNT_SID"), os.environ.get("TWILIO_AUTH_TOKEN")
    account = Account(sid, token) if against is not None and sid and token else None
    options = CallOptions(tuple(scripts), level, speed, save_audio, report, against, account, jobs)
    return run_call_command(options, bench.tools())


def quiet_logging() -> None:
    """Only warnings: the output belongs to the results."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))


class Bench:
    """Flows, hours, understanding and connectors without a server."""

    def __init__(self) -> None:
        """Reads the flows. Raises `FlowInvalid`."""
        self._scratch = tempfile.TemporaryDirectory(prefix="denwaban-call-")
        self.config = config_dir()
        self._now = datetime.now(UTC)
        self.base = self.config.resolve().parent
        self.cache = self.base / "var"
        folder = Path(os.environ.get("IVR_FLOWS__DIR", self.base / "call_flows"))
        self.folder = folder if folder.is_absolute() else self.base / folder
        self.connectors = ConnectorBook.from_files(
            self.config / "connectors.yaml", base=self.base, environ=os.environ, requests=self._requests()
        )
        operations = {**self.connectors.operations(), **desk_operations()}
        self.book = FlowBook(self.folder, self.config / "hours.yaml", operations, self.base)
        self.flows: Mapping[str, Flow] = self.book.flows

    def _requests(self) -> SqlRequestStore:
        """Requests of simulated callers go into a database that is thrown away."""
        database = open_database(f"sqlite:///{self._scratch.name}/requests.sqlite")
        upgrade(database.engine)
        return SqlRequestStore(database)

    def tools(self) -> CallTools:
        """What the runner wants."""
        return CallTools(
            flows=lambda: self.flows,
            text_ports=self.text_ports,
            speech=self._speech,
            voice_dir=self.cache / "callers",
            say=say,
            tell=tell,
            hours=self.opening,
        )

    def text_ports(self) -> TextPorts:
        """The dialogue's ports."""
        understanding = LocalUnderstanding(self.folder, self.cache / "embeddings", reference=lambda: self._now)
        return TextPorts(
            understanding, self.connectors, hours=self.opening, set_now=self._set_now, world=self.rehearsal
        )

    def rehearsal(self) -> Rehearsal:
        """A queue of its own for every script."""
        return Rehearsal(self.book, self.connectors)

    def _set_now(self, now: datetime) -> None:
        self._now = now.astimezone(self.book.local_now().tzinfo or UTC)

    def opening(self, name: str, at: datetime) -> tuple[bool, Mapping[str, str]]:
        """Whether a schedule is open, and in words."""
        hours = self.book.hours(name)
        if hours is None:
            return True, {}
        languages = {language for flow in self.flows.values() for language in flow.languages}
        return hours.is_open(at), {language: hours.text(language) for language in languages}

    def _speech(self) -> AbstractContextManager[tuple[CallerVoice, CallerEars]]:
        models = Path(os.environ.get("IVR_SPEECH__MODELS_DIR", self.cache / "models"))
        return voice_and_ears(models, self.cache)
