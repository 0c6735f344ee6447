"""A picture of a plane that was swept: its first variable over two inputs, of which each pixel shows a point."""

import numpy as np

from attractor.api.endpoints.picture import ascend, nearest_cells, plane_of_inputs
from attractor.api.pictures import charts
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
        finite = cells[np.isfinite(cells)]
        return charts.grid(
            ascend(query, cells).T,
            plane_of_inputs(query),
            charts.Style(query.system.title, _SIZE, source=query.canonical),
            label,
            centred=query.path == "/lyapunov",
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
