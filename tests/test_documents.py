"""The documents are true: their blocks run as they stand, their facts are the code's, their links lead somewhere.

Of prose nothing is asserted.
"""

import os
import re
import subprocess
import sys

import pytest

from tests.blocks import ADDRESS, DOCUMENTS, ELLIPSIS, REASONS, RUN, Block, beginning, blocks, example
from tests.conftest import ROOT

BLOCKS = [block for path in DOCUMENTS for block in blocks(path)]
SHELL = [block for block in BLOCKS if block.language == "sh" and not block.reason]
PYTHON = sorted({block.path for block in BLOCKS if block.language == "python" and not block.reason})
SECONDS = 300


def run(command: list[str], folder, address: str) -> str:
    """What a command prints; AssertionError with what it says where it fails. `attractor` is that of this checkout."""
    own = {"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **own}, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.replace(address, ADDRESS)


def test_every_block_is_run_or_says_why_not():
    assert SHELL
    assert PYTHON
    unknown = [block.place for block in BLOCKS if block.reason and block.reason not in REASONS]
    assert not unknown
    languages = {block.language for block in BLOCKS}
    assert languages <= {*RUN, "text", "json"}, "a block of another language is neither run nor an output"


@pytest.mark.parametrize("block", SHELL, ids=lambda block: block.place)
def test_a_block_of_the_shell_runs_and_prints_what_it_shows(block: Block, address, tmp_path):
    curl = f'curl() {{ command curl --silent --show-error --max-time {SECONDS} "$@"; }}'
    attractor = f'attractor() {{ "{sys.executable}" -m attractor "$@"; }}'
    python = f'python3() {{ "{sys.executable}" "$@"; }}'
    program = f"set -euo pipefail\n{curl}\n{attractor}\n{python}\n{block.code}".replace(ADDRESS, address)
    printed = run(["bash", "-c", program], tmp_path, address).replace("\n", "")
    if block.output is not None:
        shown = beginning(block.output)
        assert printed == shown if ELLIPSIS not in block.output else printed.startswith(shown), block.place


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.name)
def test_the_blocks_of_python_of_a_document_run_in_order(path, address, tmp_path):
    """In one process, from a file in which each line has the number that it has in the document."""
    mine = [block for block in blocks(path) if block.language == "python" and not block.reason]
    lines: list[str] = []
    for block in mine:
        lines += [""] * (block.line - 1 - len(lines)) + block.code.splitlines()
    program = tmp_path / path.name
    program.write_text("\n".join(lines).replace(ADDRESS, address))
    printed = run([sys.executable, str(program)], tmp_path, address)
    assert printed.split() == " ".join(block.output for block in mine if block.output).split()


def test_the_example_of_the_readme_is_answered(client):
    url, output = example()
    assert client.get(url).text.startswith(output)


def test_every_url_that_is_shown_answers(client):
    """Those that no block asks for, but for the gallery's, which `make docs` draws."""
    text = "\n".join(path.read_text() for path in DOCUMENTS)
    for block in BLOCKS:
        if block.language in RUN:
            text = text.replace(block.code, "")
    shown = set(re.findall(rf"{ADDRESS}(/(?!picture)[^\s'>\"`)]*)", text))
    assert len(shown) > 15
    for url in sorted(shown):
        assert client.get(url).status_code == 200, url


@pytest.mark.promise("The documents tell the settings and bounds in force")
def test_generated_facts_are_those_of_the_code():
    """As `make lint` sees, of the pages that list the settings and the bounds."""
    pages = ["docs/operations.md", "docs/limits.md"]
    command = [sys.executable, "-m", "cogapp", "--check", "-p", "from docs import facts", *pages]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_named_in_code_exists():
    """A path in backticks, with a slash and an ending, is one of the repository."""
    named = re.compile(r"`((?:api|attractor|bench|core|docs|requirements|terraform|tests)/[\w/.-]+)`")
    for path in DOCUMENTS:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for name in named.findall(line):
                assert (ROOT / name).exists(), f"{path.relative_to(ROOT)}:{number}: {name}"


def test_outputs_of_terraform_that_are_named_exist():
    there = re.findall(r'^output "(\w+)"', (ROOT / "terraform/outputs.tf").read_text(), re.MULTILINE)
    named = {name for path in DOCUMENTS for name in re.findall(r"terraform output -raw (\w+)", path.read_text())}
    assert named
    assert named <= set(there)


def test_links_between_documents_lead_somewhere():
    """Those of README and the like, which Sphinx does not see; it looks at those within docs/ itself."""
    for path in DOCUMENTS:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", line):
                found = path.parent / target
                is_made = found.is_relative_to(ROOT / "docs/gallery")  # by `make docs`
                assert is_made or found.exists(), f"{path.relative_to(ROOT)}:{number}: {target}"


def test_the_readme_is_one_page():
    text = (ROOT / "README.md").read_text()
    assert len(text.split()) <= 900
    assert len(text.splitlines()) <= 120
