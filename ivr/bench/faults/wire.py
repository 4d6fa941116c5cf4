"""The local socket between workers and the simulated carrier: one line of JSON each way per order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from ivr.ports import CarrierSilent, DialOrder, DialRefused, NumberCheck, PlacedCall

MOST_BYTES = 1 << 20


class WireCarrier:
    """`ivr.ports.Carrier` over the socket, with a time-out."""

    def __init__(self, path: str, worker: str, timeout_secs: float) -> None:
        self._path, self._worker, self._timeout_secs = path, worker, timeout_secs

    def dial(self, order: DialOrder) -> str:
        """The id of the new call."""
        answer = self._ask("dial", to=order.to, **{"from": order.from_number}, tag=order.tag)
        if "refused" in answer:
            raise DialRefused(str(answer["refused"]), is_final=False)
        return str(answer["sid"])

    def calls_to(self, to: str, from_number: str, since: datetime) -> list[PlacedCall]:
        """Newest first; the list lags."""
        return _calls(self._ask("calls_to", to=to, **{"from": from_number}, since=since.isoformat()))

    def call(self, carrier_sid: str) -> PlacedCall | None:
        """By its id."""
        return next(iter(_calls(self._ask("call", sid=carrier_sid))), None)

    def hang_up(self, carrier_sid: str) -> bool:
        """False: was over already."""
        return bool(self._ask("hang_up", sid=carrier_sid)["done"])

    def say_and_hang_up(self, carrier_sid: str, text: str, language: str) -> bool:
        """The same, after a sentence."""
        return bool(self._ask("say_and_hang_up", sid=carrier_sid, text=text, language=language)["done"])

    def intent_stored(self) -> None:
        """Before the dial: the run may strike this worker now."""
        with contextlib.suppress(CarrierSilent):
            self._ask("intent")

    def send_back(self, carrier_sid: str, tag: str) -> bool:
        """Nobody rings in here."""
        return False

    def send_text(self, to: str, from_number: str, body: str, *, tag: str) -> str:
        """Runs send none."""
        raise DialRefused("no_texts", is_final=True)

    def _ask(self, kind: str, **values: str) -> Mapping[str, Any]:
        line = json.dumps({"kind": kind, "worker": self._worker, **values}) + "\n"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
                wire.settimeout(self._timeout_secs)
                wire.connect(self._path)
                wire.sendall(line.encode())
                with wire.makefile("rb") as answers:
                    found = answers.readline(MOST_BYTES)
        except OSError:
            raise CarrierSilent from None
        if not found.endswith(b"\n"):
            raise CarrierSilent
        answer: Mapping[str, Any] = json.loads(found)
        return answer


class AnyNumber:
    """`ivr.ports.Numbers`: everything may be dialled."""

    def check(self, text: str, *, near: str = "") -> NumberCheck:
        """As it is."""
        return NumberCheck(text, zones=("UTC",))


async def serve(
    path: str, timeout_secs: float, carry_out: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any] | None]]
) -> asyncio.Server:
    """The carrier's end; where it stays silent, the asker's time runs out."""

    async def on_wire(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            answer = await carry_out(json.loads(line)) if line.endswith(b"\n") else None
            if answer is None:
                await asyncio.sleep(timeout_secs)
            else:
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass  # the worker was killed, has given up, or the run is over
        finally:
            writer.close()

    talks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(on_wire(reader, writer))
        talks.add(talk)
        talk.add_done_callback(talks.discard)

    return await asyncio.start_unix_server(connected, path)


def _calls(answer: Mapping[str, Any]) -> list[PlacedCall]:
    return [
        PlacedCall(
            one["sid"], one["status"], datetime.fromisoformat(one["created_at"]), ended_at=_time(one["ended_at"])
        )
        for one in answer["calls"]
    ]


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
