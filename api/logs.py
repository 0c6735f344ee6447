"""Log lines: JSON for machines, readable ones for a terminal. Whatever a client sends, a line stays one line."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import msgspec

REQUESTS = "api.requests"
"""The logger that has a line for each request."""

FIELDS = "fields"
"""The attribute of a record that holds what it says beside its message, by name."""

# As logging's documentation has it for who does not show them: where it was called, and from which thread.
logging._srcfile = None
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class Json(logging.Formatter):
    """One object a line, all of it ASCII."""

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
        text = msgspec.json.encode(line).decode()
        return text if text.isascii() else json.dumps(msgspec.json.decode(text))


class Readable(logging.Formatter):
    """The time, the message, and name=value; tracebacks are indented."""

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


def configuration(as_json: bool, requests: bool) -> dict[str, Any]:
    """What `logging.config` is told: all goes to stderr, with a line for each of the `requests` or without."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"default": {"()": Json if as_json else Readable}},
        "handlers": {"default": {"class": "logging.StreamHandler", "formatter": "default"}},
        "root": {"handlers": ["default"], "level": "WARNING"},
        "loggers": {
            "uvicorn": {"level": "INFO"},
            "api": {"level": "INFO"},
            REQUESTS: {"level": "INFO" if requests else "CRITICAL"},
        },
    }
