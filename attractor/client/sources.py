"""The sources of a result: this process or a service. Either gives it in any format, as often as asked."""

from collections.abc import Iterator
from typing import Protocol
from urllib.parse import quote

from attractor.api.formats import Chunk, Format
from attractor.api.queries.query_string import MAX_QUERY_BYTES
from attractor.client import local, remote
from attractor.client.resources import resource_at
from attractor.core.edition import EDITION


class Source(Protocol):
    """A source of an answer."""

    path: str
    raw: bytes
    """The query, without its format."""
    url: str
    edition: int
    """The edition whose values it gives; of a service as the last answer told it."""
    formats: dict[str, Format]
    """The first is the default."""

    def chunks(self, form: str) -> Iterator[Chunk]:
        """The body in a format. Raises Refused, and of a service Unreachable."""


def _in(form: str | None, raw: bytes) -> bytes:
    return b"&".join([part for part in (raw, f"format={quote(form)}".encode() if form else b"") if part])


class Here:
    """The source of an answer that this process computes. Raises Refused where there is none."""

    edition = EDITION

    def __init__(self, path: str, raw: bytes, form: str | None) -> None:
        read = local.read(path, _in(form, raw))
        self.path, self.raw, self.url = path, raw, read.query.canonical
        self.formats = dict(read.resource.formats)
        self._answer, self._form = local.finish_answer(read), read.query.format

    def chunks(self, form: str) -> Iterator[Chunk]:
        read = local.read(self.path, _in(form, self.raw))
        is_table = hasattr(self._answer, "columns")  # of which a format is what is written, not what is computed
        is_same = is_table or read.query.format == self._form
        return filter(None, local.write_answer(read.form, self._answer if is_same else local.finish_answer(read)))


class There:
    """The source of an answer that a service computes."""

    edition = 0  # until it has answered

    def __init__(self, origin: str, path: str, raw: bytes, form: str | None) -> None:
        self.path, self.raw, self.origin = path, raw, origin
        self.url = f"{origin}{path}?{_in(form, raw).decode()}"
        self.formats = dict(resource_at(path).formats)

    def chunks(self, form: str) -> Iterator[Chunk]:
        raw, url = _in(form, self.raw), self.origin + self.path
        is_long = len(raw) > MAX_QUERY_BYTES
        body = remote.ask(url, raw) if is_long else remote.ask(f"{url}?{raw.decode()}")
        self.edition = body.edition
        return body.chunks()
