"""Everything that computes: each endpoint a module that declares it."""

from typing import Any

from api.analysis import Analysis
from api.basins import BasinsOfAttraction
from api.bifurcation import Bifurcation
from api.calculation import Calculation
from api.ensemble import Ensemble
from api.fixed_points import FixedPoints
from api.horizon import Horizon
from api.lyapunov import Lyapunov
from api.picture import Pictures
from api.resource import Resource

ANALYSES: tuple[Analysis[Any], ...] = (
    Ensemble(),
    Lyapunov(),
    Bifurcation(),
    FixedPoints(),
    Horizon(),
    BasinsOfAttraction(),
)
RESOURCES: tuple[Resource[Any, Any], ...] = (Calculation(), *ANALYSES, Pictures())
"""What computes, each under a path of its own."""
