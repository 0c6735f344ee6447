"""The breakages are of what there is: `make breakages`, in seconds."""

import ast

import pytest

from tests.broken.breakages import KINDS, Breakage, Misplaced, breakages, broken
from tests.conftest import ROOT
from tests.promises import promised

ALL = [breakage for kind in KINDS for breakage in breakages(kind)]


def test_every_promise_is_broken():
    assert {breakage.promise for breakage in ALL} == set(promised())


@pytest.mark.parametrize("breakage", ALL, ids=lambda b: f"{b.promise} {b.place}")
def test_it_breaks_what_there_is(breakage: Breakage):
    path, text = broken(breakage)
    assert breakage.old != breakage.new
    assert len(text) - len((ROOT / path).read_text()) == len(breakage.new) - len(breakage.old)
    if path.suffix == ".py":
        ast.parse(text)


@pytest.mark.parametrize(
    ("place", "old", "words"),
    [
        ("__init__", "self", r"__init__ names \d\d+ places"),
        ("no_such_function", "x", "no_such_function names 0 places"),
        ("Settings.max_connections", "none", "max_connections in .* has this 0 times: none"),
    ],
)
def test_a_place_that_is_not_one_is_told(place: str, old: str, words: str):
    with pytest.raises(Misplaced, match=words):
        broken(Breakage("", place, old, ""))
