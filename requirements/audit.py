"""`make audit`: known vulnerabilities of everything in requirements/, as pip-audit finds them.

Exits with 1 where there is one; also, if AUDIT_REQUIRED is set, where a dependency could not be looked up.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TOOL = ROOT / ".venv-supply/bin/pip-audit"


def main() -> int:
    """The exit code."""
    locks = sorted(ROOT.glob("requirements/*.txt"))
    found: list[dict[str, Any]] = []
    for lock in locks:
        options = ["--disable-pip", "--require-hashes", "--format=json", "--progress-spinner=off"]
        run = subprocess.run([TOOL, *options, "-r", lock], capture_output=True, text=True)
        try:
            found += json.loads(run.stdout)["dependencies"]
        except ValueError:  # no report: the advisories could not be asked at all
            reason = (run.stderr.strip().splitlines() or ["it said nothing"])[-1]
            found.append({"name": lock.name, "skip_reason": f"pip-audit failed: {reason}"})
    return verdict(found, required=bool(os.environ.get("AUDIT_REQUIRED")))


def verdict(dependencies: Iterable[dict[str, Any]], *, required: bool) -> int:
    """Says what was found and gives the exit code."""
    every = {(d["name"], d.get("version")): d for d in dependencies}.values()
    vulnerable = [d for d in every if d.get("vulns")]
    unknown = [d for d in every if "skip_reason" in d]
    for each in vulnerable:
        ids = ", ".join(v["id"] for v in each["vulns"])
        print(f"VULNERABLE: {each['name']} {each['version']}: {ids}")
    if unknown or not every:
        print(
            f"NOT AUDITED: {len(unknown)} of {len(every)}, since no advisory of them could be had. This says nothing of"
        )
        print("them; AUDIT_REQUIRED=1 makes it a failure. The first:", unknown[0]["skip_reason"] if unknown else "none")
    print(f"{len(every)} dependencies, {len(vulnerable)} vulnerable, {len(unknown)} not audited")
    return int(bool(vulnerable or (required and (unknown or not every))))


if __name__ == "__main__":
    sys.exit(main())
