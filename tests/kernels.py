"""`python -m tests.kernels` compiles all kernels that requests need, two systems' at a time."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from api.kernels import compile_kernels
from core.systems import SYSTEMS


def compile_for(name: str) -> None:
    compile_kernels([SYSTEMS[name]])


if __name__ == "__main__":
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(compile_for, sorted(SYSTEMS, key=lambda name: -SYSTEMS[name].operations)))
