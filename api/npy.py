"""Orbits as NumPy's own file format: float64 of shape (records, dimension) in C order."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.lib import format as npy_format

from api.answer import Answer, DecimalAnswer, DoubleAnswer
from api.orbit_query import OrbitQuery
from api.problems import BadQuery, Fault

_ROWS = 1 << 17  # of a chunk


def npy(answer: Answer) -> Iterator[bytes | memoryview | None]:
    """The header, then the rows as they lie in memory. Raises BadQuery where the orbit is in decimal."""
    if isinstance(answer, DecimalAnswer):
        rule = "precision=double, where what leaves the range is inf or nan; or another format"
        raise BadQuery([Fault("format", "holds doubles only, and this orbit leaves their range", "npy", rule)])
    return _file(answer)


def _file(answer: DoubleAnswer) -> Iterator[bytes | memoryview | None]:
    yield header(answer.query)
    for block in answer.blocks(_ROWS):
        yield block.rows.data.cast("B") if len(block.rows) else None


def length(answer: Answer) -> int:
    """Bytes of the whole file."""
    query = answer.query
    return len(header(query)) + query.selection.records * query.system.dimension * np.dtype(np.float64).itemsize


def header(query: OrbitQuery) -> bytes:
    """The file's first bytes."""
    out = BytesIO()
    kind = npy_format.dtype_to_descr(np.dtype(np.float64))
    shape = query.selection.records, query.system.dimension
    npy_format.write_array_header_1_0(out, {"descr": kind, "fortran_order": False, "shape": shape})
    return out.getvalue()
