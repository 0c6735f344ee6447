"""Pictures over a real socket."""

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tests.conftest import answer_of, parameters_of

HENON = "system=henon&x0=0.1&y0=0&b=0.3"
PICTURES = {
    "density": f"{HENON}&a=1.4&steps=20000",
    "bifurcation": f"{HENON}&a=1:1.4:200&of=bifurcation",
    "basins": "system=henon&x0=-2:2:40&y0=-2:2:30&a=1.4&b=0.3&of=basins&steps=1000",
    "lyapunov": "system=henon&x0=0.1&y0=0&a=1:1.4:20&b=0.1:0.3:15&of=lyapunov&steps=200",
    "exponents": f"{HENON}&a=1:1.4:50&of=lyapunov&steps=200",
}
LABELS = {
    "density": ["x", "y", "visits", "Hénon map: a = 1.4, b = 0.3", "0.2", "−1.0"],
    "bifurcation": ["a", "x", "Hénon map: b = 0.3"],
    "basins": ["x₀", "y₀", "escape", "chaotic"],
    "lyapunov": ["a", "b", "Lyapunov exponent λ₁ per step"],
    "exponents": ["a", "Lyapunov exponents per step", "λ₁", "λ₂"],
}


def pixels(response):
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(response.content)).convert("RGB"))


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_the_size_that_was_asked_and_shows_something(client, name):
    url = f"/picture?{PICTURES[name]}"
    assert pixels(client.get(url)).shape == (600, 800, 3)
    small = pixels(client.get(f"{url}&width=320&height=200"))
    assert small.shape == (200, 320, 3)
    assert len(np.unique(small.reshape(-1, 3), axis=0)) > 10


@pytest.mark.parametrize("name", PICTURES)
def test_an_svg_names_its_axes(client, name):
    response = client.get(f"/picture?{PICTURES[name]}&format=svg")
    assert response.headers["content-type"] == "image/svg+xml"
    texts = {"".join(e.itertext()).strip() for e in ElementTree.fromstring(response.content).iter() if "text" in e.tag}  # noqa: S314
    assert texts >= set(LABELS[name])


def test_the_basin_that_is_drawn_is_the_one_that_is_computed(client):
    """The right way up: each cell's colour is that of its label."""
    grid = client.get("/basins?" + PICTURES["basins"].replace("&of=basins", "&format=npy"))
    labels = np.load(io.BytesIO(grid.content))
    drawn = pixels(client.get("/picture?" + PICTURES["basins"]))
    inside = (drawn == (0x00, 0x72, 0xB2)).all(axis=2)
    cells = inside | (drawn == 0xEE).all(axis=2)
    (rows,), (columns,) = (np.nonzero(cells.sum(axis=axis) > 300) for axis in (1, 0))
    axes = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    for i, j in np.ndindex(40, 30):
        across = int(axes[2] + (i + 0.5) / 40 * (axes[3] - axes[2]))
        down = int(axes[1] - (j + 0.5) / 30 * (axes[1] - axes[0]))
        assert inside[down, across] == (labels[i, j, 0] == 1)


@pytest.mark.parametrize(
    "query",
    [
        "system=clifford&x0=-1:1:8&y0=-1:1:6&a=-1.4&b=1.6&c=1&d=0.7&steps=300",  # one attractor
        "system=standard&theta0=1:2:8&p0=0:1:6&k=20&steps=3000",  # motion of the second kind alone
        "system=henon&x0=-2:2:20&y0=-2:2:15&a=1.4&b=0.3&steps=1000",
        "system=henon&x0=5:6:4&y0=5:6:4&a=1.4&b=0.3&steps=1000",  # all escape
        "system=thomas&x0=-3:3:8&y0=-3:3:6&z0=1&b=0.2&delta_t=0.05&steps=20",  # undecided
    ],
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_legend_of_basins_has_what_there_is_and_nothing_else(client, query, theme):
    legend = client.get(f"/basins?{query}").json()["legend"]
    svg = client.get(f"/picture?{query}&of=basins&format=svg&theme={theme}")
    root = ElementTree.fromstring(svg.content)  # noqa: S314
    texts = ["".join(each.itertext()).strip() for each in root.iter() if "text" in each.tag]
    kinds = ("escape", "undecided", "chaotic", "regular", "fixed point", "cycle")
    told = [text for text in texts if text.startswith(kinds)]
    assert sorted(text.partition(" (")[0].split(" of ")[0] for text in told) == sorted(each["kind"] for each in legend)


def test_bounds_planes_and_colours_are_parameters(client):
    plain = client.get("/picture?" + PICTURES["density"])
    others = [
        "horizontal=0:1&vertical=0:0.4",
        "plane=y,x",
        "colormap=magma",
        "transient=5",
        "steps=20001",
    ]
    bodies = {client.get(f"/picture?{PICTURES['density'].replace('&steps=20000', '')}&{o}").content for o in others}
    assert len(bodies | {plain.content}) == len(others) + 1
    reach = client.get(f"/picture?{PICTURES['bifurcation']}&vertical=0:1")
    assert pixels(reach).shape == (600, 800, 3)
    assert reach.content != client.get(f"/picture?{PICTURES['bifurcation']}").content


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (f"{HENON}&a=1.4", "steps=192e4"),
        (f"{HENON}&a=1.4&width=200&height=150", "steps=12e4"),
        (
            f"{HENON}&a=1.4&width=200&height=150&theme=dark",
            "theme=dark&steps=12e4&transient=1e3&plane=x,y&colormap=viridis&",
        ),
        (f"{HENON}&a=1:1.4:5&of=bifurcation&width=200&height=150", "kept=1200"),
        (f"{HENON}&a=1:1.4:600&of=bifurcation&width=200&height=150", "kept=400"),
        (f"{HENON}&a=1:1.4:9000&of=bifurcation&width=200&height=150&transient=1", "kept=100"),
        (f"{HENON}&a=1:1.4:5&of=bifurcation&width=200&height=2000", "kept=1e4"),
        (f"{HENON}&a=1:1.4:5&of=lyapunov&steps=50&theme=dark", "colormap=berlin"),
    ],
)
def test_what_is_left_to_the_service_follows_from_the_rest_and_is_in_the_canonical_url(client, query, told):
    response = client.head(f"/picture?{query}")
    assert response.status_code == 200
    assert told in response.headers["link"]


def test_names_are_symbols_and_numbers_have_a_minus_sign(client):
    query = "system=lorenz&x0=1&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01&steps=500&format=svg"
    assert "Lorenz flow, Euler map: σ = 10, ρ = 28, β ≈ 2.66667, Δt = 0.01" in client.get(f"/picture?{query}").text
    query = "system=standard&theta0=0:6:20&p0=0:6:20&k=-0.5&of=basins&steps=50&format=svg"
    told = client.get(f"/picture?{query}").text
    assert all(part in told for part in ("θ₀", "p₀", "k = −0.5"))


def test_equal_urls_give_equal_bytes_and_one_canonical_url(client):
    first, again = (client.get(f"/picture?{PICTURES['density']}") for _ in range(2))
    assert first.content == again.content
    link = first.headers["link"].partition(";")[0].strip("<>")
    assert (
        "of=density&width=800&height=600&theme=light&steps=2e4&transient=1e3&plane=x,y&colormap=viridis_r&format=png"
        in link
    )
    assert client.get(link).content == first.content
    assert client.get(link, headers={"if-none-match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("name", PICTURES)
def test_a_saved_picture_knows_its_url(client, name):
    response = client.get(f"/picture?{PICTURES[name]}")
    link = response.headers["link"].partition(";")[0].strip("<>")
    assert Image.open(io.BytesIO(response.content)).info["Source"] == link
    assert (
        link.replace("&", "&amp;").replace("=png", "=svg") in client.get(f"/picture?{PICTURES[name]}&format=svg").text
    )


def test_accept_chooses_between_png_and_svg(client):
    url = "/picture?" + PICTURES["exponents"]
    assert client.get(url, headers={"accept": "image/svg+xml"}).headers["content-type"] == "image/svg+xml"
    assert client.get(url, headers={"accept": "image/avif,image/*,*/*;q=0.8"}).headers["content-type"] == "image/png"
    assert client.get(url, headers={"accept": "application/json"}).status_code == 406


@pytest.mark.parametrize(
    ("query", "culprit"),
    [
        (f"{HENON}&a=1:1.4:5", "a"),
        (f"{HENON}&a=1.4&plane=x,z", "plane"),
        (f"{HENON}&a=1.4&plane=x", "plane"),
        (f"{HENON}&a=1.4&plane=x,x", "plane"),
        (f"{HENON}&a=1.4&horizontal=0:1", "horizontal"),
        (f"{HENON}&a=1.4&horizontal=1:0&vertical=0:1", "horizontal"),
        (f"{HENON}&a=1.4&width=50", "width"),
        (f"{HENON}&a=1.4&height=100000", "height"),
        (f"{HENON}&a=1.4&width=4000&height=4000", "width"),
        (f"{HENON}&a=1.4&colormap=jet", "colormap"),
        (f"{HENON}&a=1.4&of=orbit", "of"),
        (f"{HENON}&a=1.4&of=basins", "x0"),
        (f"{HENON}&a=1.4&of=basins&colormap=magma", "colormap"),
        (f"{HENON}&a=1.4&of=lyapunov", "x0"),
        (f"{HENON}&a=1,1.4&of=lyapunov", "a"),
        (f"{HENON}&a=1:1.4:5&of=lyapunov&exponent=3", "exponent"),
        (f"{HENON}&a=1.4&format=csv", "format"),
        (f"{HENON}&a=3", "x0"),  # escapes
        (f"{HENON}&a=1.4&steps=100&horizontal=-1e308:1e308&vertical=-1:1", "horizontal"),  # its length is no double
        (f"{HENON}&a=1.4&steps=100&horizontal=-1:1&vertical=0:5e-324", "vertical"),
        (f"{HENON}&a=1.4&steps=100&horizontal=-1:1&vertical=1:1.0000000000000002", "vertical"),
        (f"{HENON}&a=-1e308:1e308:9&of=bifurcation&kept=2&vertical=-1:1", "a"),
        (f"{HENON}&a=1:1.4:9&of=bifurcation&kept=2&vertical=-1.7e308:1.7e308", "vertical"),
        (f"{HENON}&a=1e307:1e308:9&of=lyapunov&steps=20", "a"),
        ("system=henon&x0=0.1&y0=0&a=1:1.4:2&b=-1e308:1e308:2&of=lyapunov&steps=20", "b"),
        ("system=henon&x0=-1e308:1e308:4&y0=0:1:4&a=1.4&b=0.3&of=basins&steps=64", "x0"),
        ("system=henon&x0=0:1:4&y0=1e308:1.7e308:4&a=1.4&b=0.3&of=basins&steps=64", "y0"),
        ("system=henon&x0=0:1:4&y0=0:5e-324:2&a=1.4&b=0.3&of=basins&steps=64", "y0"),
        ("system=logistic&x0=0.2&r=3", "system"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_culprit(client, query, culprit):
    response = client.get(f"/picture?{query}")
    assert response.status_code == 400
    assert culprit in {error["parameter"] for error in response.json()["errors"]}


def test_pictures_are_described_with_what_each_takes(client):
    document = client.get("/openapi.json").json()
    parameters = parameters_of(document, "/picture")
    assert parameters["of"]["schema"]["enum"] == ["density", "bifurcation", "basins", "lyapunov"]
    assert "of=density" in parameters["plane"]["description"]
    assert "With of" not in parameters["width"]["description"]
    assert "default" not in parameters["steps"]["schema"]
    assert "10000 with basins" in parameters["steps"]["description"]
    assert parameters["theme"]["schema"] == {"type": "string", "enum": ["light", "dark"], "default": "light"}
    assert answer_of(document, "/picture")["content"]["image/png"]["schema"]["format"] == "binary"


@pytest.mark.parametrize("kind", ["basins", "lyapunov", "bifurcation"])
def test_a_descending_range_draws_the_same_picture(client, kind):
    changes = {
        "basins": ("x0=-2:2", "x0=2:-2"),
        "lyapunov": ("b=0.1:0.3", "b=0.3:0.1"),
        "bifurcation": ("1:1.4", "1.4:1"),
    }
    queries = PICTURES[kind], PICTURES[kind].replace(*changes[kind])
    up, flipped = (client.get(f"/picture?{query}") for query in queries)
    assert np.array_equal(pixels(up), pixels(flipped))


def test_exponents_of_which_none_is_finite_are_refused(client):
    response = client.get("/picture?system=logistic&x0=0.3&r=4.5:5:9&of=lyapunov&steps=100")
    assert response.status_code == 400
    assert {error["parameter"] for error in response.json()["errors"]} == {"r"}
    assert client.get("/picture?system=logistic&x0=0.5&r=3.5:4:11&of=lyapunov&steps=100").status_code == 200
