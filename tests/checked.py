"""The systems whose kernels are tested once more as they check each index: one of each shape, since what a kernel
indexes depends on how many coordinates and parameters there are.
"""

from attractor.core.system import System

CHECKED = ("lorenz", "tinkerbell", "thomas", "ikeda", "henon", "gingerbreadman", "logistic")  # what is dear goes first


def shape(system: System) -> tuple[int, int]:
    return system.dimension, len(system.parameters)
