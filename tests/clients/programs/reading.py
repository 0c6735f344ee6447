"""Opens answers by lines of Python, and writes what they hold; the modules that these need are named before the job."""

import importlib
import json
import math
import os
import subprocess
import sys
from array import array
from pathlib import Path

*MODULES, JOB = sys.argv[1:]
KNOWN = {name: importlib.import_module(name) for name in MODULES}


def opened(line):
    return imported(line) if line.startswith(".") else eval(line, KNOWN)  # noqa: S307


def imported(line):
    """What a line of SQLite's shell imports into a table of reals; what stays text is missing."""
    header = Path("orbit.csv").read_text().partition("\n")[0]
    table = f"CREATE TABLE orbit({header.replace(',', ' REAL, ')} REAL)"
    subprocess.run(["sqlite3", "orbit.db", table, line], check=True)
    rows = KNOWN["sqlite3"].connect("orbit.db").execute("SELECT * FROM orbit")
    held = ([None if isinstance(value, str) else value for value in row] for row in rows)
    return dict(zip(header.split(","), zip(*held, strict=True), strict=True))


def columns(found, names):
    if hasattr(found, "fetchall"):  # a relation of DuckDB
        found = dict(zip(found.columns, zip(*found.fetchall(), strict=True), strict=True))
    if isinstance(found, list):
        return [[record[name] for record in found] for name in names]
    if hasattr(found, "columns") or isinstance(found, dict):
        return [list(found[name]) for name in names]
    return found.reshape(-1, found.shape[-1])[:, -len(names) :].T.tolist()  # an array of NumPy


job = json.loads(Path(JOB).read_text())
for line in job["lines"]:
    for question in line["questions"]:
        asked, out = job["answers"][question], os.path.join(job["out"], f"{line['id']}.{question}")
        os.chdir(asked["folder"])
        try:
            values = [v for column in columns(opened(line["line"]), asked["names"]) for v in column]
        except Exception as error:
            Path(f"{out}.error").write_text(f"{type(error).__name__}: {error}")
            continue
        if question == "decimal" and all(isinstance(value, str) for value in values):
            Path(f"{out}.text").write_text("\n".join(values))
        else:
            doubles = array("d", (math.nan if value is None else float(value) for value in values))
            Path(f"{out}.doubles").write_bytes(doubles.tobytes())
