"""The determinant of a map's Jacobian, where it is the same everywhere: the map preserves area but for that factor."""

from collections.abc import Sequence
from fractions import Fraction

from attractor.core.balls.duals import with_jacobian
from attractor.core.balls.evaluation import Unsupported
from attractor.core.balls.polynomials import Functions, Polynomial, polynomial, variable, without_squared_sines
from attractor.core.system import System


def constant_determinant(system: System, parameters: Sequence[Fraction]) -> Fraction | None:
    """That of a map of the plane, exactly; None where it varies, or is not seen to be constant."""
    if system.dimension != 2:
        return None
    try:
        state = [variable(name) for name in system.state]
        _, rows = with_jacobian(system, Functions())(state, [polynomial(p) for p in parameters])
    except (Unsupported, AttributeError):
        return None
    (a, b), (c, d) = [[polynomial(0 if e is None else e) for e in row] for row in rows]
    determinant: Polynomial = without_squared_sines(a * d - b * c)
    return determinant.constant if determinant.is_constant else None
