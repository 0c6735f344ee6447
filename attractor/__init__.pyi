# The types of what `attractor` offers; of the functions they are written by `make facts` from the queries' classes.
# ruff: noqa
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack, overload

from attractor.api.endpoints.systems import Entry
from attractor.client.refusals import Refused as Refused, Unreachable as Unreachable
from attractor.client.result import Result as Result

__version__: str

Number: TypeAlias = float | int | Decimal | str
Swept: TypeAlias = Number | Iterable[Number]
Ends: TypeAlias = str | tuple[Number, Number]

def get(url: str, *, at: str | None = ...) -> Result: ...
def systems() -> Mapping[str, Entry]: ...

# [[[cog cog.outl(facts.signatures()) ]]]
class _Inputs0(TypedDict):
    x0: Number
    y0: Number
    z0: Number
    sigma: Number
    rho: Number
    beta: Number
    delta_t: Number

class _Inputs1(TypedDict):
    x0: Number
    y0: Number
    z0: Number
    a: Number
    b: Number
    c: Number
    delta_t: Number

class _Inputs2(TypedDict):
    x0: Number
    y0: Number
    z0: Number
    b: Number
    delta_t: Number

class _Inputs3(TypedDict):
    x0: Number
    y0: Number
    a: Number
    b: Number

class _Inputs4(TypedDict):
    x0: Number
    r: Number

class _Inputs5(TypedDict):
    x0: Number
    y0: Number
    u: Number

class _Inputs6(TypedDict):
    x0: Number
    y0: Number
    a: Number
    b: Number
    c: Number
    d: Number

class _Inputs7(TypedDict):
    theta0: Number
    p0: Number
    k: Number

class _Inputs8(TypedDict):
    x0: Number
    y0: Number

class _Inputs9(TypedDict):
    x0: Swept
    y0: Swept
    z0: Swept
    sigma: Swept
    rho: Swept
    beta: Swept
    delta_t: Swept

class _Inputs10(TypedDict):
    x0: Swept
    y0: Swept
    z0: Swept
    a: Swept
    b: Swept
    c: Swept
    delta_t: Swept

class _Inputs11(TypedDict):
    x0: Swept
    y0: Swept
    z0: Swept
    b: Swept
    delta_t: Swept

class _Inputs12(TypedDict):
    x0: Swept
    y0: Swept
    a: Swept
    b: Swept

class _Inputs13(TypedDict):
    x0: Swept
    r: Swept

class _Inputs14(TypedDict):
    x0: Swept
    y0: Swept
    u: Swept

class _Inputs15(TypedDict):
    x0: Swept
    y0: Swept
    a: Swept
    b: Swept
    c: Swept
    d: Swept

class _Inputs16(TypedDict):
    theta0: Swept
    p0: Swept
    k: Swept

class _Inputs17(TypedDict):
    x0: Swept
    y0: Swept

class _Inputs18(TypedDict):
    sigma: Swept
    rho: Swept
    beta: Swept
    delta_t: Swept
    x: NotRequired[Ends]
    y: NotRequired[Ends]
    z: NotRequired[Ends]

class _Inputs19(TypedDict):
    a: Swept
    b: Swept
    c: Swept
    delta_t: Swept
    x: NotRequired[Ends]
    y: NotRequired[Ends]
    z: NotRequired[Ends]

class _Inputs20(TypedDict):
    b: Swept
    delta_t: Swept
    x: NotRequired[Ends]
    y: NotRequired[Ends]
    z: NotRequired[Ends]

class _Inputs21(TypedDict):
    a: Swept
    b: Swept
    x: NotRequired[Ends]
    y: NotRequired[Ends]

class _Inputs22(TypedDict):
    r: Swept
    x: NotRequired[Ends]

class _Inputs23(TypedDict):
    u: Swept
    x: NotRequired[Ends]
    y: NotRequired[Ends]

class _Inputs24(TypedDict):
    a: Swept
    b: Swept
    c: Swept
    d: Swept
    x: NotRequired[Ends]
    y: NotRequired[Ends]

class _Inputs25(TypedDict):
    k: Swept
    theta: NotRequired[Ends]
    p: NotRequired[Ends]

class _Inputs26(TypedDict):
    x: NotRequired[Ends]
    y: NotRequired[Ends]

@overload
def orbit(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs0]) -> Result: ...

@overload
def orbit(system: Literal["modified-lorenz-z"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs0]) -> Result: ...

@overload
def orbit(system: Literal["lorenz"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs0]) -> Result: ...

@overload
def orbit(system: Literal["roessler"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs1]) -> Result: ...

@overload
def orbit(system: Literal["chen"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs1]) -> Result: ...

@overload
def orbit(system: Literal["thomas"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs2]) -> Result: ...

@overload
def orbit(system: Literal["henon"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs3]) -> Result: ...

@overload
def orbit(system: Literal["logistic"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs4]) -> Result: ...

@overload
def orbit(system: Literal["ikeda"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs5]) -> Result: ...

@overload
def orbit(system: Literal["lozi"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs3]) -> Result: ...

@overload
def orbit(system: Literal["tinkerbell"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs6]) -> Result: ...

@overload
def orbit(system: Literal["standard"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs7]) -> Result: ...

@overload
def orbit(system: Literal["duffing"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs3]) -> Result: ...

@overload
def orbit(system: Literal["gingerbreadman"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs8]) -> Result: ...

@overload
def orbit(system: Literal["clifford"], *, at: str | None = ..., steps: int | None = ..., skip: int | None = ..., every: int | None = ..., include_start: bool | None = ..., precision: Literal["auto", "double", "decimal"] | None = ..., digits: int | None = ..., correct: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs6]) -> Result: ...

@overload
def ensemble(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def ensemble(system: Literal["modified-lorenz-z"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def ensemble(system: Literal["lorenz"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def ensemble(system: Literal["roessler"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def ensemble(system: Literal["chen"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def ensemble(system: Literal["thomas"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs11]) -> Result: ...

@overload
def ensemble(system: Literal["henon"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def ensemble(system: Literal["logistic"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs13]) -> Result: ...

@overload
def ensemble(system: Literal["ikeda"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs14]) -> Result: ...

@overload
def ensemble(system: Literal["lozi"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def ensemble(system: Literal["tinkerbell"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def ensemble(system: Literal["standard"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs16]) -> Result: ...

@overload
def ensemble(system: Literal["duffing"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def ensemble(system: Literal["gingerbreadman"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs17]) -> Result: ...

@overload
def ensemble(system: Literal["clifford"], *, at: str | None = ..., steps: int | None = ..., keep: Literal["final", "orbits"] | None = ..., skip: int | None = ..., every: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def lyapunov(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def lyapunov(system: Literal["modified-lorenz-z"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def lyapunov(system: Literal["lorenz"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def lyapunov(system: Literal["roessler"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def lyapunov(system: Literal["chen"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def lyapunov(system: Literal["thomas"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs11]) -> Result: ...

@overload
def lyapunov(system: Literal["henon"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def lyapunov(system: Literal["logistic"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs13]) -> Result: ...

@overload
def lyapunov(system: Literal["ikeda"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs14]) -> Result: ...

@overload
def lyapunov(system: Literal["lozi"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def lyapunov(system: Literal["tinkerbell"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def lyapunov(system: Literal["standard"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs16]) -> Result: ...

@overload
def lyapunov(system: Literal["duffing"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def lyapunov(system: Literal["gingerbreadman"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs17]) -> Result: ...

@overload
def lyapunov(system: Literal["clifford"], *, at: str | None = ..., steps: int | None = ..., transient: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def bifurcation(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def bifurcation(system: Literal["modified-lorenz-z"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def bifurcation(system: Literal["lorenz"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def bifurcation(system: Literal["roessler"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def bifurcation(system: Literal["chen"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def bifurcation(system: Literal["thomas"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs11]) -> Result: ...

@overload
def bifurcation(system: Literal["henon"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def bifurcation(system: Literal["logistic"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs13]) -> Result: ...

@overload
def bifurcation(system: Literal["ikeda"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs14]) -> Result: ...

@overload
def bifurcation(system: Literal["lozi"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def bifurcation(system: Literal["tinkerbell"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def bifurcation(system: Literal["standard"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs16]) -> Result: ...

@overload
def bifurcation(system: Literal["duffing"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def bifurcation(system: Literal["gingerbreadman"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs17]) -> Result: ...

@overload
def bifurcation(system: Literal["clifford"], *, at: str | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def fixed_points(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs18]) -> Result: ...

@overload
def fixed_points(system: Literal["modified-lorenz-z"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs18]) -> Result: ...

@overload
def fixed_points(system: Literal["lorenz"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs18]) -> Result: ...

@overload
def fixed_points(system: Literal["roessler"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs19]) -> Result: ...

@overload
def fixed_points(system: Literal["chen"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs19]) -> Result: ...

@overload
def fixed_points(system: Literal["thomas"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs20]) -> Result: ...

@overload
def fixed_points(system: Literal["henon"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs21]) -> Result: ...

@overload
def fixed_points(system: Literal["logistic"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs22]) -> Result: ...

@overload
def fixed_points(system: Literal["ikeda"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs23]) -> Result: ...

@overload
def fixed_points(system: Literal["lozi"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs21]) -> Result: ...

@overload
def fixed_points(system: Literal["tinkerbell"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs24]) -> Result: ...

@overload
def fixed_points(system: Literal["standard"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs25]) -> Result: ...

@overload
def fixed_points(system: Literal["duffing"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs21]) -> Result: ...

@overload
def fixed_points(system: Literal["gingerbreadman"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs26]) -> Result: ...

@overload
def fixed_points(system: Literal["clifford"], *, at: str | None = ..., period: int | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs24]) -> Result: ...

@overload
def horizon(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def horizon(system: Literal["modified-lorenz-z"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def horizon(system: Literal["lorenz"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def horizon(system: Literal["roessler"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def horizon(system: Literal["chen"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def horizon(system: Literal["thomas"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs11]) -> Result: ...

@overload
def horizon(system: Literal["henon"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def horizon(system: Literal["logistic"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs13]) -> Result: ...

@overload
def horizon(system: Literal["ikeda"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs14]) -> Result: ...

@overload
def horizon(system: Literal["lozi"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def horizon(system: Literal["tinkerbell"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def horizon(system: Literal["standard"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs16]) -> Result: ...

@overload
def horizon(system: Literal["duffing"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def horizon(system: Literal["gingerbreadman"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs17]) -> Result: ...

@overload
def horizon(system: Literal["clifford"], *, at: str | None = ..., steps: int | None = ..., every: int | None = ..., least: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def basins(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def basins(system: Literal["modified-lorenz-z"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def basins(system: Literal["lorenz"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def basins(system: Literal["roessler"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def basins(system: Literal["chen"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def basins(system: Literal["thomas"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs11]) -> Result: ...

@overload
def basins(system: Literal["henon"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def basins(system: Literal["logistic"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs13]) -> Result: ...

@overload
def basins(system: Literal["ikeda"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs14]) -> Result: ...

@overload
def basins(system: Literal["lozi"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def basins(system: Literal["tinkerbell"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def basins(system: Literal["standard"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs16]) -> Result: ...

@overload
def basins(system: Literal["duffing"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def basins(system: Literal["gingerbreadman"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs17]) -> Result: ...

@overload
def basins(system: Literal["clifford"], *, at: str | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def picture(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["modified-lorenz-z"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["lorenz"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["roessler"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def picture(system: Literal["chen"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def picture(system: Literal["thomas"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs11]) -> Result: ...

@overload
def picture(system: Literal["henon"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["logistic"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs13]) -> Result: ...

@overload
def picture(system: Literal["ikeda"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs14]) -> Result: ...

@overload
def picture(system: Literal["lozi"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["tinkerbell"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def picture(system: Literal["standard"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs16]) -> Result: ...

@overload
def picture(system: Literal["duffing"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["gingerbreadman"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs17]) -> Result: ...

@overload
def picture(system: Literal["clifford"], *, at: str | None = ..., of: Literal["density"] = ..., width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., plane: str | Iterable[str] | None = ..., horizontal: Ends | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def picture(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["modified-lorenz-z"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["lorenz"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["roessler"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def picture(system: Literal["chen"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def picture(system: Literal["thomas"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs11]) -> Result: ...

@overload
def picture(system: Literal["henon"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["logistic"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs13]) -> Result: ...

@overload
def picture(system: Literal["ikeda"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs14]) -> Result: ...

@overload
def picture(system: Literal["lozi"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["tinkerbell"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def picture(system: Literal["standard"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs16]) -> Result: ...

@overload
def picture(system: Literal["duffing"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["gingerbreadman"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs17]) -> Result: ...

@overload
def picture(system: Literal["clifford"], *, at: str | None = ..., of: Literal["bifurcation"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., transient: int | None = ..., kept: int | None = ..., coordinate: str | Iterable[str] | None = ..., continuation: bool | None = ..., vertical: Ends | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def picture(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["modified-lorenz-z"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["lorenz"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["roessler"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def picture(system: Literal["chen"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def picture(system: Literal["thomas"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs11]) -> Result: ...

@overload
def picture(system: Literal["henon"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["logistic"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs13]) -> Result: ...

@overload
def picture(system: Literal["ikeda"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs14]) -> Result: ...

@overload
def picture(system: Literal["lozi"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["tinkerbell"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def picture(system: Literal["standard"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs16]) -> Result: ...

@overload
def picture(system: Literal["duffing"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["gingerbreadman"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs17]) -> Result: ...

@overload
def picture(system: Literal["clifford"], *, at: str | None = ..., of: Literal["basins"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., escape: Number | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def picture(system: Literal["modified-lorenz"] = ..., *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["modified-lorenz-z"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["lorenz"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs9]) -> Result: ...

@overload
def picture(system: Literal["roessler"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def picture(system: Literal["chen"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs10]) -> Result: ...

@overload
def picture(system: Literal["thomas"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs11]) -> Result: ...

@overload
def picture(system: Literal["henon"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["logistic"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs13]) -> Result: ...

@overload
def picture(system: Literal["ikeda"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs14]) -> Result: ...

@overload
def picture(system: Literal["lozi"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["tinkerbell"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...

@overload
def picture(system: Literal["standard"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs16]) -> Result: ...

@overload
def picture(system: Literal["duffing"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs12]) -> Result: ...

@overload
def picture(system: Literal["gingerbreadman"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs17]) -> Result: ...

@overload
def picture(system: Literal["clifford"], *, at: str | None = ..., of: Literal["lyapunov"], width: int | None = ..., height: int | None = ..., theme: Literal["light", "dark"] | None = ..., steps: int | None = ..., transient: int | None = ..., exponent: int | None = ..., colormap: Literal["viridis", "viridis_r", "cividis", "cividis_r", "magma", "magma_r", "inferno", "inferno_r", "plasma", "plasma_r", "vanimo", "vanimo_r", "berlin", "berlin_r", "managua", "managua_r", "RdBu", "RdBu_r", "PuOr", "PuOr_r", "BrBG", "BrBG_r"] | None = ..., format: Literal["png", "svg"] | None = ..., edition: int | None = ..., **inputs: Unpack[_Inputs15]) -> Result: ...
# [[[end]]]
