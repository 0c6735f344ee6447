"""Everything that computes: each endpoint a module that declares it."""

from typing import Any

from attractor.api.endpoints.analysis import Analysis
from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.endpoints.basins import BasinsQuery
from attractor.api.endpoints.bifurcation import BifurcationQuery
from attractor.api.endpoints.calculation import Calculation
from attractor.api.endpoints.ensemble import EnsembleQuery
from attractor.api.endpoints.fixed_points import FixedPointsQuery
from attractor.api.endpoints.horizon import HorizonQuery
from attractor.api.endpoints.lyapunov import LyapunovQuery
from attractor.api.endpoints.picture import PICTURES
from attractor.api.resource import Resource

_KINDS: tuple[type[AnalysisQuery], ...] = (
    EnsembleQuery,
    LyapunovQuery,
    BifurcationQuery,
    FixedPointsQuery,
    HorizonQuery,
    BasinsQuery,
)
ANALYSES = tuple(Analysis({"": kind}) for kind in _KINDS)
RESOURCES: tuple[Resource[Any, Any], ...] = (Calculation(), *ANALYSES, Analysis(PICTURES))
"""What computes, each under a path of its own."""
