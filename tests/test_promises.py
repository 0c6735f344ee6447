"""Each promise of SECURITY.md and of README's chapters on operation names its tests, and each of them is seen to fail.

`make broken` sees them fail; here it is seen that the pointers, and the breakages, are of what there is.
"""

import ast
import re

import pytest

from tests.broken.breakages import BREAKAGES, PROVEN_BY
from tests.conftest import ROOT

CHAPTERS = "As a container", "Under load, and when it stops", "Watching it"
README, SECURITY = ((ROOT / name).read_text() for name in ("README.md", "SECURITY.md"))
ROWS = dict(
    re.findall(r"^\| (.+?) \| (.+) \|$", SECURITY.partition("| promise |")[2].partition("\n\n")[0], re.MULTILINE)
)
PARAGRAPHS = [
    text
    for chapter in CHAPTERS
    for text in re.split(
        r"```.*?```|\n\n", README.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0], flags=re.DOTALL
    )
    if text.strip() and not text.startswith("|")
]
BROKEN = {test.partition("[")[0] for breakage in BREAKAGES for test in breakage.tests}


def pointed_at(text):
    """The tests that a text names; `::test_…` is in the file that was named last."""
    file, found = "", []
    for named, test in re.findall(r"`(tests/[\w/]+\.py)?((?:::\w+)?)`", text):
        file = named or file
        if named or test:
            found.append(file + test)
    return found


ALL = sorted({test for text in (*ROWS.values(), *PARAGRAPHS) for test in pointed_at(text)})


def exists(test):
    file, _, name = test.partition("[")[0].partition("::")
    path = ROOT / file
    return path.is_file() and name in {
        "",
        *(node.name for node in ast.parse(path.read_text()).body if "name" in node._fields),
    }


def test_the_promises_are_found():
    assert len(ROWS) > 15
    assert len(PARAGRAPHS) > 12
    assert len(ALL) > 60


@pytest.mark.parametrize("promise", ROWS)
def test_every_promise_names_a_test(promise):
    assert pointed_at(ROWS[promise])
    for target in re.findall(r"`(make [a-z-]+)`", ROWS[promise]):
        assert PROVEN_BY[target] in BROKEN


@pytest.mark.parametrize("paragraph", PARAGRAPHS, ids=lambda text: text[:30])
def test_every_paragraph_on_operation_names_a_test_or_says_that_it_measures(paragraph):
    assert pointed_at(paragraph) or "measured" in paragraph or "`make image-test`" in paragraph


@pytest.mark.parametrize("test", ALL)
def test_what_is_named_exists_and_has_been_seen_to_fail(test):
    assert exists(test)
    assert any(broken == test or broken.startswith(f"{test}::") for broken in BROKEN), "no breakage makes it fail"


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda b: f"{b.promise} {b.file}")
def test_a_breakage_breaks_what_there_is(breakage):
    assert (ROOT / breakage.file).read_text().count(breakage.old) == 1
    assert breakage.old != breakage.new
    assert breakage.tests
    for test in breakage.tests:
        assert exists(test), test
