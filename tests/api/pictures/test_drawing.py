"""Pictures, read back: their pixels by Pillow, their text as XML."""

import gc
import hashlib
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from itertools import combinations, product
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy._core import _multiarray_umath
from PIL import Image

from attractor.api.pictures import canvas
from attractor.api.pictures import charts as drawing
from attractor.api.pictures.charts import Plane, Style
from attractor.core.density import NoScale
from tests.conftest import ROOT
from tests.searching import THOROUGHLY

SIZE = 320, 240
COUNTS = np.random.default_rng(1).poisson(2.0, drawing.raster_size(SIZE)[::-1])
X = np.linspace(-1, 1, 50)
SVG = "{http://www.w3.org/2000/svg}"


def one_of_each(size=SIZE, form="png", theme="light"):
    counts = np.resize(COUNTS, drawing.raster_size(size)[::-1])
    values = np.full(counts.shape[1], 2)
    plane = Plane((-0.5, 2.5, 0.0, 1.0), ("sigma", "x0"))
    style = Style("", size, form, theme=theme)
    labels = np.arange(12).reshape(3, 4) % 3
    texts = {0: "escapes", 1: "period 2", 2: "chaos"}
    return {
        "density": drawing.density(counts, plane, style._replace(title="clifford")),
        "orbit diagram": drawing.orbit_diagram(counts, values, plane, style._replace(title="logistic")),
        "grid": drawing.grid(np.outer(X, X), plane, style._replace(title="henon"), "per step", True),
        "basins": drawing.basins(labels, plane, texts, style._replace(title="henon")),
        "lines": drawing.lines(
            X, [X, -X], ["exponent1", "exponent2"], ("sigma", "per step"), style._replace(title="lorenz")
        ),
    }


def pixels(png):
    return np.asarray(Image.open(BytesIO(png)))


def inside(png, size=SIZE):
    """The pixels within the axes, row 0 at the bottom."""
    columns, rows = drawing.raster_size(size)
    whole = pixels(png)
    dark = (whole == whole[..., :1]).all(axis=2) & (whole[..., 0] < 100)
    top, left = (int(np.argmax(dark.sum(axis=axis) > length)) for axis, length in ((1, columns), (0, rows)))
    return whole[top + 1 : top + 1 + rows, left + 1 : left + 1 + columns][::-1]


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def colour(name, place):
    from attractor.api.pictures.canvas import matplotlib

    return list(matplotlib.colormaps[name](place, bytes=True)[:3])


@pytest.mark.parametrize("size", [(160, 120), (801, 599), (600, 900)])
def test_a_picture_has_the_size_asked_for(size):
    for png in one_of_each(size).values():
        assert pixels(png).shape == (size[1], size[0], 3)
    for svg in one_of_each(size, "svg").values():
        root = ElementTree.fromstring(svg)  # noqa: S314
        assert (root.get("width"), root.get("height")) == tuple(map(str, size))
        assert root.get("viewBox") == f"0 0 {size[0]} {size[1]}"


@pytest.mark.parametrize("size", [(160, 120), (1001, 300)])
def test_nothing_is_cut_off_by_the_edge(size):
    long = {label: f"{label}: period {label}, from (-0.1234, 0.5678)" for label in range(30)}
    for title in (long[1], " ".join(long.values())):
        png = drawing.basins(np.eye(3, dtype=int), Plane((0, 1, 0, 1), ("x0", "y0")), long, Style(title, size))
        assert (pixels(png)[:, -1] == 255).all()
    for png in one_of_each(size).values():
        whole = pixels(png)
        for edge in (whole[0], whole[-1], whole[:, 0], whole[:, -1]):
            assert (edge == 255).all()


def test_a_count_is_a_pixel_in_the_colour_that_the_map_says():
    counts = np.indices(COUNTS.shape).sum(axis=0) % 2 * 100
    counts[0, 0], counts[-1, 0], counts[0, -1] = 1, 10, 1000
    found = inside(drawing.density(counts, Plane((0, 1, 0, 1), ("x", "y")), Style("", SIZE, colormap="plasma")))
    for (row, column), place in {(0, 0): 0.0, (-1, 0): 1 / 3, (0, -1): 1.0}.items():
        assert found[row, column].tolist() == colour("plasma", place)
    rest = found[1:-1, 1:-1]
    odd = counts[1:-1, 1:-1] > 0
    assert (rest[odd] == colour("plasma", 2 / 3)).all()
    assert (rest[~odd] == 255).all()


def test_an_orbit_diagram_is_of_visits_per_value():
    counts = np.zeros(COUNTS.shape, dtype=np.int64)
    counts[:, 0], counts[:, 1], counts[:, 2] = 6, 2, 20
    values = np.ones(counts.shape[1], dtype=np.int64)
    values[0] = 3
    found = inside(drawing.orbit_diagram(counts, values, Plane((0, 1, 0, 1), ("r", "x")), Style("", SIZE)))
    assert (found[:, 0] == colour("viridis_r", 0.0)).all()
    assert (found[:, 1] == colour("viridis_r", 0.0)).all()
    assert (found[:, 2] == colour("viridis_r", 1.0)).all()


def test_a_grid_is_centred_and_grey_where_it_is_not_finite():
    values = np.array([[-1.0, 0.0, 2.0], [np.nan, np.inf, 1.0]])
    found = inside(drawing.grid(values, Plane((0, 2, 0, 1), ("a", "b")), Style("", SIZE), "", centred=True))
    rows, columns = found.shape[0] // 2, found.shape[1] // 3
    below, above = found[: rows - 1], found[rows + 1 :]
    assert (below[:, : columns - 1] == colour("RdBu_r", 0.25)).all()
    assert (below[:, columns + 1 : 2 * columns - 1] == colour("RdBu_r", 0.5)).all()
    assert (below[:, 2 * columns + 1 :] == colour("RdBu_r", 1.0)).all()
    assert (above[:, : 2 * columns - 1] == 170).all()
    assert (above[:, 2 * columns + 1 :] == colour("RdBu_r", 0.75)).all()
    plain = inside(drawing.grid(values, Plane((0, 2, 0, 1), ("a", "b")), Style("", SIZE), ""))
    assert plain[0, 0].tolist() == colour("viridis_r", 0.0)
    assert plain[0, -1].tolist() == colour("viridis_r", 1.0)


def test_the_outer_values_of_a_grid_are_the_centres_of_the_outer_cells():
    svg = drawing.grid(np.eye(3), Plane((0, 2, 10, 12), ("a", "b")), Style("", SIZE, "svg"), "")
    columns, rows = drawing.raster_size(SIZE)
    at = {text.text: text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")}  # noqa: S314
    assert float(at["2"].get("x")) - float(at["0"].get("x")) == pytest.approx(columns * 2 / 3, abs=0.1)
    assert float(at["10.0"].get("y")) - float(at["12.0"].get("y")) == pytest.approx(rows * 2 / 3, abs=0.1)


def test_basins_have_the_colours_of_their_legend():
    labels = np.array([[0, -1], [2, 9]])
    names = {0: "escapes", 2: "attractor 2", 9: "attractor 9", -1: "undecided"}
    png = drawing.basins(labels, Plane((0, 1, 0, 1), ("x0", "y0")), names, Style("", SIZE))
    left, _, bottom, top = drawing._margins(SIZE)
    assert pixels(png)[-bottom - 5, left + 5].tolist() == [0xEE] * 3
    assert pixels(png)[top + 5, left + 5].tolist() == [0xE6, 0x9F, 0]
    assert pixels(png)[-bottom - 5, left + 105].tolist() == [0xAA] * 3
    svg = drawing.basins(labels, Plane((0, 1, 0, 1), ("x0", "y0")), names, Style("", SIZE, "svg"))
    assert set(names.values()) <= set(texts(svg))
    assert {"#eeeeee", "#aaaaaa", "#e69f00"} <= set(re.findall("#[0-9a-f]{6}", svg.decode()))


def test_of_a_long_legend_as_much_is_shown_as_fits():
    names = {label: f"attractor {label}" for label in range(100)}
    found = texts(
        drawing.basins(np.zeros((2, 2), int), Plane((0, 1, 0, 1), ("x0", "y0")), names, Style("", SIZE, "svg"))
    )
    shown = [text for text in found if text.startswith("attractor")]
    assert shown == [*names.values()][: len(shown)]
    assert f"and {100 - len(shown)} more" in found


def test_text_is_text_and_cells_are_an_image():
    drawn = one_of_each(form="svg")
    for name, svg in drawn.items():
        images = list(ElementTree.fromstring(svg).iter(f"{SVG}image"))  # noqa: S314
        assert len(images) == {"basins": 1, "lines": 0}.get(name, 2)  # the second is of the colour bar
        assert "sigma" in texts(svg)
    found = texts(drawn["density"])
    assert {"clifford", "x0", "visits", "0", "1", "2", "0.8"} <= set(found)
    assert {"visits per value", "logistic"} <= set(texts(drawn["orbit diagram"]))
    assert {"per step", "henon", "−0.75"} <= set(texts(drawn["grid"]))
    assert {"exponent1", "exponent2", "lorenz"} <= set(texts(drawn["lines"]))


def test_a_title_too_long_is_cut_and_a_dollar_is_a_dollar():
    found = texts(
        drawing.density(COUNTS, Plane((0, 1, 0, 1), ("$x^2$", "<y>")), Style("a = 1.23456789, " * 20, SIZE, "svg"))
    )
    assert any(text.startswith("a = 1.2") and text.endswith("…") for text in found)
    assert {"$x^2$", "<y>"} <= set(found)


def test_lines_have_gaps_and_a_line_at_zero():
    y = np.where(abs(X) < 0.2, np.nan, X)
    svg = drawing.lines(X, [y, [np.inf] * 50], ["one", "two"], ("a", "per step"), Style("", SIZE, "svg")).decode()
    (path,) = re.findall(r'<path d="([^"]*)"[^>]*stroke: #0072b2', svg)
    assert path.count("M") == 2
    assert "stroke: #999999" in svg


@pytest.mark.parametrize("form", ["png", "svg"])
def test_what_is_empty_is_drawn_all_the_same(form):
    names, style = ("x", "y"), Style("", SIZE, form)
    for shape in (COUNTS.shape, (1, 1)):
        for value in (0, 7):
            assert drawing.density(np.full(shape, value), Plane((0, 1, 0, 1), names), style)
        for number in (np.nan, 0.0):
            for centred in (False, True):
                cells = np.full(shape, number)
                assert drawing.grid(cells, Plane((1, 2, 1, 2), names), style, "", centred)
    assert drawing.lines([1.0], [[np.nan]], [""], names, style)
    assert drawing.basins(np.zeros((1, 1), int), Plane((1, 1, 1, 1), names), {0: ""}, style)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="viridis"):
        drawing.density(COUNTS, Plane((0, 1, 0, 1), ("x", "y")), Style("", SIZE, colormap="jet"))
    with pytest.raises(ValueError, match="at least 160"):
        drawing.raster_size((159, 600))


MOST = 1.7976931348623157e308
ENDS = -MOST, -MOST / 2, -1e300, -1.0, -1e-310, 0.0, 5e-324, 1e-300, 1.0, 1 + 2**-52, 1e17, 1e300, MOST


DRAWN = ["density", "grid", "basins", "lines"]


@pytest.mark.searched
@pytest.mark.parametrize("drawn", DRAWN)
def test_any_axis_is_drawn_as_it_is_or_refused(drawn, monkeypatch):
    """matplotlib draws another axis than it is told where its ends are too near, and fails where they are too far.

    One kind of picture has each pair of ends, or, where all is searched, each of them has.
    """
    shown = []
    axes = canvas.Canvas.axes

    def noting(self, box, extent, names):
        found = axes(self, box, extent, names)
        shown.append((extent, (*found.get_xlim(), *found.get_ylim())))
        return found

    monkeypatch.setattr(canvas.Canvas, "axes", noting)
    refused = []
    pairs = [*combinations(ENDS, 2)]
    for low, high in pairs if THOROUGHLY else pairs[DRAWN.index(drawn) :: len(DRAWN)]:
        for extent in ((low, high, 0.0, 1.0), (0.0, 1.0, low, high)):
            plane, style = Plane(extent, ("x", "y")), Style("", (160, 120))
            draw = {
                "density": lambda: drawing.density(np.eye(2), plane, style._replace(form="svg")),  # noqa: B023
                "grid": lambda: drawing.grid(np.eye(2), plane, style, ""),  # noqa: B023
                "basins": lambda: drawing.basins(np.eye(2, dtype=int), plane, {0: "a", 1: "b"}, style),  # noqa: B023
                "lines": lambda: drawing.lines(extent[:2], [extent[2:]], ["a"], plane.names, style),  # noqa: B023
            }[drawn]
            try:
                draw()
            except NoScale as error:
                refused.append((error.axis, "horizontal" if extent[2:] == (0.0, 1.0) else "vertical"))
    assert shown
    assert all(told == found for told, found in shown)
    assert refused
    assert all(blamed == culprit for blamed, culprit in refused)


SCALES = [  # each second one is centred, or, where all is searched, each is so too
    (*ends, centred)
    for number, ends in enumerate(combinations(ENDS, 2))
    for centred in (False, True)
    if THOROUGHLY or centred == number % 2
]


@pytest.mark.searched
@pytest.mark.parametrize(("low", "high", "centred"), SCALES)
def test_a_scale_of_any_values_is_drawn_or_refused(low, high, centred):
    with suppress(ValueError):  # a warning is none
        drawing.grid(
            [[low, high], [np.nan, np.inf]], Plane((0, 1, 0, 1), ("x", "y")), Style("", (160, 120)), "", centred
        )


def test_every_colour_map_is_there():
    from attractor.api.pictures.canvas import colours

    assert {len(np.unique(colours(name))) > 200 for name in drawing.COLORMAPS} == {True}
    assert {*drawing.SEQUENTIAL.values(), *drawing.DIVERGING.values()} <= set(drawing.COLORMAPS)


def lightness(rgb):
    return np.dot(np.asarray(rgb) / 255, [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_as_light_or_dark_as_its_theme_and_its_colours_begin_near_it(theme):
    paper = lightness(colour_of(drawing._INKS[theme][0]))
    for name, png in one_of_each(theme=theme).items():
        whole = pixels(png)
        assert (whole[0] == whole[0, 0]).all()
        assert lightness(whole[0, 0]) == paper
        assert max(abs(lightness(whole[-30:, -60:]).ravel() - paper)) > 0.4 or name in ("basins", "lines")  # ink
    for place, names in ((0.0, drawing.SEQUENTIAL), (0.5, drawing.DIVERGING), (0.5, drawing.DIVERGING)):
        assert abs(lightness(colour(names[theme], place)) - paper) < 0.25
    assert abs(lightness(colour(drawing.SEQUENTIAL[theme], 1.0)) - paper) > 0.6


def colour_of(text):
    return list(bytes.fromhex(text[1:]))


def test_a_legend_covers_nothing_of_what_is_drawn():
    labels, names = np.ones((9, 9), dtype=int), {1: "a very long name of an attractor " * 3}
    png = drawing.basins(labels, Plane((0, 1, 0, 1), ("x0", "y0")), names, Style("", SIZE))
    filled = (pixels(png) == colour_of("#0072b2")).all(axis=2)
    rows, columns = np.nonzero(filled[:, : SIZE[0] // 2])
    cells = filled[rows.min() : rows.max() + 1]
    right = int(np.nonzero(cells.all(axis=0))[0].max())
    assert cells[:, columns.min() : right + 1].all()


def test_the_ticks_of_a_scale_are_within_it_and_in_plain_numbers():
    for least, most, some in [(1, 9, {"1", "2", "5"}), (1, 10**6, {"1", "100", "10⁶"}), (300, 20_000, {"500", "10⁴"})]:
        counts = np.full(COUNTS.shape, least)
        counts[0, 0] = most
        told = set(
            texts(drawing.density(counts, Plane((0.1, 0.2, 0.1, 0.2), ("x", "y")), Style("", (800, 600), "svg")))
        )
        assert some <= told
        powers = "".maketrans({"·": "*", "⁴": "**4", "⁵": "**5", "⁶": "**6"})
        ticks = [eval(text.translate(powers)) for text in told if re.match(r"[1-9]", text)]  # noqa: S307
        assert all(least <= tick <= most for tick in ticks)


def hashes():
    return {
        form: {name: hashlib.sha256(data).hexdigest() for name, data in one_of_each(form=form).items()}
        for form in ("png", "svg")
    }


def test_two_threads_at_once_draw_what_one_draws_alone():
    alone = hashes()
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: hashes(), range(2))) == [alone] * 2


def test_what_is_drawn_is_freed_before_garbage_is_collected():
    from matplotlib.artist import Artist
    from matplotlib.backends.backend_agg import RendererAgg

    def held():
        return sum(issubclass(type(each), (Artist, RendererAgg)) and bool(vars(each)) for each in gc.get_objects())

    gc.collect()
    before = held()
    gc.disable()
    try:
        one_of_each()
        one_of_each(form="svg")
        assert held() == before
    finally:
        gc.enable()


DRAW = "from tests.api.pictures.test_drawing import hashes; print(hashes())"
WATCH = """
import os, sys

def refuse(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        raise AssertionError(f"it writes {arguments[0]}")
    if event in ("os.mkdir", "os.rename", "tempfile.mkdtemp", "tempfile.mkstemp", "subprocess.Popen"):
        raise AssertionError(f"{event}{arguments}")

sys.addaudithook(refuse)
"""


def python(code, **environment):
    command = [sys.executable, "-B", "-c", code]
    kept = {name: value for name, value in os.environ.items() if name not in ("HOME", "MPLCONFIGDIR")}
    done = subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_other_processes_draw_the_same_say_nothing_and_write_nothing(tmp_path):
    nowhere = {"HOME": "/proc/none", "MPLCONFIGDIR": "/proc/none", "TMPDIR": "/proc/none"}
    expected = f"{hashes()}\n"
    assert python(DRAW, NUMBA_CACHE_DIR="/proc/none", PYTHONHASHSEED="1") == expected
    python(
        "from attractor.api.warmup import fill_font_cache; fill_font_cache()",
        NUMBA_CACHE_DIR=str(tmp_path),
        **nowhere,
    )
    written = sorted(tmp_path.rglob("*"))
    assert len(written) == 2
    assert python(WATCH + DRAW, NUMBA_CACHE_DIR=str(tmp_path), **nowhere) == expected
    assert sorted(tmp_path.rglob("*")) == written


BARS = """
import numpy as np
from hashlib import sha256
from attractor.api.pictures.charts import Plane, Style, density, raster_size
for most in (3, 7, 40, 301, 4_444, 10**6):
    counts = np.ones(raster_size((200, 160))[::-1], dtype=np.int64)
    counts[0, 0] = most
    for form in ("png", "svg"):
        data = density(counts, Plane((0.0, 1.0, 0.0, 1.0), ("x", "y")), Style("", (200, 160), form))
        print(most, form, sha256(data).hexdigest())
"""


def test_the_bar_of_a_scale_is_the_same_whatever_numpy_chooses_by_the_cpu():
    plain = {"NPY_DISABLE_CPU_FEATURES": " ".join(_multiarray_umath.__cpu_dispatch__)}
    assert python(BARS) == python(f"import warnings; warnings.simplefilter('ignore'){BARS}", **plain)


def test_a_scale_has_ticks_whatever_its_ends():
    ends = [(1, 9), (1, 10), (3, 4), (1, 10**6), (300, 20_000), (0.25, 7.5), (1, 1e18), (9.5, 99), (1e-300, 1e300)]
    for (least, greatest), most in product(ends, (2, 5, 9)):
        ticks = canvas._logarithmic_ticks(least, greatest, most)
        assert len(ticks) <= most
        assert ticks == sorted({*ticks})
        assert all(least <= tick <= greatest and f"{tick:e}"[0] in "125" for tick in ticks)
        assert ticks or not any(least <= float(f"{d}e{k}") <= greatest for k in range(-301, 301) for d in (1, 2, 5))


def test_where_the_fonts_cannot_be_listed_it_is_said():
    code = "from attractor.api.warmup import fill_font_cache; fill_font_cache()"
    with pytest.raises(AssertionError, match="the list of fonts is not cached"):
        python(code, NUMBA_CACHE_DIR="/proc/none")


def test_nothing_of_matplotlib_is_imported_before_the_first_picture():
    assert python("import sys, attractor.api.pictures.charts; print('matplotlib' in sys.modules)") == "False\n"
