import pytest

from attractor.client.urls import Asked, origin_of, read_url

QUERY = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("/calculation", "", "/calculation"),
        ("calculation", "", "/calculation"),
        ("//calculation//", "", "/calculation"),
        ("/fixed%2Dpoints/", "", "/fixed-points"),
        (" /calculation\n", "", "/calculation"),
        ("http://127.0.0.1:8000/calculation", "http://127.0.0.1:8000", "/calculation"),
        ("https://a.example//calculation/", "https://a.example", "/calculation"),
        ("a.example/calculation", "https://a.example", "/calculation"),
        ("localhost:8000/calculation", "https://localhost:8000", "/calculation"),
        ("https://a.example", "https://a.example", "/"),
    ],
)
def test_a_host_may_be_there_or_not(url, origin, path):
    assert read_url(url) == Asked(origin, path, "")


@pytest.mark.parametrize("end", ["", "#part", "#?x=1"])
def test_the_query_is_taken_as_it_stands(end):
    asked = read_url(f"/calculation?{QUERY}&x=%2B1:2&y=http://b/?{end}")
    assert asked.query == f"{QUERY}&x=%2B1:2&y=http://b/?"


def test_what_is_asked_of_a_service_is_ascii():
    asked = read_url("/calculation?x=ä b&y=%C3%A4,1:2")
    assert asked.under("https://a.example") == "https://a.example/calculation?x=%C3%A4%20b&y=%C3%A4,1:2"
    assert asked.raw == "x=ä b&y=%C3%A4,1:2".encode()


@pytest.mark.parametrize("address", ["https://a.example", "http://127.0.0.1:8000/", "http://[::1]:8000"])
def test_an_origin_is_a_scheme_and_a_host(address):
    assert origin_of(address) == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        *("", "a.example", "file:///etc/passwd", "ftp://a.example", "https://", "https://a.example/path"),
        *("http://a:99999", "https://a.example?x", "https://ä.example", "http://[::1", "https://a.example#b"),
    ],
)
def test_what_is_no_origin_is_refused(address):
    with pytest.raises(ValueError, match="is no address of a service"):
        origin_of(address)
