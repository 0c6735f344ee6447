"""Lines that open an answer, each in a real client, and what is asked to see whether they keep every bit."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.blocks import ADDRESS, example
from tests.conftest import ROOT

PROGRAMS = Path(__file__).parent / "programs"
FILES = {
    "json": "orbit.json",
    "columns": "columns.json",
    "ndjson": "orbit.ndjson",
    "csv": "orbit.csv",
    "arrow": "orbit.arrows",
    "npy": "orbit.npy",
    "parquet": "orbit.parquet",
}
"""What the lines call an answer of each format."""


class Client(NamedTuple):
    """What runs lines: a program of ours in the client's language; and what has to be installed for it."""

    command: tuple[str | Path, ...]
    needs: str
    also: tuple[str, ...] = ()
    """What that program calls in turn."""


def _python(environment: str, *modules: str) -> Client:
    return Client((ROOT / environment / "bin/python", PROGRAMS / "reading.py", *modules), f"{environment}, by make")


_R = ("Rscript", "--vanilla", PROGRAMS / "reading.R")
CLIENTS = {
    "pandas": _python(".venv", "pandas", "json"),
    "polars": _python(".venv", "polars"),
    "DuckDB": _python(".venv-clients", "duckdb"),
    "orjson": _python(".venv", "orjson", "pathlib"),
    "NumPy": _python(".venv", "numpy"),
    "R": Client(_R, "Debian's r-base-core, r-cran-jsonlite, r-cran-readr and r-cran-data.table"),
    "Octave": Client(("octave-cli", "--no-history", "--norc", PROGRAMS / "reading.m"), "Debian's octave"),
    "JavaScript": Client(("node", PROGRAMS / "reading.mjs"), "Node"),
    "SQLite": _python(".venv", "sqlite3")._replace(needs="Debian's sqlite3", also=("sqlite3",)),
    "Gnumeric": _python(".venv")._replace(needs="Debian's gnumeric", also=("ssconvert",)),
}


class Asked(NamedTuple):
    """Where the answer to a question is, in every format, and the names of the values that are compared."""

    folder: Path
    names: list[str]


class Reader(NamedTuple):
    """A line that opens an answer in some client."""

    client: str
    format: str
    line: str
    most_bytes: int | None = None
    """Of an answer as text, as many as it takes; None where only memory bounds it."""
    most_records: int | None = None


def of_readme() -> list[str]:
    """The URLs of README's lines whose answers are doubles, without the format."""
    found = re.findall(
        rf"['\"](?:{ADDRESS})?(/(?:calculation|lyapunov)\?system=[^'\"\s]+)", (ROOT / "README.md").read_text()
    )
    return sorted({url.partition("&format=")[0] for url in found})


STRING = 2**29 - 24
"""Characters of a string in JavaScript, in Node."""
OBJECT = 2**24
"""Bytes of a JSON object in DuckDB, unless it is told to take more."""
SHEET = 2**20 - 1
"""Rows of a sheet in a workbook, below that of the names: programs drop what is behind, or refuse the file."""

READERS = [
    Reader("pandas", "csv", 'pandas.read_csv("orbit.csv", float_precision="round_trip")'),
    Reader("pandas", "csv", 'pandas.read_csv("orbit.csv", dtype=str)'),
    Reader("pandas", "ndjson", 'pandas.read_json("orbit.ndjson", lines=True, engine="pyarrow")'),
    Reader("pandas", "columns", 'pandas.DataFrame(json.load(open("columns.json")))'),
    Reader("pandas", "parquet", 'pandas.read_parquet("orbit.parquet")'),
    Reader("pandas", "json", 'pandas.read_json("orbit.json", precise_float=True, dtype=False)'),
    Reader("pandas", "json", 'pandas.read_json("orbit.json")'),
    Reader("polars", "csv", 'polars.read_csv("orbit.csv")'),
    Reader("polars", "csv", 'polars.read_csv("orbit.csv", infer_schema=False)'),
    Reader("polars", "ndjson", 'polars.read_ndjson("orbit.ndjson", infer_schema_length=None)'),
    Reader("polars", "ndjson", 'polars.read_ndjson("orbit.ndjson")'),
    Reader("polars", "json", 'polars.read_json("orbit.json", infer_schema_length=None)'),
    Reader("polars", "arrow", 'polars.read_ipc_stream("orbit.arrows")'),
    Reader("polars", "parquet", 'polars.read_parquet("orbit.parquet")'),
    Reader("DuckDB", "csv", "duckdb.sql(\"FROM read_csv('orbit.csv', sample_size=-1)\")"),
    Reader("DuckDB", "csv", "duckdb.sql(\"FROM 'orbit.csv'\")"),
    Reader("DuckDB", "csv", "duckdb.sql(\"FROM read_csv('orbit.csv', all_varchar=true)\")"),
    Reader("DuckDB", "ndjson", "duckdb.sql(\"FROM read_json('orbit.ndjson', sample_size=-1)\")"),
    Reader("DuckDB", "ndjson", "duckdb.sql(\"FROM 'orbit.ndjson'\")"),
    Reader("DuckDB", "json", "duckdb.sql(\"FROM read_json('orbit.json', sample_size=-1)\")"),
    Reader("DuckDB", "columns", "duckdb.sql(\"SELECT unnest(COLUMNS(*)) FROM read_json('columns.json')\")", OBJECT),
    Reader("DuckDB", "parquet", "duckdb.sql(\"FROM 'orbit.parquet'\")"),
    Reader("orjson", "json", 'orjson.loads(pathlib.Path("orbit.json").read_bytes())'),
    Reader("orjson", "columns", 'orjson.loads(pathlib.Path("columns.json").read_bytes())'),
    Reader("NumPy", "npy", 'numpy.load("orbit.npy")'),
    Reader("NumPy", "csv", 'numpy.loadtxt("orbit.csv", delimiter=",", skiprows=1)'),
    Reader("R", "json", 'jsonlite::fromJSON("orbit.json")', 2**31 - 1),
    Reader("R", "columns", 'jsonlite::fromJSON("columns.json")', 2**31 - 1),
    Reader("R", "ndjson", 'jsonlite::stream_in(file("orbit.ndjson"))'),
    Reader("R", "csv", 'read.csv("orbit.csv")'),
    Reader("R", "csv", 'readr::read_csv("orbit.csv")'),
    Reader("R", "csv", 'data.table::fread("orbit.csv")'),
    Reader("Octave", "csv", 'csvread("orbit.csv", 1, 0)'),
    Reader("Octave", "columns", 'jsondecode(fileread("columns.json"))'),
    Reader("JavaScript", "json", 'JSON.parse(readFileSync("orbit.json", "utf8"))', STRING),
    Reader("JavaScript", "columns", 'JSON.parse(readFileSync("columns.json", "utf8"))', STRING),
    Reader("SQLite", "csv", ".import --csv --skip 1 orbit.csv orbit"),
    Reader("Gnumeric", "csv", "ssconvert orbit.csv orbit.xlsx", most_records=SHEET),
]

FINITE = {
    "orbit": "/calculation?system=lorenz&x0=1&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01"
    "&steps=20000",
    "subnormal": "/calculation?system=logistic&x0=0.3&r=0.5&steps=1100",
    "minus_zero": "/calculation?system=logistic&x0=-0&r=2&steps=3",
    **{f"readme_{i}": url for i, url in enumerate(of_readme())},
}
"""Answers whose numbers are finite: README's among them, and doubles of every size."""
NOT_FINITE = {
    "escape": "/calculation?system=henon&x0=0.1&y0=5&a=1.4&b=0.3&steps=30&precision=double",
    "escaped_first": "/ensemble?system=logistic&x0=-1:1:50001&r=3.9",
}
"""Answers some of whose numbers are not, in the end and in the beginning."""
DECIMAL = {"decimal": example()[0]}
"""README's first answer, of strings."""


def questions_of(reader: Reader) -> list[str]:
    """What a reader is asked to open: an analysis as JSON is no array of records, and npy holds no decimals."""
    found = FINITE | NOT_FINITE | (DECIMAL if reader.format != "npy" else {})
    return [name for name, url in found.items() if reader.format != "json" or url.startswith("/calculation?")]


def is_there(client: str) -> bool:
    """Whether its programs are."""
    return None not in map(shutil.which, (CLIENTS[client].command[0], *CLIENTS[client].also))


def run(client: str, answers: dict[str, Asked], out: Path) -> None:
    """Has a client open all that its readers are asked to, and write in `out` what it holds.

    Of each reader and question that is a file of doubles, column by column; of text, where values are text; or of an
    error.
    """
    job = {
        "out": str(out),
        "answers": {name: {"folder": str(each.folder), "names": each.names} for name, each in answers.items()},
        "lines": [
            {"id": str(i), "line": reader.line, "questions": questions_of(reader)}
            for i, reader in enumerate(READERS)
            if reader.client == client
        ],
    }
    written = out / f"{client}.json"
    written.write_text(json.dumps(job))
    done = subprocess.run([*CLIENTS[client].command, written], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
