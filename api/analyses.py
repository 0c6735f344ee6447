"""Everything that computes more than one orbit: each a module that declares it."""

from api.analysis import Analysis
from api.basins import BASINS
from api.bifurcation import BIFURCATION
from api.ensemble import ENSEMBLE
from api.fixed_points import FIXED_POINTS
from api.horizon import HORIZON
from api.lyapunov import LYAPUNOV

ANALYSES: tuple[Analysis, ...] = (ENSEMBLE, LYAPUNOV, BIFURCATION, FIXED_POINTS, HORIZON, BASINS)
