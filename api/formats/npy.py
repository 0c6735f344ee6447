"""Tables as NumPy's own file format: the bare values, in C order, in the shape of the answer."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.lib import format as npy_format

from attractor.api.formats.table import Table
from attractor.api.problems import BadQuery, Fault

ROWS = 1 << 14
"""Rows of a chunk."""


def npy(answer: Table) -> Iterator[bytes | memoryview | None]:
    """The header, then the rows as they lie in memory. Raises BadQuery where the orbit is in decimal."""
    if answer.columns[-1].kind == "decimal":
        rule = "precision=double, where what leaves the range is inf or nan; or another format"
        raise BadQuery([Fault("format", "holds doubles only, and this orbit leaves their range", "npy", rule)])
    return _file(answer)


def _file(answer: Table) -> Iterator[bytes | memoryview | None]:
    yield header(answer)
    kind, bare = _kind(answer), answer.bare
    for block in answer.blocks(ROWS):
        yield np.ascontiguousarray(block.rows[:, bare:], kind).data.cast("B") if len(block.rows) else None


def length(answer: Table) -> int:
    """Bytes of the whole file."""
    return len(header(answer)) + int(np.prod(answer.shape)) * _kind(answer).itemsize


def header(answer: Table) -> bytes:
    """The file's first bytes."""
    out = BytesIO()
    kind = npy_format.dtype_to_descr(_kind(answer))
    npy_format.write_array_header_1_0(out, {"descr": kind, "fortran_order": False, "shape": answer.shape})
    return out.getvalue()


def _kind(answer: Table) -> np.dtype[np.int64 | np.float64]:
    return np.dtype(np.int64 if answer.columns[-1].kind == "whole" else np.float64)
