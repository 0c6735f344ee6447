"""`make licences`: under which licences what the service runs with may be used; exits with 1 where one is not known.

Read by pip-licenses from what requirements/serve.txt has installed.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent

REPLACEABLE = {"python-flint": "LGPL-3.0-or-later"}
"""What may be under the LGPL: FLINT, MPFR and GMP are shared libraries in the wheel of python-flint, unchanged, which
whoever runs the service can replace by their own; the wheel holds the licences' texts, and the image the wheel."""

PERMISSIVE = re.compile(
    r"0BSD|(3-Clause )?BSD( License|-[23]-Clause)?|MIT( License|-CMU)?|Apache(-2\.0| License 2\.0| Software License)"
    r"|Apache-2\.0 WITH LLVM-exception|Zlib|CC0-1\.0|PSF-2\.0|Python Software Foundation License"
    r"|Mozilla Public License 2\.0 \(MPL 2\.0\)",  # it binds only those who change its files: certifi's, unchanged
)


def main() -> int:
    """Lists them and gives the exit code."""
    names = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements/serve.txt").read_text(), re.MULTILINE)
    options = [f"--python={ROOT / '.venv/bin/python'}", "--from=mixed", "--format=json", "--packages", *names]
    run = subprocess.run(
        [ROOT / ".venv-supply/bin/pip-licenses", *options], stdout=subprocess.PIPE, text=True, check=True
    )
    listed = [(entry["Name"], entry["License"]) for entry in json.loads(run.stdout)]
    for name, licence in listed:
        print(f"{name:20} {licence.splitlines()[0]}")
    refused = forbidding(listed)
    for name, licence in refused:
        print(f"UNKNOWN LICENCE: {name}: {licence}", file=sys.stderr)
    return int(bool(refused) or not listed)


def forbidding(listed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of which some part is under no licence known to allow all that MIT does, nor one of REPLACEABLE; of an OR
    one side suffices."""
    return [(name, licence) for name, licence in listed if not _allows(name, licence)]


def _allows(name: str, licence: str) -> bool:
    title = licence.partition("\n")[0]  # some give the whole text

    def allows(part: str) -> bool:
        return bool(PERMISSIVE.fullmatch(part)) or part == REPLACEABLE.get(name)

    return any(all(map(allows, re.split("; | AND ", choice))) for choice in title.split(" OR "))


if __name__ == "__main__":
    sys.exit(main())
