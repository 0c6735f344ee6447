import json
import re
from datetime import date

import pytest

from attractor.client.citing import STYLES, bibtex, csl_json, make_reference, ris
from attractor.client.local import read
from attractor.core.catalogue import SYSTEMS
from attractor.core.edition import EDITION

DAY = date(2026, 3, 9)
QUERY = b"system=henon&x0=0.10&y0=0&a=1.4&b=0.3"
CANONICAL = (
    "/calculation?system=henon&x0=.1&y0=0&a=1.4&b=.3"
    f"&steps=20&skip=0&every=1&include_start=false&precision=auto&format=json&edition={EDITION}"
)


@pytest.fixture
def of():
    return make_reference(read("/calculation", QUERY), "https://a.example", DAY)


def test_every_style_tells_the_canonical_url_and_when_it_was_seen(of):
    for style in STYLES.values():
        assert f"https://a.example{CANONICAL}" in style(of)
    assert "urldate = {2026-03-09}" in bibtex(of)
    assert "Y2  - 2026/03/09\r\n" in ris(of)
    assert json.loads(csl_json(of))[0]["accessed"] == {"date-parts": [[2026, 3, 9]]}


def test_one_answer_has_one_key_and_another_answer_another(of):
    same = make_reference(read("/calculation", QUERY + b"&steps=20"), "", DAY)
    other = make_reference(read("/calculation", QUERY + b"&steps=21"), "", DAY)
    assert of.key == same.key != other.key
    assert same.url == CANONICAL


def test_braces_of_an_entry_are_balanced_and_its_signs_escaped(of):
    text = bibtex(of._replace(title="{50%} & $x_0$ #1"))
    assert r"title = {{\{50\%\} \& \$x\_0\$ \#1}}" in text
    assert text.count("{") == text.count("}")
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", bibtex(of), re.MULTILINE))
    assert fields["title"] == "{Hénon map: an orbit}"
    assert bibtex(of).startswith(f"@misc{{{of.key},\n")
    assert bibtex(of).endswith("\n}\n")


def test_a_record_of_ris_begins_with_its_type_and_ends(of):
    lines = ris(of).split("\r\n")
    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-1])


@pytest.mark.parametrize("path", ["/lyapunov", "/picture"])
def test_what_was_computed_is_told(path):
    values = "&".join(f"{name}={value}" for name, value in SYSTEMS["lorenz"].canonical.items())
    found = make_reference(read(path, f"system=lorenz&{values}".encode()), "", DAY)
    assert found.title.startswith(f"{SYSTEMS['lorenz'].title}: ")
    assert json.loads(csl_json(found))[0]["title"] == found.title
