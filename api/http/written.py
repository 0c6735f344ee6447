"""An answer in its format: what the headers tell of it, and the chunks of its body."""

from collections.abc import Iterator

from msgspec import Struct

from attractor.api.formats import Chunk, Format
from attractor.api.http.caching import repr_digest
from attractor.api.resource import Answer

Chunks = Iterator[Chunk | None]


class Written(Struct, frozen=True):
    """What the headers, metrics and logs tell of an answer, whichever process writes it."""

    stem: str
    arithmetic: str
    left_at: int | None
    fell_back: bool
    records: int
    length: int | None
    """Bytes of the whole body, where they are known before it is written."""
    digest: bytes | None
    """The value of Repr-Digest, where the whole body is there before it is written."""


def write(answer: Answer, form: Format) -> tuple[Written, Chunks]:
    """What is told of an answer, and its chunks, which are yet to be made. Raises BadQuery where there is none."""
    chunks = form.write(answer)
    length, digest = form.length(answer), repr_digest(form.body(answer)) if form.body else None
    told = answer.stem, answer.arithmetic, answer.left_at, answer.fell_back, answer.records
    return Written(*told, length, digest), chunks
