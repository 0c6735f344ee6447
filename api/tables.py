"""Orbits as tables of typed columns: Arrow IPC streams and Parquet, by pyarrow.

pyarrow is imported when first needed: it takes longer to load than all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from api import VERSION
from api.answer import Answer, DecimalAnswer
from core.kernel import Orbit

if TYPE_CHECKING:
    import pyarrow

_ROWS = 1 << 17  # of a record batch or a row group

Chunks = Iterator[bytes | None]


def arrow(answer: Answer) -> Chunks:
    """An Arrow IPC stream: n as int64, coordinates as float64, or as strings where they are decimal."""
    import pyarrow.ipc

    sink, schema = _Sink(), _schema(answer)
    return _written(answer, schema, pyarrow.ipc.new_stream(sink.file, schema), sink)


def parquet(answer: Answer) -> Chunks:
    """A Parquet file of the same columns."""
    import pyarrow.parquet

    sink, schema = _Sink(), _schema(answer)
    return _written(answer, schema, pyarrow.parquet.ParquetWriter(sink.file, schema, compression="zstd"), sink)


class _Sink:
    """A file that hands on what was written to it."""

    closed = False

    def __init__(self) -> None:
        import pyarrow

        self._written: list[Any] = []
        self.file = pyarrow.PythonFile(self, mode="w")

    def write(self, data: Any) -> int:
        self._written.append(data)
        return len(data)

    def flush(self) -> None:
        """All is handed on by `taken`."""

    def taken(self) -> bytes | None:
        data = b"".join(self._written)
        self._written.clear()
        return data or None


def _written(answer: Answer, schema: pyarrow.Schema, writer: Any, sink: _Sink) -> Chunks:
    with writer:
        yield sink.taken()
        for batch in _batches(answer, schema):
            if batch is not None:
                writer.write_batch(batch)
            yield sink.taken()
    yield sink.taken()


def _schema(answer: Answer) -> pyarrow.Schema:
    import pyarrow

    query = answer.query
    kind = pyarrow.string() if isinstance(answer, DecimalAnswer) else pyarrow.float64()
    metadata = {
        "system": query.system.name,
        "parameters": json.dumps(dict(zip(query.system.inputs, query.inputs, strict=True))),
        "precision": answer.arithmetic,
        "version": VERSION,
    }
    return pyarrow.schema([("n", pyarrow.int64()), *((name, kind) for name in query.system.state)], metadata)


def _batches(answer: Answer, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch | None]:
    """Batches of _ROWS or a little more, whatever the size of the blocks."""
    import pyarrow

    every = answer.query.selection.every
    indices: list[Any] = []
    rows: list[Any] = []
    held = 0

    def batch() -> pyarrow.RecordBatch:
        if isinstance(answer, DecimalAnswer):
            columns = list(zip(*([_texts(row) for block in rows for row in block]), strict=True))
        else:
            columns = list(np.ascontiguousarray(_joined(rows).T))
        arrays = [np.concatenate(indices), *columns]
        indices.clear()
        rows.clear()
        return pyarrow.record_batch(
            [pyarrow.array(values, field.type) for values, field in zip(arrays, schema, strict=True)], schema=schema
        )

    for block in answer.blocks(_ROWS):
        indices.append(np.arange(len(block.rows), dtype=np.int64) * every + block.first)
        rows.append(block.rows)
        held += len(block.rows)
        if held >= _ROWS:
            yield batch()
            held = 0
        else:
            yield None
    if held:
        yield batch()


def _joined(rows: list[Orbit]) -> Orbit:
    return rows[0] if len(rows) == 1 else np.concatenate(rows)


def _texts(row: Any) -> tuple[str | None, ...]:
    return tuple(None if value is None else str(value) for value in row)
