"""What is held of an answer, as lines of text: all that a client sees and that is the same on every machine.

A line is a status, a header, or of the body, in this order. A body is held as
    |  its text, where that is short or a refusal, broken where its JSON has a member of interest
    =  its length and the SHA-256 of its bytes, or of what they decode to: what writes Arrow, Parquet, gzip and zstd
       writes other bytes in other versions
    ≈  colours that hold about: the bytes and edges of pictures are those of the libraries that draw and compress them
"""

import io
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyarrow.ipc
import pyarrow.parquet
from PIL import Image

from tests.corpus.asking import Answer
from tests.corpus.requests import Request

LEFT_OUT = {"date"}
ABOUT = "≈"
"""What begins lines whose numbers need not be the same."""
_SHADES = 6.0

_SHORT = 400  # bytes of a text that is held whole
_BREAKS = re.compile(r'(?="detail":)|(?="errors":)|(?=\{"parameter":)')
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?")
_ZONES = 3  # of a picture, across and up

Table = list[dict[str, Any]]


def lines(request: Request, answer: Answer) -> list[str]:
    """All that is held of the `answer` to a `request`."""
    headers = sorted(
        f"{name}: {_header(request, answer, name, value)}" for name, value in answer.headers if name not in LEFT_OUT
    )
    return [str(answer.status), *headers, *_body(request, answer)]


def agree(old: str, new: str) -> bool:
    """Whether two lines say the same."""
    if old == new:
        return True
    if old[:1] != ABOUT or _NUMBER.sub("0", old) != _NUMBER.sub("0", new):
        return False
    numbers = [[float(number) for number in _NUMBER.findall(line)] for line in (old, new)]
    return all(abs(a - b) <= _SHADES for a, b in zip(*numbers, strict=True))


def _header(request: Request, answer: Answer, name: str, value: str) -> str:
    if name == "content-length" and not _has_known_length(answer):
        return "*"
    if name == "x-request-id" and ("x-request-id", value) not in request.headers:
        return re.sub("^[0-9a-f]+$", "*", value)
    if name == "etag":
        value = re.sub('"[0-9a-f]{24}-', '"*-', value)  # the digest of a body, which may name the port
        return re.sub(r"[0-9]+(\.[0-9]+)+(?=-|\"$)", "*", value)  # of the service and of libraries
    if name == "attractor-version":
        return "*"
    if name == "repr-digest":  # codings differ between versions of libraries
        return re.sub(":[^:]*:", ":*:", value)
    if name == "link":
        return _beyond(request.target, value)
    return value


def _beyond(target: str, text: str) -> str:
    """A canonical URL in `text`, in which …n stands for the first n parts of the target."""
    asked = target.split("&")
    for count in range(len(asked), 0, -1):
        if (shared := "&".join(asked[:count])) in text and f"{shared}&" in text:
            return text.replace(shared, f"…{count}", 1)
    return text


def _has_known_length(answer: Answer) -> bool:
    is_packed = answer.header("content-type").startswith(("image/png", "application/vnd.apache"))
    return not is_packed and not answer.header("content-encoding")


def _body(request: Request, answer: Answer) -> list[str]:
    body, kind = answer.body, answer.header("content-type").partition(";")[0]
    if not body:
        return []
    if kind == "application/problem+json":
        return [f"| {part}" for part in _unrepeated(_BREAKS.split(body.decode()))]
    if kind == "image/png":
        return list(_drawn(request, body))
    if kind == "image/svg+xml" and request.target.startswith("/picture"):
        return list(_written(request, body))
    if kind in _TABLES:
        table, about = _TABLES[kind](body)
        return [f"| {about}", f"= {len(table)} records {_digest(repr(table).encode())}"]
    if kind.startswith(("text/", "application/json")) and len(body) <= _SHORT:
        return [f"| {line}" for line in body.decode().splitlines(keepends=False)]
    return [f"= {len(body)} bytes {_digest(body)}"]


def _unrepeated(parts: list[str]) -> Iterator[str]:
    """The parts of a refusal, with … for a detail that its errors say, and for what is allowed as in one above."""
    errors = [json.loads(part.rstrip(",]}") + "}") for part in parts if part.startswith('{"parameter":')]
    detail = "; ".join(f"{error['parameter']}: {error['problem']}" for error in errors)
    encoded, allowed = json.dumps(detail, ensure_ascii=False), set[str]()
    for part in parts:
        if errors and part == f'"detail":{encoded},':
            yield '"detail":…,'
            continue
        beginning, mark, rest = part.partition(',"allowed":')
        rule = rest.rstrip(",]}")
        yield f"{beginning}{mark}…{rest[len(rule) :]}" if mark and rule in allowed else part
        allowed.add(rule)


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:32]


def _npy(body: bytes) -> tuple[Table, str]:
    array = np.load(io.BytesIO(body))
    rows = [{"values": row} for row in array.tolist()]
    return rows, f"{array.dtype} {array.shape} {'C' if array.flags.c_contiguous else 'other'}"


def _typed(table: pyarrow.Table) -> tuple[Table, str]:
    metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    schema = ", ".join(f"{field.name} {field.type}" for field in table.schema)
    return table.to_pylist(), f"{schema} {json.dumps(metadata, ensure_ascii=False)}"


_TABLES = {
    "application/x-npy": _npy,
    "application/vnd.apache.arrow.stream": lambda body: _typed(pyarrow.ipc.open_stream(body).read_all()),
    "application/vnd.apache.parquet": lambda body: _typed(pyarrow.parquet.read_table(io.BytesIO(body))),
}


def _drawn(request: Request, body: bytes) -> Iterator[str]:
    """Size and origin of a picture, and the mean red, green and blue of each of its zones."""
    image = Image.open(io.BytesIO(body))
    yield f"| {image.format} {image.mode} {image.size} {_beyond(request.target, json.dumps(image.info))}"
    pixels = np.asarray(image.convert("RGB"), dtype=float)
    for band in np.array_split(pixels, _ZONES):
        means = [zone.mean(axis=(0, 1)) for zone in np.array_split(band, _ZONES, axis=1)]
        yield "≈ " + ", ".join(" ".join(f"{shade:.0f}" for shade in mean) for mean in means)


def _written(request: Request, body: bytes) -> Iterator[str]:
    """Size and texts of an SVG, and how often it has which element."""
    root = ElementTree.fromstring(body)  # noqa: S314  # our own
    yield f"| {sorted(root.attrib.items())}"
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    yield "| " + ", ".join(f"{tags.count(tag)} {tag}" for tag in sorted(set(tags)))
    yield _beyond(request.target, "| " + " / ".join(text for each in root.itertext() if (text := each.strip())))
