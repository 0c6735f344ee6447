"""The systems whose kernels are tested once more as they check each index: one of each shape, since what a kernel
indexes depends on how many coordinates and parameters there are.

`python -m tests.checked` compiles all that requests for these need, two systems' at a time.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from api.kernels import compile_kernels
from core.system import System
from core.systems import SYSTEMS

CHECKED = ("lorenz", "tinkerbell", "thomas", "ikeda", "henon", "gingerbreadman", "logistic")  # what is dear goes first


def shape(system: System) -> tuple[int, int]:
    return system.dimension, len(system.parameters)


def compile_for(name: str) -> None:
    compile_kernels([SYSTEMS[name]])


if __name__ == "__main__":
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(compile_for, CHECKED))
