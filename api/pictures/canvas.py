"""What pictures are drawn on: a figure of matplotlib whose layout is in whole pixels.

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
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, ScalarFormatter
from PIL import Image
from PIL.PngImagePlugin import PngInfo

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
_INK = "#222222"
_DIGITS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


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
    return packed(matplotlib.colormaps[name](np.arange(256), bytes=True))


def packed(rgba: ArrayLike) -> Colours:
    """Colours of shape (…, 4) as one number each."""
    found: Colours = np.ascontiguousarray(rgba, dtype=np.uint8).view(np.uint32)[..., 0]
    return found


class Canvas:
    """A picture of `size` (width, height) pixels, whose text is `em` pixels high."""

    def __init__(self, size: tuple[int, int], em: float, title: str) -> None:
        width, height = size
        self.size, self.em = size, em
        self._stroke = max(0.75, em / 14)
        self._figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor="white")
        self._agg = FigureCanvasAgg(self._figure)
        self._images: list[_Pixels] = []
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
        axes.tick_params(
            labelsize=self.em, length=0.4 * self.em, width=self._stroke, pad=0.25 * self.em, color=_INK, labelcolor=_INK
        )
        for spine in axes.spines.values():
            spine.set(linewidth=2 * self._stroke, color=_INK)  # what is drawn covers its inner half
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_offset_text().set(size=0.9 * self.em, color=_INK)
        return axes

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
        self._images.append(_Pixels(box, rgba))
        self._figure.add_artist(self._images[-1])

    def bar(self, box: Box, shades: Colours, ends: tuple[float, float], label: str, logarithmic: bool) -> None:
        """A colour bar with its ticks on the right."""
        axes = self._axes(box)
        axes.xaxis.set_visible(False)
        axes.yaxis.tick_right()
        ticks = max(2, int(box.height / (3 * self.em)))
        if logarithmic:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(FixedLocator(_powers(*ends, ticks)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _plain(value)))
            axes.yaxis.set_minor_locator(FixedLocator([]))
        else:
            self._ticks(axes.yaxis, ticks)
            formatter = ScalarFormatter()
            formatter.set_powerlimits((-2, 4))  # longer ones would reach the label
            axes.yaxis.set_major_formatter(formatter)
        axes.set_ylim(*ends)
        self.image(box, shades[:, None])
        edge = self.size[0] - 0.4 * self.em
        self.text(label, (edge, box.bottom + box.height / 2), va="center", ha="right", room=box.height, rotation=90)

    def legend(self, left: float, top: float, bottom: float, room: float, entries: Sequence[tuple[str, Any]]) -> None:
        """Patches of colour and their texts, from the top down; where not all fit, the last says how many more."""
        line = 1.5 * self.em
        fitting = max(1, int((top - bottom) / line))
        shown = entries if len(entries) <= fitting else entries[: fitting - 1]
        for i, (text, colour) in enumerate(shown):
            y = top - (i + 0.5) * line
            patch = Line2D([], [], color=colour, marker="s", linestyle="", markersize=0.8 * self.em)
            patch.set(markeredgecolor=_INK, markeredgewidth=self._stroke / 2, transform=None)
            patch.set_data([left + 0.5 * self.em], [y])
            self._figure.add_artist(patch)
            self.text(text, (left + 1.5 * self.em, y), va="center", ha="left", room=room - 1.5 * self.em)
        if more := len(entries) - len(shown):
            self.text(f"and {more} more", (left, top - (len(shown) + 0.5) * line), va="center", ha="left", room=room)

    def lines(self, axes: Axes, x: ArrayLike, ys: NDArray[np.float64], shades: Sequence[Any]) -> None:
        """A line for each row of `ys`, and one at zero behind them."""
        for spine in axes.spines.values():
            spine.set_linewidth(self._stroke)
        axes.axhline(0, color="#999999", linewidth=self._stroke)
        for y, colour in zip(ys, shades, strict=True):
            axes.plot(x, y, color=colour, linewidth=1.4 * self._stroke)

    def width(self, text: str, height: float) -> float:
        """That of a text whose em is so high, in pixels: hinting makes it other than proportional."""
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
        full = self.em * size
        small = min(full, max(0.7 * full, 6.5))
        drawn = next((height for height in (full, small) if self.width(text, height) <= room), small)
        shown, kept = text, len(text)
        while kept > 1 and (wide := self.width(shown, drawn)) > room:
            kept = min(kept - 1, int(kept * room / wide))
            shown = text[:kept] + "…"
        place: Any = {"va": va, "ha": ha, "rotation": rotation, "transform": None}
        self._figure.text(*at, shown, size=drawn, color=_INK, **place)

    def png(self, source: str = "") -> bytes:
        """`source` is what the file says that it comes from."""
        self._agg.draw()
        pixels = np.ascontiguousarray(np.asarray(self._agg.buffer_rgba())[..., :3])
        self._free()
        file = BytesIO()
        about = PngInfo()
        if source:
            about.add_text("Source", source)
        Image.fromarray(pixels).save(file, "png", compress_level=1, pnginfo=about)
        return file.getvalue()

    def svg(self, source: str = "") -> bytes:
        """`source` as for `png`."""
        file = BytesIO()
        metadata: Any = {"Date": None, "Creator": None, "Source": source or None}
        FigureCanvasSVG(self._figure).print_svg(file, metadata=metadata)
        self._free()
        width, height = self.size
        points, pixels = (f'width="{width}{unit}" height="{height}{unit}"'.encode() for unit in ("pt", ""))
        return file.getvalue().replace(points, pixels, 1)

    def _free(self) -> None:
        """What holds pixels is emptied at once: figures are in cycles, which the next full collection frees."""
        for holder in (self._agg.get_renderer(), *self._images):
            vars(holder).clear()


class _Pixels(Artist):
    """An image drawn as it is, row 0 at the bottom, above axes: matplotlib's own resample theirs."""

    zorder = 1

    def __init__(self, box: Box, rgba: NDArray[np.uint8]) -> None:
        super().__init__()
        self._box, self._rgba = box, rgba

    def draw(self, renderer: Any) -> None:
        renderer.draw_image(renderer.new_gc(), self._box.left, self._box.bottom, self._rgba)


def _powers(least: float, greatest: float, most: int) -> list[float]:
    """Powers of ten within the ends, or else the ends."""
    exponents = range(int(np.ceil(np.log10(least) - 1e-9)), int(np.floor(np.log10(greatest) + 1e-9)) + 1)
    every = -(-len(exponents) // most) if len(exponents) else 1
    found = [10.0**exponent for exponent in exponents[::every]]
    return found if len(found) > 1 else [least, greatest]


def _plain(value: float) -> str:
    exponent = round(np.log10(value))
    if abs(value / 10.0**exponent - 1) < 1e-9 and not -3 < exponent < 4:
        return "10" + str(exponent).translate(_DIGITS)
    return f"{value:.4g}"
