"""Each promise of docs/promises.md has a test that is marked with it; `make broken` sees that test fail."""

from tests.promises import marked, promised


def test_every_promise_has_a_test_and_every_marker_a_promise():
    promises = promised()
    assert len(promises) == len(set(promises)) > 100
    assert set(marked()) == set(promises)
