"""GET /picture: what the other endpoints find, drawn."""

from collections.abc import Callable, Generator, Iterator
from typing import Any, ClassVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from attractor.api.endpoints import basins, bifurcation, lyapunov
from attractor.api.endpoints.analysis import TRANSIENT, Analysis, result, too_many
from attractor.api.endpoints.records import Sweep
from attractor.api.formats import Format
from attractor.api.pictures import charts as drawing
from attractor.api.pictures.charts import CENTRED, COLORMAPS, DEFAULT, SMALLEST
from attractor.api.problems import BadQuery, Fault, shown
from attractor.api.queries.analysis_query import AnalysisQuery
from attractor.api.queries.parameters import Choice, Coordinates, Interval, Option, Whole
from attractor.api.queries.query_string import names_and_values
from attractor.api.settings import Settings
from attractor.core.cost import TALLIED, density_step, lane_step, padded
from attractor.core.density import FARTHEST, NoScale, density
from attractor.core.diagram_raster import HELD, raster
from attractor.core.lanes import Floats

_LARGEST = 4_000  # pixels on a side
_MOST_PIXELS = 4_000_000
_MOST_ON_A_LINE = 100_000  # points: matplotlib draws all of them at once
_POINT_BYTES = 200  # that each of them takes
_PIXEL_BYTES = 18  # that is drawn
_CELL_BYTES = 8  # that is counted
_PIXEL_SECONDS = 1e-7  # to colour and to encode it
_CANVAS_SECONDS = 0.08  # for axes and words


class Picture(Struct, frozen=True):
    """An answer, as `api.http.handler.Answer` wants it."""

    query: AnalysisQuery
    body: bytes

    arithmetic: ClassVar[str] = "double"
    left_at: ClassVar[int | None] = None
    records: ClassVar[int] = 0
    fell_back: ClassVar[bool] = False

    @property
    def stem(self) -> str:
        return f"{self.query.system.name}-{self.query.options['of']}"


def _write(answer: Picture) -> Iterator[bytes]:
    yield answer.body


FORMATS = {
    "png": Format("image/png", "png", _write, lambda _: 1, "inline", length=lambda answer: len(answer.body)),
    "svg": Format("image/svg+xml", "svg", _write, lambda _: 1, "inline", is_text=True),
}

Drawn = Generator[None, None, bytes]


def _size(query: AnalysisQuery) -> tuple[int, int]:
    return query.options["width"], query.options["height"]


def _title(query: AnalysisQuery) -> str:
    """The system and its parameters."""
    single = [name for name in query.system.parameters if name not in query.swept]
    values = ", ".join(f"{name} = {query.inputs[name].text}" for name in single)
    return f"{query.system.title}: {values}" if values else query.system.title


def _common(query: AnalysisQuery) -> dict[str, Any]:
    """What every picture is told."""
    return {
        "title": _title(query),
        "size": _size(query),
        "form": query.format,
        "source": query.canonical,
    }


def _density(query: AnalysisQuery, _: int) -> Drawn:
    options = query.options
    bounds = (*options["horizontal"], *options["vertical"]) if "horizontal" in options else None
    plane, cells = options["plane"], drawing.raster_size(_size(query))
    found = yield from result(
        density(query.system, *query.first(), options["steps"], plane, cells, options["transient"], bounds)
    )
    return drawing.density(found.counts, found.bounds, plane, colormap=options["colormap"], **_common(query))


def _diagram(query: AnalysisQuery, threads: int) -> Drawn:
    options, varied = query.options, bifurcation.varied(query)
    coordinate = options["coordinate"][0]
    work = raster(
        query.system,
        *query.first(),
        varied,
        query.axis(varied),
        coordinate,
        options["kept"],
        drawing.raster_size(_size(query)),
        options["transient"],
        options["continuation"],
        options.get("vertical"),
        threads,
    )
    found = yield from result(work)
    cells, names = (found.counts, found.values, found.bounds), (varied, coordinate)
    return drawing.orbit_diagram(*cells, names, colormap=options["colormap"], **_common(query))


def _plane(query: AnalysisQuery) -> tuple[tuple[float, float, float, float], tuple[str, str]]:
    """The outer values of the two that are swept, and their names."""
    across, up = query.swept
    ends = [
        float(query.axis(name).doubles(i, i + 1)[0]) for name in (across, up) for i in (0, query.axis(name).count - 1)
    ]
    return (ends[0], ends[1], ends[2], ends[3]), (across, up)


def _exponents(query: AnalysisQuery, threads: int) -> Iterator[tuple[int, Floats] | None]:
    """The first of some points, and all exponents at each."""
    swept, done = len(query.swept), 0
    for rows in lyapunov.spectra_of(query, Sweep(query), threads):
        if rows is None:
            yield None
        else:
            yield done, np.asarray(rows)[:, swept : swept + query.system.dimension]
            done += len(rows)


def _spectrum(query: AnalysisQuery, threads: int) -> Drawn:
    return _lines(query, threads) if len(query.swept) == 1 else _map(query, threads)


def _lines(query: AnalysisQuery, threads: int) -> Drawn:
    """All exponents over one range."""
    exponents = np.empty((query.points, query.system.dimension))
    for found in _exponents(query, threads):
        yield
        if found is not None:
            exponents[found[0] : found[0] + len(found[1])] = found[1]
    (name,) = query.swept
    legend = [f"exponent {i + 1}" for i in range(query.system.dimension)]
    x, names = query.axis(name).doubles(), (name, "exponents per step")
    return drawing.lines(x, exponents.T, legend, names, **_common(query))


def _map(query: AnalysisQuery, threads: int) -> Drawn:
    """One exponent over two ranges, of which only what is shown is held."""
    shown, which = _Shown(query), query.options["exponent"]
    for found in _exponents(query, threads):
        yield
        if found is not None:
            shown.add(found[0], found[1][:, which - 1])
    label, colormap = f"exponent {which} per step", query.options["colormap"]
    return drawing.grid(
        shown.cells.T,
        *_plane(query),
        label=label,
        centred=True,
        colormap=colormap,
        whole=(query.shape[1], query.shape[0], shown.least, shown.greatest),
        **_common(query),
    )


class _Shown:
    """Values over a grid of two ranges, of which a picture shows those of the nearest cells, one for each pixel."""

    def __init__(self, query: AnalysisQuery) -> None:
        self.least, self.greatest = np.inf, -np.inf
        """Of all that are finite, shown or not."""
        self._up = query.shape[1]
        self._places = [
            _nearest(count, pixels)
            for count, pixels in zip(query.shape, drawing.raster_size(_size(query)), strict=True)
        ]
        self.cells = np.empty([len(places) for places in self._places])

    def add(self, first: int, values: Floats) -> None:
        """Takes the values of points `first` … of the grid."""
        finite = np.isfinite(values)
        self.least = min(self.least, values.min(where=finite, initial=np.inf))
        self.greatest = max(self.greatest, values.max(where=finite, initial=-np.inf))
        index = np.divmod(np.arange(first, first + len(values)), self._up)
        at = [np.searchsorted(places, i) for places, i in zip(self._places, index, strict=True)]
        at = [np.minimum(i, len(places) - 1) for places, i in zip(self._places, at, strict=True)]
        shown = (self._places[0][at[0]] == index[0]) & (self._places[1][at[1]] == index[1])
        self.cells[at[0][shown], at[1][shown]] = values[shown]


def _nearest(count: int, pixels: int) -> NDArray[np.int64]:
    """The cells that `Canvas.image` would show of so many, where they are more than pixels; else all."""
    return np.arange(count) if count <= pixels else (np.arange(pixels) * 2 + 1) * count // (2 * pixels)


def _basins(query: AnalysisQuery, threads: int) -> Drawn:
    found = yield from basins.found(query, threads)
    legend = {entry["label"]: _named(entry) for entry in basins.legend(query, found)}
    undecided = max(0, *legend) + 1
    labels = np.where(found.labels < 0, undecided, found.labels).reshape(query.shape).T
    texts = [legend.get(label, "escape") for label in range(undecided)] + ([legend[-1]] if -1 in legend else [])
    return drawing.basins(labels, *_plane(query), texts, **_common(query))


def _named(entry: dict[str, Any]) -> str:
    """An entry of the legend in few words."""
    if "points" not in entry:
        return str(entry["kind"])
    place = ", ".join(f"{value:.3g}" for value in entry["points"][0].values())
    kind = f"cycle of {entry['period']}" if entry["kind"] == "cycle" else entry["kind"]
    return f"{kind} ({place})" if entry["period"] else kind


def _one_orbit(query: AnalysisQuery, _: Settings) -> Iterator[Fault]:
    if query.system.dimension < 2:
        yield Fault("system", "has one coordinate, which is no plane", query.system.name, "one of two or more")
    for name in query.swept:
        yield Fault(name, "is swept", query.inputs[name].text, "one number: a density is that of one orbit")
    for name, other in (("horizontal", "vertical"), ("vertical", "horizontal")):
        if name in query.options and other not in query.options:
            yield Fault(name, f"goes with {other}", query.texts[name], f"{other} too, or neither")


def _two_ranges(query: AnalysisQuery, settings: Settings) -> Iterator[Fault]:
    yield from basins.beyond(query, settings)
    yield from _ranges(query, (2,))


def _some_ranges(query: AnalysisQuery, _: Settings) -> Iterator[Fault]:
    yield from _ranges(query, (1, 2))
    if len(query.swept) == 1 and query.points > _MOST_ON_A_LINE:
        yield too_many(query, "points on a line", query.points, _MOST_ON_A_LINE)
    if query.options["exponent"] > (most := query.system.dimension):
        yield Fault("exponent", "is out of range", query.texts["exponent"], f"at most {most}")


def _states(query: AnalysisQuery) -> int:
    """Bytes of the states behind the transients of a diagram."""
    return 8 * min(HELD, query.points * query.system.dimension)


def _is_line(query: AnalysisQuery) -> bool:
    return query.options["of"] == "lyapunov" and len(query.swept) == 1


def _line_holds(query: AnalysisQuery) -> int:
    return _POINT_BYTES * query.points * query.system.dimension if _is_line(query) else 0


def _ranges(query: AnalysisQuery, counts: tuple[int, ...]) -> Iterator[Fault]:
    """Faults where not so many inputs are swept, or one of them by a list, which has no axis."""
    wanted = " or ".join(map(str, counts))
    if len(query.swept) not in counts:
        name = query.swept[-1] if query.swept else next(iter(query.inputs))
        problem = f"{len(query.swept)} inputs are swept: there is no picture of that"
        yield Fault(name, problem, query.inputs[name].text, f"a range start:stop:count for {wanted} of them")
    for name in query.swept:
        if "," in query.inputs[name].text:
            yield Fault(name, "is a list: a picture has axes", query.inputs[name].text, "start:stop:count")


def _density_seconds(query: AnalysisQuery) -> float:
    return query.steps * density_step(query.system)


def _diagram_seconds(query: AnalysisQuery) -> float:
    """Each value is run through twice where its reach is not given, its transient too where states are not held."""
    options, passes = query.options, 1 if "vertical" in query.options else 2
    are_held = query.points * query.system.dimension <= HELD
    kept: int = options["kept"]
    tallied = padded(query.points) * kept * (lane_step(query.system) + TALLIED)
    return (1 if are_held else passes) * bifurcation.settled_seconds(query) + passes * tallied


class Kind(Struct, frozen=True):
    """What can be drawn."""

    draw: Callable[[AnalysisQuery, int], Drawn]
    options: tuple[Option, ...]
    seconds: Callable[[AnalysisQuery], float]
    """CPU seconds before it is drawn."""
    beyond: Callable[[AnalysisQuery, Settings], Iterator[Fault]]
    holds: Callable[[AnalysisQuery], int] = lambda _: 0
    """Bytes before it is drawn, beyond a number for each pixel."""


def _colormap(default: str) -> Option:
    return Option("colormap", "The colours.", Choice(COLORMAPS, "is not a known colour map", many=True), default)


_VERTICAL = Option("vertical", "Low and high end of the vertical axis; by default all is shown.", Interval())

KINDS = {
    "density": Kind(
        _density,
        (
            Option("steps", "Iterations that are drawn.", Whole(1, lambda s: s.max_steps), "1000000"),
            TRANSIENT,
            Option("plane", "Two coordinates: across and up.", Coordinates(2), lambda s: ",".join(s.state[:2])),
            replace(_VERTICAL, name="horizontal", about=_VERTICAL.about.replace("vertical", "horizontal")),
            _VERTICAL,
            _colormap(DEFAULT),
        ),
        _density_seconds,
        _one_orbit,
    ),
    "bifurcation": Kind(
        _diagram,
        (*bifurcation.OPTIONS, _VERTICAL, _colormap(DEFAULT)),
        _diagram_seconds,
        bifurcation.beyond,
        _states,
    ),
    "basins": Kind(_basins, basins.OPTIONS, basins.seconds, _two_ranges, basins.holds),
    "lyapunov": Kind(
        _spectrum,
        (
            *lyapunov.OPTIONS,
            Option("exponent", "Which one a picture over two ranges shows.", Whole(1, 100), "1"),
            _colormap(CENTRED),
        ),
        lyapunov.seconds,
        _some_ranges,
        _line_holds,
    ),
}

_COMMON = (
    Option("of", "What is drawn.", Choice(tuple(KINDS), "is not known", many=True), "density"),
    Option("width", "Pixels.", Whole(SMALLEST[0], _LARGEST), "800"),
    Option("height", "Pixels.", Whole(SMALLEST[1], _LARGEST), "600"),
)


def _answer(kind: Kind) -> Callable[[AnalysisQuery, Settings, int], Generator[None, None, Picture]]:
    def answer(query: AnalysisQuery, _: Settings, threads: int) -> Generator[None, None, Picture]:
        yield
        try:
            return Picture(query, (yield from kind.draw(query, threads)))
        except NoScale as error:
            raise BadQuery([_without_axis(query, error)]) from None
        except ValueError as error:  # orbits of which nothing can be shown
            name = next(iter(query.inputs))
            rule = "initial conditions and parameters at which an orbit stays in double's range"
            raise BadQuery([Fault(name, f"gives no picture: {error}", query.inputs[name].text, rule)]) from None

    return answer


def _without_axis(query: AnalysisQuery, error: NoScale) -> Fault:
    """A fault of what says how far the axis goes: an option, else what is swept along it, else where orbits begin."""
    swept = dict(zip(("horizontal", "vertical"), query.swept, strict=False))
    name = error.axis if error.axis in query.options else swept.get(error.axis, next(iter(query.inputs)))
    text = query.texts[name] if name in query.texts else query.inputs[name].text
    rule = f"ends within ±{FARTHEST:g} that are apart, by more than 1e-14 of the greater"
    return Fault(name, f"gives no picture: {error}", shown(text), rule)


def _beyond(kind: Kind) -> Callable[[AnalysisQuery, Settings], Iterator[Fault]]:
    def beyond(query: AnalysisQuery, settings: Settings) -> Iterator[Fault]:
        width, height = _size(query)
        if width * height > _MOST_PIXELS:
            problem = f"makes {width * height} pixels with height, more than a picture may have"
            yield Fault("width", problem, str(width), f"at most {_MOST_PIXELS} in all")
        yield from kind.beyond(query, settings)

    return beyond


def _seconds(kind: Kind) -> Callable[[AnalysisQuery], float]:
    def seconds(query: AnalysisQuery) -> float:
        width, height = _size(query)
        has_pixels = query.format == "png" or not _is_line(query)
        return kind.seconds(query) + _CANVAS_SECONDS + _PIXEL_SECONDS * width * height * has_pixels

    return seconds


def _holds(kind: Kind) -> Callable[[AnalysisQuery], int]:
    def holds(query: AnalysisQuery) -> int:
        width, height = _size(query)
        return max(kind.holds(query), _PIXEL_BYTES * width * height) + _CELL_BYTES * width * height

    return holds


class Pictures:
    """The resource, as `api.http.handler.Resource` wants it: an analysis for each kind of picture."""

    path: str = "/picture"
    formats: dict[str, Format] = FORMATS

    def __init__(self) -> None:
        about = (
            "A picture of what another endpoint finds, as PNG or SVG: axes, labels, and perceptually uniform colours."
        )
        self.kinds = {
            name: Analysis(
                self.path,
                "A picture",
                f"{about} of says which, and with it which other options there are.",
                (*_COMMON, *kind.options),
                _answer(kind),
                _seconds(kind),
                lambda _: 0,
                _beyond(kind),
                holds=_holds(kind),
                formats=FORMATS,
            )
            for name, kind in KINDS.items()
        }

    def read(self, raw: bytes, settings: Settings, negotiated: str | None) -> AnalysisQuery:
        """As `api.endpoints.analysis.Analysis.read`."""
        of = dict(names_and_values(raw)).get("of", next(iter(self.kinds)))
        return self.kinds.get(of, self.kinds["density"]).read(raw, settings, negotiated)

    def answered(self, query: AnalysisQuery, settings: Settings, threads: int) -> Generator[None, None, Any]:
        return self.kinds[query.options["of"]].answered(query, settings, threads)
