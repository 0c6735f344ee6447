"""Each promise of SECURITY.md has a test that is marked with it; `make broken` sees that test fail."""

from tests.promises import marked, promised


def test_every_promise_has_a_test_and_every_marker_a_promise():
    promises, named = promised(), set(marked())
    assert len(promises) == len(set(promises)) > 100
    assert not set(promises) - named, "no test is marked with it"
    assert not named - set(promises), "SECURITY.md promises no such thing"
