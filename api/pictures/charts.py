"""Pictures of results, as the bytes of PNG or SVG files.

Equal arguments give equal bytes, in every process and on every thread. A picture has exactly the size asked for; its
text and margins grow with it. In SVG, text is text and lines are lines; cells are an image of one pixel each. The file
says where it comes from, its `source`, where one is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from attractor.core.density import FARTHEST, NoScale
from attractor.core.spacing import evenly_scaled

if TYPE_CHECKING:
    from attractor.api.pictures.canvas import Box, Canvas, Colours

Format = Literal["png", "svg"]
Theme = Literal["light", "dark"]
Size = tuple[int, int]
"""Width and height of a picture, in pixels."""
Extent = tuple[float, float, float, float]
"""Left, right, bottom, top: in `grid` and `basins` the centres of the outer cells, else their outer edges."""
Names = tuple[str, str]
"""The labels of the horizontal and the vertical axis."""

_SEQUENTIAL = "viridis", "cividis", "magma", "inferno", "plasma"
_DIVERGING = "vanimo", "berlin", "managua", "RdBu", "PuOr", "BrBG"
COLORMAPS = tuple(name + end for name in (*_SEQUENTIAL, *_DIVERGING) for end in ("", "_r"))
"""Names of colour maps: of even steps to the eye, and safe for the colour-blind; `_r` is the reverse."""
SEQUENTIAL: dict[Theme, str] = {"light": "viridis_r", "dark": "viridis"}
"""The map of what begins at nothing: it begins near the background."""
DIVERGING: dict[Theme, str] = {"light": "RdBu_r", "dark": "berlin"}
"""The map of what has a middle: near the background there, blue below, red above."""
SMALLEST: Size = (160, 120)


class Plane(NamedTuple):
    """The plane of a picture: its ends and the labels of its axes."""

    extent: Extent
    names: Names


class Style(NamedTuple):
    """The look of a picture, and what it says of itself."""

    title: str
    size: Size
    form: Format = "png"
    source: str = ""
    """The URL that the file says it comes from; empty for none."""
    theme: Theme = "light"
    colormap: str | None = None
    """One of COLORMAPS, where the cells are numbers; None for the default of what is drawn."""


_SHORTEST, _NEAREST = 1e-280, 1e-14
"""Bounds of an axis: the farther end is above _SHORTEST, and the length above _NEAREST times the farther end."""

_INKS: dict[Theme, tuple[str, str, str]] = {
    "light": ("#ffffff", "#222222", "#999999"),
    "dark": ("#14171c", "#d6d9de", "#6b7077"),
}
"""The colours of paper, of text and axes, and of the line at zero."""
_MISSING: dict[Theme, str] = {"light": "#aaaaaa", "dark": "#5c6066"}
_ESCAPE: dict[Theme, str] = {"light": "#eeeeee", "dark": "#2a2e35"}
_CATEGORIES = "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"
"""M. Okabe, K. Ito, Color Universal Design (2008), without black."""


def raster_size(size: Size) -> tuple[int, int]:
    """The columns and rows of pixels within the axes of a picture with a colour bar: a cell each.

    Raises ValueError where the picture is below SMALLEST.
    """
    left, right, bottom, top = _margins(size)
    return size[0] - left - right, size[1] - bottom - top


def density(counts: NDArray[np.int64 | np.float64], plane: Plane, style: Style, label: str = "visits") -> bytes:
    """Counts of shape (rows, columns), row 0 at the bottom, on a logarithmic scale; where there are none it is paper.

    The colour of a count is at log(count / least) / log(most / least) of the map, by default SEQUENTIAL. Raises
    ValueError as `raster_size`, and on another colour map than COLORMAPS.
    """
    canvas, box, colormap = _begin_with_bar(style, SEQUENTIAL)
    canvas.axes(box, check_extent(plane.extent), plane.names)
    shades = _shades(colormap)
    some = counts > 0
    least, most = (counts.min(where=some, initial=counts.max()), counts.max()) if some.any() else (1, 1)
    if least == most:
        most = 10 * least  # a scale all the same
    index, ends = np.empty(counts.shape, dtype=np.uint8), evenly_scaled(float(least), float(most), 256)
    for row, of in zip(index, counts, strict=True):  # one at a time, so that little is held
        row[:] = np.searchsorted(ends, of, side="right")
    canvas.image(box, np.where(some, shades[index], _pack(_INKS[style.theme][0])))
    canvas.bar(_bar(canvas, box), shades, (float(least), float(most)), label, logarithmic=True)
    return _bytes(canvas, style)


def orbit_diagram(counts: NDArray[np.int64], values: NDArray[np.int64], plane: Plane, style: Style) -> bytes:
    """The raster of an orbit diagram, as `core.diagram_raster` has it, drawn as `density` is: visits for each value.

    `values`, of shape (columns,), says how many values of the parameter each column counts. Raises as `density`.
    """
    visits = counts if (values == 1).all() else counts / np.maximum(values, 1)
    return density(visits, plane, style, "visits per value")


def grid(
    values: ArrayLike,
    plane: Plane,
    style: Style,
    label: str,
    centred: bool = False,
    whole: tuple[int, int, float, float] | None = None,
) -> bytes:
    """A heat map of values, float64 of shape (rows, columns), row 0 at the bottom; what is not finite is grey.

    Where `values` are those of a greater grid that are shown, `whole` is its rows, columns, and its least and greatest
    finite value, infinite where there is none.

    The scale is linear from the least to the greatest, or where it is `centred` as far below 0 as above it. The
    default of the colour map is DIVERGING, or SEQUENTIAL. Raises as `density`.
    """
    canvas, box, colormap = _begin_with_bar(style, DIVERGING if centred else SEQUENTIAL)
    found = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(found)
    ends = found.min(where=finite, initial=np.inf), found.max(where=finite, initial=-np.inf)
    rows, columns, least, most = whole or (*found.shape, *ends)
    canvas.axes(box, check_extent(_edges(plane.extent, (rows, columns))), plane.names)
    least, most = (least, most) if least <= most else (0.0, 0.0)
    if max(abs(least), abs(most)) > FARTHEST:
        raise ValueError(f"values beyond {FARTHEST:g} have no scale")
    if centred:
        most = max(abs(least), abs(most))
        least = -most
    if not least < most:
        about = max(1.0, abs(least) / 100)
        least, most = least - about, most + about  # a scale all the same
    shades = _shades(colormap)
    place = (np.where(finite, found, least) - least) / (most - least)
    canvas.image(box, np.where(finite, shades[_index(place)], _pack(_MISSING[style.theme])))
    canvas.bar(_bar(canvas, box), shades, (float(least), float(most)), label, logarithmic=False)
    return _bytes(canvas, style)


def basins(labels: NDArray[np.integer], plane: Plane, legend: Mapping[int, str], style: Style) -> bytes:
    """Labels of shape (rows, columns), row 0 at the bottom: 0 where orbits escape, -1 where undecided, both grey, else
    an attractor's.

    `legend` has a text for each label that there is. Past seven attractors colours come again, darker, then lighter.
    Raises ValueError as `raster_size`.
    """
    attractors = islice(_categories(), max(0, *legend))
    shades = dict(enumerate([_MISSING[style.theme], _ESCAPE[style.theme], *attractors], -1))
    canvas, box = _begin_with_legend(style, list(legend.values()))
    canvas.axes(box, check_extent(_edges(plane.extent, labels.shape)), plane.names)
    canvas.image(box, np.array([_pack(shade) for shade in shades.values()])[labels + 1])
    _legend(canvas, box, [(text, shades[label]) for label, text in legend.items()])
    return _bytes(canvas, style)


def lines(x: ArrayLike, ys: ArrayLike, legend: Sequence[str], names: Names, style: Style) -> bytes:
    """A line for each row of `ys`, float64 of shape (lines, points), over `x`, of shape (points,), and one at zero.

    A line has gaps where it is not finite. Raises ValueError as `raster_size`.
    """
    across, up = np.asarray(x, dtype=np.float64), np.asarray(ys, dtype=np.float64)
    shades = list(islice(_categories(), len(up)))
    finite = np.append(up[np.isfinite(up)], 0.0)
    least, most = float(finite.min()), float(finite.max())
    margin = (most - least) / 20 or 1.0
    left, right = (float(across.min()), float(across.max())) if len(across) else (0.0, 0.0)
    left, right = (left, right) if left < right else (left - 1, right + 1)
    canvas, box = _begin_with_legend(style, legend)
    axes = canvas.axes(box, check_extent((left, right, least - margin, most + margin)), names)
    canvas.lines(axes, across, np.where(np.isfinite(up), up, np.nan), shades)
    _legend(canvas, box, list(zip(legend, shades, strict=True)))
    return _bytes(canvas, style)


def check_extent(extent: Extent) -> Extent:
    """Returns `extent`. Raises NoScale where an axis ends beyond FARTHEST or is too short for matplotlib to show it."""
    for axis, low, high in zip(("horizontal", "vertical"), extent[::2], extent[1::2], strict=True):
        most = max(abs(low), abs(high))
        if not (_SHORTEST < most <= FARTHEST and high - low > _NEAREST * most):
            raise NoScale(axis, f"there is no axis from {low:g} to {high:g}")
    return extent


def _em(size: Size) -> float:
    return max(7.5, 13 * min(size[0] / 800, size[1] / 600))


def _margins(size: Size) -> tuple[int, int, int, int]:
    """Left, right, bottom, top, in pixels."""
    if size[0] < SMALLEST[0] or size[1] < SMALLEST[1]:
        raise ValueError(f"a picture is at least {SMALLEST[0]} pixels wide and {SMALLEST[1]} high")
    em = _em(size)
    return round(6.3 * em), round(7.4 * em), round(3.5 * em), round(3.2 * em)


def _begin(style: Style) -> tuple[Canvas, Box]:
    from attractor.api.pictures.canvas import Box, Canvas, Inks

    left, _, bottom, _ = _margins(style.size)
    canvas = Canvas(style.size, _em(style.size), style.title, Inks(*_INKS[style.theme]))
    return canvas, Box(left, bottom, *raster_size(style.size))


def _begin_with_bar(style: Style, default: dict[Theme, str]) -> tuple[Canvas, Box, str]:
    """Begins a picture with a colour bar, and names its colour map. Raises ValueError on one not in COLORMAPS."""
    colormap = style.colormap or default[style.theme]
    if colormap not in COLORMAPS:
        raise ValueError(f"no colour map is called {colormap}; there are {', '.join(COLORMAPS)}")
    return *_begin(style), colormap


def _begin_with_legend(style: Style, legend: Sequence[str]) -> tuple[Canvas, Box]:
    """Begins a picture whose right margin is as wide as its legend needs, up to two fifths of the picture."""
    canvas, box = _begin(style)
    needed = (
        max((canvas.width(text, canvas.em) for text in legend[: round(box.height / canvas.em)]), default=0)
        + 3.5 * canvas.em
    )
    right = round(min(max(needed, 2 * canvas.em), 0.4 * style.size[0]))
    return canvas, box._replace(width=style.size[0] - box.left - right)


def _legend(canvas: Canvas, box: Box, entries: Sequence[tuple[str, str]]) -> None:
    left = box.left + box.width + canvas.em
    canvas.legend(left, box.bottom + box.height, box.bottom, canvas.size[0] - left - canvas.em / 2, entries)


def _bar(canvas: Canvas, box: Box) -> Box:
    return box._replace(left=box.left + box.width + round(canvas.em), width=round(canvas.em))


def _bytes(canvas: Canvas, style: Style) -> bytes:
    return canvas.png(style.source) if style.form == "png" else canvas.svg(style.source)


def _edges(extent: Extent, shape: tuple[int, ...]) -> Extent:
    """The outer edges of cells of which the outer centres are given."""
    left, right, bottom, top = extent
    sides = (left, right, shape[1]), (bottom, top, shape[0])
    x, y = ((high - low) / (cells - 1) / 2 if cells > 1 else 0.5 for low, high, cells in sides)  # inf is refused
    return left - x, right + x, bottom - y, top + y


def _index(place: NDArray[np.float64]) -> NDArray[np.uint8]:
    found: NDArray[np.uint8] = np.minimum(place * 256, 255).astype(np.uint8)
    return found


def _shades(colormap: str) -> Colours:
    from attractor.api.pictures.canvas import colours

    return colours(colormap)


def _pack(colour: str) -> np.uint32:
    from attractor.api.pictures.canvas import pack

    return pack([_rgba(colour)])[0]  # type: ignore[no-any-return]


def _rgba(colour: str) -> tuple[int, int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue, 255


def _categories() -> cycle[str]:
    def towards(end: int) -> list[str]:
        mixed = [[(3 * part + 2 * end) // 5 for part in _rgba(colour)[:3]] for colour in _CATEGORIES]
        return ["#" + bytes(parts).hex() for parts in mixed]

    return cycle([*_CATEGORIES, *towards(0), *towards(255)])
