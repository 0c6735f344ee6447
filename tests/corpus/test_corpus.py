"""What the service answers is what was recorded; `make corpus RECORD=1` records it anew."""

import pytest

from tests.corpus.recording import FILE, answered, differences, read, write

PROBLEM = '| "detail":"x0: is empty","errors":[{"parameter":"x0"}]'
ANSWER = ["200", "allow: GET, HEAD", "vary: accept", '~ {"x":0.25,"n":7}', PROBLEM, "≈ 20 30, 40 50"]


def test_every_answer_is_as_recorded(address):
    different = list(differences(read(), answered(address)))
    assert not different, "\n".join([*map(str, different), f"{len(different)} differences; see `make corpus`"])


@pytest.mark.parametrize(
    ("line", "new", "what"),
    [
        (0, "404", ["status"]),
        (1, "allow: GET", ["allow"]),
        (1, "allow: GET, OPTIONS", ["allow"]),
        (1, "permit: GET, HEAD", ["allow", "permit"]),
        (3, '~ {"x":0.2500001,"n":7}', ["body"]),
        (3, '~ {"x":-0.25,"n":7}', ["body"]),
        (3, '~ {"y":0.25,"n":7}', ["body"]),
        (3, '~ {"x":0.25}', ["body"]),
        (3, '~ {"x":0.2500000000001,"n":7}', []),
        (4, PROBLEM.replace("empty", "no number"), ["body"]),
        (5, "≈ 20 30, 40 60", ["body"]),
        (5, "≈ 21 30, 40 49", []),
    ],
)
def test_a_difference_is_told(line, new, what):
    changed = [*ANSWER[:line], new, *ANSWER[line + 1 :]]
    assert [each.what for each in differences({"GET /": ANSWER}, {"GET /": changed})] == what


def test_what_is_asked_no_longer_or_not_yet_is_told():
    found = differences({"GET /a": ANSWER, "GET /b": ANSWER}, {"GET /b": ANSWER, "GET /c": ANSWER})
    assert [(each.request, each.what) for each in found] == [
        ("GET /a", "is no longer asked"),
        ("GET /c", "is not recorded"),
    ]


def test_a_file_holds_what_was_written(tmp_path):
    found = {f"GET /{i}": [*ANSWER[: 1 + i % 3], *ANSWER[3:]] for i in range(9)}
    write(found, tmp_path / "answers.txt")
    assert not list(differences(found, read(tmp_path / "answers.txt")))
    again = read()
    write(again, tmp_path / "again.txt")
    assert (tmp_path / "again.txt").read_text() == FILE.read_text()
