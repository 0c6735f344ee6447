"""Log lines: JSON for machines, readable ones for a terminal. Whatever a client sends, a line stays one line."""

import io
import json
import logging
import logging.config
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec

from attractor.api.problems import BrokenOff

REQUESTS = "attractor.requests"
"""The logger that has a line for each request."""

FIELDS = "fields"
"""The attribute of a record that holds what it says beside its message, by name."""

# As logging's documentation has it for who does not show them: where it was called, and from which thread.
logging._srcfile = None
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class Json(logging.Formatter):
    """Formats a record as one JSON object in ASCII, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **record.__dict__.get(FIELDS, {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            text = msgspec.json.encode(line).decode()
        except UnicodeEncodeError:  # half of a pair of surrogates, as in a file's name that is no text
            return json.dumps(msgspec.to_builtins(line))
        return text if text.isascii() else json.dumps(msgspec.json.decode(text))


class Readable(logging.Formatter):
    """Formats a record for people: the time, the message, and name=value; tracebacks are indented."""

    def format(self, record: logging.LogRecord) -> str:
        fields = record.__dict__.get(FIELDS, {})
        said = " ".join([record.getMessage(), *(f"{name}={_word(str(value))}" for name, value in fields.items())])
        lines = [f"{self.formatTime(record, '%H:%M:%S')} {record.levelname:<8} {_printable(said)}"]
        if record.exc_info:
            lines += ["  " + _printable(line) for line in self.formatException(record.exc_info).splitlines()]
        return "\n".join(lines)


def _word(text: str) -> str:
    """`text`, quoted where its end would not be seen otherwise."""
    return text if text and not set(text) & set(" \"'") else json.dumps(text)


def _printable(text: str) -> str:
    """`text` with an escape for each character that would not be seen: what ends a line or moves a cursor."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Handler(logging.StreamHandler[Any]):
    """Writes records to the stderr of the process's start; one that cannot be written becomes one that says so."""

    def __init__(self) -> None:
        super().__init__(sys.__stderr__)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        error = sys.exc_info()
        if isinstance(error[1], OSError | ValueError) and record.name == __name__:
            return  # stderr itself is closed or full, and there is no other place to say so
        about = logging.LogRecord(
            __name__, logging.ERROR, "", 0, "a record of %s cannot be written", (record.name,), error
        )
        self.handle(about)


class _Stderr(io.TextIOBase):
    """Stands for stderr and makes a record of each line that is written to it."""

    def __init__(self) -> None:
        self._begun = threading.local()

    def write(self, text: str) -> int:
        *whole, self._begun.line = (getattr(self._begun, "line", "") + text).split("\n")
        for line in whole:
            if line.strip():
                logging.getLogger("stderr").warning("%s", line)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2


def is_terminal() -> bool:
    """Whether people read what is logged."""
    return bool(sys.__stderr__ and sys.__stderr__.isatty())


def log_everything() -> None:
    """Makes each line on stderr a record: warnings, and uncaught exceptions of any thread."""
    logging.config.dictConfig(configuration(not is_terminal(), requests=True))
    logging.captureWarnings(True)
    log = logging.getLogger(__name__)

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.error("the process ends by an exception", exc_info=(kind, error, trace))

    def uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
        if found.exc_type is not SystemExit:
            name = found.thread.name if found.thread else "unknown"
            log.error("thread %s ends by an exception", name, exc_info=found.exc_value)

    def unraisable(found: "sys.UnraisableHookArgs") -> None:
        log.error("%s: %r", found.err_msg or "an exception is ignored in", found.object, exc_info=found.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, uncaught_in_thread, unraisable
    if not is_terminal():
        sys.stderr = _Stderr()


class Limits(logging.Filter):
    """Turns uvicorn's error about an answer that met a limit midway into a warning of one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, BrokenOff) and error.__cause__ is None:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args, record.exc_info = str(error), (), None
        return True


def configuration(as_json: bool, requests: bool) -> dict[str, Any]:
    """The configuration of `logging`: everything goes to stderr, with a line for each request where `requests`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"default": {"()": Json if as_json else Readable}},
        "filters": {"limits": {"()": Limits}},
        "handlers": {"default": {"()": Handler, "formatter": "default", "filters": ["limits"]}},
        "root": {"handlers": ["default"], "level": "WARNING"},
        "loggers": {
            "uvicorn": {"level": "INFO"},
            "attractor": {"level": "INFO"},
            REQUESTS: {"level": "INFO" if requests else "CRITICAL"},
        },
    }
