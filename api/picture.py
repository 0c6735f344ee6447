"""GET /picture: what the other endpoints find, drawn."""

from collections.abc import Callable, Generator, Iterator
from typing import Any, ClassVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from api import basins, bifurcation, drawing, lyapunov
from api.analysis import TRANSIENT, Analysis, result
from api.analysis_query import AnalysisQuery
from api.drawing import CENTRED, COLORMAPS, DEFAULT, SMALLEST
from api.formats import Format
from api.options import Choice, Coordinates, Interval, Option, Whole
from api.problems import BadQuery, Fault, shown
from api.query_string import names_and_values
from api.records import Sweep
from api.settings import Settings
from core.cost import density_step
from core.density import FARTHEST, NoScale, density
from core.raster import raster

_LARGEST = 4_000  # pixels on a side
_MOST_PIXELS = 4_000_000
_PIXEL_BYTES = 24
_PIXEL_SECONDS = 4e-7  # to colour and to encode it
_DRAWN_PIXEL_SECONDS = 5e-8  # where only words and lines are drawn on it
_CANVAS_SECONDS = 0.05  # for axes and words


class Picture(Struct, frozen=True):
    """An answer, as `api.endpoint.Answer` wants it."""

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
    found = yield from result(
        raster(
            query.system,
            *query.first(),
            varied,
            query.inputs[varied].doubles(),
            coordinate,
            options["kept"],
            drawing.raster_size(_size(query)),
            options["transient"],
            options["continuation"],
            options.get("vertical"),
            threads,
        )
    )
    cells, names = (found.counts, found.values, found.bounds), (varied, coordinate)
    return drawing.orbit_diagram(*cells, names, colormap=options["colormap"], **_common(query))


def _plane(query: AnalysisQuery) -> tuple[tuple[float, float, float, float], tuple[str, str]]:
    """The outer values of the two that are swept, and their names."""
    across, up = query.swept
    x, y = (query.inputs[name].doubles() for name in (across, up))
    return (float(x[0]), float(x[-1]), float(y[0]), float(y[-1])), (across, up)


def _spectrum(query: AnalysisQuery, threads: int) -> Drawn:
    sweep, dimension = Sweep(query), query.system.dimension
    found = []
    for rows in lyapunov.spectra_of(query, sweep, threads):
        yield
        if rows is not None:
            found.append(np.asarray(rows)[:, len(query.swept) : len(query.swept) + dimension])
    exponents = np.concatenate(found)
    if len(query.swept) == 1:
        (name,) = query.swept
        legend = [f"exponent {i + 1}" for i in range(dimension)]
        x, names = query.inputs[name].doubles(), (name, "exponents per step")
        return drawing.lines(x, exponents.T, legend, names, **_common(query))
    which = query.options["exponent"]
    values = exponents[:, which - 1].reshape(query.shape).T
    label, colormap = f"exponent {which} per step", query.options["colormap"]
    return drawing.grid(values, *_plane(query), label=label, centred=True, colormap=colormap, **_common(query))


def _basins(query: AnalysisQuery, threads: int) -> Drawn:
    start, parameters, _ = Sweep(query).whole()
    found = yield from basins.found(query, start, parameters, threads)
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
    if query.options["exponent"] > (most := query.system.dimension):
        yield Fault("exponent", "is out of range", query.texts["exponent"], f"at most {most}")


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


class Kind(Struct, frozen=True):
    """What can be drawn."""

    draw: Callable[[AnalysisQuery, int], Drawn]
    options: tuple[Option, ...]
    seconds: Callable[[AnalysisQuery], float]
    """CPU seconds before it is drawn."""
    beyond: Callable[[AnalysisQuery, Settings], Iterator[Fault]]
    holds: Callable[[AnalysisQuery], int] = lambda _: 0
    """Bytes beyond those of the pixels."""


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
        _diagram, (*bifurcation.OPTIONS, _VERTICAL, _colormap(DEFAULT)), bifurcation.seconds, bifurcation.beyond
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
        pixels = width * height * (_PIXEL_SECONDS if query.format == "png" else _DRAWN_PIXEL_SECONDS)
        return kind.seconds(query) + _CANVAS_SECONDS + pixels

    return seconds


def _holds(kind: Kind) -> Callable[[AnalysisQuery], int]:
    def holds(query: AnalysisQuery) -> int:
        width, height = _size(query)
        return _PIXEL_BYTES * width * height + kind.holds(query)

    return holds


class Pictures:
    """The resource, as `api.endpoint.Resource` wants it: an analysis for each kind of picture."""

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
        """As `api.analysis.Analysis.read`."""
        of = dict(names_and_values(raw)).get("of", next(iter(self.kinds)))
        return self.kinds.get(of, self.kinds["density"]).read(raw, settings, negotiated)

    def answered(self, query: AnalysisQuery, settings: Settings, threads: int) -> Generator[None, None, Any]:
        return self.kinds[query.options["of"]].answered(query, settings, threads)
