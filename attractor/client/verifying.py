"""Compares a file with the answer that it should hold."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

_LIBRARY = {".parquet", ".arrows"}
"""Endings of what a library writes, whose bytes follow its version."""


def difference(chunks: Iterable[bytes | memoryview], file: str) -> str:
    """A sentence about the first difference of a file from the answer in `chunks`; empty where there is none."""
    answer = b"".join(chunks) if Path(file).suffix.lower() in _LIBRARY else None
    found = _first_difference([answer] if answer is not None else chunks, file)
    if not found or answer is None:
        return found
    return _table_difference(answer, Path(file))


def _first_difference(chunks: Iterable[bytes | memoryview], file: str) -> str:
    done = 0
    with open(file, "rb") as held:
        for chunk in chunks:
            there = held.read(len(chunk))
            if there != chunk:
                pairs = enumerate(zip(there, bytes(chunk), strict=False))
                same = next((i for i, (a, b) in pairs if a != b), len(there))
                what = "ends" if same == len(there) else "differs"
                return f"it {what} at byte {done + same}"
            done += len(chunk)
        return f"it goes on behind the answer's {done} bytes" if held.read(1) else ""


def _table_difference(answer: bytes, file: Path) -> str:
    """A sentence about how the tables of two files of Arrow or Parquet differ, bit for bit; empty where they do not."""
    import pyarrow

    try:
        mine, theirs = _table(answer, file.suffix), _table(file.read_bytes(), file.suffix)
    except (pyarrow.ArrowInvalid, OSError) as error:
        return f"it cannot be read: {error}"
    if not mine.schema.equals(theirs.schema, check_metadata=True):
        return "it has other columns, or is told to be an answer to another query"
    if mine.num_rows != theirs.num_rows:
        return f"it has {theirs.num_rows} records, and the answer {mine.num_rows}"
    names = [name for name in mine.column_names if list(_bits(mine[name])) != list(_bits(theirs[name]))]
    return f"it has other values of {', '.join(names)}" if names else ""


def _table(data: bytes, suffix: str) -> "pyarrow.Table":
    import pyarrow
    import pyarrow.parquet

    if suffix.lower() == ".parquet":
        return pyarrow.parquet.read_table(pyarrow.BufferReader(data))
    return pyarrow.ipc.open_stream(data).read_all()


def _bits(column: "pyarrow.ChunkedArray") -> Iterator[bytes]:
    """The buffers of a column as one array's."""
    import pyarrow

    whole = pyarrow.concat_arrays(column.chunks) if column.chunks else pyarrow.array([], column.type)
    yield from (buffer.to_pybytes() for buffer in whole.buffers() if buffer is not None)
