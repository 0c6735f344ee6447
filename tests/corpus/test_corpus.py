"""What the service answers is what was recorded; `make corpus RECORD=1` records it anew."""

import pytest

import attractor
from attractor.api.endpoints.analyses import RESOURCES
from attractor.client import local
from attractor.client.urls import read_url
from tests.corpus import editions
from tests.corpus.asking import Answer
from tests.corpus.editions import Said, changed_bytes, changed_values
from tests.corpus.recording import FILE, answered, differences, held, read, write
from tests.corpus.requests import get, requests
from tests.corpus.values import Disagreement, parts_of, values

PROBLEM = '| "detail":"x0: is empty","errors":[{"parameter":"x0"}]'
ANSWER = ["200", "allow: GET, HEAD", "vary: accept", '| {"x":0.25,"n":7}', PROBLEM, "≈ 20 30, 40 50"]


@pytest.fixture(scope="module")
def answers(address):
    """What the service answers to all that the corpus asks."""
    return answered(address)


def test_every_answer_is_as_recorded(answers):
    different = list(differences(read(), held(answers)))
    assert not different, "\n".join([*map(str, different), f"{len(different)} differences; see `make corpus`"])


@pytest.mark.promise("Within an edition no number of an answer changes, in any format")
def test_no_number_changes_within_an_edition(answers):
    recorded, said = editions.read_values(), editions.said(answers)
    changed = list(changed_values(recorded, said, requests()))
    assert not changed, "\n".join(
        [*changed, f"{len(changed)} in edition {said.edition}: core/edition.py names the next"]
    )
    assert said == recorded, "`make corpus RECORD=1` records what is new"


@pytest.mark.promise("Under a validator no byte of an answer changes")
def test_no_byte_changes_under_a_validator(answers):
    recorded, written = editions.read_bytes(), editions.written(answers)
    changed = list(changed_bytes(recorded, written))
    assert not changed, "\n".join([*changed, f"{len(changed)} in all: Format.version, or a library's, is to be told"])
    assert editions.own(written) == editions.own(recorded), "`make corpus RECORD=1` records what is new"


def test_this_process_gives_the_same_bytes(answers):
    """As the command line has them, and a result of Python, of every URL that is answered."""
    paths, computed = {resource.path for resource in RESOURCES}, 0
    for request, answer in answers:
        if (request.method, answer.status) != ("GET", 200) or request.target.partition("?")[0] not in paths:
            continue
        if request.headers:
            continue
        asked = read_url(request.target)
        read = local.read(asked.path, asked.raw)
        assert b"".join(filter(None, read.chunks())) == answer.body, request.name
        assert attractor.get(request.target).body(read.query.format) == answer.body, request.name
        computed += 1
    assert computed > 400


ORBIT = "/calculation?system=henon"
SAID = Said(1, {ORBIT: {"values": "a", "labels": "b"}})


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (Said(1, {ORBIT: {"values": "a", "labels": "b", "not finite": "c"}, "/new": {"values": "d"}}), []),
        (Said(1, {ORBIT: {"values": "a"}}), []),  # a format that has the labels is asked for no longer
        (Said(1, {ORBIT: {"values": "x", "labels": "b"}}), [f"{ORBIT} has other values"]),
        (Said(1, {ORBIT: {"values": "x", "labels": "y"}}), [f"{ORBIT} has other values, labels"]),
        (Said(1, {}), [f"{ORBIT} is no longer answered"]),
        (Said(2, {ORBIT: {"values": "x", "labels": "y"}}), []),
    ],
)
def test_a_number_that_changes_wants_another_edition(new, told):
    assert list(changed_values(SAID, new, [get(f"{ORBIT}&format=csv")])) == told
    assert not list(changed_values(SAID, Said(1, {}), []))  # it is asked for no longer


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ({'"1-csv1"': {"GET /": "b"}}, ['GET / has other bytes under "1-csv1"']),
        ({'"1-csv1"': {"GET /": "a", "GET /new": "c"}}, []),
        ({'"1-csv2"': {"GET /": "b"}}, []),
        ({'"2-csv1"': {"GET /": "b"}}, []),
    ],
)
def test_bytes_that_change_want_another_validator(new, told):
    assert list(changed_bytes({'"1-csv1"': {"GET /": "a"}}, new)) == told


def of(form, kind, body):
    return get(f"{ORBIT}&x0=1:2:2&format={form}"), Answer(200, [("content-type", kind)], body)


JSON = of(
    "json",
    "application/json",
    b'{"query":{"x0":1},"edition":1,"share":0.5,"records":[{"x0":1.0,"x":0.50},{"x0":2,"x":null}]}',
)
TEXTS = [
    of("columns", "application/json", b'{"x0":[1,2.0],"x":["0.5",null]}'),
    of("ndjson", "application/x-ndjson", b'{"x0":1,"x":5e-1}\n{"x0":2,"x":null}\n'),
    of("csv", "text/csv; charset=utf-8", b"x0,x\n1.0,0.5\n2.0,-inf\n"),
]


@pytest.mark.parametrize("text", TEXTS)
def test_formats_of_one_answer_are_one_record(text):
    (parts,) = values([JSON, text]).values()
    assert parts == parts_of(*JSON) | parts_of(*text)
    assert set(parts_of(*JSON)) == {"values", "labels", "share"}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [(b"0.5", b"0.5000000000000001", "values"), (b"1.0,", b"1.5,", "labels"), (b"-inf", b"0.0", "values")],
)
def test_formats_that_say_other_numbers_are_told(old, new, what):
    request, answer = TEXTS[-1]
    with pytest.raises(Disagreement, match=f"other {what} than another format"):
        values([JSON, (request, answer._replace(body=answer.body.replace(old, new)))])


def test_which_number_is_not_finite_is_a_value_too():
    request, answer = TEXTS[-1]
    other = answer._replace(body=answer.body.replace(b"-inf", b"inf"))
    assert parts_of(request, answer)["values"] == parts_of(request, other)["values"]
    assert parts_of(request, answer)["not finite"] != parts_of(request, other)["not finite"]


def test_records_of_editions_hold_what_was_written(tmp_path):
    file = tmp_path / "record.txt"
    values_ = Said(7, {ORBIT: {"values": "a", "not finite": "b"}, f"{ORBIT}…(9 characters)": {"labels": "c"}})
    editions.write_values(values_, file)
    assert editions.read_values(file) == values_
    bytes_ = {'"1-csv1"': {"GET / [accept: a b]": "a"}, '"1-npy1"': {"GET /": "b"}}
    editions.write_bytes(bytes_, file)
    assert editions.read_bytes(file) == bytes_


@pytest.mark.parametrize(
    ("line", "new", "what"),
    [
        (0, "404", ["status"]),
        (1, "allow: GET", ["allow"]),
        (1, "allow: GET, OPTIONS", ["allow"]),
        (1, "permit: GET, HEAD", ["allow", "permit"]),
        (3, '| {"x":0.25000000000000006,"n":7}', ["body"]),
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
