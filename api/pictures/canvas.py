"""The canvas of pictures: a figure of matplotlib whose layout is in whole pixels.

Importing this imports matplotlib, which takes half a second, so `charts` does it when a picture is first drawn.
matplotlib wants a writable folder for its list of fonts, and makes a temporary one where it has none; here the list
lies where the kernels are cached, written by `attractor compile`, and is only read.
"""

import logging
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

os.environ["MATPLOTLIBRC"] = os.devnull  # no settings of a user's, nor a look for the folder that holds them
logging.getLogger("matplotlib").setLevel(logging.CRITICAL)  # it warns of what follows

import matplotlib

FONTS = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(__file__).parent / "__pycache__") / "matplotlib"
matplotlib.get_cachedir = lambda: str(FONTS)  # before matplotlib.font_manager asks for it

from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from attractor.core.edition import EDITION
from attractor.core.spacing import scaled_place

matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",  # text stays text: a reader can search and copy it, and the file is half as long
        "svg.hashsalt": "attractor",  # ids are the same in every process
        "font.sans-serif": ["DejaVu Sans"],  # matplotlib brings it, so text is as wide everywhere
        "text.parse_math": False,  # a $ is a $, and the parser of formulas is not thread-safe
        "axes.formatter.limits": (-4, 5),
    }
)

Colours = NDArray[np.uint32]
"""Pixels of 8 bits for each of red, green, blue and opacity, in this order in memory."""

_DPI = 72  # a point is a pixel
_DIGITS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Inks(NamedTuple):
    """The colours of a picture's paper, text and lines."""

    paper: str
    ink: str
    faint: str
    """The colour of the line at zero."""


class Box(NamedTuple):
    """A rectangle of a picture, in pixels from its lower left corner."""

    left: int
    bottom: int
    width: int
    height: int


def cache_fonts() -> None:
    """Write the list of fonts that later processes read; without it each makes its own.

    Raises OSError where it cannot be written.
    """
    FONTS.mkdir(parents=True, exist_ok=True)
    manager = font_manager.fontManager
    font_manager.json_dump(manager, FONTS / f"fontlist-v{manager.__version__}.json")


def colours(name: str) -> Colours:
    """The 256 colours of a map."""
    return pack(matplotlib.colormaps[name](np.arange(256), bytes=True))


def pack(rgba: ArrayLike) -> Colours:
    """Colours of shape (…, 4) as one number each."""
    found: Colours = np.ascontiguousarray(rgba, dtype=np.uint8).view(np.uint32)[..., 0]
    return found


class Canvas:
    """A picture of `size` (width, height) pixels, whose text is `em` pixels high."""

    def __init__(self, size: tuple[int, int], em: float, title: str, inks: Inks) -> None:
        width, height = size
        self.size, self.em, self.inks = size, em, inks
        self._stroke = max(0.75, em / 14)
        self._figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=inks.paper)
        self._agg = FigureCanvasAgg(self._figure)
        self.text(title, (width / 2, height - 0.45 * em), va="top", room=width - 2 * em, size=1.1)

    def axes(self, box: Box, extent: tuple[float, float, float, float], names: tuple[str, str]) -> Axes:
        """Axes over a box, from left, right, bottom, top in their own units."""
        left, right, bottom, top = extent
        axes = self._axes(box)
        axes.set(xlim=(left, right), ylim=(bottom, top))
        for axis, length, width in ((axes.xaxis, box.width, 5.5), (axes.yaxis, box.height, 2.6)):
            self._ticks(axis, int(length / (width * self.em)))
        across, up = names
        middle = box.left + box.width / 2, box.bottom + box.height / 2
        self.text(across, (middle[0], 0.35 * self.em), va="bottom", room=box.width)
        self.text(up, (0.4 * self.em, middle[1]), va="center", ha="left", room=box.height, rotation=90)
        return axes

    def _axes(self, box: Box) -> Axes:
        width, height = self.size
        place = box.left / width, box.bottom / height, box.width / width, box.height / height
        axes = self._figure.add_axes(place)
        axes.patch.set_visible(False)
        self._style(axes)
        return axes

    def _style(self, axes: Axes) -> None:
        em, ink = self.em, self.inks.ink
        axes.tick_params(labelsize=em, length=0.4 * em, width=self._stroke, pad=0.25 * em, color=ink, labelcolor=ink)
        for spine in axes.spines.values():
            spine.set(linewidth=2 * self._stroke, color=ink)  # what is drawn covers its inner half
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_offset_text().set(size=0.9 * em, color=ink)

    @staticmethod
    def _ticks(axis: Axis, most: int) -> None:
        axis.set_major_locator(MaxNLocator(min(9, max(2, most)), steps=[1, 2, 2.5, 5, 10]))

    def image(self, box: Box, cells: Colours) -> None:
        """Cells, row 0 at the bottom, over a box: of one pixel each where there are as many, else of the nearest."""
        rows, columns = (
            (np.arange(pixels) * 2 + 1) * count // (2 * pixels)
            for pixels, count in zip((box.height, box.width), cells.shape, strict=True)
        )
        pixels = cells if cells.shape == (box.height, box.width) else cells[rows[:, None], columns]
        rgba = np.ascontiguousarray(pixels).view(np.uint8).reshape(box.height, box.width, 4)
        self._figure.add_artist(_Pixels(box, rgba))

    def bar(self, box: Box, shades: Colours, ends: tuple[float, float], label: str, logarithmic: bool) -> None:
        """The colours of a scale over a box, its ticks on the right.

        matplotlib's own colour bar asks NumPy for powers and logarithms, which it computes as the CPU has it.
        """
        axes = self._axes(box)
        most = max(2, int(box.height / (3 * self.em)))
        axes.set(xticks=(), ylim=(0, 1) if logarithmic else ends)
        axes.yaxis.tick_right()
        self.image(box, np.broadcast_to(shades[:, None], (len(shades), box.width)))
        if logarithmic:
            ticks = _logarithmic_ticks(*ends, most)
            axes.set_yticks([scaled_place(tick, *ends) for tick in ticks], list(map(_plain, ticks)))
        else:
            formatter = ScalarFormatter()
            formatter.set_powerlimits((-2, 4))  # longer ones would reach the label
            axes.yaxis.set_major_locator(MaxNLocator(min(9, most), steps=[1, 2, 2.5, 5, 10]))
            axes.yaxis.set_major_formatter(formatter)
        edge = self.size[0] - 0.4 * self.em
        self.text(label, (edge, box.bottom + box.height / 2), va="center", ha="right", room=box.height, rotation=90)

    def legend(self, left: float, top: float, bottom: float, room: float, entries: Sequence[tuple[str, str]]) -> None:
        """Patches of colour and their texts, from the top down; where not all fit, the last says how many more."""
        em, ink = self.em, self.inks.ink
        fitting = max(1, int((top - bottom) / (1.5 * em)))
        shown = entries if len(entries) <= fitting else entries[: fitting - 1]
        texts = [text for text, _ in shown]
        patches = [Patch(facecolor=colour, edgecolor=ink, linewidth=self._stroke / 2) for _, colour in shown]
        if more := len(entries) - len(shown):
            texts.append(f"and {more} more")
            patches.append(Patch(alpha=0))
        size = self._size(texts, room - 1.5 * em, em)
        width, height = self.size
        legend = Legend(
            self._figure,
            patches,
            [self.fit(text, room - 1.5 * em, size) for text in texts],
            loc="upper left",
            bbox_to_anchor=(left / width, top / height),
            fontsize=size,
            labelcolor=ink,
            frameon=False,
            borderpad=0,
            borderaxespad=0.2,
            handlelength=0.8,
            handleheight=0.8,
            handletextpad=0.7 * em / size,
            labelspacing=0.5 * em / size,
        )
        self._figure.add_artist(legend)

    def lines(self, axes: Axes, x: ArrayLike, ys: NDArray[np.float64], shades: Sequence[Any]) -> None:
        """A line for each row of `ys`, and one at zero behind them."""
        for spine in axes.spines.values():
            spine.set_linewidth(self._stroke)
        axes.axhline(0, color=self.inks.faint, linewidth=self._stroke)
        for y, colour in zip(ys, shades, strict=True):
            axes.plot(x, y, color=colour, linewidth=1.4 * self._stroke)

    def width(self, text: str, height: float) -> float:
        """The width in pixels of a text whose em is `height` high; hinting makes it not quite proportional."""
        found = self._figure.text(0, 0, text, size=height)
        extent = found.get_window_extent(self._agg.get_renderer())
        found.remove()
        return float(extent.width)

    def text(
        self,
        text: str,
        at: tuple[float, float],
        va: str,
        ha: str = "center",
        room: float = np.inf,
        size: float = 1.0,
        rotation: int = 0,
    ) -> None:
        """A line of text at a pixel; where it is longer than `room` it is made smaller, then cut."""
        drawn = self._size([text], room, self.em * size)
        place: Any = {"va": va, "ha": ha, "rotation": rotation, "transform": None}
        self._figure.text(*at, self.fit(text, room, drawn), size=drawn, color=self.inks.ink, **place)

    def _size(self, texts: Sequence[str], room: float, full: float) -> float:
        """The height at which texts are drawn: `full`, or less where one would be longer than `room`."""
        small = min(full, max(0.7 * full, 6.5))
        return full if all(self.width(text, full) <= room for text in texts) else small

    def fit(self, text: str, room: float, height: float) -> str:
        """The text, cut where its width at this height is more than `room`."""
        shown, kept = text, len(text)
        while kept > 1 and (wide := self.width(shown, height)) > room:
            kept = min(kept - 1, int(kept * room / wide))
            shown = text[:kept] + "…"
        return shown

    def png(self, source: str = "") -> bytes:
        """`source` is what the file says that it comes from, and of which edition it is."""
        self._agg.draw()
        pixels = np.ascontiguousarray(np.asarray(self._agg.buffer_rgba())[..., :3])
        self._free()
        file = BytesIO()
        about = PngInfo()
        if source:
            about.add_text("Source", source)
            about.add_text("Attractor-Edition", str(EDITION))
        Image.fromarray(pixels).save(file, "png", compress_level=1, pnginfo=about)
        return file.getvalue()

    def svg(self, source: str = "") -> bytes:
        """`source` as for `png`."""
        file = BytesIO()
        about = {"Source": source, "Description": f"Attractor-Edition: {EDITION}"} if source else {}
        metadata: Any = {"Date": None, "Creator": None, **about}
        FigureCanvasSVG(self._figure).print_svg(file, metadata=metadata)
        self._free()
        width, height = self.size
        points, pixels = (f'width="{width}{unit}" height="{height}{unit}"'.encode() for unit in ("pt", ""))
        return file.getvalue().replace(points, pixels, 1)

    def _free(self) -> None:
        """Empties all that is drawn: it is in cycles, for which a full collection holds the interpreter for 50 ms."""
        for holder in (self._agg.get_renderer(), *self._figure.findobj()):
            vars(holder).clear()


class _Pixels(Artist):
    """An image drawn as it is, row 0 at the bottom, above axes: matplotlib's own resample theirs."""

    zorder = 1

    def __init__(self, box: Box, rgba: NDArray[np.uint8]) -> None:
        super().__init__()
        self._box, self._rgba = box, rgba

    def draw(self, renderer: Any) -> None:
        renderer.draw_image(renderer.new_gc(), self._box.left, self._box.bottom, self._rgba)


def _logarithmic_ticks(least: float, greatest: float, most: int) -> list[float]:
    """Powers of ten within a scale, every so many of them where there are more than `most`; over two decades and less
    their double and fivefold, too, where there is room."""
    decades = range(_decade(least), _decade(greatest) + 1)
    for factors in ("125", "1") if greatest / least <= 100 else ("1",):
        found = [float(f"{factor}e{exponent}") for exponent in decades for factor in factors]
        found = [value for value in found if least <= value <= greatest]
        if len(found) <= most:
            break
    step = -(-len(found) // most)
    return [value for value in found if _decade(value) % step == 0] if step > 1 else found


def _decade(value: float) -> int:
    """The exponent of ten of a value as it is written."""
    return int(f"{value:e}".partition("e")[2])


def _plain(value: float) -> str:
    digits, _, power = f"{value:.9e}".partition("e")
    exponent, factor = int(power), float(digits)
    if -4 < exponent < 4:
        return f"{value:.4g}"
    return ("" if abs(factor - 1) < 1e-9 else f"{factor:.3g}·") + "10" + str(exponent).translate(_DIGITS)
