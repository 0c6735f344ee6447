"""The endpoints that answer with records over a grid, each declared in a module of its own."""

from attractor.api.endpoints.analysis import Analysis
from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.endpoints.basins import BasinsQuery
from attractor.api.endpoints.bifurcation import BifurcationQuery
from attractor.api.endpoints.ensemble import EnsembleQuery
from attractor.api.endpoints.fixed_points import FixedPointsQuery
from attractor.api.endpoints.horizon import HorizonQuery
from attractor.api.endpoints.lyapunov import LyapunovQuery

_KINDS: tuple[type[AnalysisQuery], ...] = (
    EnsembleQuery,
    LyapunovQuery,
    BifurcationQuery,
    FixedPointsQuery,
    HorizonQuery,
    BasinsQuery,
)
ANALYSES = tuple(Analysis({"": kind}) for kind in _KINDS)
