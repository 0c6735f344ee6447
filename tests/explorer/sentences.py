"""Each sentence that the explorer says of an answer, checked against the API's: one that is not known fails, too."""

import io
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import numpy as np
from playwright.sync_api import Page

from attractor.core.balls.evaluation import circles
from attractor.core.catalogue import SYSTEMS
from attractor.core.formula import symbol
from attractor.core.system import System

_NUMBER = r"−?(?:\d+(?:\.\d+)?(?:e[-−]?\d+)?|Infinity)"
_POINTS = r"([\d,]+) points?(?: \(every ([\d,]+)(?:st|nd|rd|th) of ([\d,]+)\)| \(the first of ([\d,]+)\))?"
_KIND = r"of one orbit (?:in 3-D, axes \S+, \S+, \S+|in the plane of \S+ and \S+|as time series)"


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


class Drawn:
    """An orbit that the figure draws: its URL's selection, its rows, and how many are within double's range."""

    def __init__(self, client: httpx.Client, path: str) -> None:
        self.client, self.path = client, path
        self.given = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        self.steps, self.skip, self.every = (
            int(self.given.get(name, usual)) for name, usual in (("steps", 20), ("skip", 0), ("every", 1))
        )
        self.rows = self.asked()
        isfinite = np.isfinite(self.rows).all(axis=1)
        self.finite = len(self.rows) if isfinite.all() else int(isfinite.argmin())
        self.shown = self.rows[: self.finite]

    def asked(self, **changed: int) -> np.ndarray:
        response = self.client.get("/calculation", params={**self.given, **changed})
        assert response.status_code == 200, response.text
        return np.load(io.BytesIO(response.content))

    def n(self, row: int) -> int:
        return (self.skip // self.every + 1 + row) * self.every

    @property
    def records(self) -> int:
        return self.steps // self.every - self.skip // self.every


def check_figure(page: Page, client: httpx.Client) -> None:
    """What is said beside the figure is so."""
    paths = [path for path in page.locator("#canvas").get_attribute("data-drawn").split(",") if "/calculation" in path]
    orbits = [Drawn(client, path) for path in paths]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page.locator("#url").inner_text()).query).items()}
    system = SYSTEMS[asked["system"]]
    summary = page.locator("#summary").inner_text()
    rest = summary.removeprefix(f"{_title(page)}: ")
    if not orbits[0].finite:
        assert rest == "no point of this orbit that the figure would show is within double's range.", summary
        rest = ""
    else:
        found = re.match(rf"{_POINTS} {_KIND}; ", rest)
        assert found, summary
        _check_points(found, orbits[0], asked)
        rest = rest[found.end() :]
        for name, values in zip(system.state, orbits[0].shown.T, strict=True):
            one = re.match(rf"{symbol(name)} (?:at|near|from) ({_NUMBER})(?: to ({_NUMBER}))?(?:, |\.|$)", rest)
            assert one, rest
            for told, value in zip(one.groups(), (values.min(), values.max()), strict=True):
                assert told is None or abs(number(told) - value) <= 1e-3 * abs(value), (told, value)
            if one[2] is None:
                assert np.ptp(values) <= 2e-3 * np.abs(values).max()
            rest = rest[one.end() :]
    said = [*_sentences(rest), *_sentences(page.locator("#notice").inner_text())]
    assert bool(page.locator("#empty").inner_text()) == _is_empty(page, orbits), page.url
    for sentence in said:
        _check(sentence, _OF_FIGURES, orbits, system)
    left = [orbit for orbit in orbits if orbit.finite < len(orbit.rows)]
    assert sum("shown up to there" in sentence for sentence in said) == len(left), said


def _is_empty(page: Page, orbits: list[Drawn]) -> bool:
    """Whether the address has a window in which no point lies, though there are some."""
    shown = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    if "frame" not in shown or not any(orbit.finite for orbit in orbits):
        return False
    edges = list(map(float, shown["frame"].split(",")))
    state = list(SYSTEMS[shown["system"]].state)
    names = ["n"] if shown["view"] == "series" else shown.get("axes", ",".join(state[:2])).split(",")

    def isinside(orbit: Drawn) -> bool:
        n = np.array([orbit.n(row) for row in range(orbit.finite)])
        found = np.ones(orbit.finite, dtype=bool)
        for name, low, high in zip(names, edges[::2], edges[1::2], strict=False):
            plain = name.rstrip("'")
            values = n if plain == "n" else orbit.shown[:, state.index(plain)]
            later = np.roll(values, -name.count("'"))
            found &= (later >= low) & (later <= high)
            if name != plain:
                found[-name.count("'") :] = False
        return bool(found.any())

    return not any(map(isinside, orbits))


def _check_points(found: re.Match[str], orbit: Drawn, asked: dict[str, str]) -> None:
    count, share, of, first_of = found.groups()
    stride = int(asked.get("every", 1))
    records = int(asked["steps"]) // stride - int(asked.get("skip", 0)) // stride
    assert number(count) == orbit.finite
    assert orbit.every == stride * (number(share) if share else 1)
    assert all(number(told) == records for told in (of, first_of) if told)
    assert orbit.records == records if not (share or first_of) else orbit.records < records


def check_panels(page: Page, client: httpx.Client) -> None:
    """What the open panels say is so, by the URLs that they name."""
    for panel in page.locator(".panel[open]").all():
        if panel.locator(".error").inner_text():
            assert not panel.locator(".result").is_visible()
            continue
        answers = [client.get(link.get_attribute("href")) for link in panel.locator(".links a").all()]
        assert {answer.status_code for answer in answers} == {200}
        for sentence in _sentences(panel.locator("[role=status]").inner_text()):
            _check(sentence, _OF_PANELS, answers, SYSTEMS[page.locator("#system").input_value()])


def _title(page: Page) -> str:
    return page.locator("#system option:checked").inner_text()


def _sentences(text: str) -> Iterator[str]:
    return (sentence for sentence in re.split(r"(?<=[^.]\.) +(?=[A-Z\d])", text.strip()) if sentence)


def _check(sentence: str, known: dict[str, Callable[..., bool]], *about: object) -> None:
    found = [(check, match) for form, check in known.items() if (match := re.fullmatch(form, sentence))]
    assert len(found) == 1, f"not one known sentence, but {len(found)}: {sentence}"
    assert found[0][0](found[0][1], *about), sentence


# — of figures —


def _comes_back(found: re.Match[str], orbits: list[Drawn], _: System) -> bool:
    near, place = int(found[1] or 1), int(number(found[3]))
    period, orbit = int(found[2] or near), orbits[0]
    rows = orbit.asked(steps=orbit.steps + 1000)  # for ever
    returned = (rows[period:] == rows[:-period]).all(axis=1)
    apart = [np.abs(rows[-1000:] - rows[-1000 - length : -length]).max() for length in range(1, near + 1)]
    close = 1e-9 * np.abs(rows).max()
    return (
        returned[place - 1 :].all()
        and not returned[: place - 1][-1:].any()
        and (apart[-1] <= close < min(apart[:-1], default=1))
    )


def _comes_near(found: re.Match[str], orbits: list[Drawn], _: System) -> bool:
    count, period = int(number(found[1])), int(found[2] or 1)
    last = orbits[0].shown[-count:][::-1]
    apart = np.abs(last - last[np.arange(count) % period]).max(axis=0)
    return (apart <= 1e-9 * np.abs(orbits[0].shown).max(axis=0)).all()


def _leaves(found: re.Match[str], orbits: list[Drawn], _: System) -> bool:
    second, how, at, told = found.groups()
    orbit = orbits[bool(second)]
    rows = orbit.asked(steps=orbit.n(orbit.finite), skip=0, every=1)
    leaves = int(np.isfinite(rows).all(axis=1).argmin()) + 1
    if how == "has left":
        return leaves < number(told) == orbit.n(0)
    return number(told) == orbit.n(orbit.finite) and (leaves == number(told) if at == "at" else leaves <= number(told))


def _grow(found: re.Match[str], orbits: list[Drawn], _: System) -> bool:
    counts = [np.abs(orbit.shown) > 50 * np.quantile(np.abs(orbit.shown), 0.25) for orbit in orbits]
    assert ("grows" in found[0]) == (found[1] == "1")
    return sum(orbit.finite for orbit in orbits) == number(found[2]) and 0 < number(found[1]) <= np.sum(counts)


def _starts(found: re.Match[str], orbits: list[Drawn], _: System) -> bool:
    moved = [name for name, value in orbits[1].given.items() if value != orbits[0].given[name]]
    if found[2] is None:
        return all(float(orbits[1].given[name]) == float(orbits[0].given[name]) for name in moved)
    started = [f"{symbol(name)} = {orbits[1].given[name].replace('-', '−')}" for name in moved]
    return started == [f"{found[2]} = {found[3]}"]


def _part(found: re.Match[str], orbits: list[Drawn], system: System) -> bool:
    count = min(orbit.finite for orbit in orbits)
    first, second = (orbit.rows[:count] for orbit in orbits)
    ways = first - second
    for axis, turn in enumerate(circles(system)):
        if turn:
            ways[:, axis] -= turn * np.round(ways[:, axis] / turn)
    apart = np.hypot.reduce(ways, axis=1)
    both = np.vstack([first, second])
    share = apart / (np.hypot.reduce(np.ptp(both, axis=0)) or 1)
    if "same" in found[0]:
        return not apart.any()
    if found["n"] is None:
        return (share < 0.1 + 1e-9).all()
    row = int(number(found["n"]) / orbits[0].every) - orbits[0].n(0) // orbits[0].every
    return share[row] > 0.1 - 1e-9 and (share[:row] < 0.1 + 1e-9).all()


_TOLD = r"; (?P<what>the two are the same at every point that is shown" + (
    r"|the two are a tenth of the figure apart (?:at|by) n = (?P<n>[\d,]+)"
    r"|the two stay within a tenth of the figure of each other(?: while both are within double's range)?)\."
)
_OF_FIGURES: dict[str, Callable[[re.Match[str], list[Drawn], System], bool]] = {
    r"It has (?:come to rest at a fixed point|settled on a cycle of period (\d+))"
    r"(?:, in its last digits of period (\d+),)? of double arithmetic, "
    r"which it reaches by the ([\d,]+)(?:st|nd|rd|th) point shown\.": _comes_back,
    r"Its last ([\d,]+) points (?:are the same|repeat every (\d+)) to a billionth of their size\.": _comes_near,
    r"The (second )?orbit (leaves|has left) double's range (at|by) n = ([\d,]+): it is shown up to there\.": _leaves,
    r"([\d,]+) of ([\d,]+) points grows? beyond the scale of the figure; "
    r"as time series they show on a log scale\.": _grow,
    r"A second orbit starts at (?:(the same) \S+, which is too large a number to move by so little|(\S+) = ([^;]+))"
    + _TOLD: lambda *about: _starts(*about) and _part(*about),
}


# — of panels —


def _array(answer: httpx.Response) -> np.ndarray:
    address = str(answer.request.url).replace("format=csv", "format=npy")
    return np.load(io.BytesIO(httpx.get(address).content))


def _escape(found: re.Match[str], answers: list[httpx.Response], _: System) -> bool:
    lost, count, beyond = map(number, found.groups())
    values = _array(answers[0])
    stays = (np.abs(values) <= beyond * 1.001).all(axis=1)
    return ("escapes" in found[0]) == (lost == 1) and len(values) == count and lost == (~stays).sum() and beyond >= 999


def _is_positive(found: re.Match[str], answers: list[httpx.Response], system: System) -> bool:
    per_time, chaotic, count, name, lost = found.groups()
    values, dimension = _array(answers[1]), system.dimension
    step = float(parse_qs(answers[1].url.query.decode()).get("delta_t", ["1"])[0]) if per_time else 1
    greatest, error = values[:, 0] / step, values[:, dimension] / step
    told = np.array([number(part or "0") for part in (chaotic, count, lost)])
    with np.errstate(invalid="ignore"):
        certain, possible = ((greatest > np.maximum(3 * error, 0.001) * (1 + margin)).sum() for margin in (1e-6, -1e-6))
    swept = parse_qs(answers[1].url.query.decode())[next(n for n in system.parameters if symbol(n) == name)]
    return (
        certain <= told[0] <= possible
        and told[1] == len(values)
        and told[2] == np.isnan(values[:, 0]).sum()
        and bool(per_time) == system.is_flow
        and ":" in swept[0]
    )


def _is_trusted(found: re.Match[str], answers: list[httpx.Response], _: System) -> bool:
    answer = answers[0].json()
    (horizon,) = answer["horizons"]
    if found[1]:
        return horizon["horizon"] is None and number(found[1]) == answer["records"][-1]["n"]
    return horizon["horizon"] == number(found[2])


def _are_found(found: re.Match[str], answers: list[httpx.Response], _: System) -> bool:
    answer = answers[0].json()
    cycles = len({record["cycle"] for record in answer["records"]})
    others = (
        "others form a continuum"
        if answer["continuum"]
        else "there are no others"
        if answer["complete"]
        else "there may be others"
    )
    period = int(found[2] or 1)
    return (
        cycles == (0 if found[1] == "No" else int(found[1]))
        and len(answer["records"]) == cycles * period
        and found[3] == others
        and bool(found[4]) == (answer["complete"] and answer["region"] is not None and not answer["continuum"])
    )


_OF_PANELS: dict[str, Callable[[re.Match[str], list[httpx.Response], System], bool]] = {
    rf"([\d,]+) of ([\d,]+) orbits escapes?, beyond ({_NUMBER}), "
    r"and (?:are|is) left out of the diagram\.": _escape,
    r"The greatest Lyapunov exponent( per unit time)? is positive, by three standard errors and 0\.001, "
    r"for ([\d,]+) of ([\d,]+) values of (\S+?)"
    r"(?:; at ([\d,]+) it does not exist, since the orbit leaves double's range)?\.": _is_positive,
    r"(?:At every n up to ([\d,]+) at least one digit is right|At n = ([\d,]+) less than one digit is right)\.": (
        _is_trusted
    ),
    r"It took ([\d,]+) bits to find out\.": lambda found, answers, _: (
        answers[0].json()["horizons"][0]["bits"] == number(found[1])
    ),
    r"(No|\d+) (?:fixed points?|cycles? of period (\d+)) found; "
    r"(others form a continuum|there are no others|there may be others)( with .*)?\.": _are_found,
}
