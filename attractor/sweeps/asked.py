"""Reads the query of a sweep from its URL, by the service's code but without the bounds of one answer."""

from http import HTTPStatus

from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.problems import BadQuery, Fault, problem
from attractor.api.settings import Settings
from attractor.client.refusals import Refused, refusal_of
from attractor.client.resources import resource_at
from attractor.client.urls import read_url

FORMS = {"npy": "Zarr", "parquet": "Parquet"}
"""The form in which a sweep is written, by the format in its URL."""

_MOST = 10**18  # which kernels count to
UNBOUNDED = Settings(
    workers=1,
    max_steps=_MOST,
    max_points=_MOST,
    max_text_records=_MOST,
    max_binary_records=_MOST,
    max_parquet_records=_MOST,
    max_seconds=_MOST,
    max_memory=1 << 100,
)
"""Settings that bound nothing."""

_WHOLE = {
    "/calculation": "one orbit is a chain, each state of which needs the one before; attractor get computes it",
    "/picture": "a picture is drawn from a whole; sweep what it is of, with --picture",
}
"""Why what is at a path cannot be computed in parts."""


def read_sweep(url: str) -> AnalysisQuery:
    """The query that a URL of the service spells, in the format `npy`, or `parquet` where it says so or must.

    Raises Refused: with every culprit, and where the whole is not what its parts are.
    """
    asked = read_url(url)
    resource = resource_at(asked.path)
    if asked.path in _WHOLE:
        raise _refusal(f"{asked.path} cannot be swept: {_WHOLE[asked.path]}")
    try:
        query = resource.read(asked.raw, UNBOUNDED, next(form for form in FORMS if form in resource.formats))
        if faults := list(_faults(query)):
            raise BadQuery(faults)
    except BadQuery as error:
        raise refusal_of(error) from None
    if not query.swept:
        raise _refusal("no input has a range or a list, so that there is nothing to sweep; attractor get computes it")
    found: AnalysisQuery = query
    return found


def _refusal(detail: str) -> Refused:
    return Refused(problem(HTTPStatus.BAD_REQUEST, detail, name="bad-query"))


def _faults(query: AnalysisQuery) -> list[Fault]:
    """The faults that keep a sound query from being swept."""
    found = []
    if query.format not in FORMS:
        rule = "npy, of which Zarr is made, or parquet; or leave it out"
        found.append(Fault("format", "is none that a sweep is written in", query.format, rule))
    if getattr(query, "continuation", False):
        why = "makes each value begin where the one before ended: a chain, which has no parts"
        found.append(Fault("continuation", why, "true", "false"))
    return found
