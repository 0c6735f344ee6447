"""The types of ASGI, as far as this service speaks it itself, and headers as they are sent and read."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


def encode_headers(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The bytes of headers as HTTP/1.1 sends them, a line for each."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def parse_size(text: bytes) -> int:
    """The number that Content-Length gives, a run of digits that may begin with more zeros than int() reads."""
    return int(text.strip().lstrip(b"0") or b"0")
