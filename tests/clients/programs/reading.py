"""Opens answers by lines of Python, and writes what they hold; the modules that these need are named before the job."""

import importlib
import json
import math
import os
import shlex
import subprocess
import sys
import zipfile
from array import array
from pathlib import Path
from xml.etree import ElementTree

*MODULES, JOB = sys.argv[1:]
CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
KNOWN = {name: importlib.import_module(name) for name in MODULES}


def opened(line):
    if line.startswith("ssconvert "):
        return saved(line)
    return imported(line) if line.startswith(".") else eval(line, KNOWN)  # noqa: S307


def saved(line):
    """What a spreadsheet has saved: a cell that is no number is missing."""
    *_, workbook = shlex.split(line)
    subprocess.run(shlex.split(line), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with zipfile.ZipFile(workbook) as parts, parts.open("xl/worksheets/sheet1.xml") as sheet:
        ended = ElementTree.iterparse(sheet)  # noqa: S314  # our own
        rows = [[cell(each) for each in row] for _, row in ended if row.tag == f"{CELLS}row"]
    header, *records = rows
    return {
        name: [None if isinstance(value, str) else value for value in column]
        for name, column in zip(header, zip(*records, strict=True), strict=True)
    }


def cell(found):
    """A cell's number, or its text."""
    number = found.find(f"{CELLS}v")
    return "".join(found.itertext()).strip() if number is None else float(number.text)


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
