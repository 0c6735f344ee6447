"""What a caching proxy holds stays valid through an upgrade that changes no value: a real nginx, two days later."""

import httpx
import pytest

from attractor.core.edition import EDITION
from tests.conftest import running_server
from tests.proxies import CACHE, proxy

HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
ASKED = [
    *(
        (f"/calculation?{HENON}&format={form}", "identity")
        for form in ["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"]
    ),
    *((f"/calculation?{HENON}&steps={steps}", coding) for steps in (1_000, 30_000) for coding in ("gzip", "zstd")),
    *((f"/picture?{HENON}&steps=100&width=160&height=120&format={form}", "gzip") for form in ("png", "svg")),
    (f"/ensemble?{HENON}&steps=5", "identity"),
    (f"/lyapunov?{HENON}&steps=20&transient=5&format=parquet", "identity"),
    ("/fixed-points?system=henon&a=1.4&b=0.3", "gzip, zstd"),
    (f"/horizon?{HENON}&steps=5&format=csv", "identity"),
]
URLS = [(url + pin, coding) for url, coding in ASKED for pin in ("", f"&edition={EDITION}")]
UPGRADED = """
import attractor
attractor.__version__ = "99.0.0"
from attractor.api.serve import serve
serve()
"""


def asked(folder):
    """Of each answer over the proxy's socket in a folder, where it is from, its body and its validator."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(folder / "socket")), timeout=300) as client:
        answers = [client.get(f"http://cache{url}", headers={"accept-encoding": coding}) for url, coding in URLS]
    assert {answer.status_code for answer in answers} == {200}
    return [(answer.headers["x-cache"], answer.content, answer.headers["etag"]) for answer in answers]


@pytest.mark.promise("An upgrade that changes no value leaves all that caches hold valid")
def test_an_upgrade_that_changes_no_value_leaves_all_that_a_cache_holds_valid(address, clock, tmp_path):
    environment, set_by = clock
    with proxy("nginx", address, tmp_path, CACHE, **environment):
        first, again = asked(tmp_path), asked(tmp_path)
    assert {found for found, *_ in first} == {"MISS"}
    assert {found for found, *_ in again} == {"HIT"}
    set_by("+2d")
    with running_server("-c", UPGRADED, ATTRACTOR_REVISION="another") as (upgraded, _):
        told = httpx.head(f"{upgraded}/health/live").headers
        assert (told["attractor-version"], told["attractor-revision"]) == ("99.0.0", "another")
        with proxy("nginx", upgraded, tmp_path, CACHE, **environment):
            found = asked(tmp_path)
    expected = ["HIT" if "&edition=" in url else "REVALIDATED" for url, _ in URLS]
    assert [each[0] for each in found] == expected
    assert [each[1:] for each in found] == [each[1:] for each in first]
