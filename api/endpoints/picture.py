"""GET /picture: draws what the other endpoints compute."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, get_args

import numpy as np
from numpy.typing import NDArray

from attractor.api.endpoints import basins, lyapunov
from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.endpoints.basins import BasinsQuery
from attractor.api.endpoints.bifurcation import MOST_KEPT, BifurcationQuery
from attractor.api.endpoints.lyapunov import LyapunovQuery
from attractor.api.endpoints.records import Sweep
from attractor.api.formats import Format
from attractor.api.pictures import charts
from attractor.api.pictures.charts import COLORMAPS, DIVERGING, SEQUENTIAL, SMALLEST
from attractor.api.problems import BadQuery, Fault, shorten
from attractor.api.queries.parameters import Choice, Coordinates, Interval, Ranges, Sweeps, Whole
from attractor.api.resource import Answer, InDouble
from attractor.api.settings import Settings
from attractor.core.cost import TALLIED, density_step, lane_step, padded
from attractor.core.density import FARTHEST, NoScale, Plane, count_kernel, density, extend_kernel
from attractor.core.diagram_raster import HELD, raster, reach_kernel, tally_kernel
from attractor.core.ensemble import advance_kernel
from attractor.core.formula import symbol
from attractor.core.lanes import Floats
from attractor.core.slicing import Work

_VISITS = 4  # of each pixel, about, so that little is left to chance
_DEEP = 8  # as above, of each pixel of an orbit diagram, whose iterates cost less
_FEWEST_KEPT = 100  # iterates of an orbit, however many orbits there are
_LARGEST = 4_000  # pixels on a side
_MOST_PIXELS = 4_000_000
_MOST_ON_A_LINE = 100_000  # points: matplotlib draws all of them at once
_POINT_BYTES = 200  # that each of them takes
_PIXEL_BYTES = 18  # that is drawn
_CELL_BYTES = 8  # that is counted
_PIXEL_SECONDS = 1e-7  # to colour and to encode it
_CANVAS_SECONDS = 0.08  # for axes and words


class Picture(InDouble, frozen=True):
    """An answer."""

    query: "PictureQuery"
    body: bytes

    records: ClassVar[int] = 0

    @property
    def stem(self) -> str:
        return f"{self.query.system.name}-{self.query.of}"


def _write(answer: Picture) -> Iterator[bytes]:
    yield answer.body


def _format(media_type: str, suffix: str, is_text: bool, *libraries: str) -> Format:
    return Format(
        media_type,
        suffix,
        _write,
        lambda _: 1,
        "inline",
        is_text,
        length=lambda answer: len(answer.body),
        body=lambda answer: answer.body,
        version=3,
        libraries=libraries,
    )


FORMATS = {
    "png": _format("image/png", "png", False, "matplotlib", "pillow"),
    "svg": _format("image/svg+xml", "svg", True, "matplotlib", "pillow"),
}

Drawn = Work[bytes]
Of = Annotated[str, Choice("The subject of the picture.", ("density", "bifurcation", "basins", "lyapunov"))]
Width = Annotated[int, Whole("The width in pixels.", SMALLEST[0], _LARGEST)]
Height = Annotated[int, Whole("The height in pixels.", SMALLEST[1], _LARGEST)]
Horizontal = Annotated[str | None, Interval("The ends of the horizontal axis; by default it shows everything.")]
Vertical = Annotated[str | None, Interval("The ends of the vertical axis; by default it shows everything.")]
Theme = Annotated[charts.Theme, Choice("The background.", get_args(charts.Theme), is_long=False)]
Colormap = Annotated[
    str,
    Choice("The map of colours; by default it begins near the background.", COLORMAPS, "is not a known colour map"),
]


class PictureQuery(AnalysisQuery, frozen=True, kw_only=True):
    """A query for a picture. Each kind inherits from the query for what it draws as well, and so has its options."""

    if TYPE_CHECKING:
        of: str
        width: int
        height: int
        theme: charts.Theme

    path = "/picture"
    title = "A picture"
    description = (
        "A picture of what another endpoint computes, as PNG or SVG. `of` selects what is drawn and which further "
        "options apply."
    )
    formats = FORMATS
    is_certain = False
    holds_lock = True
    first_options = ("of", "width", "height", "theme")
    small: ClassVar[Ranges] = {"width": (160, 200), "height": (120, 160)}

    def answer(self, _: Settings, threads: int) -> Work[Answer]:
        yield
        try:
            return Picture(self, (yield from self.draw(threads)))
        except NoScale as error:
            raise BadQuery([_axis_fault(self, error)]) from None
        except ValueError as error:  # orbits of which nothing can be shown
            name = next(iter(self.swept or self.inputs))
            rule = "initial conditions and parameters at which an orbit stays in double's range"
            raise BadQuery([Fault(name, f"gives no picture: {error}", shorten(self.text(name)), rule)]) from None

    def draw(self, threads: int) -> Drawn:
        """Draws the file. Raises NoScale where no axis fits, and ValueError where nothing can be shown."""
        raise NotImplementedError

    def count_records(self) -> int:
        return 0

    def estimate_data_seconds(self) -> float:
        """About how many CPU seconds the data take, before they are drawn."""
        return super().estimate_seconds()

    def estimate_data_bytes(self) -> int:
        """About how many bytes the data take, beyond a number for each pixel."""
        return super().estimate_bytes()

    def estimate_seconds(self) -> float:
        has_pixels = self.format == "png" or not self.is_line
        return self.estimate_data_seconds() + _CANVAS_SECONDS + _PIXEL_SECONDS * self.width * self.height * has_pixels

    def estimate_bytes(self) -> int:
        pixels = self.width * self.height
        return max(self.estimate_data_bytes(), _PIXEL_BYTES * pixels) + _CELL_BYTES * pixels

    @property
    def is_line(self) -> bool:
        return self.of == "lyapunov" and len(self.swept) == 1

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    def check(self, settings: Settings) -> Iterator[Fault]:
        if (pixels := self.width * self.height) > _MOST_PIXELS:
            problem = f"would give {pixels} pixels with this height; the limit is {_MOST_PIXELS}"
            yield Fault("width", problem, str(self.width), f"at most {_MOST_PIXELS} in all")
        yield from super().check(settings)

    def check_ranges(self, counts: tuple[int, ...]) -> Iterator[Fault]:
        """Yields faults where the number of swept inputs is none of `counts`, or one is swept by a list."""
        wanted = " or ".join(map(str, counts))
        if len(self.swept) not in counts:
            name = self.swept[-1] if self.swept else next(iter(self.inputs))
            count = len(self.swept)
            problem = f"is one of {count} swept inputs" if count else "is not swept, nor is any other input"
            yield Fault(name, problem, self.inputs[name].text, f"a range start:stop:count for {wanted} of them")
        for name in self.swept:
            if "," in self.inputs[name].text:
                yield Fault(name, "is a list, which gives an axis no scale", self.inputs[name].text, "start:stop:count")

    def style(self, colormap: str | None = None) -> charts.Style:
        """The look of the picture, whose title names the system and the parameters that are not swept."""
        single = [name for name in self.system.parameters if name not in self.swept]
        values = ", ".join(_format_input(name, self.inputs[name].text) for name in single)
        title = f"{self.system.title}: {values}" if values else self.system.title
        form: charts.Format = "png" if self.format == "png" else "svg"
        return charts.Style(title, self.size, form, self.canonical, self.theme, colormap)


class DensityPicture(PictureQuery, frozen=True, kw_only=True):
    """The density of one orbit over a plane: how often it visits each place."""

    of: Of = "density"
    width: Width = 800
    height: Height = 600
    theme: Theme = "light"
    steps: Annotated[int, Whole(f"Iterations that are drawn; by default {_VISITS} for each pixel.", 1)]
    transient: Annotated[int, Whole("Steps that each orbit takes before the analysis.", 0)] = 1_000
    plane: Annotated[tuple[str, ...], Coordinates("Two coordinates: across and up.", 2)] = ()
    horizontal: Horizontal = None
    vertical: Vertical = None
    colormap: Colormap

    kernels = (count_kernel, extend_kernel)
    cheap: ClassVar[Ranges] = PictureQuery.small | {"steps": (100, 2000), "transient": (0, 50)}

    @classmethod
    def derive_defaults(cls, values: Mapping[str, Any]) -> dict[str, object]:
        return {"steps": _VISITS * values["width"] * values["height"], "colormap": SEQUENTIAL[values["theme"]]}

    def count_steps(self) -> int:
        return self.transient + self.steps

    def estimate_data_seconds(self) -> float:
        return self.iterations * density_step(self.system)

    def estimate_data_bytes(self) -> int:
        return 0

    def check(self, settings: Settings) -> Iterator[Fault]:
        yield from super().check(settings)
        if self.system.dimension < 2:
            yield Fault("system", "has one coordinate, and a density needs two", self.system.name, "one of two or more")
        for name in self.swept:
            yield Fault(name, "is swept", self.inputs[name].text, "one number: a density is that of one orbit")
        given = {"horizontal": self.horizontal, "vertical": self.vertical}
        for (name, text), other in zip(given.items(), reversed(given), strict=True):
            if text and not given[other]:
                yield Fault(name, f"is given without {other}", text, f"{other} too, or neither")

    def draw(self, _: int) -> Drawn:
        bounds = (*ends(self.horizontal), *ends(self.vertical)) if self.horizontal and self.vertical else None
        plane = Plane((self.plane[0], self.plane[1]), charts.raster_size(self.size), bounds)
        found = yield from density(self.system, *self.first(), self.steps, plane, self.transient)
        drawn = charts.Plane(found.bounds, _symbols(plane.axes))
        return charts.density(found.counts, drawn, self.style(self.colormap))


class DiagramPicture(PictureQuery, BifurcationQuery, frozen=True, kw_only=True):
    """An orbit diagram."""

    of: Of = "density"
    width: Width = 800
    height: Height = 600
    theme: Theme = "light"
    kept: Annotated[int, Whole(f"Iterates kept of each orbit; by default {_DEEP} for each pixel.", 1, MOST_KEPT)]
    vertical: Vertical = None
    colormap: Colormap

    kernels = (advance_kernel, reach_kernel, tally_kernel)
    cheap: ClassVar[Ranges] = PictureQuery.small | BifurcationQuery.cheap

    @classmethod
    def derive_defaults(cls, values: Mapping[str, Any]) -> dict[str, object]:
        points = prod(swept.count for swept in values["inputs"].values())
        of_all, most = _DEEP * values["width"] * values["height"] // points, _DEEP * values["height"]
        return {"kept": min(max(_FEWEST_KEPT, of_all), most, MOST_KEPT), "colormap": SEQUENTIAL[values["theme"]]}

    def estimate_data_seconds(self) -> float:
        """Counts two passes where no vertical range is given, and two transients where the states are not held."""
        passes = 1 if self.vertical else 2
        are_held = self.points * self.system.dimension <= HELD
        tallied = padded(self.points) * self.kept * (lane_step(self.system) + TALLIED)
        return (1 if are_held else passes) * self.estimate_transient_seconds() + passes * tallied

    def estimate_data_bytes(self) -> int:
        """Bytes of the states behind the transients."""
        return 8 * min(HELD, self.points * self.system.dimension)

    def draw(self, threads: int) -> Drawn:
        reach = ends(self.vertical) if self.vertical else None
        found = yield from raster(self.diagram, charts.raster_size(self.size), self.continuation, reach, threads)
        plane = charts.Plane(found.bounds, _symbols((self.varied, self.coordinate[0])))
        return charts.orbit_diagram(found.counts, found.values, plane, self.style(self.colormap))


class BasinsPicture(PictureQuery, BasinsQuery, frozen=True, kw_only=True):
    """Basins of attraction over a plane."""

    of: Of = "density"
    width: Width = 800
    height: Height = 600
    theme: Theme = "light"

    kernels = BasinsQuery.kernels
    sweeps = Sweeps("start", 2, 2)
    cheap: ClassVar[Ranges] = PictureQuery.small | BasinsQuery.cheap

    def check(self, settings: Settings) -> Iterator[Fault]:
        yield from super().check(settings)
        yield from self.check_ranges((2,))

    def draw(self, threads: int) -> Drawn:
        found = yield from basins.compute_basins(self, threads)
        counts = np.bincount(found.labels + 1)
        entries = basins.legend(self, found.attractors, counts)
        legend = {entry["label"]: _name_entry(entry) for entry in entries if entry["label"] >= 0}
        legend |= {entry["label"]: _name_entry(entry) for entry in entries if entry["label"] < 0}  # at the end
        labels = ascend(self, found.labels.reshape(self.shape)).T
        return charts.basins(labels, plane_of_inputs(self), legend, self.style())


class SpectrumPicture(PictureQuery, LyapunovQuery, frozen=True, kw_only=True):
    """All exponents over one range, or one exponent over two."""

    of: Of = "density"
    width: Width = 800
    height: Height = 600
    theme: Theme = "light"
    exponent: Annotated[int, Whole("The number of the exponent that a picture over two ranges shows.", 1, 100)] = 1
    colormap: Colormap

    kernels = LyapunovQuery.kernels
    sweeps = Sweeps("inputs", 1, 2)
    cheap: ClassVar[Ranges] = PictureQuery.small | LyapunovQuery.cheap

    @classmethod
    def derive_defaults(cls, values: Mapping[str, Any]) -> dict[str, object]:
        return {"colormap": DIVERGING[values["theme"]]}

    def estimate_data_bytes(self) -> int:
        return _POINT_BYTES * self.points * self.system.dimension if self.is_line else 0

    def check(self, settings: Settings) -> Iterator[Fault]:
        yield from super().check(settings)
        yield from self.check_ranges((1, 2))
        if self.is_line and self.points > _MOST_ON_A_LINE:
            yield self.too_many("points on a line", self.points, _MOST_ON_A_LINE)
        if self.exponent > (most := self.system.dimension):
            yield Fault("exponent", "is out of range", str(self.exponent), f"at most {most}")

    def draw(self, threads: int) -> Drawn:
        return self._lines(threads) if self.is_line else self._map(threads)

    def _exponents(self, threads: int) -> Iterator[tuple[int, Floats] | None]:
        """Yields the number of a first point, and the exponents from it on, of shape (points, dimension)."""
        swept, done = len(self.swept), 0
        for rows in lyapunov.spectra_of(self, Sweep(self), threads):
            if rows is None:
                yield None
            else:
                yield done, np.asarray(rows)[:, swept : swept + self.system.dimension]
                done += len(rows)

    def _lines(self, threads: int) -> Drawn:
        exponents = np.empty((self.points, self.system.dimension))
        for found in self._exponents(threads):
            yield
            if found is not None:
                exponents[found[0] : found[0] + len(found[1])] = found[1]
        if not np.isfinite(exponents).any():
            raise ValueError("no exponent is finite: each orbit leaves double's range, or is superstable")
        (name,) = self.swept
        legend = [f"λ{_subscript(i + 1)}" for i in range(self.system.dimension)]
        x, names = self.axis(name).doubles(), (symbol(name), "Lyapunov exponents per step")
        return charts.lines(x, exponents.T, legend, names, self.style())

    def _map(self, threads: int) -> Drawn:
        """Holds only the cells that the picture shows."""
        shown = _SampledPlane(self)
        for found in self._exponents(threads):
            yield
            if found is not None:
                shown.add(found[0], found[1][:, self.exponent - 1])
        return charts.grid(
            ascend(self, shown.cells).T,
            plane_of_inputs(self),
            self.style(self.colormap),
            label=f"Lyapunov exponent λ{_subscript(self.exponent)} per step",
            centred=True,
            whole=(self.shape[1], self.shape[0], shown.least, shown.greatest),
        )


class _SampledPlane:
    """Values over a grid of two ranges, of which a picture shows those of the nearest cells, one for each pixel."""

    def __init__(self, query: "SpectrumPicture") -> None:
        self.least, self.greatest = np.inf, -np.inf
        """The least and the greatest of all finite values, shown or not."""
        self._up = query.shape[1]
        self._places = [
            nearest_cells(count, pixels)
            for count, pixels in zip(query.shape, charts.raster_size(query.size), strict=True)
        ]
        self.cells = np.empty([len(places) for places in self._places])

    def add(self, first: int, values: Floats) -> None:
        """Adds the values of the grid's points from number `first` on."""
        finite = np.isfinite(values)
        self.least = min(self.least, values.min(where=finite, initial=np.inf))
        self.greatest = max(self.greatest, values.max(where=finite, initial=-np.inf))
        index = np.divmod(np.arange(first, first + len(values)), self._up)
        at = [np.searchsorted(places, i) for places, i in zip(self._places, index, strict=True)]
        at = [np.minimum(i, len(places) - 1) for places, i in zip(self._places, at, strict=True)]
        shown = (self._places[0][at[0]] == index[0]) & (self._places[1][at[1]] == index[1])
        self.cells[at[0][shown], at[1][shown]] = values[shown]


def plane_of_inputs(query: AnalysisQuery) -> charts.Plane:
    """The plane of the two inputs that a query sweeps, its ends their outer values, ascending."""
    across, up = query.swept
    (left, right), (bottom, top) = (sorted(_outer_values(query, name)) for name in (across, up))
    return charts.Plane((left, right, bottom, top), (symbol(across), symbol(up)))


def ascend(query: AnalysisQuery, cells: NDArray[Any]) -> NDArray[Any]:
    """Turns cells of shape (across, up), in the order of both inputs' values, so that both axes ascend."""
    for k, name in enumerate(query.swept):
        first, last = _outer_values(query, name)
        cells = np.flip(cells, k) if first > last else cells
    return cells


def _outer_values(query: AnalysisQuery, name: str) -> tuple[float, float]:
    """The first and the last value of an input that is swept."""
    axis = query.axis(name)
    return float(axis.doubles(0, 1)[0]), float(axis.doubles(axis.count - 1, axis.count)[0])


def nearest_cells(count: int, pixels: int) -> NDArray[np.int64]:
    """The cells that `Canvas.image` would show of so many, where they are more than pixels; else all."""
    return np.arange(count) if count <= pixels else (np.arange(pixels) * 2 + 1) * count // (2 * pixels)


def _name_entry(entry: dict[str, Any]) -> str:
    """A short text for an entry of the legend."""
    if not entry.get("points"):
        return str(entry["kind"])
    place = ", ".join(f"{value:.3g}".replace("-", "−") for value in entry["points"][0].values())
    kind = f"cycle of {entry['period']}" if entry["kind"] == "cycle" else entry["kind"]
    return f"{kind} ({place})" if entry["period"] else kind


def _symbols(plane: tuple[str, str]) -> tuple[str, str]:
    return symbol(plane[0]), symbol(plane[1])


def _subscript(number: int) -> str:
    """A number in subscript digits."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _format_input(name: str, text: str) -> str:
    """An input and its value to six digits, for a title."""
    few = f"{float(text):.6g}"
    return f"{symbol(name)} {'=' if float(few) == float(text) else '≈'} {few}".replace("-", "−")


def ends(interval: str) -> tuple[float, float]:
    """The two numbers of an interval low:high."""
    low, high = map(float, interval.split(":"))
    return low, high


def _axis_fault(query: PictureQuery, error: NoScale) -> Fault:
    """A fault that names what sets the ends of the axis: its option, else the input swept along it, else the start."""
    swept = dict(zip(("horizontal", "vertical"), query.swept, strict=False))
    name = error.axis if error.axis in query.texts() else swept.get(error.axis, next(iter(query.inputs)))
    rule = f"ends within ±{FARTHEST:g} that are apart, by more than 1e-14 of the greater"
    return Fault(name, f"gives no picture: {error}", shorten(query.text(name)), rule)


PICTURES: dict[str, type[PictureQuery]] = {
    "density": DensityPicture,
    "bifurcation": DiagramPicture,
    "basins": BasinsPicture,
    "lyapunov": SpectrumPicture,
}
"""The kinds, by the word for each."""
