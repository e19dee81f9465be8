#!/usr/bin/env python3
"""Draws the figure of tools/plot: a panel for each report, the paper's values beside ours, and what was concluded."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator

from report import is_teacher

# Okabe and Ito's colours, told apart with any colour vision; each treatment has a marker of its own as well.
STYLES = {
    "none": ("without distillation", "#0072B2", "o"),
    "distilled": ("distilled", "#D55E00", "s"),
    "label-smoothing": ("label smoothing", "#009E73", "^"),
    "shuffled-teacher": ("shuffled teacher logits", "#CC79A7", "v"),
    "hints": ("distilled, with hints", "#56B4E9", "X"),
    "relations": ("distilled, with relations", "#7F4FA8", "<"),
    "logistic-fit": ("logistic fit after training", "#B58900", "P"),
}
OTHERS = (("#8C564B", ">"), ("#4D4D4D", "*"), ("#E69F00", "D"))
LINES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))
PAPER = "#000000"
GREY = "#595959"
SETTINGS = {
    "svg.hashsalt": "qkd-run", "font.family": "DejaVu Sans", "font.size": 9, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True, "grid.color": "#e4e4e4",
    "grid.linewidth": 0.8, "legend.frameon": False, "savefig.dpi": 160,
}
# What a comparison with no treatment came to, above the treatment's mark.
VERDICTS = {
    "helps": ("↑", "#009E73"), "harms": ("↓", "#D55E00"), "no difference worth naming": ("=", "#595959"),
    "undecided": ("?", "#595959"),
}
# Inches.
PANEL, SLOT, PLOT, NOTE_LINE, TOP = 5.6, 0.32, 3.7, 0.155, 0.75


def ordered(values):
    return list(dict.fromkeys(values))


def named(name):
    return name.replace("-", " ")


def experiment_title(name):
    return {"table-1": "Table I"}.get(name, named(name).capitalize())


def signed(points):
    text = f"{points:+.1f}".replace("-", "−")
    return "0.0" if text[1:] == "0.0" else text


def share(count, word):
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


class Panel:
    """The drawing of one report."""

    def __init__(self, axes, report, treatments):
        self.axes, self.report, self.rows = axes, report, report["rows"]
        others = [name for name in treatments if name not in STYLES]
        self.styles = STYLES | {
            name: (named(name), *OTHERS[index % len(OTHERS)]) for index, name in enumerate(others)
        }
        axes.grid(axis="x", visible=False)
        {"model": self.by_model, "layers": self.by_layers, "labels": self.by_labels,
         "epoch": self.by_epoch}[report["axis"]]()
        axes.set_title(f"{report['preset']}, {share(report['seeds'], 'seed')}", fontsize=10)

    def point(self, x, row, label=None):
        """Mean and interval, and the seeds themselves as faint dots beside."""
        _, colour, marker = self.styles[row["treatment"]]
        seeds = row["accuracies"]
        # Spread by a fixed pattern, so that equal accuracies stay visible and the picture is always the same.
        width = 0.3 if self.report["axis"] == "model" else 0.05
        spread = [x + width * ((index * 0.618) % 1 - 0.5) for index in range(len(seeds))]
        self.axes.plot(spread, seeds, ".", color=colour, alpha=0.35, markersize=4, markeredgewidth=0, zorder=2)
        self.interval([x], [row], color=colour, marker=marker, linestyle="none", label=label)

    def interval(self, xs, rows, **style):
        errors = [[0 if r["low"] is None else r["mean"] - r["low"] for r in rows],
                  [0 if r["high"] is None else r["high"] - r["mean"] for r in rows]]
        self.axes.errorbar(xs, [r["mean"] for r in rows], yerr=errors, markersize=6, capsize=3, elinewidth=1.5,
                           markeredgecolor="white", markeredgewidth=0.6, zorder=4, **style)

    def verdict(self, x, row):
        """The sign of what the treatment was found to do, above its interval."""
        for c in self.report["comparisons"]:
            same = all(c.get(key) == row.get(key) for key in ("model", "layers", "treatment", "iterations", "epoch"))
            if same and c["baseline"] == "none":
                sign, colour = VERDICTS.get(c["verdict"], (c["verdict"], GREY))
                high = row["mean"] if row["high"] is None else row["high"]
                self.axes.annotate(sign, (x, high), xytext=(0, 3), textcoords="offset points", ha="center",
                                   fontsize=9, fontweight="bold", color=colour, zorder=7)

    def paper(self, x, row):
        """The paper's value as a hollow diamond of the treatment's colour; a range as a line between two."""
        if row["paper_low"] is None:
            return
        ends = ordered([row["paper_low"], row["paper_high"]])
        self.axes.plot([x] * len(ends), ends, "D-", color=self.styles[row["treatment"]][1], markerfacecolor="white",
                       markersize=5.5, markeredgewidth=1.3, linewidth=1, zorder=5)
        self.axes.plot([], [], "D", color=PAPER, markerfacecolor="white", markersize=5.5, label="the paper")

    def by_model(self):
        groups = ordered((row["model"], row["iterations"]) for row in self.rows)
        x, centres = 0, []
        for group in groups:
            rows = [row for row in self.rows if (row["model"], row["iterations"]) == group]
            centres.append(x + (len(rows) - 1) / 2)
            for row in rows:
                self.point(x, row, label=self.styles[row["treatment"]][0])
                low = row["mean"] if row["low"] is None else row["low"]
                self.axes.annotate(self.report["measure"].text(row["mean"]), (x, low), xytext=(0, -10),
                                   textcoords="offset points", ha="center", fontsize=6, color=GREY, zorder=6,
                                   bbox={"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.75})
                self.paper(x - 0.3, row)
                self.verdict(x, row)
                x += 1
            # A free place between two groups.
            x += 1
        self.axes.set_xlim(-1, x - 1)
        self.axes.set_xticks(
            centres, [model if count is None else f"{model}\n{count} iterations" for model, count in groups],
            fontsize=8)

    def by_layers(self):
        self.by_number("layers", lambda layers: layers)
        self.axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        self.axes.set_xlabel("layers of the student")

    def by_labels(self):
        """Few and many at equal distances: their numbers grow by factors."""
        counts = sorted({row["labels"] for row in self.rows if row.get("labels") is not None})
        self.by_number("labels", counts.index)
        self.axes.set_xticks(range(len(counts)), [f"{count:,}" for count in counts])
        self.axes.set_xlabel("labels that the student sees")

    def by_number(self, key, place):
        """A line for each treatment and number of steps, along a number of the students; `place`: where it stands."""
        students = [row for row in self.rows if not is_teacher(row)]
        series = ordered((row["treatment"], row["iterations"]) for row in students)
        counts = ordered(count for _, count in series)
        treatments = ordered(treatment for treatment, _ in series)
        for treatment, count in series:
            rows = sorted((r for r in students if (r["treatment"], r["iterations"]) == (treatment, count)),
                          key=lambda row: row[key])
            # Side by side, so that intervals do not hide each other.
            shift = 0.09 * (treatments.index(treatment) - (len(treatments) - 1) / 2)
            label, colour, _ = self.styles[treatment]
            if len(counts) > 1:
                label += f", {count} iterations"
            xs = [place(row[key]) + shift for row in rows]
            for x, row in zip(xs, rows):
                self.point(x, row)
            self.axes.plot(xs, [r["mean"] for r in rows], color=colour, linewidth=1.5,
                           linestyle=LINES[counts.index(count) % len(LINES)], marker=self.styles[treatment][2],
                           markersize=6, markeredgecolor="white", markeredgewidth=0.6, zorder=4, label=label)
            for x, row in zip(xs, rows):
                self.paper(x - 0.045, row)
                # Of several numbers of steps the last, so that signs do not hide each other.
                if count == max(counts):
                    self.verdict(x, row)
        for row in filter(is_teacher, self.rows):
            self.across(row)
        self.controls()
        places = [place(row[key]) for row in students]
        if places:
            self.axes.set_xlim(min(places) - 0.4, max(places) + 0.4)

    def across(self, row):
        """A model that is there for all students: its mean as a line, its interval as a band."""
        layers = "" if row["layers"] is None else f", {share(row['layers'], 'layer')}"
        if row["low"] is not None:
            self.axes.axhspan(row["low"], row["high"], color=GREY, alpha=0.18, linewidth=0, zorder=1)
        self.axes.axhline(row["mean"], color=GREY, linewidth=1.3, zorder=1.5, label=f"{row['model']}{layers}")
        if row["paper_low"] is not None:
            for edge in ordered([row["paper_low"], row["paper_high"]]):
                self.axes.axhline(edge, color=PAPER, linewidth=0.9, linestyle=(0, (5, 4)), zorder=1.5,
                                  label=f"{row['model']}: the paper")

    def by_epoch(self):
        series = ordered((row["model"], row["treatment"]) for row in self.rows)
        models = ordered(model for model, _ in series)
        bands = []
        for model, treatment in series:
            rows = sorted((r for r in self.rows if (r["model"], r["treatment"]) == (model, treatment)
                           and r["epoch"] is not None), key=lambda row: row["epoch"])
            label, colour, marker = self.styles[treatment]
            if not rows:
                continue
            epochs = [row["epoch"] for row in rows]
            known = [row for row in rows if row["low"] is not None]
            self.axes.fill_between([r["epoch"] for r in known], [r["low"] for r in known], [r["high"] for r in known],
                                   color=colour, alpha=0.16, linewidth=0, zorder=2)
            self.axes.plot(epochs, [row["mean"] for row in rows], color=colour, linewidth=1.5, marker=marker,
                           markersize=3.5, linestyle=LINES[models.index(model) % len(LINES)], zorder=4,
                           label=f"{model}, {label}" if len(models) > 1 else label)
            for row in rows:
                self.verdict(row["epoch"], row)
            bands.append([(r["epoch"], r["paper_low"], r["paper_high"]) for r in rows if r["paper_low"] is not None])
        # The paper's band is often the same for every series.
        for band in ordered(map(tuple, filter(None, bands))):
            if len(band) == 1:
                self.paper(band[0][0], {"treatment": "none", "paper_low": band[0][1], "paper_high": band[0][2]})
                continue
            self.axes.fill_between(*zip(*band), facecolor="none", edgecolor="#00000055", hatch="///", linewidth=0.8,
                                   zorder=1, label="the paper")
        self.controls()
        self.axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        self.axes.set_xlabel("epoch")

    def controls(self):
        for index, control in enumerate(self.report["controls"]):
            self.axes.axhline(control["accuracy"], color=PAPER, linewidth=1.2, linestyle=(0, (1, 1.5 + 1.5 * index)),
                              zorder=3, label=f"{control['name']} ({control['accuracy']:.3f})")


def notes(report):
    """What stands below a panel: the autoencoder's fidelity and the controls."""
    lines = []
    fidelity = report.get("fidelity")
    if fidelity is not None:
        interval = "" if fidelity["low"] is None else f" ({fidelity['low']:.3f} … {fidelity['high']:.3f})"
        paper = "" if fidelity["paper"] is None else f"; the paper: {fidelity['paper']:.3f}"
        lines.append(f"autoencoder: mean fidelity {fidelity['mean']:.3f}{interval}{paper}")
    if report["axis"] == "model":
        lines += [f"{control['name']}: {control['accuracy']:.3f}" for control in report["controls"]]
    return lines


def panel_width(report):
    """Models with their treatments side by side take a place each; lines fit into any panel."""
    if report["axis"] != "model":
        return PANEL
    groups = {(row["model"], row["iterations"]) for row in report["rows"]}
    return max(PANEL, SLOT * (len(report["rows"]) + len(groups) + 1))


def draw(reports):
    """The figure of reports of one experiment; the same reports always give the same figure."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(SETTINGS)
    treatments = ordered(row["treatment"] for report in reports for row in report["rows"])
    below = [notes(report) for report in reports]
    note_height = NOTE_LINE * max(map(len, below))
    panels = [panel_width(report) for report in reports]
    columns, width = len(reports), sum(panels)
    labels = []
    picture = plt.figure(figsize=(width, 1))
    axes = picture.subplots(1, columns, sharey=True, squeeze=False, width_ratios=panels)[0]
    axes[0].set_ylabel(reports[0]["measure"].name)
    for panel_axes, report in zip(axes, reports):
        Panel(panel_axes, report, treatments)
        labels += zip(*reversed(panel_axes.get_legend_handles_labels()))
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(max(low, -0.02), min(high, 1.02))
    # One legend for all panels: what is equal in two panels stands there once, and the paper last.
    entries = dict(reversed([entry for entry in labels]))
    names = sorted(ordered(label for label, _ in labels), key=lambda label: label.endswith("the paper"))
    # Inches of the widest entry: its line and marker, and about 0.062 for a letter.
    across = max(1, int(width / max(2.1, 0.65 + 0.062 * max(map(len, names)))))
    legend_lines = -(-len(names) // across)
    bottom = 1.1 + note_height + 0.22 * legend_lines
    height = TOP + PLOT + bottom
    picture.set_size_inches(width, height)
    picture.subplots_adjust(left=0.62 / width, right=1 - 0.2 / width, top=1 - TOP / height, bottom=bottom / height,
                            wspace=0.24 / (width / columns))
    picture.suptitle(experiment_title(reports[0]["experiment"]), fontsize=12, y=1 - 0.18 / height, va="top")
    picture.legend([entries[name] for name in names], names, ncols=min(across, len(names)), loc="lower center",
                   bbox_to_anchor=(0.5, (note_height + 0.56) / height), fontsize=8, borderaxespad=0)
    for panel_axes, lines in zip(axes, below):
        left = panel_axes.get_position().x0 if columns > 1 else 0.3 / width
        for index, text in enumerate(lines):
            place = (left, (0.5 + note_height - NOTE_LINE * (index + 0.5)) / height)
            picture.text(*place, text, fontsize=6.5, color=GREY, va="center")
    first, last = reports[0]["first_seed"], reports[0]["first_seed"] + reports[0]["seeds"] - 1
    versions = ", ".join(ordered(report["version"] for report in reports))
    seeds = f", seeds {first} to {last}" if len({(r["first_seed"], r["seeds"]) for r in reports}) == 1 else ""
    picture.text(0.3 / width, 0.08 / height, f"qkd-run {versions}{seeds}; faint dots: single seeds; bars and bands: "
                 "95 % intervals of the mean.\nAgainst no treatment: ↑ helps, ↓ harms, = no difference worth naming, "
                 "? undecided (Wilcoxon's signed-rank test over paired seeds,\ncorrected by Holm, and the interval of "
                 "the mean; tools/results prints all comparisons).", fontsize=6,
                 color=GREY, va="bottom")
    return picture
