"""A compute API for discrete-time dynamical systems: one URL names one orbit.

`orbit`, `ensemble`, `lyapunov`, `bifurcation`, `fixed_points`, `horizon`, `basins` and `picture` compute what the
service's paths of these names do, in this process or at a service; `get` what a URL names. Each is loaded when it is
first used.
"""

from importlib import import_module

__version__ = "0.3.0"

_PLACES = {
    **dict.fromkeys(
        ("orbit", "ensemble", "lyapunov", "bifurcation", "fixed_points", "horizon", "basins", "picture"), "functions"
    ),
    **dict.fromkeys(("get", "systems"), "functions"),
    "Result": "result",
    **dict.fromkeys(("Refused", "Unreachable"), "refusals"),
}
"""The modules of `attractor.client` that have what is offered here."""

__all__ = ["__version__", *_PLACES]


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.client.{_PLACES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
