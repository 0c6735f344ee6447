"""Everything that computes: each endpoint a module that declares it."""

from typing import Any

from api.analysis import Analysis
from api.analysis_query import AnalysisQuery
from api.basins import BasinsQuery
from api.bifurcation import BifurcationQuery
from api.calculation import Calculation
from api.ensemble import EnsembleQuery
from api.fixed_points import FixedPointsQuery
from api.horizon import HorizonQuery
from api.lyapunov import LyapunovQuery
from api.picture import PICTURES
from api.resource import Resource

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
