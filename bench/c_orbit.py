"""The same loop in C, written from a system's formula and compiled on the spot."""

import ast
import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from core.kernel import Floats, Orbit
from core.system import System

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
    if shutil.which("gcc") is None:
        raise NoCompiler("no gcc on this machine: the comparison with C needs it (Debian: apt-get install gcc)")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "orbit.so"
        command = ["gcc", *FLAGS, "-x", "c", "-", "-o", str(library), "-lm"]
        subprocess.run(command, input=source(system), text=True, check=True)
        function = ctypes.CDLL(str(library)).orbit
    pointer = ctypes.POINTER(ctypes.c_double)

    def orbit(state: Floats, parameters: Floats, out: Orbit) -> None:
        function(
            (ctypes.c_double * len(state))(*state),
            (ctypes.c_double * len(parameters))(*parameters),
            out.ctypes.data_as(pointer),
            ctypes.c_long(len(out)),
        )

    return orbit
