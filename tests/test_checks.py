"""What `make lint` and `make docs` look at the papers and the pages with: it fails, and says where."""

import os
import shutil
import subprocess
import sys

import pytest

from bench.recording import Table
from docs.facts import measured
from tests.conftest import ROOT


def test_a_stale_fact_is_told_by_its_file_and_line(tmp_path):
    page = tmp_path / "page.md"
    page.write_text('# A page\n\n<!-- [[[cog cog.outl("| new |") ]]] -->\n| old |\n<!-- [[[end]]] -->\n')
    command = ["make", "-o", ".venv/dev", "lint-facts", f"COGGED={page}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode
    assert f"{page}  (changed)" in done.stdout
    assert "-| old |\n+| new |" in done.stdout


def test_where_npm_is_missing_that_is_said_and_in_ci_it_is_a_failure(tmp_path):
    for tool in ("sh", "make", "test", "echo", "wildcard"):
        if found := shutil.which(tool):
            (tmp_path / tool).symlink_to(found)
    bare = {**os.environ, "PATH": str(tmp_path), "CI": ""}
    for ci, code in (("", 0), ("true", 2)):
        done = subprocess.run(["make", "lint-js"], cwd=ROOT, env={**bare, "CI": ci}, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        assert "NO JAVASCRIPT WAS LOOKED AT" in done.stderr


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_benchmark_records_its_table_where_it_is_asked_to(is_asked, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", *(["--record"] if is_asked else [])])
    table = Table("some", "make bench-some", "what", "reached")
    table.row("a | b", "1.5")
    table.record(tmp_path)
    assert "| what | reached |" in capsys.readouterr().out
    assert (tmp_path / "some.json").exists() == is_asked
    if is_asked:
        monkeypatch.setattr("docs.facts.MEASURED", tmp_path)
        shown = measured("some")
        assert r"| a \| b | 1.5 |" in shown
        assert "`make bench-some`" in shown
        assert "CPUs" in shown


def test_every_hook_calls_a_target_that_ci_calls():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    makefile = (ROOT / "Makefile").read_text()
    (lint,) = [line for line in makefile.splitlines() if line.startswith("lint: ")]
    called = [line.split("make ")[1] for line in hooks.splitlines() if "entry:" in line]
    assert called == [target for target in called if target in lint.partition("##")[0].split()]
    lines = [line.split() for line in (ROOT / ".ci/run").read_text().splitlines()]
    called = {word for line in lines if line[:1] == ["make"] for word in line[1:]}
    assert {"lint", "docs"} <= called
