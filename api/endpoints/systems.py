"""The catalogue as clients see it."""

from msgspec import Struct
from msgspec.structs import replace

from attractor.core.catalogue import WORDS, Words
from attractor.core.formula import latex, plain_text
from attractor.core.system import System, per_system


class Formula(Struct, frozen=True):
    """A step as equations."""

    text: str
    """One equation a line, valid as a Python expression on the right; a prime marks the next value."""
    latex: str


class Entry(Struct, frozen=True):
    """A system of the catalogue."""

    name: str
    title: str
    dimension: int
    state: tuple[str, ...]
    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    """The inputs that a query must give: initial conditions, then parameters."""
    canonical: dict[str, float]
    formula: Formula
    decimal: bool
    """Whether precision=decimal is available, as it is for every system."""
    source: str
    about: str
    meanings: dict[str, str]
    """The meaning of each coordinate and parameter."""
    example: str
    """An URL that works as it is."""


@per_system
def entry(system: System) -> Entry:
    """The entry of `system`, its example without an origin."""
    words = WORDS.get(system.name, Words("", {}))
    return Entry(
        name=system.name,
        title=system.title,
        dimension=system.dimension,
        state=system.state,
        parameters=system.parameters,
        inputs=system.inputs,
        canonical=system.canonical,
        formula=Formula(plain_text(system), latex(system)),
        decimal=True,
        source=system.source,
        about=words.about,
        meanings=words.meanings,
        example=example_path(system),
    )


def entry_under(origin: str, system: System) -> Entry:
    """The entry of `system`, its example under `origin`."""
    known = entry(system)
    return replace(known, example=origin + known.example)


def example_path(system: System) -> str:
    """A path and query that ask for 20 steps from the canonical values."""
    values = "&".join(f"{name}={value!r}".removesuffix(".0") for name, value in system.canonical.items())
    return f"/calculation?system={system.name}&{values}".removesuffix("&")
