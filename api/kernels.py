"""The kernels that requests are answered with."""

from core.kernel import orbit_kernel
from core.systems import SYSTEMS
from core.text import rows_kernel


def load_kernels() -> None:
    """Compiles all of them, or loads them from the cache on disk: no request compiles any."""
    for system in SYSTEMS.values():
        orbit_kernel(system)
    rows_kernel()
