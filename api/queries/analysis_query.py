"""What a query for many orbits says, once it is read."""

import math
from typing import Any, ClassVar

from msgspec import Raw, Struct

from attractor.api.queries.ranges import Values
from attractor.core.grid import Axis, Grid, axis
from attractor.core.system import System

_STEPS = ("transient", "steps", "kept")
"""The options that say how many steps there are, those before what is looked at among them."""


class AnalysisQuery(Struct, frozen=True):
    """A valid query: each input and each option by its name, in canonical order."""

    path: str
    system: System
    inputs: dict[str, Values]
    options: dict[str, Any]
    """What the texts of the options mean."""
    texts: dict[str, str]
    format: str
    memory: int = 0
    """Bytes that the answer holds while it is in flight, about."""
    seconds: float = 0
    """CPU seconds that the answer takes, about."""

    is_short: ClassVar[bool] = False

    @property
    def canonical(self) -> str:
        spelled = {name: values.text for name, values in self.inputs.items()}
        pairs = {"system": self.system.name, **spelled, **self.texts, "format": self.format}
        return f"{self.path}?" + "&".join(f"{name}={text}" for name, text in pairs.items())

    @property
    def swept(self) -> list[str]:
        """The inputs with more than one value."""
        return [name for name, values in self.inputs.items() if values.is_swept]

    @property
    def points(self) -> int:
        return math.prod(values.count for values in self.inputs.values())

    @property
    def steps(self) -> int:
        """Of all orbits together, as far as the options say how many."""
        each: int = sum(self.options.get(name, 0) for name in _STEPS)
        return self.points * each

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the grid."""
        return tuple(self.inputs[name].count for name in self.swept)

    def grid(self) -> Grid:
        return Grid([self.axis(name) for name in self.inputs])

    def axis(self, name: str) -> Axis:
        """The values of an input; those of a list, which are few, lie in memory."""
        values = self.inputs[name]
        return values if ":" in values.text else axis(values.doubles())

    def first(self) -> tuple[list[float], list[float]]:
        """Initial conditions and parameters of the grid's first point."""
        values = self.grid().rows(0, 1)[0].tolist()
        return values[: self.system.dimension], values[self.system.dimension :]

    def said(self) -> dict[str, Any]:
        """The query as an answer repeats it, with every default."""
        inputs = {n: v.text if v.is_swept else Raw(v.text.encode()) for n, v in self.inputs.items()}
        plain = (bool, int, float)
        options = {n: v if isinstance(v, plain) else self.texts[n] for n, v in self.options.items()}
        return {"system": self.system.name, **inputs, **options}
