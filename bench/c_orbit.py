"""The same loop in C, written from a system's formula and compiled on the spot."""

import ast
import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from attractor.core.kernel import Floats, Orbit
from attractor.core.system import System

FLAGS = ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]


class NoCompiler(Exception):
    """There is no C compiler to compare with."""


def source(system: System) -> str:
    """`void orbit(const double *state, const double *parameters, double *out, long steps)`."""
    expressions = [(name, following, ast.unparse(value)) for name, following, value in system.assignments]
    state, parameters = list(enumerate(system.state)), list(enumerate(system.parameters))
    return "\n".join(
        [
            "#include <math.h>",
            "#define abs fabs",
            "void orbit(const double *state, const double *parameters, double *out, long steps) {",
            *(f"double {name} = state[{i}];" for i, name in state),
            *(f"const double {name} = parameters[{i}];" for i, name in parameters),
            f"for (long i = 0; i < steps; i++, out += {system.dimension}) {{",
            *(
                f"const double {name}{'_next' * following} = {expression};"
                for name, following, expression in expressions
            ),
            *(f"out[{i}] = {name} = {name}_next;" for i, name in state),
            "}}",
        ]
    )


def c_orbit(system: System) -> Callable[[Floats, Floats, Orbit], None]:
    """The compiled loop, called as the kernel is. Raises NoCompiler."""
    function = _library(source(system)).orbit
    pointer = ctypes.POINTER(ctypes.c_double)

    def orbit(state: Floats, parameters: Floats, out: Orbit) -> None:
        function(
            (ctypes.c_double * len(state))(*state),
            (ctypes.c_double * len(parameters))(*parameters),
            out.ctypes.data_as(pointer),
            ctypes.c_long(len(out)),
        )

    return orbit


def ensemble_source(system: System, lanes: int) -> str:
    """`void ensemble(double *blocks, long count, long steps)` on blocks as `core.lanes` lays them out."""
    names = [*system.state, *system.parameters]
    width, size = len(names), system.dimension
    return "\n".join(
        [
            "#include <math.h>",
            "#include <string.h>",
            "#define abs fabs",
            "void ensemble(double *blocks, long count, long steps) {",
            f"for (long b = 0; b < count; b++, blocks += {width * lanes}) {{",
            f"double cells[{width}][{lanes}]; memcpy(cells, blocks, sizeof cells);",
            "for (long i = 0; i < steps; i++)",
            f"for (int lane = 0; lane < {lanes}; lane++) {{",
            *(f"const double {name} = cells[{i}][lane];" for i, name in enumerate(names)),
            *(
                f"const double {name}{'_next' * following} = {ast.unparse(value)};"
                for name, following, value in system.assignments
            ),
            *(f"cells[{i}][lane] = {name}_next;" for i, name in enumerate(system.state)),
            "}",
            f"memcpy(blocks, cells, {size * lanes} * sizeof(double));",
            "}}",
        ]
    )


def c_ensemble(system: System, lanes: int) -> Callable[[Orbit, int], None]:
    """The blocked, vectorised loop, called as `core.ensemble.advance_kernel`'s is. Raises NoCompiler."""
    function = _library(ensemble_source(system, lanes)).ensemble

    def ensemble(blocks: Orbit, steps: int) -> None:
        pointer = blocks.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
        function(pointer, ctypes.c_long(len(blocks)), ctypes.c_long(steps))

    return ensemble


def _library(text: str) -> ctypes.CDLL:
    if shutil.which("gcc") is None:
        raise NoCompiler("no gcc on this machine: the comparison with C needs it (Debian: apt-get install gcc)")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "orbit.so"
        command = ["gcc", *FLAGS, "-x", "c", "-", "-o", str(library), "-lm"]
        subprocess.run(command, input=text, text=True, check=True)
        return ctypes.CDLL(str(library))
