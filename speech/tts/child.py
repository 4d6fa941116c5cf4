"""The program of a synthesis child: `python -m speech.tts.child ENGINE`, one engine, one request at a time.

ENGINE is a name of `ENGINES` or `module:factory`. Ends with its standard input, or by the kernel's alarm when
an engine is stuck and the parent, gone, cannot kill it any more.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import BinaryIO

from speech.interfaces import Synthesiser, SynthesisFailed
from speech.tts.wire import Answer, BadMessage, Order, Request, encode_answer, read_request

ENGINES = {
    "piper": "speech.tts.piper:Piper",
    "open_jtalk": "speech.tts.open_jtalk:OpenJTalk",
    "espeak": "speech.tts.espeak:Espeak",
}
ALARM_SECS = 60
"""Far above the parent's time limits: it is for the orphan, which nobody else would end."""
NICENESS = 5
"""The process that carries the calls' audio goes first."""


class Servant:
    """Answers requests; loads its engine with the first of them."""

    def __init__(self, factory: Callable[[], Synthesiser]) -> None:
        self._factory = factory
        self._engine: Synthesiser | None = None

    def answer(self, request: Request) -> Answer:
        """What came of a request; failures of engines are answers, not exceptions."""
        try:
            if self._engine is None:
                self._engine = self._factory()
            if request.order is Order.WARM:
                return Answer(languages=self._engine.languages())
            return Answer(body=self._engine.synthesise(request.text, request.voice))
        except SynthesisFailed as failed:
            return Answer(failure=failed.reason)
        except MemoryError:
            raise
        except Exception as broken:  # noqa: BLE001 - an engine's bug must not take the child's other requests with it
            return Answer(failure=f"engine_error:{type(broken).__name__}")

    def close(self) -> None:
        """Closes the engine, if one was loaded."""
        if self._engine is not None:
            self._engine.close()


def main(arguments: list[str]) -> int:
    """Serves until standard input ends; 2 for a wrong command line or a broken protocol."""
    if len(arguments) != 1:
        return 2
    requests, answers = _own_streams()
    os.nice(NICENESS)
    servant = Servant(_factory(arguments[0]))
    try:
        while True:
            request = read_request(lambda count: _exactly(requests, count))
            signal.alarm(ALARM_SECS)
            answers.write(encode_answer(servant.answer(request)))
            answers.flush()
            signal.alarm(0)
    except EOFError:
        return 0
    except (BadMessage, BrokenPipeError):
        return 2
    finally:
        servant.close()


def _factory(name: str) -> Callable[[], Synthesiser]:
    """The engine's constructor; its module is imported with the first request, so that failures are answered."""

    def make() -> Synthesiser:
        module, _, attribute = ENGINES.get(name, name).partition(":")
        made: Synthesiser = getattr(importlib.import_module(module), attribute)()
        return made

    return make


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for the protocol alone: what engines print goes to standard error's place, unread."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _exactly(stream: BinaryIO, count: int) -> bytes:
    """`count` bytes, or `EOFError`."""
    read = stream.read(count)
    if len(read) < count:
        raise EOFError
    return read


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
