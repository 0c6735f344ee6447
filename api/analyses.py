"""Everything that computes more than one orbit: each a module that declares it."""

from typing import Any

from api.analysis import Analysis
from api.basins import BasinsOfAttraction
from api.bifurcation import Bifurcation
from api.ensemble import Ensemble
from api.fixed_points import FixedPoints
from api.horizon import Horizon
from api.lyapunov import Lyapunov

ANALYSES: tuple[Analysis[Any], ...] = (
    Ensemble(),
    Lyapunov(),
    Bifurcation(),
    FixedPoints(),
    Horizon(),
    BasinsOfAttraction(),
)
