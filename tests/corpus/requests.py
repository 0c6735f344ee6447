"""What the corpus asks: every kind of request that a client may make, as data.

Nothing here is taken from `api`, so that no change of it changes what is asked.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

from attractor.core.catalogue import SYSTEMS
from attractor.core.system import System
from tests.conftest import ROOT


class Request(NamedTuple):
    """A request; `{assets}` and `{etag}` stand for what the service says they are."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    raw: bytes = b""
    """Sent as it is instead of all above, which then are its name."""

    @property
    def name(self) -> str:
        """A line that no other request has."""
        parts = [self.method, short(self.target), *(f"[{name}: {short(value, 100)}]" for name, value in self.headers)]
        return " ".join([*parts, *([self.body] if self.body else [])])


def short(text: str, most: int = 400) -> str:
    return text if len(text) <= most else f"{text[:60]}…({len(text)} characters)"


def get(target: str, *headers: tuple[str, str]) -> Request:
    return Request("GET", target, headers)


TEXT = "json", "columns", "ndjson", "csv"
FORMATS = *TEXT, "arrow", "npy", "parquet"
PICTURES = "png", "svg"
HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
LORENZ = "x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2"
LINE = "system=logistic&x0=-0.2:1.2:15&r=3.2"
GRID = "system=henon&x0=-1:1:12&y0=-1:1:10&a=1.4&b=0.3"
OVER_A = "system=henon&x0=0.1&y0=0&a=1:1.4:5&b=0.3"
SMALL = "&width=200&height=160"

COMPUTING = {
    "/calculation": HENON,
    "/ensemble": "system=henon&x0=0:0.5:4&y0=0&a=1.4&b=0.3&steps=10",
    "/lyapunov": f"{HENON}&steps=500&transient=10",
    "/bifurcation": f"{OVER_A}&transient=100&kept=4",
    "/fixed-points": "system=henon&a=1.4&b=0.3",
    "/horizon": f"{HENON}&steps=20&every=5",
    "/basins": f"{LINE}&steps=500",
    "/picture": f"{HENON}&steps=500&width=160&height=120",
}
"""Each path that computes, with a sound query."""

OPTIONS = {
    "/calculation": "steps skip every include_start precision digits correct format edition",
    "/ensemble": "steps keep skip every format edition",
    "/lyapunov": "steps transient format edition",
    "/bifurcation": "transient kept coordinate continuation format edition",
    "/fixed-points": "period format edition",
    "/horizon": "steps every least format edition",
    "/basins": "steps escape format edition",
    "/picture": "width height steps transient plane horizontal vertical colormap format edition",
    "/picture?of=bifurcation": "width height transient kept coordinate continuation vertical colormap format edition",
    "/picture?of=basins": "width height steps escape format edition",
    "/picture?of=lyapunov": "width height steps transient exponent colormap format edition",
}

PATHS = (
    *COMPUTING,
    "/",
    "/docs",
    "/systems",
    "/systems/henon",
    "/systems/none",
    "/health/live",
    "/health/ready",
    "/schema",
    "/openapi.json",
    "/robots.txt",
    "/favicon.ico",
    "/.well-known/security.txt",
    "/.well-known/api-catalog",
    "/llms.txt",
    "/assets/{assets}/main.js",
    "/assets/none.js",
    "/metrics",
    "/nowhere",
)
OTHER_METHODS = "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"
BROWSER = "accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def inputs(system: System, **changed: str) -> str:
    """A query that names an orbit of `system`: its canonical values, but for what is `changed`."""
    values = {name: repr(value).removesuffix(".0") for name, value in system.canonical.items()} | changed
    return f"system={system.name}&" + "&".join(f"{name}={value}" for name, value in values.items())


def computed() -> Iterator[Request]:
    """Every system at every path that computes, in every format."""
    for system in SYSTEMS.values():
        q, first, is_known = inputs(system), system.start[0], system.name in ("henon", "clifford")
        for form in FORMATS if is_known else FORMATS[:-1]:
            yield get(f"/calculation?{q}&steps=50&format={form}")
        for form in FORMATS if is_known else ("csv",):
            yield get(f"/ensemble?{inputs(system, **{first: '0.1:0.3:4'})}&steps=100&format={form}")
        more = ("", "&steps=3000&skip=17&every=13&include_start=true", "&steps=200000&every=50000")
        for options in (*more, "&steps=12&precision=decimal&digits=60", "&steps=40&precision=double", "&correct=30"):
            yield get(f"/calculation?{q}{options}")
        swept = inputs(system, **{first: "0.1,0.2,0.3"})
        yield get(f"/ensemble?{swept}&steps=10&keep=orbits&every=2")
        yield get(f"/lyapunov?{q}&steps=2000&transient=100")
        yield get(f"/horizon?{q}&steps=60&every=20")
        if system.name in ("henon", "thomas", "chen", "standard"):
            yield get(f"/picture?{q}&steps=5000{SMALL}")
        if parameters := system.parameters:
            value = system.canonical[parameters[0]]
            over = inputs(system, **{parameters[0]: f"{value - 0.1:.4g}:{value:.4g}:3"})
            yield get(f"/bifurcation?{over}&transient=200&kept=4")
        if is_known:
            for form in ("csv", "columns", "ndjson", "arrow", "npy", "parquet"):
                yield get(f"/lyapunov?{over}&steps=200&transient=10&format={form}")
                yield get(f"/bifurcation?{over}&transient=50&kept=3&format={form}")
                yield get(f"/horizon?{swept}&steps=10&every=5&format={form}")
                yield get(f"/ensemble?{swept}&steps=6&keep=orbits&skip=2&every=2&format={form}")
        if system.name in ("henon", "logistic", "lorenz", "duffing", "lozi"):
            fixed = "&".join([f"system={system.name}", *(f"{name}={system.canonical[name]!r}" for name in parameters)])
            yield get(f"/fixed-points?{fixed}")
        if system.name in ("henon", "duffing"):
            yield get(f"/basins?{inputs(system, x0='-1:1:30', y0='-1:1:30')}&steps=2000")
    for form in FORMATS:
        yield get(f"/fixed-points?system=logistic&r=3.5,3.9&format={form}")
        yield get(f"/basins?{LINE}&steps=500&format={form}")
    yield get("/fixed-points?system=henon&a=1.4&b=0.3&period=4")
    yield get(f"/basins?{GRID}&steps=500&format=npy")
    yield get(f"/picture?{HENON}&steps=5000{SMALL}&colormap=magma_r")
    for form in PICTURES:
        yield get(f"/picture?{HENON}&steps=5000{SMALL}&format={form}")
        yield get(f"/picture?of=bifurcation&{OVER_A}&transient=100&kept=50{SMALL}&format={form}")
        yield get(f"/picture?of=lyapunov&{OVER_A}&steps=200{SMALL}&format={form}")
        yield get(f"/picture?of=basins&{GRID}&steps=500{SMALL}&format={form}")
        yield get(f"/picture?of=lyapunov&system=henon&x0=0&y0=0&a=1:1.4:4&b=0.1:0.3:3&steps=100{SMALL}&format={form}")
    yield get(f"/picture?{HENON}&steps=5000&horizontal=-1:1&vertical=-0.2:0.2&plane=y,x{SMALL}")
    yield get(f"/picture?of=bifurcation&{OVER_A}&kept=50&continuation=true&coordinate=y&vertical=-1:1{SMALL}")
    yield get(f"/bifurcation?{OVER_A}&transient=100&kept=4&coordinate=y&continuation=true")
    yield get(f"/calculation?{LORENZ}&steps=300&format=ndjson")
    for precision, form in product(("double", "decimal"), FORMATS):
        yield get(f"/calculation?{LORENZ}&precision={precision}&format={form}")


SPELLINGS = (
    *("1e-1", "1E-1", ".5", "5.", "+0.1", "-0", "00.1", "0.10", "1e400", "1e-400", "123456789012345678901234567890"),
    *("0.1000000000000000055511151231257827", "9" * 390, "%30%2E1", "%EF%BC%91", "0x1", "1_0", "%201", "1%20", "1+"),
    *("1;2", "inf", "-inf", "nan", "Infinity", "1d3", "1e", "e1", "-", "--1", "%ZZ", "%", "%FF", "%00", "true", "null"),
)
SWEEPS = (
    *(
        "0:1",
        "1:0:5",
        "0:1:1",
        "0:1:0",
        "0:0:3",
        "1,2,",
        ",1",
        "1,,2",
        "0:1:9999999999",
        "0:1:20000000",
        "nan",
        "1:nan:3",
    ),
    *("0:1:2:3", "0:1:2.5", "0:1:-2", "::", ":", "1,2:3:4", "0.10:1e0:3", "1,1,1", "-0,0", "+1,.5,5.", "1e400:1:2"),
)

REFUSED = {
    "/calculation": (
        *("", "&", "x0", "=1", "x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1", "system=", "system=henn&x0=0&y0=0&a=1&b=1"),
        *(f"{HENON}&colour=red", f"{HENON}&Steps=3", f"{HENON}&a=1.4", f"{HENON}&%61=1", f"{HENON}&f%6Frmat=csv"),
        *(
            f"{HENON}&n1=1&n2=2&n3=3&n4=4&n5=5",
            f"{HENON}&%zz=1",
            f"{HENON}&%ff=1",
            f"{HENON}&é=1",
            f"{HENON}&c0=1&z0=3",
        ),
        "x0=1_0&y0=0x2&z0=%D9%A3&sigma=inf&rho=nan&beta=&delta_t=%ZZ",
        "system=hennon&steps=0&format=jsn&x0=nan&precision=exact&digits=x&include_start=1",
        *(f"{HENON}&steps={v}" for v in ("0", "1e3", "1000000001", "07", "+7", "%37", "9" * 40)),
        *(f"{HENON}&skip={v}" for v in ("19", "20", "1000000001")),
        *(f"{HENON}&every={v}" for v in ("0", "20", "21")),
        *(f"{HENON}&format={v}" for v in ("xml", "JSON", "jsn", "png", "z" * 300)),
        *(f"{HENON}&include_start={v}" for v in ("True", "yes", "0")),
        *(f"{HENON}&precision={v}" for v in ("Double", "auto&digits=28", "double&digits=5")),
        *(f"{HENON}&precision=decimal&digits={v}" for v in ("0", "1", "1000", "1001", "28.5")),
        *(f"{HENON}&precision=decimal{v}" for v in ("&format=npy", "&steps=100000000", "&digits=1000&steps=100000000")),
        *(f"{HENON}&correct={v}" for v in ("0", "1001", "2.5", "9&format=npy", "9&digits=9", "9&steps=100000000")),
        *(f"{HENON}&steps=1000000000&format={v}" for v in (*TEXT, "parquet")),
        *(f"{HENON}&steps=1000000000&include_start=true&format={v}" for v in ("arrow", "npy")),
        *(f"{HENON}&steps=1000000000&every={v}" for v in ("7", "9")),
        "system=thomas&x0=1&y0=0&z0=0&b=0.2&delta_t=0.05&precision=decimal",
        f"{LORENZ}&format=npy",
        *(f"{HENON}&{'&'.join(['x' * 100 + '=1'] * n)}" for n in (1, 95, 120, 170)),
        f"{HENON}&{'a' * 17_000}=1",
        f"{HENON}&steps={'0' * 900}20",
        f"{HENON}&steps={'0' * 9_000}20",
    ),
    "/ensemble": (
        *(f"system=henon&x0={v}&y0=0&a=1.4&b=0.3&steps=5" for v in SWEEPS),
        *(f"{HENON}&{v}" for v in ("skip=1", "every=2", "keep=all", "keep=orbits&skip=1000", "keep=orbits&every=1001")),
        f"{GRID}&steps=5&format=xml",
        "system=henon&x0=0:1:1000000&y0=0&a=1.4&b=0.3&steps=1000000000",
        "system=henon&x0=0:1:1000000&y0=0&a=1.4&b=0.3&keep=orbits&steps=100000",
        "system=henon&x0=0:1:4000&y0=0:1:4000&a=1.4&b=0.3",
        "system=hennon&x0=0:1:3",
        "",
    ),
    "/lyapunov": (
        *(f"{HENON}&{v}" for v in ("steps=1", "transient=-1", "transient=1000000001", "format=png")),
        "system=henon&x0=0:1:1000000&y0=0&a=1.4&b=0.3&steps=1000000000",
        "",
    ),
    "/bifurcation": (
        *(
            HENON,
            GRID,
            f"{OVER_A}&kept=10001",
            f"{OVER_A}&kept=0",
            f"{OVER_A}&coordinate=w",
            f"{OVER_A}&coordinate=x,y",
        ),
        *("system=henon&x0=0:1:3&y0=0&a=1:1.4:3&b=0.3", "system=henon&x0=0&y0=0&a=1:1.4:3&b=0.1,0.3", ""),
        "system=gingerbreadman&x0=0&y0=0",
        "system=henon&x0=0&y0=0&a=1:1.4:1000000&b=0.3&kept=10000&transient=1000000",
    ),
    "/fixed-points": (
        *("system=henon&a=1.4&b=0.3&x0=1", "system=henon&a=1.4", "system=henon&a=1.4&b=0.3&period=13", ""),
        *("system=henon&a=1.4&b=0.3&format=npy", "system=henon&a=0:1:10000000&b=0.3&period=12"),
        "system=gingerbreadman",
    ),
    "/horizon": (
        *(f"{HENON}&{v}" for v in ("format=npy", "steps=1000001", "least=0", "least=-1", "least=x")),
        f"{HENON}&every=200",
        "",
    ),
    "/basins": (
        *(HENON, OVER_A, f"{GRID}&escape=0", f"{GRID}&escape=-1", f"{GRID}&steps=10000001", ""),
        *("system=henon&x0=0:1:2000&y0=0:1:2000&a=1.4&b=0.3", "system=henon&x0=0:1:9&y0=0&a=1,2&b=0.3"),
        "system=lorenz&x0=0:1:1000&y0=0:1:1000&z0=1&sigma=10&rho=28&beta=2&delta_t=0.01&steps=10000000",
    ),
    "/picture": (
        *(
            "",
            f"{HENON}&of=orbit",
            f"{HENON}&of=",
            f"{HENON}&of=density&of=basins",
            GRID,
            "system=logistic&x0=0.2&r=3.9",
        ),
        *(f"{HENON}&plane={v}" for v in ("x", "x,x", "x,w", "x,y,x", "")),
        *(f"{HENON}&horizontal={v}" for v in ("0:1", "1:0", "0:0", "x:1", "1", "0:1:2", "0:nan")),
        *(f"{HENON}&steps=10&horizontal=0:1&vertical={v}" for v in ("0:1e300", "0:1e-300", "1:1.000000000000001")),
        *(
            f"{HENON}&{v}"
            for v in ("width=159", "height=4001", "width=4000&height=4000", "colormap=virids", "format=csv")
        ),
        *(f"{HENON}&of=bifurcation", f"{GRID}&of=bifurcation", f"{HENON}&of=basins", f"{OVER_A}&of=basins"),
        *(f"{HENON}&of=lyapunov", f"{OVER_A}&of=lyapunov&exponent=3", f"{OVER_A}&of=lyapunov&steps=1"),
        "of=lyapunov&system=henon&x0=0&y0=0&a=1,1.2,1.4&b=0.3",
        "of=lyapunov&system=henon&x0=0&y0=0&a=1:1.4:3&b=0.1:0.3:3&exponent=0",
        "system=henon&x0=0&y0=0&a=100&b=0.3&steps=1000",
        f"{HENON}&steps=1000000001",
    ),
}


def refusals() -> Iterator[Request]:
    """What is wrong with queries, alone and together; some of them are spelled unusually, but sound."""
    for path, queries in REFUSED.items():
        yield from (get(f"{path}?{query}") for query in queries)
        yield get(path)
    for path, names in OPTIONS.items():
        path, _, of = path.partition("?")
        sound = "&".join([*([of] if of else []), COMPUTING["/fixed-points"] if path == "/fixed-points" else HENON])
        for wrong in ("x",) if of else ("", "x", "-1"):
            yield get(f"{path}?{sound}&{'&'.join(f'{name}={wrong}' for name in names.split())}")
        if not of:
            yield get(f"{path}?{sound}&{'&'.join(f'{name}=1&{name}=2' for name in names.split())}")
    for text in SPELLINGS:
        yield get(f"/calculation?system=henon&x0={text}&y0=0&a=1.4&b=0.3&steps=2")
    yield get(f"/calculation?&&steps=2&b=0.30&{HENON.replace('&b=0.3', '')}&")
    yield get("/ensemble?" + f"system=henon&x0={','.join(['0.1'] * 1_000)}&y0=0&a=1.4&b=0.3&steps=5")


def methods() -> Iterator[Request]:
    """Every path under every method."""
    yield from (Request(method, path) for path in PATHS for method in ("GET", "HEAD", "OPTIONS", *OTHER_METHODS))
    for path, query in COMPUTING.items():
        yield from (Request(method, f"{path}?{query}") for method in ("GET", "HEAD", "OPTIONS", "POST"))
        yield Request("HEAD", f"{path}?{query}&nothing=1")
        yield Request("HEAD", f"{path}?{query}&format={'svg' if path == '/picture' else 'arrow'}")
    yield Request("HEAD", f"/calculation?{HENON}&steps=100000")
    for path in ("/calculation", "/", "/systems", "/docs", "/nowhere"):
        yield Request("POST", path, (("content-type", "application/json"),), '{"system":"henon"}')
        yield Request("POST", path, (("content-type", "application/x-www-form-urlencoded"),), HENON)
    yield Request("GET", f"/calculation?{HENON}", (), "a body")
    yield Request("GET", "/systems/henon", (), "a body")
    yield Request("BREW", "/calculation")
    yield Request("PURGE", "/calculation")


ACCEPTED = (
    *(
        "*/*",
        "",
        "application/json",
        "text/csv",
        "application/x-ndjson",
        "application/x-npy",
        "image/png",
        "image/svg+xml",
    ),
    *("application/vnd.apache.arrow.stream", "application/vnd.apache.parquet", "text/*", "application/*", "image/*"),
    *("text/html", "application/json;q=0", "text/csv;q=0, */*", "text/csv;q=0.5, application/x-ndjson", "*/*;q=0"),
    *(
        "application/problem+json",
        "TEXT/CSV",
        "text/csv;charset=utf-8",
        "text/csv; q=x",
        "text/csv; q=2",
        "nonsense",
        ",",
    ),
    *("image/png, application/*;q=0.1", "text/*;q=0.9, application/json;q=0.8", "x/y," * 80 + "text/csv", BROWSER[1]),
)
CODINGS = (
    *(
        "identity",
        "gzip",
        "zstd",
        "br",
        "deflate",
        "*",
        "",
        "gzip, zstd",
        "gzip;q=1, zstd;q=0.5",
        "gzip;q=0",
        "zstd;q=0, gzip",
    ),
    *(
        "identity;q=0",
        "*;q=0",
        "gzip;q=0.001",
        "GZIP",
        "x-gzip",
        "gzip;q=x",
        "gzip, deflate, br, zstd",
        "br," * 80 + "gzip",
    ),
)
COMPRESSED = (
    f"/calculation?{HENON}&steps=500",
    f"/calculation?{HENON}",
    f"/calculation?{HENON}&steps=500&format=npy",
)


def negotiated() -> Iterator[Request]:
    """Accept and Accept-Encoding."""
    for accept in ACCEPTED:
        for path in ("/calculation", "/ensemble", *(["/picture"] if "image" in accept or "*/*" in accept else [])):
            yield get(f"{path}?{COMPUTING[path]}", ("accept", accept))
        for path in ("/", "/docs", "/systems/henon", "/calculation", "/nowhere"):
            yield get(path, ("accept", accept))
    for format_, accept in (("npy", "text/csv"), ("csv", "image/png"), ("xml", "image/png"), ("columns", "*/*;q=0")):
        yield get(f"/calculation?{HENON}&format={format_}", ("accept", accept))
    yield get(f"/calculation?{HENON}&steps=0", ("accept", "image/png"))
    yield get(f"/calculation?{HENON}", ("accept", "text/csv"), ("accept", "image/png"))
    yield get("/", ("accept", "text/plain, text/html;q=0.5"))
    yield get("/", ("accept", "text/html;q=0.4, text/plain;q=0.5"))
    for coding in CODINGS:
        for target in (*COMPRESSED, "/assets/{assets}/figure.js"):
            yield get(target, ("accept-encoding", coding))
    for coding in ("gzip", "zstd", "br"):
        for path, query in COMPUTING.items():
            yield get(f"{path}?{query}&format={'svg' if path == '/picture' else 'csv'}", ("accept-encoding", coding))
        for path in (
            "/",
            "/docs",
            "/systems",
            "/openapi.json",
            "/nowhere",
            "/health/ready",
            "/assets/{assets}/icon.svg",
        ):
            yield get(path, ("accept-encoding", coding), BROWSER)
        yield Request("HEAD", COMPRESSED[0], (("accept-encoding", coding),))
        yield Request("HEAD", f"/calculation?{HENON}&steps=100000", (("accept-encoding", coding),))
        yield Request("HEAD", "/assets/{assets}/figure.js", (("accept-encoding", coding),))


def editions() -> Iterator[Request]:
    """Answers of the edition that there is, and of others."""
    for path, query in COMPUTING.items():
        for edition in ("2", "02.0", "1", "3", "0", "x", "", "2&edition=2", "-1", "9" * 40):
            yield get(f"{path}?{query}&edition={edition}")
        yield Request("HEAD", f"{path}?{query}&edition=2")
        yield get(f"{path}?{query}&edition=2", ("accept-encoding", "gzip"))
        yield get(f"{path}?{query}&edition=2", ("if-none-match", "{etag}"))
        yield get(f"{path}?{query}&edition=1&nothing=1")
    form = (("content-type", "application/x-www-form-urlencoded"),)
    for edition in ("1", "2"):
        yield Request("POST", "/ensemble", form, f"{COMPUTING['/ensemble']}&edition={edition}")


def conditional() -> Iterator[Request]:
    """If-None-Match, and what is not heeded: If-Modified-Since, If-Match and Range."""
    tags = "{etag}", "W/{etag}", '"other", {etag}', '"other"', "*", "", "nonsense", '"a",' * 100
    page, asset, document = "/docs", "/assets/{assets}/main.js", "/openapi.json"
    orbit, exponents = f"/calculation?{HENON}", f"/lyapunov?{COMPUTING['/lyapunov']}"
    for tag, target in product(tags, (orbit, exponents, page, asset)):
        yield get(target, ("if-none-match", tag))
    for tag, target in product(("{etag}", "*", '"other"'), (orbit, asset, f"/picture?{COMPUTING['/picture']}")):
        yield Request("HEAD", target, (("if-none-match", tag),))
        yield get(target, ("accept-encoding", "gzip"), ("if-none-match", tag))
    for target in (document, "/systems", "/", "/health/ready", "/nowhere", f"{orbit}&steps=0", f"{orbit}&format=csv"):
        yield get(target, ("if-none-match", "*"))
    yield get("/", BROWSER, ("if-none-match", "{etag}"))
    yield Request("POST", orbit, (("if-none-match", "*"),))
    for name, value in (
        ("if-modified-since", "Sat, 01 Jan 2050 00:00:00 GMT"),
        ("if-match", '"other"'),
        ("range", "bytes=0-9"),
        ("expect", "nonsense"),
        ("cache-control", "no-cache"),
        ("x-http-method-override", "POST"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "elsewhere.example"),
        ("cookie", "a=b"),
        ("authorization", "Basic YTpi"),
    ):
        yield from (get(target, (name, value)) for target in (orbit, asset, "/systems/henon"))


def surrounding() -> Iterator[Request]:
    """What concerns every answer alike: other origins, ids of requests, hosts."""
    places = (
        f"/calculation?{HENON}",
        f"/calculation?{HENON}&steps=0",
        "/systems/henon",
        "/docs",
        "/assets/{assets}/main.js",
        "/nowhere",
    )
    asks = ("origin", "https://a.example"), ("access-control-request-method", "GET")
    for place in places:
        for origin in ("https://a.example", "null", ""):
            yield get(place, ("origin", origin))
        yield Request("OPTIONS", place, asks)
        yield Request("OPTIONS", place, (asks[0],))
        yield Request("OPTIONS", place, (asks[1],))
        yield Request("OPTIONS", place, (*asks, ("access-control-request-headers", "if-none-match, x-request-id")))
        yield Request("GET", place, asks)
        yield Request("OPTIONS", place, (asks[0], ("access-control-request-method", "DELETE")))
        for given in ("a", "0b5f-A_9.z", "x" * 64, "x" * 65, "a b", "", 'a"', "a;b", "é"):
            yield get(place, ("x-request-id", given))
    for path in PATHS:
        yield Request("OPTIONS", path, asks)
        yield get(path, ("x-request-id", "mine"))
    for target in ("/systems/henon", "/systems", "/"):
        for host in ("", "elsewhere.example", "elsewhere.example:80", "a" * 301, "[::1]:8000", "a b"):
            yield get(target, ("host", host))


def paths() -> Iterator[Request]:
    """Every system's entry, every file of the explorer, and paths that are none, or nearly one."""
    yield from (get(f"/systems/{name}") for name in SYSTEMS)
    pages = sorted(path.name for path in (ROOT / "api/explorer/pages").iterdir())
    for name in (*pages, "catalogue.json", "none.js", "..%2Fsite.py"):
        yield get(f"/assets/{{assets}}/{name}")
    for name in ("main.js", "icon.svg", "index.html", "none.js"):
        yield get(f"/assets/0123456789abcdef/{name}", ("accept-encoding", "gzip"))
    yield get("/", BROWSER)
    yield Request("HEAD", "/", (BROWSER,))
    yield Request("POST", "/", (BROWSER,))
    yield Request("OPTIONS", "/", (BROWSER,))
    for path in PATHS:
        yield get(f"{path}/" if path != "/" else "//")
        yield get(f"/{path}")
        yield get(f"{path}?unknown=1")
        yield get(path.upper() if path != "/" else "/?system=henon")
    for path in (
        *("/calculation/henon", "/calculation%3Fsystem=henon", "/%63alculation", "/calculation;a=b", "/./calculation"),
        *("/systems/Henon", "/systems/hennon", "/systems/H%C3%A9non", "/systems/%FF", "/systems/a/b", "/systems/%2F"),
        *("/systems//henon", "/systems/..", "/systems/" + "a" * 500, "/systems/" + "a" * 2_000, "/" + "a" * 2_000),
        *(
            "/schema/swagger",
            "/schema/redoc",
            "/schema/openapi.yaml",
            "/schema/openapi.yml",
            "/schema/openapi.json",
            "/schema/x",
        ),
        *("/health", "/health/", "/health/x", "/assets", "/assets/", "/docs/x", "/index.html", "/favicon.ico"),
        *(
            "/robots.txt",
            "/.well-known/security.txt",
            "/..",
            "/%2e%2e/etc/passwd",
            "/%00",
            "/a b".replace(" ", "%20"),
            "/é",
        ),
        *("/calculations", "/fixed_points", "/fixedpoints", "/ensemble/", "/picture.png", "*"),
    ):
        yield get(path)
    yield Request("OPTIONS", "*")


def raw() -> Iterator[Request]:
    """What libraries of clients do not send."""
    line, host = f"GET /calculation?{HENON} HTTP/1.1", "Host: corpus"
    for name, lines in {
        "no Host": (line,),
        "two Hosts": ("GET /systems/henon HTTP/1.1", host, "Host: other"),
        "HTTP/1.0": ("GET /systems/henon HTTP/1.0",),
        "HTTP/1.0, kept": (line.replace("/1.1", "/1.0"), "Connection: keep-alive"),
        "closed": (line, host, "Connection: close"),
        "HTTP/0.9": ("GET /systems/henon",),
        "HTTP/2.0": ("GET /systems/henon HTTP/2.0", host),
        "nonsense": ("nonsense",),
        "an absolute target": ("GET http://corpus/systems/henon HTTP/1.1", host),
        "a space in the target": ("GET /systems/he non HTTP/1.1", host),
        "a fragment": ("GET /systems/henon#x HTTP/1.1", host),
        "a header without a colon": (line, host, "nonsense"),
        "a space before a colon": (line, host, "Accept : text/csv"),
        "many headers": (line, host, *(f"X-{i}: 1" for i in range(200))),
        "an upgrade to a WebSocket": (
            *(line, host, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ),
        "an upgrade to HTTP/2": (
            line,
            host,
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABk",
        ),
        "two lengths": ("POST /calculation HTTP/1.1", host, "Content-Length: 1", "Content-Length: 2"),
        "a length and chunks": (
            "POST /calculation HTTP/1.1",
            host,
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
            "",
            "0",
        ),
        "chunks": ("POST /calculation HTTP/1.1", host, "Transfer-Encoding: chunked", "", "3", "abc", "0"),
        "what waits for 100": ("POST /calculation HTTP/1.1", host, "Expect: 100-continue", "Content-Length: 0"),
    }.items():
        yield Request("RAW", name, raw="\r\n".join([*lines, "", ""]).encode("latin-1"))


@cache
def requests() -> tuple[Request, ...]:
    """All of them, each once."""
    kinds = computed, refusals, methods, negotiated, editions, conditional, surrounding, paths, raw
    return tuple({request.name: request for kind in kinds for request in kind()}.values())
