"""How many calls one core carries: an echo over real sockets, one frame back for every frame in.

The real server (signature and ticket included) runs in a process of its own on one core, the load on another.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import math
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import psutil
import structlog
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from ivr.telephony.media_call import MediaCall
from ivr.telephony.media_gate import Admission, MediaLimits
from ivr.telephony.media_server import MediaServer
from ivr.telephony.signature import sign

_TOKEN = "bench-only-token-of-no-account"  # noqa: S105 - signs nothing outside this bench
_PUBLIC_URL = "wss://bench.invalid/media"
_TICKET = "t" * 32
_FRAME_SECS = 0.02
_SLOTS = 20
_WARM_UP_SECS = 1.0
_P99_LIMIT_MS = 20.0
_STEP = 1.15
_ATTEMPTS = 3
"""At one load: the machine may have been busy with something else."""
_MEDIA = (
    b'{"event":"media","sequenceNumber":"%d","media":{"track":"inbound","chunk":"%d","timestamp":"%d",'
    b'"payload":"%b"},"streamSid":"MZbench"}'
)
_PAYLOAD = base64.b64encode(bytes(range(160)))


@dataclass(frozen=True, slots=True)
class Level:
    """What one load showed."""

    calls: int
    p99_ms: float
    cpu_us_per_frame: float
    client_late_ms: float
    answered: float
    """Share of the frames that came back."""

    @property
    def is_passed(self) -> bool:
        """Fast enough, and nothing was lost."""
        return self.p99_ms < _P99_LIMIT_MS and self.answered > 0.999


def bench_media(
    seconds: float = 40.0,
    *,
    start_calls: int = 200,
    max_calls: int = 1500,
    progress: Callable[[str], None] | None = None,
) -> dict[str, float]:
    """Raise the number of echo calls until the 99th percentile of the turnaround reaches 20 ms.

    Args:
        seconds: Altogether, about.
        start_calls: Where the ramp begins.
        max_calls: Where the ramp ends at the latest.
        progress: Told a line per level.

    Returns:
        `calls_per_core`, and `cpu_us_per_frame` and `p99_ms` at that load. All zero when no level passed.
    """
    context = multiprocessing.get_context("spawn")
    ports, serving_end = context.Pipe()
    results, loading_end = context.Pipe()
    server = context.Process(target=_serve, args=(serving_end, max_calls), daemon=True)
    server.start()
    best: Level | None = None
    try:
        if not ports.poll(15):
            raise RuntimeError("the media server of the bench did not start")
        arguments = (loading_end, ports.recv(), server.pid, seconds, (start_calls, max_calls))
        client = context.Process(target=_load, args=arguments, daemon=True)
        client.start()
        best = _follow(results, seconds, progress)
        server.kill()
        server.join()
        client.kill()
        client.join()
    finally:
        server.kill()
        server.join()
    if best is None:
        return {"calls_per_core": 0, "cpu_us_per_frame": 0.0, "p99_ms": 0.0}
    return {
        "calls_per_core": best.calls,
        "cpu_us_per_frame": round(best.cpu_us_per_frame, 1),
        "p99_ms": round(best.p99_ms, 2),
    }


def _follow(results: Connection, seconds: float, progress: Callable[[str], None] | None) -> Level | None:
    """The best level that passed; ends with the client's None, its death, or out of time."""
    best: Level | None = None
    ends_at = time.monotonic() + seconds + 15
    while results.poll(max(0.0, ends_at - time.monotonic())):
        level: Level | None = results.recv()
        if level is None:
            break
        if level.is_passed:
            best = level
        if progress is not None:
            progress(
                f"{level.calls} calls: p99 {level.p99_ms:.2f} ms, {level.cpu_us_per_frame:.1f} µs a frame,"
                f" {level.answered:.2%} back, load generator late by {level.client_late_ms:.1f} ms"
            )
    return best


def _pin(core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    psutil.Process().cpu_affinity([cores[core % len(cores)]])


# --- the server's process ---------------------------------------------------------------------------------------


class _OpenGate:
    """Every ticket is good."""

    def admit(self, call_id: str, token: str) -> Admission | None:
        """The call's leg is named like the call."""
        return Admission("CA" + call_id)


def _echo(call: MediaCall) -> None:
    call.on_frame = lambda _, mulaw: call.send_audio(mulaw)


def _serve(ports: Connection, max_calls: int) -> None:
    _pin(0)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(_serve_for_ever(ports, max_calls))


async def _serve_for_ever(ports: Connection, max_calls: int) -> None:
    limits = MediaLimits(max_calls=max_calls, open_timeout_ms=10_000)
    server = MediaServer(
        "127.0.0.1", 0, _OpenGate(), _echo, public_url=_PUBLIC_URL, auth_tokens=[_TOKEN], limits=limits
    )
    await server.start()
    ports.send(server.port)
    await asyncio.Event().wait()


# --- the load's process -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Measure:
    turnarounds: list[float] = field(default_factory=list)
    late: float = 0.0
    sent: int = 0


class _EchoCall(WSListener):
    """One call: sends numbered frames, times what comes back."""

    def __init__(self, measure: _Measure) -> None:
        super().__init__()
        self._measure = measure
        self._number = 0
        self._sent_at: deque[float] = deque()
        self._transport: WSTransport | None = None

    def start(self, transport: WSTransport, call_id: str) -> None:
        """Open the stream."""
        self._transport = transport
        transport.send(WSMsgType.TEXT, b'{"event":"connected","protocol":"Call","version":"1.0.0"}')
        start = (
            '{"event":"start","sequenceNumber":"1","start":{"accountSid":"ACbench","streamSid":"MZbench",'
            f'"callSid":"CA{call_id}","tracks":["inbound"],"mediaFormat":{{"encoding":"audio/x-mulaw",'
            '"sampleRate":8000,"channels":1},"customParameters":{}},"streamSid":"MZbench"}'
        )
        transport.send(WSMsgType.TEXT, start.encode())

    def send_frame(self, now: float) -> None:
        """Send the next 20 ms."""
        self._number += 1
        number = self._number
        message = _MEDIA % (number + 1, number, 82 + 20 * number, _PAYLOAD)
        self._sent_at.append(now)
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, message)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A frame came back."""
        if frame.msg_type is WSMsgType.TEXT and self._sent_at:
            self._measure.turnarounds.append(time.perf_counter() - self._sent_at.popleft())


def _load(results: Connection, port: int, server_pid: int, seconds: float, calls: tuple[int, int]) -> None:
    _pin(1)
    asyncio.run(_ramp(results, port, psutil.Process(server_pid), seconds, calls))


async def _ramp(
    results: Connection, port: int, server: psutil.Process, seconds: float, from_to: tuple[int, int]
) -> None:
    start_calls, max_calls = from_to
    ends_at = time.monotonic() + seconds
    measure = _Measure()
    calls: list[_EchoCall] = []
    wanted = float(start_calls)
    failures = 0
    steps = max(3.0, math.log(max_calls / start_calls, _STEP))
    level_secs = min(4.0, max(1.0, seconds / steps - _WARM_UP_SECS - 1.0))
    while failures < _ATTEMPTS and wanted <= max_calls and time.monotonic() + level_secs + _WARM_UP_SECS < ends_at:
        while len(calls) < int(wanted):
            calls.append(await _dial(port, len(calls), measure))
        level = await _hold(calls, measure, server, level_secs)
        results.send(level)
        if level.is_passed:
            failures, wanted = 0, wanted * _STEP
        else:
            failures += 1
    results.send(None)


async def _dial(port: int, number: int, measure: _Measure) -> _EchoCall:
    call_id = f"{number:032x}"
    path = f"/{call_id}/{_TICKET}"
    signature = sign(_TOKEN, _PUBLIC_URL + path) or ""
    call = _EchoCall(measure)

    def listener(*_: Any) -> _EchoCall:
        return call

    transport, _ = await ws_connect(
        listener, f"ws://127.0.0.1:{port}/media{path}", extra_headers={"X-Twilio-Signature": signature}
    )
    call.start(transport, call_id)
    return call


async def _hold(calls: list[_EchoCall], measure: _Measure, server: psutil.Process, level_secs: float) -> Level:
    """Keep all calls talking: first to warm up, then measured."""
    await _talk(calls, measure, _WARM_UP_SECS)
    before = server.cpu_times()
    measure.turnarounds, measure.late, measure.sent = [], 0.0, 0
    await _talk(calls, measure, level_secs)
    await asyncio.sleep(_P99_LIMIT_MS / 1000 * 2)
    after = server.cpu_times()
    spent = after.user + after.system - before.user - before.system
    ordered = sorted(measure.turnarounds) or [math.inf]
    return Level(
        calls=len(calls),
        p99_ms=ordered[int(len(ordered) * 0.99)] * 1000,
        cpu_us_per_frame=spent / max(1, measure.sent) * 1e6,
        client_late_ms=measure.late * 1000,
        answered=len(measure.turnarounds) / max(1, measure.sent),
    )


async def _talk(calls: list[_EchoCall], measure: _Measure, secs: float) -> None:
    """Send every call a frame each 20 ms, spread evenly, by deadline."""
    slots = [calls[slot::_SLOTS] for slot in range(_SLOTS)]
    begins_at = time.perf_counter()
    for tick in range(int(secs / _FRAME_SECS * _SLOTS)):
        due_at = begins_at + tick * _FRAME_SECS / _SLOTS
        wait = due_at - time.perf_counter()
        await asyncio.sleep(max(0.0, wait))
        for call in slots[tick % _SLOTS]:
            now = time.perf_counter()
            call.send_frame(now)
        measure.sent += len(slots[tick % _SLOTS])
        measure.late = max(measure.late, time.perf_counter() - due_at)
