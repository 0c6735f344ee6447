"""Tables of benchmarks: printed row by row and, with --record, written to docs/measured/NAME.json for the documents."""

import json
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
MEASURED = ROOT / "docs/measured"
OPTION = "--record"


class Table:
    """A table in Markdown, printed as its rows are known."""

    def __init__(self, name: str, command: str, *columns: str) -> None:
        self.name, self.command, self.columns = name, command, columns
        self.rows: list[tuple[str, ...]] = []
        print(_line(columns), _line(["---"] * len(columns)), sep="\n", flush=True)

    def row(self, *cells: str) -> None:
        self.rows.append(cells)
        print(_line(cells), flush=True)

    def record(self, folder: Path = MEASURED) -> None:
        """Where --record is given, writes the figures with their origin: command, CPU, commit and date."""
        if OPTION not in sys.argv:
            return
        found = {
            "command": self.command,
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "commit": commit(),
            "cpu": cpu(),
            "columns": self.columns,
            "rows": self.rows,
        }
        (folder / f"{self.name}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def commit() -> str:
    """The commit that is checked out, with a + where files differ from it."""
    command = ["git", "describe", "--always", "--abbrev=8", "--exclude=*", "--dirty=+"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip() or "unknown"


def cpu() -> str:
    """How many CPUs this process may use, of which model, and which Python."""
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    model = found[1].strip() if found else platform.machine()
    return f"{len(os.sched_getaffinity(0))} CPUs ({model}), Python {platform.python_version()}"


def _line(cells: "tuple[str, ...] | list[str]") -> str:
    return f"| {' | '.join(cells)} |"
