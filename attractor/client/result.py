"""The result of a function of `attractor`: an answer, as an array, a table, a dataset, text or a file."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from importlib import import_module
from itertools import islice
from os import PathLike
from typing import TYPE_CHECKING, Any

from attractor.client.citing import STYLES, make_reference
from attractor.client.files import whole_file
from attractor.client.gridding import grid_columns
from attractor.client.local import read
from attractor.client.refusals import Refused
from attractor.client.resources import format_of, no_format
from attractor.client.sources import Here, Source, There

if TYPE_CHECKING:
    import numpy as np
    import pandas
    import polars
    import pyarrow
    import xarray
    from numpy.typing import NDArray

SHOWN = 10
"""Records that a notebook shows."""
_ARROW = "arrow"


class Result:
    """An answer, computed here or by a service; each format is written when it is first asked for.

    Raises Refused, with every culprit, where there is no such answer, or none in a format that is asked for.
    """

    def __init__(self, source: Source, form: str | None = None) -> None:
        self._source = source
        self._form = form
        self._is_table = _ARROW in source.formats
        self._held: dict[str, bytes] = {}
        if isinstance(source, There):
            self._bytes(form or (_ARROW if self._is_table else next(iter(source.formats))))

    @property
    def url(self) -> str:
        """The URL that names the answer: the canonical one, or for a service's answer the one that was asked for."""
        return self._source.url

    @property
    def edition(self) -> int:
        """The edition whose values the answer has."""
        return self._source.edition

    def body(self, format: str | None = None) -> bytes:
        """The body in a format, by default that of the URL, byte for byte as the service sends it."""
        return b"".join(self._source.chunks(format or self._default))

    def save(self, file: str | PathLike[str], format: str | None = None) -> None:
        """Writes the body to a file, which appears whole or not at all, in a format, by default that of its ending."""
        form = format or format_of(self._source.formats, str(file)) or self._form
        if form is None:
            raise ValueError(no_format(self._source.formats, str(file), "format="))
        with whole_file(file) as out:
            for chunk in self._source.chunks(form):
                out.write(chunk)

    def to_arrow(self) -> pyarrow.Table:
        """The records as a table of pyarrow, decimals as text."""
        import pyarrow.ipc

        self._check_table("to_arrow")
        table: pyarrow.Table = pyarrow.ipc.open_stream(self._bytes(_ARROW)).read_all()
        return table

    def to_numpy(self) -> NDArray[Any]:
        """The bare values as format=npy has them, in the shape of the grid or of the orbit.

        Decimals are given as the doubles nearest to them; records that hold text as an array of records.
        """
        import numpy as np

        self._check_table("to_numpy")
        try:
            if "npy" in self._source.formats:
                return np.load(io.BytesIO(self._bytes("npy")))  # type: ignore[no-any-return]
        except Refused as refusal:  # what is in decimal
            if [fault.parameter for fault in refusal.faults] != ["format"]:
                raise
            return _doubles(self.to_arrow().drop_columns(["n"]))
        return _records(self.to_arrow())

    def to_pandas(self) -> pandas.DataFrame:
        """The records as a data frame of pandas, a column for each value, decimals as text."""
        _import_optional("pandas", "to_pandas")
        self._check_table("to_pandas")
        return self.to_arrow().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """The records as a data frame of polars, a column for each value, decimals as text."""
        library = _import_optional("polars", "to_polars")
        self._check_table("to_polars")
        frame: polars.DataFrame = library.read_ipc_stream(io.BytesIO(self._bytes(_ARROW)))
        return frame

    def to_xarray(self) -> xarray.Dataset:
        """The records as a dataset of xarray: a variable for each value, over the swept inputs by their names.

        An orbit is over n; where a point of the grid has several records, these are over n too, or over `record`.
        """
        library = _import_optional("xarray", "to_xarray")
        self._check_table("to_xarray")
        table = self.to_arrow()
        columns = {name: table[name].to_numpy() for name in table.column_names}
        values, coordinates = grid_columns(columns, self._swept())
        dataset: xarray.Dataset = library.Dataset(values, coordinates, {"url": self.url, "edition": self.edition})
        return dataset

    def cite(self, style: str = "bibtex", accessed: date | None = None) -> str:
        """A reference of the answer, as bibtex, ris or csl-json, seen on a day, by default today."""
        if style not in STYLES:
            raise ValueError(f"style is {style!r}; known are {', '.join(STYLES)}")
        source = self._source
        origin = source.origin if isinstance(source, There) else ""
        return STYLES[style](make_reference(read(source.path, source.raw), origin, accessed or date.today()))

    def __repr__(self) -> str:
        return f"<Result {self.url}>"

    def _repr_html_(self) -> str | None:
        """The first records, for a notebook."""
        if not self._is_table:
            return None
        records, is_all = self._first()
        names = list(records[0]) if records else self.to_arrow().column_names
        rows = [_row("th", names), *(_row("td", [_cell(record[name]) for name in names]) for record in records)]
        more = "" if is_all else "<p>…</p>"
        return f"<table>{''.join(rows)}</table>{more}<p><code>{escape(self.url)}</code></p>"

    def _repr_png_(self) -> bytes | None:
        return self._picture("png")

    def _repr_svg_(self) -> str | None:
        found = self._picture("svg")
        return found.decode() if found else None

    def _picture(self, form: str) -> bytes | None:
        return self._bytes(form) if not self._is_table and self._default == form else None

    @property
    def _default(self) -> str:
        return self._form or next(iter(self._source.formats))

    def _bytes(self, form: str) -> bytes:
        """The body, which is held from when it is first asked for."""
        if form not in self._held:
            self._held[form] = self.body(form)
        return self._held[form]

    def _first(self) -> tuple[list[Mapping[str, Any]], bool]:
        """The first records, and whether they are all; no more is computed than that takes."""
        text, chunks = b"", self._source.chunks("ndjson")
        for chunk in chunks:
            text += chunk
            if text.count(b"\n") > SHOWN:
                break
        lines = text.splitlines()
        return [json.loads(line) for line in islice(lines, SHOWN)], len(lines) <= SHOWN

    def _swept(self) -> dict[str, int]:
        """The number of values of each swept input, in canonical order."""
        query = read(self._source.path, self._source.raw).query
        inputs = getattr(query, "swept", [])
        return {name: query.inputs[name].count for name in inputs}  # type: ignore[attr-defined]

    def _check_table(self, name: str) -> None:
        if not self._is_table:
            raise TypeError(f"{name}() is of tables, and this is a picture: body() and save() give it")


def _import_optional(library: str, name: str) -> Any:
    """Imports a library that Attractor does not need itself. Raises ImportError."""
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        raise ImportError(f"{name}() needs {library}, which is not installed: pip install {library}") from None


def _doubles(table: pyarrow.Table) -> NDArray[np.float64]:
    """The columns of decimals, None among them, as doubles, in shape (records, columns)."""
    import numpy as np

    columns = [[float("nan" if value is None else value) for value in column.to_pylist()] for column in table.columns]
    return np.array(columns).T


def _records(table: pyarrow.Table) -> NDArray[np.void]:
    """An array of records, text among their values; of the columns' types, whether or not there are any."""
    import numpy as np
    import pyarrow

    words = [name for name in table.column_names if pyarrow.types.is_string(table[name].type)]
    columns = {name: table[name].to_numpy() for name in table.column_names}
    columns |= {name: np.array(table[name].to_pylist(), dtype=np.str_) for name in words}
    found = np.zeros(table.num_rows, [(name, column.dtype) for name, column in columns.items()])
    for name, column in columns.items():
        found[name] = column
    return found


def _row(tag: str, texts: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(text)}</{tag}>' for text in texts)}</tr>"


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def result(path: str, query: bytes, at: str | None, form: str | None) -> Result:
    """The answer to a query without its format at a path, of a service or computed here."""
    return Result(There(at, path, query, form) if at else Here(path, query, form), form)
