"""Whether this CPU has all that kernels are compiled for, where they are compiled for another, as those of the image.

Without that the first kernel would end the process by SIGILL, which says nothing.
"""

import os

BASELINES = {
    "x86-64-v3": ("avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"),
    "neoverse-n1": ("neon", "crc", "lse"),
}
"""What the image is compiled for, by NUMBA_CPU_NAME: the features, as LLVM names them, that some CPUs lack."""


class TooOld(Exception):
    """This CPU lacks what kernels use."""


def check_cpu() -> None:
    """Raises TooOld where this CPU lacks a feature of NUMBA_CPU_NAME, if that is one of BASELINES."""
    baseline = os.environ.get("NUMBA_CPU_NAME", "")
    if missing := missing_features(baseline):
        raise TooOld(
            f"This CPU lacks {', '.join(missing)}, which kernels compiled for {baseline} use: "
            "run this on a newer one, or build the image with another CPU_NAME"
        )


def missing_features(baseline: str) -> list[str]:
    """The features of a CPU of BASELINES that this one lacks; empty for any other name, and where none can be told."""
    if baseline not in BASELINES:
        return []
    from llvmlite.binding import get_host_cpu_features  # a large library, which a start without a baseline does without

    features = get_host_cpu_features()
    return [name for name in BASELINES[baseline] if features and not features.get(name)]
