"""Checks that a place holds the whole of a sweep, by its receipts or by computing shards anew."""

from collections.abc import Iterator
from random import SystemRandom

from attractor.sweeps.failures import Failed
from attractor.sweeps.forms import Form, digest
from attractor.sweeps.manifest import read_manifest
from attractor.sweeps.places import Part, Place, place_at
from attractor.sweeps.plan import in_words
from attractor.sweeps.receipts import receipts
from attractor.sweeps.work import Shards


def faults(out: str, sample: int | None) -> Iterator[str | None]:
    """Yields for each shard a sentence about what is wrong, or None: for all shards by their receipts, or for
    `sample` at random by computing them again.

    Raises Failed where there is no sweep, or one of another edition.
    """
    place = place_at(out, Part())
    manifest = read_manifest(place)
    if manifest is None:
        raise Failed(f"{out} holds no sweep")
    plan, there = manifest.plan(), receipts(place)
    shards = Shards(plan, place)
    form = shards.form
    if absent := plan.count - len(there):
        yield f"{absent:,} of {in_words(plan.count)} have no receipt"
    chosen = sorted(there) if sample is None else SystemRandom().sample(sorted(there), min(sample, len(there)))
    for index in chosen:
        found = _held(place, form, index)
        if found is None:
            yield f"shard {index} lacks a file, or has one that cannot be read"
        elif found != there[index]:
            yield f"shard {index} is not what its receipt says"
        elif sample is not None and shards.compute(index, is_anew=True)[1] != found:
            yield f"shard {index} has other values than it is computed to have"
        else:
            yield None


def _held(place: Place, form: Form, index: int) -> str | None:
    """The digest of what is there; None where it cannot be read."""
    files = {}
    for name in form.names(index):
        if (data := place.read(name)) is None:
            return None
        files[name] = data
    try:
        return digest(form.values(index, files))
    except ValueError:
        return None
