"""Tables as NumPy's own file format: the bare values, in C order, in the shape of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from math import prod
from typing import TYPE_CHECKING

from attractor.api.formats.table import Table, may_hold_nan, with_one_nan
from attractor.api.problems import BadQuery, Fault

if TYPE_CHECKING:
    import numpy as np

ROWS = 1 << 16
"""Rows of a chunk: handing over four times as many small ones takes a third more CPU."""


def npy(answer: Table) -> Iterator[bytes | memoryview | None]:
    """The header, then the rows as they lie in memory. Raises BadQuery where the orbit is in decimal."""
    if answer.columns[-1].kind == "decimal":
        rule = "precision=double, where what leaves the range is inf or nan; or another format"
        raise BadQuery([Fault("format", "holds doubles only, and this orbit leaves their range", "npy", rule)])
    return _file(answer)


def _file(answer: Table) -> Iterator[bytes | memoryview | None]:
    import numpy as np

    yield header(answer)
    kind, bare = _kind(answer), answer.bare
    for block in answer.blocks(ROWS):
        rows = np.asarray(block.rows)
        if not len(rows):
            yield None
            continue
        values = np.ascontiguousarray(rows[:, bare:], kind)
        yield (with_one_nan(values) if may_hold_nan(block) else values).data.cast("B")


def length(answer: Table) -> int:
    """Bytes of the whole file."""
    return len(header(answer)) + prod(map(int, answer.shape)) * _kind(answer).itemsize


def header(answer: Table) -> bytes:
    """The file's first bytes."""
    from numpy.lib import format as npy_format

    out = BytesIO()
    kind = npy_format.dtype_to_descr(_kind(answer))
    npy_format.write_array_header_1_0(out, {"descr": kind, "fortran_order": False, "shape": answer.shape})
    return out.getvalue()


def _kind(answer: Table) -> np.dtype[np.int64 | np.float64]:
    import numpy as np

    return np.dtype(np.int64 if answer.columns[-1].kind == "whole" else np.float64)
