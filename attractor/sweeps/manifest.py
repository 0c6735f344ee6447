"""The manifest of a place: its sweep, how that is cut, and the fingerprint of the processes that compute it."""

from msgspec import Struct, ValidationError, json

from attractor import __version__
from attractor.core.edition import EDITION
from attractor.sweeps.asked import read_sweep
from attractor.sweeps.failures import Failed
from attractor.sweeps.places import Place
from attractor.sweeps.plan import Plan
from attractor.sweeps.work import form_of

NAME = "manifest.json"
_OURS = ("parts", "data.zarr", "records", "rounds")


class Manifest(Struct, frozen=True):
    """The file that says so, which is written once all that no shard writes is there."""

    url: str
    """The canonical one."""
    edition: int
    cut: tuple[int, ...]
    shards: int
    fingerprint: str
    version: str
    """That which wrote it; others go on with it."""

    def plan(self) -> Plan:
        """The plan of the sweep. Raises Failed where it is of another edition."""
        if self.edition != EDITION:
            raise Failed(f"it is a sweep of edition {self.edition} of the values, and this is edition {EDITION}")
        return Plan(read_sweep(self.url), self.cut)


def read_manifest(place: Place) -> Manifest | None:
    """Reads the manifest of a place; None where there is none. Raises Failed where the place holds something else."""
    data = place.read(NAME)
    if data is None:
        if other := next((name for name in place.names() if name.split("/")[0] not in _OURS), None):
            raise Failed(f"{place.path('')} is no sweep: it holds {other}")
        return None
    try:
        return json.decode(data, type=Manifest)
    except ValidationError as error:
        raise Failed(f"{place.path(NAME)} is no manifest of a sweep: {error}") from None


def check_same(plan: Plan, found: Manifest, place: Place) -> None:
    """Checks that a place holds the plan's sweep. Raises Failed where it holds another."""
    url = plan.query.canonical
    if found.url != url:
        raise Failed(f"{place.path('')} holds another sweep: {found.url}")
    if found.cut != plan.cut:
        raise Failed(f"version {found.version} has cut the sweep in {place.path('')} in another way; go on with that")


def begin(plan: Plan, place: Place, fingerprint: str) -> Manifest:
    """The manifest of a place, which is written, behind what belongs to no shard, where there is none.

    Raises Failed where it is another sweep's, or has another fingerprint.
    """
    found = read_manifest(place)
    if found is None:
        for name, data in form_of(plan).common({}):
            place.write(name, data)
        mine = Manifest(plan.query.canonical, EDITION, plan.cut, plan.count, fingerprint, __version__)
        if place.create(NAME, json.format(json.encode(mine)) + b"\n"):
            return mine
        found = read_manifest(place) or mine
    check_same(plan, found, place)
    if found.fingerprint != fingerprint:
        raise Failed(
            f"this computes other values than those in {place.path('')}: a processor or a library differs "
            f"({fingerprint} here, {found.fingerprint} there)"
        )
    return found
