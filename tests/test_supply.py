"""What `make audit`, `make licences` and `make sbom` say of the locked dependencies."""

import json
import re
import subprocess

import pytest

from requirements import licences
from requirements.audit import verdict
from tests.conftest import ROOT

SOUND = {"name": "a", "version": "1", "vulns": []}
VULNERABLE = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1"}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.promise("`make audit` fails for what is vulnerable, and where required for what is not known")
@pytest.mark.parametrize(
    ("found", "required", "code"),
    [
        ([SOUND], True, 0),
        ([SOUND, VULNERABLE], False, 1),
        ([SOUND, UNKNOWN], False, 0),
        ([SOUND, UNKNOWN], True, 1),
        ([VULNERABLE, UNKNOWN], False, 1),
        ([], True, 1),
    ],
)
def test_an_audit_fails_for_what_is_vulnerable_and_where_required_for_what_is_not_known(found, required, code, capsys):
    assert verdict(found, required=required) == code
    said = capsys.readouterr().out
    assert ("VULNERABLE: b 2: CVE-1" in said) == (VULNERABLE in found)
    assert ("NOT AUDITED" in said) == (UNKNOWN in found or not found)


@pytest.mark.promise("What the service runs with is under licences that allow it")
def test_no_runtime_dependency_has_a_licence_that_forbids_our_use(capsys):
    assert licences.main() == 0
    assert "numpy" in capsys.readouterr().out


@pytest.mark.promise("A licence that is not known is refused")
@pytest.mark.parametrize("licence", ["GPL-3.0-only", "UNKNOWN", "MIT AND AGPL-3.0", "MIT License; Commons Clause", ""])
def test_a_licence_that_is_not_known_is_refused(licence):
    assert licences.forbidding([("some", licence)])


def test_a_shared_library_that_can_be_replaced_may_be_under_the_lgpl():
    assert not licences.forbidding([("python-flint", "MIT AND LGPL-3.0-or-later")])
    assert licences.forbidding([("python-flint", "MIT AND GPL-3.0-or-later"), ("some", "MIT AND LGPL-3.0-or-later")])


@pytest.mark.promise("`make licences` fails where a licence forbids our use")
def test_whatever_has_one_makes_it_fail(monkeypatch):
    monkeypatch.setattr(licences, "PERMISSIVE", re.compile("0BSD"))
    assert licences.main() == 1


@pytest.mark.promise("What is installed is locked by hashes")
def test_whatever_is_installed_is_locked_by_hashes():
    locks = sorted(ROOT.glob("requirements/*.txt"))
    assert len(locks) > 4
    for lock in locks:
        named = re.split(r"^(?=[a-z0-9])", lock.read_text(), flags=re.MULTILINE)[1:]
        assert named
        assert [entry for entry in named if "--hash=sha256:" not in entry] == []
    for name in ("Makefile", "Dockerfile"):
        installing = re.findall(r".*\bpip\b.* install .*", (ROOT / name).read_text())
        assert installing
        ours = "--no-deps --no-build-isolation --editable ."
        assert [line for line in installing if "--require-hashes" not in line and ours not in line] == []


def test_of_two_licences_one_suffices():
    assert not licences.forbidding([("some", "GPL-3.0-only OR MIT")])


def test_the_sbom_names_every_locked_dependency():
    subprocess.run(["make", "sbom"], cwd=ROOT, check=True)
    components = json.loads((ROOT / ".cache/sbom.json").read_text())["components"]
    locked = {
        line.split("==")[0] for line in (ROOT / "requirements/serve.txt").read_text().splitlines() if "==" in line
    }
    assert {component["name"] for component in components} == locked - {"python"}
