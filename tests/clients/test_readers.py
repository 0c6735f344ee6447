"""What real clients keep of an answer: each line of `readers` opens some, and what that holds is compared with npy."""

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from attractor.api.formats import FORMATS
from attractor.api.settings import Settings
from tests.blocks import DOCUMENTS, blocks
from tests.clients.readers import (
    CLIENTS,
    DECIMAL,
    FILES,
    FINITE,
    NOT_FINITE,
    OBJECT,
    READERS,
    STRING,
    Asked,
    Reader,
    is_there,
    of_readme,
    questions_of,
    run,
)
from tests.conftest import ROOT

RECORDED = ROOT / "docs/measured/clients.json"
COLUMNS = ["client", "format", "line", "finite numbers", "not finite", "decimals", "records up to"]
EXACT, KEPT, DIGITS = "every bit", "kept", "every digit"


def require(client: str) -> None:
    if not is_there(client):
        missing = f"{client} is not there ({CLIENTS[client].needs}): NOTHING WAS OPENED WITH IT"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)


class Answers(NamedTuple):
    asked: dict[str, Asked]
    values: dict[str, np.ndarray]
    """Those of npy, column by column."""
    opened: Path
    """Where clients write what they hold."""


@pytest.fixture(scope="module")
def answers(client, tmp_path_factory) -> Answers:
    folder, asked, values = tmp_path_factory.mktemp("answers"), {}, {}
    for name, url in (FINITE | NOT_FINITE | DECIMAL).items():
        (folder / name).mkdir()
        for form, file in FILES.items():
            if name not in DECIMAL or FORMATS[form].holds_decimals:
                answer = client.get(f"{url}&format={form}").raise_for_status()
                (folder / name / file).write_bytes(answer.content)
        names = (folder / name / FILES["csv"]).read_text().partition("\n")[0].split(",")
        if name in DECIMAL:
            asked[name] = Asked(folder / name, names[1:])
            continue
        array = np.load(folder / name / FILES["npy"])
        values[name] = array.reshape(-1, array.shape[-1]).T.ravel()
        asked[name] = Asked(folder / name, names[-array.shape[-1] :])
    return Answers(asked, values, tmp_path_factory.mktemp("opened"))


@pytest.fixture(scope="module")
def rows(answers):
    """What the table says of a client's readers, once it has opened what it is asked to."""

    @cache
    def found(client: str) -> list[list[str]]:
        require(client)
        run(client, answers.asked, answers.opened)
        return [row(i, reader, answers) for i, reader in enumerate(READERS) if reader.client == client]

    return found


class Held(NamedTuple):
    """How what a client holds differs from npy."""

    changed: int
    """Finite numbers that are others."""
    lost: int
    """Finite numbers that are missing."""
    total: int
    """Finite numbers."""
    is_kept: bool
    """Whether inf, -inf and NaN are what they were."""


def row(i: int, reader: Reader, answers: Answers) -> list[str]:
    """A row of the table."""
    found = {name: held(i, name, answers) for name in questions_of(reader) if name not in DECIMAL}
    size = (answers.asked["orbit"].folder / FILES[reader.format]).stat().st_size / len(orbit(answers))
    most = FORMATS[reader.format].bound(Settings())
    if reader.most_bytes:
        most = min(most, int(reader.most_bytes / size))
    most = min(most, reader.most_records or most)
    words = [
        numbers({name: each for name, each in found.items() if name in FINITE}),
        not_finite([found[name] for name in NOT_FINITE if name in found]),
        decimals(i, answers) if FORMATS[reader.format].holds_decimals else "",
    ]
    return [reader.client, f"`{reader.format}`", f"`{reader.line}`", *words, f"{most:,}"]


def orbit(answers: Answers) -> list[dict]:
    return json.loads((answers.asked["orbit"].folder / FILES["json"]).read_text())


def held(i: int, name: str, answers: Answers) -> Held | None:
    """None where the line raised an error."""
    if (answers.opened / f"{i}.{name}.error").exists():
        return None
    found, wanted = np.fromfile(answers.opened / f"{i}.{name}.doubles"), answers.values[name]
    assert found.shape == wanted.shape, (READERS[i], name)
    is_same = (found.view("u8") == wanted.view("u8")) | (np.isnan(found) & np.isnan(wanted))
    is_finite = np.isfinite(wanted)
    is_lost = is_finite & np.isnan(found)
    counts = (int(each.sum()) for each in (is_finite & ~is_same & ~is_lost, is_lost, is_finite))
    return Held(*counts, bool(is_same[~is_finite].all()))


def numbers(found: dict[str, Held | None]) -> str:
    if failed := [name for name, each in found.items() if each is None]:
        return f"error: {', '.join(failed)}"
    assert not sum(each.lost for each in found.values())
    changed, total = (sum(getattr(each, what) for each in found.values()) for what in ("changed", "total"))
    return f"{changed:,} of {total:,} change" if changed else EXACT


def not_finite(found: list[Held | None]) -> str:
    """Of two answers, in whose second they come first; where an analysis is no array of records, of one."""

    def word(each: Held | None) -> str:
        if each is None:
            return "error"
        return f"{each.lost:,} numbers lost" if each.lost else KEPT if each.is_kept else "missing"

    usual, *first = map(word, found)
    return f"{usual}; where they come first: {first[0]}" if first and first[0] != usual else usual


def decimals(i: int, answers: Answers) -> str:
    (name,) = DECIMAL
    file = answers.opened / f"{i}.{name}.text"
    if not file.exists():
        return "error" if file.with_suffix(".error").exists() else "as doubles"
    asked = answers.asked[name]
    records = json.loads((asked.folder / FILES["json"]).read_text())
    wanted = [record[column] for column in asked.names for record in records]
    return DIGITS if file.read_text().splitlines() == wanted else "changed"


@pytest.mark.parametrize("client_name", CLIENTS)
def test_each_client_keeps_what_the_documents_say(rows, client_name):
    """RECORD=1 writes what is found instead, of which `make facts` makes the table."""
    found = rows(client_name)
    if client_name not in ("SQLite", "Gnumeric"):
        assert [each for each in found if each[3] == EXACT], "no line keeps every bit"
    if client_name not in ("NumPy", "SQLite", "Gnumeric"):  # which hold doubles only
        assert [each for each in found if each[5] == DIGITS], "no line keeps every digit"
    recorded = json.loads(RECORDED.read_text()) if RECORDED.exists() else {"columns": COLUMNS, "rows": []}
    if os.environ.get("RECORD"):
        order = {f"`{reader.line}`": i for i, reader in enumerate(READERS)}
        others = [each for each in recorded["rows"] if each[0] != client_name and each[2] in order]
        recorded["rows"] = sorted([*others, *found], key=lambda each: order[each[2]])
        RECORDED.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")
    assert found == [each for each in recorded["rows"] if each[0] == client_name]


def test_readmes_own_lines_are_among_what_is_opened():
    assert {url.partition("?")[0] for url in of_readme()} == {"/calculation", "/lyapunov"}
    assert {*of_readme()} <= {*FINITE.values()}


def test_every_line_that_is_shown_elsewhere_keeps_every_bit():
    """Those of the documents and of the explorer, by the functions that they call."""
    recorded = json.loads(RECORDED.read_text())["rows"]
    known = {line.strip("`").partition("(")[0] for _, _, line, kept, *_ in recorded if kept == EXACT}
    shown = [(ROOT / "api/explorer/pages/snippets.js").read_text()]
    shown += [block.code for path in DOCUMENTS for block in blocks(path) if block.language == "python"]
    calls = re.findall(r"\b((?:pandas|polars|jsonlite)\W+(?:read_|from|stream)\w+)\((.*)", "\n".join(shown))
    assert len(calls) > 8
    for function, arguments in calls:
        assert function in known
        if function == "pandas.read_json":
            assert 'engine="pyarrow"' in arguments
        if function == "pandas.read_csv":
            assert 'float_precision="round_trip"' in arguments


def test_a_string_of_javascript_is_as_long_as_the_documents_say():
    require("JavaScript")
    program = "process.stdout.write(String(require('buffer').constants.MAX_STRING_LENGTH))"
    assert int(subprocess.run(["node", "-e", program], capture_output=True, check=True).stdout) == STRING


FROM_URLS = {
    "R": ["Rscript", "-e", 'cat(jsonlite::fromJSON("URL")$x, sep = "\\n")'],
    "Octave": ["octave-cli", "--norc", "--eval", 'printf("%s\\n", {jsondecode(urlread("URL")).x}{:})'],
    "JavaScript": ["node", "-e", 'fetch("URL").then(a => a.json()).then(o => o.forEach(r => console.log(r.x)))'],
}


@pytest.mark.parametrize("client_name", FROM_URLS)
def test_readmes_first_url_opens_as_it_stands(client, client_name):
    require(client_name)
    (url,) = DECIMAL.values()
    command = [each.replace("URL", f"{client.base_url}{url}") for each in FROM_URLS[client_name]]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [record["x"] for record in client.get(url).json()]


@pytest.mark.parametrize(("more", "is_taken"), [(-1_000, True), (1_000, False)])
def test_an_object_of_duckdb_is_as_long_as_the_documents_say(more, is_taken, tmp_path):
    require("DuckDB")
    (tmp_path / "columns.json").write_text(f'{{"n":[1{",1" * ((OBJECT + more) // 2)}]}}')
    (line,) = [each.line for each in READERS if (each.client, each.format) == ("DuckDB", "columns")]
    command = [CLIENTS["DuckDB"].command[0], "-c", f"import duckdb; print(len({line}.fetchall()))"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode == 0) == is_taken, done.stderr
    assert is_taken or "maximum_object_size" in done.stderr
