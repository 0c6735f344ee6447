"""A picture of a plane that was swept: its first variable over two inputs, of which each pixel shows a point."""

import numpy as np

from attractor.api.endpoints.picture import nearest_cells
from attractor.api.pictures import charts
from attractor.core.formula import symbol
from attractor.core.lanes import Floats
from attractor.sweeps.failures import Failed
from attractor.sweeps.forms import Form
from attractor.sweeps.places import Place
from attractor.sweeps.plan import Plan

_SIZE = 1200, 900


def check_drawable(plan: Plan) -> None:
    """Checks that a sweep is a plane. Raises Failed where it is none."""
    query = plan.query
    if len(query.swept) != 2 or query.format != "npy" or query.count_records() != query.points:
        raise Failed("--picture draws two inputs that are swept, with one record of numbers for each point")


def draw_plane(plan: Plan, form: Form, place: Place) -> bytes:
    """A PNG file. Raises Failed where no scale holds the values, or a chunk cannot be read."""
    query = plan.query
    try:
        label, cells = _sample_plane(plan, form, place)
        sides: list[float] = []
        for k, axis in enumerate(map(query.axis, query.swept)):
            first, last = (float(axis.doubles(i, i + 1)[0]) for i in (0, axis.count - 1))
            cells = np.flip(cells, k) if first > last else cells
            sides += sorted((first, last))
        finite = cells[np.isfinite(cells)]
        return charts.grid(
            cells.T,
            (sides[0], sides[1], sides[2], sides[3]),
            (symbol(query.swept[0]), symbol(query.swept[1])),
            query.system.title,
            _SIZE,
            label,
            centred=query.path == "/lyapunov",
            source=query.canonical,
            whole=(*reversed(query.shape), finite.min(initial=np.inf), finite.max(initial=-np.inf)),
        )
    except ValueError as error:
        raise Failed(f"there is no picture: {error}") from None


def _sample_plane(plan: Plan, form: Form, place: Place) -> tuple[str, Floats]:
    """The name of the first variable, and its values at the points that have a pixel."""
    shown = [nearest_cells(*each) for each in zip(plan.query.shape, charts.raster_size(_SIZE), strict=True)]
    cells, label = np.full([len(places) for places in shown], np.nan), ""
    for index in range(plan.count):
        sides = list(zip(shown, plan.box(index), strict=True))
        at = [slice(*np.searchsorted(places, (side.start, side.stop))) for places, side in sides]
        if all(some.stop > some.start for some in at):
            name = form.names(index)[0]  # other variables are not read
            label, values = next(iter(form.values(index, {name: place.read(name) or b""}).items()))
            inside = [places[some] - side.start for some, (places, side) in zip(at, sides, strict=True)]
            cells[tuple(at)] = values[np.ix_(*inside)]
    return label, cells
