"""Tables of typed columns: Arrow IPC streams and Parquet, by pyarrow.

pyarrow and NumPy are imported when first needed: they take longer to load than all the rest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from attractor.api.formats.table import Kind, Table, is_numeric, may_hold_nan, with_one_nan

if TYPE_CHECKING:
    import numpy as np
    import pyarrow
    from numpy.typing import NDArray

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # its own keeps 60 MiB which nothing else can use

ROWS = 1 << 17
"""Rows of a record batch or a row group of numbers."""
TUPLES, TEXT = 1 << 15, 1 << 21
"""Rows of a record batch of Python's values, which take more memory, and about how many characters it may have."""
_BLOCK = 1 << 14  # rows that are asked for at once
_SIZE = 8  # bytes of a number
_TYPES: dict[Kind, str] = {
    "n": "int64",
    "whole": "int64",
    "double": "float64",
    "exponent": "float64",
    "decimal": "string",
    "text": "string",
}
_END = b"\xff\xff\xff\xff\0\0\0\0"  # of an IPC stream

Chunks = Iterator[bytes | memoryview | None]


def arrow(answer: Table) -> Chunks:
    """An Arrow IPC stream: whole numbers as int64, doubles as float64, decimals as strings."""
    schema = _schema(answer)
    yield schema.serialize().to_pybytes()
    if is_numeric(answer):
        yield from _messages(answer, schema)
    else:
        for batch in _of_tuples(answer, schema):
            yield batch.serialize().to_pybytes() if batch else None
    yield _END


def arrow_length(answer: Table) -> int | None:
    """Bytes of the whole stream; None where it holds strings."""
    if not is_numeric(answer):
        return None
    schema = _schema(answer)
    batches, rest = divmod(answer.records, ROWS)
    sizes = batches * (_Layout(schema, ROWS).size if batches else 0) + (_Layout(schema, rest).size if rest else 0)
    return len(schema.serialize()) + sizes + len(_END)


def parquet(answer: Table) -> Chunks:
    """A Parquet file of the same columns."""
    import pyarrow.parquet

    sink, schema = _Sink(), _schema(answer)
    file = pyarrow.PythonFile(sink, mode="w")  # which the sink must not know: pyarrow's files are no part of cycles
    # Values lie in their columns plainly, as every reader reads them: what is younger saves a sixth of the bytes.
    # Dictionaries, the default, cost five times the time for more bytes.
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd", use_dictionary=False) as writer:
        yield sink.take()
        for batch in _batches(answer, schema):
            if batch is not None:
                writer.write_batch(batch)
            yield sink.take()
    yield sink.take()


class _Sink:
    """A file that hands on what was written to it."""

    closed = False

    def __init__(self) -> None:
        self._written: list[Any] = []

    def write(self, data: Any) -> int:
        self._written.append(data)
        return len(data)

    def flush(self) -> None:
        """All is handed on by `take`."""

    def take(self) -> bytes | None:
        data = b"".join(self._written)
        self._written.clear()
        return data or None


def _schema(answer: Table) -> pyarrow.Schema:
    import pyarrow

    fields = [(column.name, pyarrow.type_for_alias(_TYPES[column.kind])) for column in answer.columns]
    return pyarrow.schema(fields, answer.metadata)


def _batches(answer: Table, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch | None]:
    import pyarrow.ipc

    if not is_numeric(answer):
        yield from _of_tuples(answer, schema)
    else:
        for message in _messages(answer, schema):
            yield pyarrow.ipc.read_record_batch(pyarrow.py_buffer(message), schema) if message else None


def _of_tuples(answer: Table, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch | None]:
    """Record batches of up to TUPLES rows or about TEXT characters, one at least."""
    import pyarrow

    is_numbered = answer.columns[0].kind == "n"
    columns: list[list[Any]] = [[] for _ in schema]
    rows = characters = 0
    is_first = True
    for block in answer.blocks(_BLOCK):
        yield None
        count = len(block.rows)
        if is_numbered:
            columns[0].extend(range(block.first, block.first + count * answer.every, answer.every))
        for column, values in zip(
            columns[is_numbered:], zip(*block.rows, strict=True), strict=False
        ):  # none of no rows
            column.extend(values)
            characters += sum(len(value) for value in values if isinstance(value, str))
        rows += count
        if rows >= TUPLES or characters >= TEXT:
            yield pyarrow.record_batch(list(map(pyarrow.array, columns, schema.types)), schema)
            columns, rows, characters, is_first = [[] for _ in schema], 0, 0, False
    if rows or is_first:
        yield pyarrow.record_batch(list(map(pyarrow.array, columns, schema.types)), schema)


class _Layout:
    """pyarrow's layout of the message of a record batch of `rows` rows, so that values are copied once, in place."""

    def __init__(self, schema: pyarrow.Schema, rows: int) -> None:
        import numpy as np
        import pyarrow.ipc

        self.kinds = [np.dtype(str(field.type)) for field in schema]
        nothing = pyarrow.py_buffer(bytes(rows * _SIZE))
        # Neither pyarrow.array of NumPy's nor to_pandas_dtype, which load pandas where it is installed.
        zeros = [pyarrow.Array.from_buffers(field.type, rows, [None, nothing]) for field in schema]
        message = pyarrow.record_batch(zeros, schema=schema).serialize()
        buffers = [column.buffers()[1] for column in pyarrow.ipc.read_record_batch(message, schema).columns]
        starts = [buffer.address - message.address for buffer in buffers]
        ends = [start + rows * _SIZE for start in starts]
        self.size: int = message.size
        self.columns = list(map(slice, starts, ends))
        self.between = list(map(slice, [0, *ends], [*starts, self.size]))
        self.template = np.frombuffer(message, np.uint8)


class _Batch:
    """A message that is being filled."""

    def __init__(self, layout: _Layout, width: int) -> None:
        import numpy as np

        self.message = np.empty(layout.size, np.uint8)
        for part in layout.between:
            self.message[part] = layout.template[part]
        columns: list[NDArray[Any]] = [
            self.message[part].view(kind) for part, kind in zip(layout.columns, layout.kinds, strict=True)
        ]
        self._rows, self._filled = len(columns[0]), 0
        self._numbers, self._columns = columns[:-width], columns[-width:]
        starts = [part.start for part in layout.columns[-width:]]
        steps = _SIZE, starts[-1] - starts[-2] if width > 1 else 0  # columns lie evenly
        self._values = np.ndarray((self._rows, width), np.float64, self.message, starts[0], steps)

    @property
    def room(self) -> int:
        return self._rows - self._filled

    def values(self, rows: int) -> NDArray[np.float64]:
        """Where the values of the next `rows` lie, of those that there is room for."""
        return self._values[self._filled : self._filled + rows]

    def add(self, first: int, every: int, rows: NDArray[np.float64]) -> None:
        """Takes the next rows, which may have been written where their `values` lie."""
        import numpy as np

        part = slice(self._filled, self._filled + len(rows))
        for column in self._numbers:
            column[part] = np.arange(first, first + len(rows) * every, every)
        if not np.may_share_memory(rows, self.message):
            for column, values in zip(self._columns, rows.T, strict=True):
                column[part] = values
        self._filled += len(rows)

    def written(self, is_finite: bool) -> memoryview:
        """The message, once it is full, and whether it is known to hold no nan."""
        for column in () if is_finite else self._columns:
            if (settled := with_one_nan(column)) is not column:
                column[:] = settled
        return self.message.data


def _messages(answer: Table, schema: pyarrow.Schema) -> Iterator[memoryview | None]:
    """Record batches of ROWS rows, the last of what is left, whatever the size of the blocks."""
    import numpy as np

    layout = lru_cache(maxsize=2)(partial(_Layout, schema))
    every, left = answer.every, answer.records
    width = len(answer.columns) - (answer.columns[0].kind == "n")
    batch: _Batch | None = None

    def filling() -> _Batch:
        nonlocal batch
        batch = batch or _Batch(layout(min(left, ROWS)), width)
        return batch

    is_finite = True
    for block in answer.blocks(_BLOCK, lambda rows: filling().values(rows)):
        yield None
        first, rows, done = block.first, block.rows, 0
        is_finite = is_finite and not may_hold_nan(block)
        while done < len(rows):
            added = np.asarray(rows[done : done + filling().room])
            filling().add(first + done * every, every, added)
            done += len(added)
            left -= len(added)
            if filling().room == 0:
                yield filling().written(is_finite)
                batch = None
