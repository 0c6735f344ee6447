"""Everything that computes more than one orbit: each a module that declares it."""

from attractor.api.endpoints.analysis import Analysis
from attractor.api.endpoints.basins import BASINS
from attractor.api.endpoints.bifurcation import BIFURCATION
from attractor.api.endpoints.ensemble import ENSEMBLE
from attractor.api.endpoints.fixed_points import FIXED_POINTS
from attractor.api.endpoints.horizon import HORIZON
from attractor.api.endpoints.lyapunov import LYAPUNOV

ANALYSES: tuple[Analysis, ...] = (ENSEMBLE, LYAPUNOV, BIFURCATION, FIXED_POINTS, HORIZON, BASINS)
