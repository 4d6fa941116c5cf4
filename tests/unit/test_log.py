from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ivr.log import configure_logging
from ivr.masking import MASK, exception_summary, masked_text, masked_value
from ivr.settings import Log, LogFormat, LogLevel

pytestmark = pytest.mark.unit

CALL_ID = "0123456789abcdef0123456789abcdef"
CANARIES = (
    "+819012345678", "090-1234-5678", "4111 1111 1111 1111", "Taro Yamada", "山田太郎", "４７１１", "a.b@example.com"
)  # fmt: skip


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook, logging.raiseExceptions)
    stream = io.StringIO()
    configure_logging(Log(format=LogFormat.JSON, level=LogLevel.DEBUG), process="web", stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], level, sys.excepthook, threading.excepthook, logging.raiseExceptions = before
    root.setLevel(level)
    logging.captureWarnings(False)


def written(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_line_is_json_with_time_level_process_and_fields(lines: io.StringIO) -> None:
    structlog.get_logger("ivr.x").info("call opened", call_id=CALL_ID, gap_ms=1234567, port=8090, ok=True, share=0.5)
    (line,) = written(lines)
    timestamp = line.pop("timestamp")
    assert datetime.fromisoformat(timestamp).tzinfo is not None
    assert line == {
        "event": "call opened", "level": "info", "process": "web", "logger": "ivr.x", "call_id": CALL_ID,
        "gap_ms": 1234567, "port": 8090, "ok": True, "share": 0.5,
    }  # fmt: skip


def test_fields_named_pii_are_masked_whole(lines: io.StringIO) -> None:
    nested = {"pii_name": "Taro", "token": "t"}
    structlog.get_logger("x").info("heard", pii_text="Taro Yamada", transcript="山田太郎", digits="12", nested=nested)
    (line,) = written(lines)
    assert (line["pii_text"], line["transcript"], line["digits"]) == (MASK, MASK, MASK)
    assert line["nested"] == {"pii_name": MASK, "token": MASK}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from +81 90-1234-5678 now", "from *** now"),
        ("(555) 010-1234", "(***"),
        ("555.010.1234", "***"),
        ("pin 4711", "pin ***"),
        ("全角４７１１です", "全角***です"),
        ("٣٤٥٦", "***"),
        ("mail a.b+c@mail.example.co.jp!", "mail ***!"),
        ("123 fits", "123 fits"),
        (f"call {CALL_ID} of CA{CALL_ID}", f"call {CALL_ID} of CA{CALL_ID}"),
        ("CA0123", "CA***"),
        ("http://127.0.0.1:8080/x and localhost:8090", "http://127.0.0.1:8080/x and localhost:8090"),
        ("203.0.113.99", "***"),
        ("a\nb\r\nc\x1b[31md\x00e\u202ef", "a b cdef"),
        ("half \ud800 pair", "half pair"),
    ],
)
def test_texts_lose_numbers_addresses_and_control_characters(text: str, expected: str) -> None:
    assert masked_text(text) == expected


@given(st.text(), st.from_regex(r"\+?[0-9]{4,15}", fullmatch=True), st.text())
def test_a_number_never_survives_in_any_text(before: str, number: str, after: str) -> None:
    shown = masked_text(f"{before} {number} {after}")
    assert f" {number} " not in f" {shown} "
    assert "\n" not in shown
    assert "\x1b" not in shown


def test_long_number_without_a_unit_is_masked() -> None:
    assert masked_value("count", 819012345678) == MASK
    assert masked_value("size_bytes", 819012345678) == 819012345678
    assert masked_value("count", 999_999) == 999_999


def test_values_of_other_types_become_harmless() -> None:
    class Colour(Enum):
        RED = "red"

    class Caller:
        def __repr__(self) -> str:
            return "Caller(Taro Yamada)"

    assert masked_value("x", Colour.RED) == "red"
    assert masked_value("x", Caller()) == "<Caller>"
    assert masked_value("x", b"\x00\x01") == "<2 bytes>"
    assert masked_value("x", Path("/srv/x")) == "/srv/x"
    assert masked_value("x", datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00+00:00"
    assert masked_value("x", ValueError("Taro Yamada")) == "ValueError"
    assert masked_value("x", ["+819012345678", None]) == [MASK, None]
    assert masked_value("x", [[[[[1]]]]]) == [[[["<list>"]]]]
    assert masked_value("x", {"+819012345678": 1}) == {MASK: 1}
    assert len(str(masked_value("x", "a" * 100_000))) == 2000


def test_exception_shows_type_and_place_never_its_message(lines: io.StringIO) -> None:
    try:
        try:
            {}["+819012345678"]
        except KeyError as cause:
            raise ValueError("Taro Yamada") from cause
    except ValueError:
        structlog.get_logger("x").exception("failed")
        logging.getLogger("foreign").exception("failed %s", "too")
    ours, foreign = written(lines)
    for line in (ours, foreign):
        assert line["error"]["type"] == "ValueError"
        assert line["error"]["at"][0].startswith("unit/test_log.py:")
        assert line["error"]["because"][0].startswith("KeyError at unit/test_log.py:")
    assert "Taro" not in lines.getvalue()
    assert "8190" not in lines.getvalue()


def test_endless_chain_of_causes_ends() -> None:
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first
    assert exception_summary(first) == {"type": "ValueError", "at": [], "because": ["KeyError"]}


@pytest.mark.parametrize("format_", [LogFormat.JSON, LogFormat.CONSOLE])
def test_no_canary_reaches_the_output_by_any_way(lines: io.StringIO, format_: LogFormat) -> None:
    configure_logging(Log(format=format_), process="media", stream=lines)
    log = structlog.get_logger("ivr.y")
    foreign = logging.getLogger("library")
    for canary in CANARIES:
        log.warning("said", pii_said=canary)
        log.warning("nested", values={"pii_a": [canary]})
        # A name in a library's sentence cannot be told from another word; libraries are not given any.
        foreign.warning("library says %s", canary if any(mark.isdigit() or mark == "@" for mark in canary) else "")
        try:
            raise RuntimeError(canary)
        except RuntimeError as error:
            log.error("failed", exc_info=True)
            log.error("failed", reason=error)
            foreign.error("failed", exc_info=error)
            sys.excepthook(type(error), error, error.__traceback__)
    for canary in CANARIES:
        assert canary not in lines.getvalue()
    assert "Traceback" not in lines.getvalue()


def test_uncaught_exception_in_a_thread_is_logged_without_its_message(lines: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError("Taro Yamada")

    # pytest watches threads with a hook of its own; ours is called as the interpreter would.
    try:
        fail()
    except RuntimeError as error:
        arguments = threading.ExceptHookArgs((RuntimeError, error, error.__traceback__, None))
        threading.excepthook(arguments)
    assert written(lines)[0]["error"]["type"] == "RuntimeError"
    assert "Taro" not in lines.getvalue()


def test_level_is_kept_and_talkative_libraries_are_quiet(lines: io.StringIO) -> None:
    configure_logging(Log(format=LogFormat.JSON, level=LogLevel.INFO), stream=lines)
    structlog.get_logger("x").debug("hidden")
    logging.getLogger("httpx").info("hidden")
    logging.getLogger("httpx").warning("shown")
    (line,) = written(lines)
    assert line["event"] == "shown"
    assert "process" not in line


def test_a_field_cannot_pretend_to_be_the_level_or_the_time(lines: io.StringIO) -> None:
    structlog.get_logger("x").info("x", level="critical", timestamp="never", process="other")
    (line,) = written(lines)
    assert (line["level"], line["process"]) == ("info", "web")
    assert line["timestamp"] != "never"


def test_warnings_become_log_lines(lines: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old way for 090-1234-5678", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    assert "5678" not in lines.getvalue()
    assert "DeprecationWarning" in lines.getvalue()


def test_terminal_gets_the_console_look(lines: io.StringIO) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    configure_logging(Log(), stream=terminal)
    structlog.get_logger("x").info("call opened", pii_caller="+819012345678")
    assert "call opened" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    assert "8190" not in terminal.getvalue()
