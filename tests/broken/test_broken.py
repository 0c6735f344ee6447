"""Each promise is broken in a copy of the repository, where the tests marked with it must then fail: `make broken`.

Fail by themselves, that is, not for an error in what surrounds them; and none of them without the breakage.
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.broken.breakages import Breakage, breakages, broken
from tests.conftest import ROOT
from tests.promises import marked

CHOSEN = list(breakages(os.environ.get("BROKEN") or "service"))
MARKED = marked()
SHOWING = dict.fromkeys(test for breakage in CHOSEN for test in MARKED[breakage.promise])
SECONDS = 1_200


def copied(folder: Path) -> Path:
    """A copy of what git knows, with this one's environments and what takes long to make."""
    copy = folder / "copy"
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in known.split("\0")[:-1]:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)
    for made in (*ROOT.glob(".venv*"), ROOT / ".cache/image"):
        if made.exists():
            (copy / made.relative_to(ROOT)).parent.mkdir(exist_ok=True)
            (copy / made.relative_to(ROOT)).symlink_to(made.resolve())
    return copy


def outcomes(copy: Path, tests: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """Of each test, how its cases ended: passed, skipped, failed or in an error, and with which words."""
    report = copy.with_name("report.xml")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHONPATH"))}
    # A kernel is known by its text, so the copy finds all that are as they are here.
    cached = os.environ.get("NUMBA_CACHE_DIR", str(ROOT / "core/__pycache__"))
    options = ["-q", "--tb=short", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={report}"]
    options += ["-o", "junit_family=xunit1"]  # the other refuses what tests record
    options += ["-x"] * (len(tests) == 1)  # one case that fails is enough
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=copy,
        env={"FUZZ_CASES": "600"} | kept | {"NUMBA_CACHE_DIR": cached, "SEARCH": "all", "PATIENCE": "60"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=SECONDS)
    finally:
        with suppress(ProcessLookupError):  # what a broken build leaves running
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode in (0, 1), said
    found: dict[str, list[tuple[str, str]]] = {test: [] for test in tests}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  # our own
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
        ended = [(part.tag, part.get("message") or "") for part in case if part.tag in ("failure", "error", "skipped")]
        for test in tests:
            if name == test or name.startswith((f"{test}[", f"{test}::")):
                found[test] += ended or [("passed", "")]
    return found


@pytest.mark.parametrize("breakage", CHOSEN, ids=lambda b: f"{b.promise} {b.place}")
def test_what_is_broken_is_noticed(breakage: Breakage, tmp_path: Path):
    copy = copied(tmp_path)
    path, text = broken(breakage)
    (copy / path).write_text(text)
    for test in MARKED[breakage.promise]:
        ended = outcomes(copy, (test,))[test]
        assert not [words for how, words in ended if how == "error"], f"AN ERROR, NO FAILURE, in {test}: {ended}"
        if ended and all(how == "skipped" for how, _ in ended) and not os.environ.get("CI"):
            pytest.skip(f"{test} was skipped: {ended[0][1]}")
        failures = [words for how, words in ended if how == "failure"]
        assert failures, f"SURVIVED: {breakage.promise}: {breakage.place} is broken, and {test} passes"
        print(f"{test}\n    {failures[0].splitlines()[0]}")


@pytest.mark.parametrize("file", sorted({test.partition("::")[0] for test in SHOWING}))
def test_unbroken_it_passes(file: str, tmp_path: Path):
    """Else what fails above says nothing."""
    tests = tuple(test for test in SHOWING if test.startswith(f"{file}::"))
    for test, ended in outcomes(copied(tmp_path), tests).items():
        assert ended, test
        assert {how for how, _ in ended} <= {"passed", "skipped"}, (test, ended)
