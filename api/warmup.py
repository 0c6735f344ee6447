"""Compiles the kernels that requests need, or loads them from the cache on disk."""

import logging
import multiprocessing
from collections.abc import Iterable, Sequence

from attractor.api import host
from attractor.core.catalogue import SYSTEMS
from attractor.core.compiler import COMPILER
from attractor.core.decimal_text import decimal_kernel
from attractor.core.float_text import rows_kernel
from attractor.core.kernel import orbit_kernel
from attractor.core.system import System


def load_kernels() -> None:
    """Compiles what orbits need, or loads it from the cache on disk: no request for an orbit compiles anything."""
    for system in SYSTEMS.values():
        orbit_kernel(system)
    rows_kernel()
    decimal_kernel()


def compile_kernels(systems: Iterable[System]) -> None:
    """Compiles all that requests for these systems need; else analyses do so at their first use of a system."""
    from attractor.api.endpoints.analyses import RESOURCES  # which a start of workers does without
    from attractor.core.elementary.values import compile_all
    from attractor.core.spacing import space_kernel

    kinds = [kind for resource in RESOURCES for kind in resource.kinds.values()]
    rows_kernel()
    decimal_kernel()
    for system in systems:
        for kernel in [kernel for kind in kinds for kernel in kind.kernels]:
            kernel(system)
    space_kernel()
    compile_all()


def compile_on_all_cpus(systems: Sequence[System]) -> bool:
    """`compile_kernels` in this process, which is to end, and in its forks; lists the fonts, too. Whether none failed.

    What all kernels share is compiled before this process forks.
    """
    COMPILER.is_apart = False
    compile_kernels(systems[:1])
    parts = min(len(systems) - 1, host.workers(host.cpus(), host.memory()))
    fork = multiprocessing.get_context("fork").Process
    processes = [fork(target=compile_kernels, args=(systems[1 + i :: parts],)) for i in range(parts)]
    for process in processes:
        process.start()
    fill_font_cache()
    for process in processes:
        process.join()
    return not any(process.exitcode for process in processes)


def fill_font_cache() -> None:
    """Lists the fonts for matplotlib. Warns where the list cannot be written, as kernels do."""
    from attractor.api.pictures.canvas import cache_fonts  # which imports matplotlib, that a start does without

    try:
        cache_fonts()
    except OSError as error:
        logging.getLogger(__name__).warning("the list of fonts is not cached: %s", error)
