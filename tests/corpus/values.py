"""The numbers that an answer says, whatever its format: what its edition names, as digests of its parts.

A part is the values of the records in their order, the labels before them (n, and inputs that are swept), which of the
values are nan, inf and -inf in formats that tell these apart, a member of what sums an analysis up, or the cells of a
picture. Each number is what it is exactly: 1, 1.0 and "1" are one.
"""

import base64
import io
import json
import re
from collections.abc import Iterator
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from hashlib import sha256
from math import isfinite
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyarrow.ipc
import pyarrow.parquet
from PIL import Image

from tests.corpus.asking import Answer
from tests.corpus.requests import COMPUTING, Request, short

Parts = dict[str, str]
"""A digest of each part by its name."""
Values = dict[str, Parts]
"""Those of each answer by its URL without the format."""

_EXACT = Context(prec=3_000, Emax=MAX_EMAX, Emin=MIN_EMIN)
_NUMBER = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?")
_NOT_FINITE = {"nan": "nan", "inf": "inf", "-inf": "-inf", "infinity": "inf", "-infinity": "-inf"}
_SURROUNDING = {"system", "query", "parameters", "precision", "edition", "records", "ARROW:schema"}
_FORMAT = re.compile(r"&format=[^&]*")


class Disagreement(Exception):
    """Two formats of one answer say other numbers."""


def values(answers: list[tuple[Request, Answer]]) -> Values:
    """What all answers say that are numbers. Raises Disagreement."""
    found: Values = {}
    for request, answer in answers:
        parts = parts_of(request, answer) if says_numbers(request, answer) else {}
        known = found.setdefault(url_of(request), {}) if parts else {}
        for name, digest in parts.items():
            if known.setdefault(name, digest) != digest:
                raise Disagreement(f"{request.name} has other {name} than another format")
    return found


def url_of(request: Request) -> str:
    """Without the format."""
    return short(_FORMAT.sub("", request.target))


def says_numbers(request: Request, answer: Answer) -> bool:
    """Whether it is a whole answer of what computes."""
    return request.method == "GET" and answer.status == 200 and request.target.partition("?")[0] in COMPUTING


def parts_of(request: Request, answer: Answer) -> Parts:
    kind = answer.header("content-type").partition(";")[0]
    if kind.startswith("image/"):
        return _cells(answer.body) if kind == "image/svg+xml" else {}
    columns, summary, tells = _read(kind, answer.body)
    swept = {name for name, _, text in _pairs(request.target) if ":" in text or "," in text}
    labels = {name: column for name, column in columns.items() if name == "n" or name in swept}
    rows = list(zip(*(column for name, column in columns.items() if name not in labels), strict=True))
    said = [_exactly(value) for row in rows for value in row]
    parts = {"values": _digest([number for number, _ in said])} if rows else {}
    if labels and rows:
        parts["labels"] = _digest([_exactly(value)[0] for column in labels.values() for value in column])
    if tells and any(which for _, which in said):
        parts["not finite"] = _digest([which for _, which in said])
    return parts | {name: _digest([json.dumps(value, sort_keys=True)]) for name, value in summary.items()}


def _pairs(target: str) -> Iterator[tuple[str, str, str]]:
    return (pair.partition("=") for pair in target.partition("?")[2].split("&"))


def _read(kind: str, body: bytes) -> tuple[dict[str, list[Any]], dict[str, Any], bool]:
    """The columns, what sums them up, and whether nan, inf and -inf are told apart."""
    if kind == "application/x-npy":
        return {"": np.load(io.BytesIO(body)).ravel().tolist()}, {}, True
    if kind.startswith("application/vnd.apache"):
        is_stream = kind.endswith("stream")
        table = pyarrow.ipc.open_stream(body).read_all() if is_stream else pyarrow.parquet.read_table(io.BytesIO(body))
        told = {name.decode(): text for name, text in table.schema.metadata.items()}
        summary = {name: json.loads(text) for name, text in told.items() if name not in _SURROUNDING}
        return table.to_pydict(), summary, True
    text = body.decode()
    if kind == "text/csv":
        names, *rows = (line.split(",") for line in text.splitlines())
        return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}, {}, True
    if kind == "application/x-ndjson":
        return _by_column([json.loads(line) for line in text.splitlines()]), {}, False
    found = json.loads(text)
    if isinstance(found, list):
        return _by_column(found), {}, False
    if "records" not in found:
        return found, {}, False
    return _by_column(found["records"]), {n: v for n, v in found.items() if n not in _SURROUNDING}, False


def _by_column(records: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [record[name] for record in records] for name in records[0]} if records else {}


def _exactly(value: Any) -> tuple[str, str]:
    """A number as one text for all its spellings, and which one it is where it is not finite."""
    text = "nan" if value is None else str(value)
    if which := _NOT_FINITE.get(text.lower()):
        return "not finite", which
    if isinstance(value, float):
        assert isfinite(value)
    return (str(_EXACT.normalize(Decimal(text))) if _NUMBER.fullmatch(text) else text), ""


def _cells(svg: bytes) -> Parts:
    """The greatest image in a picture: its cells, a pixel each."""
    root = ElementTree.fromstring(svg)  # noqa: S314  # our own
    texts = [value for image in root.iter() for name, value in image.attrib.items() if name.endswith("href")]
    images = [
        Image.open(io.BytesIO(base64.b64decode(text.partition(",")[2]))) for text in texts if text.startswith("data:")
    ]
    if not images:
        return {}
    largest = max(images, key=lambda image: image.width * image.height)
    return {"cells": _digest([str(largest.size), largest.convert("RGBA").tobytes().hex()])}


def _digest(texts: list[str]) -> str:
    return sha256("\n".join(texts).encode()).hexdigest()[:12]
