#!/usr/bin/env python3
"""What all figures of tools/plot share: matplotlib's settings, colours, text that is measured, and the small print."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.textpath import TextPath

SETTINGS = {
    "svg.hashsalt": "qkd-run", "font.family": "DejaVu Sans", "font.size": 9, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True, "grid.color": "#e4e4e4",
    "grid.linewidth": 0.8, "legend.frameon": False, "savefig.dpi": 160,
}
# Okabe and Ito's colours, told apart with any colour vision; each has a line and a marker of its own as well.
BLUE, ORANGE, GREEN, PINK, SKY, YELLOW = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"
SERIES = [(colour, line) for line in ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))
          for colour in (BLUE, ORANGE, GREEN, PINK, SKY, YELLOW, "#000000")]
BLACK, GREY = "#000000", "#595959"
# Inches of a line of small print, and of the margin beside it.
NOTE_LINE, MARGIN = 0.155, 0.3
NOTE_SIZE = 6.5


def begin():
    """The same settings whatever was drawn before."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(SETTINGS)


def text_width(text, size):
    """Inches of a text in points of the font."""
    return TextPath((0, 0), text, size=size).get_extents().width / 72 if text.strip() else 0


def folded(text, inches, size):
    """The lines of a text that are not wider than that where its words allow it."""
    lines = []
    for word in text.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", size) <= inches:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


class Sheet:
    """A figure of panels side by side or in rows, with a title, a line of results below it, and small print at the
    foot that is folded to its width.

    Parameters
    ----------
    widths, heights : lists of inches
        Of the panels' columns and rows, with what stands between them.
    """

    TOP, TITLE = 0.16, 12

    def __init__(self, widths, heights, title, results="", notes=()):
        begin()
        self.width = sum(widths)
        inside = self.width - 2 * MARGIN
        results = folded(results, inside, 9) if results else []
        foot = [line for note in notes for line in folded(note, inside, NOTE_SIZE)]
        head = 0.5 + 0.18 * len(results)
        below = 0.18 + NOTE_LINE * len(foot)
        self.height = head + sum(heights) + below
        self.picture = plt.figure(figsize=(self.width, self.height), layout="constrained")
        self.picture.get_layout_engine().set(
            rect=(0, below / self.height, 1, 1 - (head + below) / self.height), w_pad=0.1, h_pad=0.06, wspace=0.03)
        self.axes = self.picture.subplots(
            len(heights), len(widths), squeeze=False, width_ratios=widths, height_ratios=heights)
        self.text(self.width / 2, self.height - self.TOP, title, fontsize=self.TITLE, ha="center", va="top")
        for index, line in enumerate(results):
            self.text(self.width / 2, self.height - 0.46 - 0.18 * index, line, ha="center", va="top", color=GREY)
        for index, line in enumerate(reversed(foot)):
            self.text(MARGIN, 0.1 + NOTE_LINE * index, line, fontsize=NOTE_SIZE, color=GREY, va="bottom")

    def text(self, x, y, text, **style):
        """A text at a place in inches."""
        self.picture.text(x / self.width, y / self.height, text, **style)
