"""Sets logging up once per process: structlog and the standard library's loggers, masked, one line each, to stderr."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor

from ivr.masking import exception_summary, masked_value
from ivr.settings import Log, LogFormat

# Written by this module itself, after masking.
_OWN_KEYS = frozenset({"timestamp", "level", "process"})
# Taken away or replaced by `_summarise_exception`.
_LATER_KEYS = frozenset({"exc_info", "stack", "stack_info"})
# Libraries that say more than we want to keep, or put addresses with personal data into messages.
_QUIET = (
    "_granian", "alembic", "asyncio", "httpcore", "httpx", "picows", "sqlalchemy", "twilio", "urllib3", "werkzeug"
)  # fmt: skip


def configure_logging(log: Log, *, process: str = "", stream: TextIO | None = None) -> None:
    """Routes every log line of this process through masking. May be called again; the last call wins.

    Args:
        log: Level and format.
        process: `web`, `media`, `worker`, …: a field of every line.
        stream: Where lines go; standard error when not given.
    """
    target = stream if stream is not None else sys.stderr
    is_console = log.format is LogFormat.CONSOLE or (log.format is LogFormat.AUTO and target.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _mask,
        _summarise_exception,
        _stamp(process),
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=target.isatty(), exception_formatter=_no_traceback)
        if is_console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            keep_exc_info=False,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(log.level.value.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    logging.captureWarnings(True)
    # A line that cannot be written is lost; printing why would print its values.
    logging.raiseExceptions = False
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    _catch_uncaught()


def _summarise_exception(_: Any, __: str, fields: EventDict) -> EventDict:
    """Replaces `exc_info` by type and place, before any renderer could write the message."""
    error = _exception_of(fields.pop("exc_info", None))
    record = fields.get("_record")
    if error is None and isinstance(record, logging.LogRecord):
        error = _exception_of(record.exc_info)
    if isinstance(record, logging.LogRecord):
        record.exc_info, record.exc_text, record.stack_info = None, None, None
    fields.pop("stack_info", None)
    fields.pop("stack", None)
    if error is not None:
        fields["error"] = exception_summary(error)
    return fields


def _exception_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple) and len(exc_info) == 3 and isinstance(exc_info[1], BaseException):
        return exc_info[1]
    return sys.exc_info()[1] if exc_info is True or exc_info == 1 else None


def _mask(_: Any, __: str, fields: EventDict) -> EventDict:
    for key in list(fields):
        if key.startswith("_") or key in _LATER_KEYS:
            continue
        fields[key] = masked_value("" if key == "event" else key, fields[key])
    return fields


def _stamp(process: str) -> Processor:
    add_time = structlog.processors.TimeStamper(fmt="iso", utc=True)

    def stamp(logger: Any, method: str, fields: EventDict) -> MutableMapping[str, Any]:
        for key in _OWN_KEYS:
            fields.pop(key, None)
        fields = structlog.stdlib.add_log_level(logger, method, fields)
        if process:
            fields["process"] = process
        return add_time(logger, method, fields)

    return stamp


def _no_traceback(_: TextIO, __: ExcInfo) -> None:
    """Nothing is left to print: exceptions were summarised before."""


def _catch_uncaught() -> None:
    """Uncaught exceptions become log lines; the interpreter would print their messages."""
    logger = logging.getLogger("uncaught")

    def in_main(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logger.critical("uncaught exception", exc_info=(kind, error, trace))

    def in_thread(uncaught: threading.ExceptHookArgs) -> None:
        if uncaught.exc_value is not None and not isinstance(uncaught.exc_value, SystemExit):
            error = uncaught.exc_value
            logger.critical("uncaught exception in thread", exc_info=(type(error), error, uncaught.exc_traceback))

    sys.excepthook = in_main
    threading.excepthook = in_thread
