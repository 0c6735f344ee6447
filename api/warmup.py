"""The kernels that requests are answered with."""

import logging
from collections.abc import Iterable

from attractor.core.catalogue import SYSTEMS
from attractor.core.float_text import rows_kernel
from attractor.core.kernel import orbit_kernel
from attractor.core.system import System


def load_kernels() -> None:
    """Compiles what orbits need, or loads it from the cache on disk: no request for an orbit compiles anything."""
    for system in SYSTEMS.values():
        orbit_kernel(system)
    rows_kernel()


def compile_kernels(systems: Iterable[System]) -> None:
    """Compiles all that requests for these systems need; else analyses do so at their first use of a system."""
    from attractor.core import density, ensemble, lyapunov, spacing
    from attractor.core import diagram_raster as raster  # which a start does without

    rows_kernel()
    of_a_system = (
        orbit_kernel,
        ensemble.advance_kernel,
        ensemble.record_kernel,
        lyapunov.stretch_kernel,
        density.count_kernel,
        density.extend_kernel,
        raster.reach_kernel,
        raster.tally_kernel,
        basins.follower.follow_kernel,
    )
    for system in systems:
        for kernel in of_a_system:
            kernel(system)
        lyapunov.stretch_kernel(system, 1)
    basins.lattice.mark_kernel()
    spacing.space_kernel()


def fill_font_cache() -> None:
    """Lists the fonts for matplotlib. Warns where the list cannot be written, as kernels do."""
    from attractor.api.pictures.canvas import cache_fonts  # which imports matplotlib, that a start does without

    try:
        cache_fonts()
    except OSError as error:
        logging.getLogger(__name__).warning("the list of fonts is not cached: %s", error)
