#!/usr/bin/env python3
"""One panel of a figure of tools/plot: the rows of a report along its axis, beside the paper's, and verdicts."""
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from report import is_against_none, is_teacher, training
from style import BLACK as PAPER
from style import GREY, NOTE_LINE, NOTE_SIZE, folded

# Each treatment has a marker of its own as well as a colour.
STYLES = {
    "none": ("without distillation", "#0072B2", "o"),
    "distilled": ("distilled", "#D55E00", "s"),
    "label-smoothing": ("label smoothing", "#009E73", "^"),
    "shuffled-teacher": ("shuffled teacher logits", "#CC79A7", "v"),
    "hints": ("distilled, with hints", "#56B4E9", "X"),
    "relations": ("distilled, with relations", "#7F4FA8", "<"),
    "noisy-teacher": ("noisy teacher", "#8C564B", ">"),
    "extrapolated-teacher": ("noisy teacher, extrapolated to no noise", "#E69F00", "p"),
    "logistic-fit": ("logistic fit after training", "#B58900", "P"),
}
OTHERS = (("#4D4D4D", "*"), ("#A6761D", "h"), ("#000000", "d"))
LINES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))
# Of students by what their training saw: exact values, then shots.
BLIND, AWARE = (0, (3, 1.5)), ("-", (0, (6, 1.2, 1, 1.2)), (0, (1, 1.2)))
# What a comparison with no treatment came to, below the treatment's mark.
VERDICTS = {
    "helps": ("↑", "#009E73"), "harms": ("↓", "#D55E00"), "no difference worth naming": ("=", "#595959"),
    "undecided": ("?", "#595959"),
}
# Of accuracies: a mark at 1 is drawn whole.
CEILING = 1.015
# Inches that a row takes where rows stand side by side.
SLOT = 0.32


def ordered(values):
    return list(dict.fromkeys(values))


def named(name):
    return name.replace("-", " ")


def share(count, word):
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


class Panel:
    """The drawing of one report."""

    def __init__(self, axes, report, treatments, steps):
        self.steps = steps
        self.axes, self.report, self.rows = axes, report, report["rows"]
        others = [name for name in treatments if name not in STYLES]
        self.styles = STYLES | {
            name: (named(name), *OTHERS[index % len(OTHERS)]) for index, name in enumerate(others)
        }
        # The style of a line of verdicts below, and its `(x, row)`, by `(model, treatment)`, or one line for all.
        self.judged = {}
        axes.grid(axis="x", visible=False)
        {"model": self.by_model, "layers": self.by_layers, "labels": self.by_labels,
         "epoch": self.by_epoch, "shots": self.by_shots}[report["axis"]]()
        student = f": {report['student']}" if "student" in report else ""
        axes.set_title(f"{report['preset']}, {share(report['seeds'], 'seed')}{student}", fontsize=10)

    def point(self, x, row, label=None):
        """Mean and interval, and the seeds themselves as faint dots beside."""
        _, colour, marker = self.styles[row["treatment"]]
        self.seeds(x, row)
        self.interval([x], [row], color=colour, marker=marker, linestyle="none", label=label)

    def seeds(self, x, row):
        colour = self.styles[row["treatment"]][1]
        seeds = row["accuracies"]
        # Spread by a fixed pattern, so that equal accuracies stay visible and the picture is always the same.
        width = 0.3 if self.report["axis"] == "model" else 0.05
        spread = [x + width * ((index * 0.618) % 1 - 0.5) for index in range(len(seeds))]
        self.axes.plot(spread, seeds, ".", color=colour, alpha=0.35, markersize=4, markeredgewidth=0, zorder=2)

    def interval(self, xs, rows, **style):
        errors = [[0 if r["low"] is None else r["mean"] - r["low"] for r in rows],
                  [0 if r["high"] is None else r["high"] - r["mean"] for r in rows]]
        self.axes.errorbar(xs, [r["mean"] for r in rows], yerr=errors, markersize=6, capsize=3, elinewidth=1.5,
                           markeredgecolor="white", markeredgewidth=0.6, zorder=4, **style)

    def judge(self, key, style, points):
        """Keeps what a line of verdicts is of, if there are any."""
        if any(self.signs(row) for _, row in points):
            self.judged[key] = style, points

    def signs(self, row):
        """Of its comparison with no treatment, if there is one."""
        keys = ("model", "layers", "treatment", "iterations", "epoch", "shots")
        return [VERDICTS.get(c["verdict"], (c["verdict"], GREY)) for c in self.report["comparisons"]
                if is_against_none(c) and all(c.get(key) == row.get(key) for key in keys)]

    def verdicts_below(self, height, lines):
        """Signs in so many lines at the foot of a plot of so many inches, each below its row: between the rows there is
        no room. Where a line is a treatment's, its marker stands before it."""
        place = {"transform": self.axes.get_xaxis_transform(), "clip_on": False}
        top = NOTE_LINE * lines / height
        self.axes.add_patch(Rectangle((0, 0), 1, top, facecolor="white", edgecolor="none", zorder=1.2,
                                      transform=self.axes.transAxes))
        self.axes.plot([0, 1], [top, top], color="#c8c8c8", linewidth=0.8, zorder=1.3, clip_on=False,
                       transform=self.axes.transAxes)
        if not self.judged:
            return
        first, *others = [NOTE_LINE * (index + 0.5) / height for index in reversed(range(lines))]
        self.axes.text(0.012, first, "against no treatment:", fontsize=NOTE_SIZE, color=GREY, va="center",
                       transform=self.axes.transAxes)
        for y, (style, points) in zip(others, self.judged.values()):
            if style is not None:
                self.axes.plot([0.02], [y], **style | {"linestyle": "none", "label": None}, clip_on=False,
                               transform=self.axes.transAxes)
            for x, row in points:
                for sign, colour in self.signs(row):
                    self.axes.text(x, y, sign, fontsize=8, fontweight="bold", color=colour, ha="center",
                                   va="center", **place)

    @property
    def lines(self):
        """How many lines of signs there are, their title among them."""
        return len(self.judged) + 1 if self.judged else 0

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
        x, centres, points = 0, [], []
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
                points.append((x, row))
                x += 1
            # A free place between two groups.
            x += 1
        self.judge("all", None, points)
        self.axes.set_xlim(-1, x - 1)
        names = []
        for model, count in groups:
            rows = sum((row["model"], row["iterations"]) == (model, count) for row in self.rows)
            lines = folded(model, SLOT * (max(rows, 2) + 0.6), 8)
            names.append("\n".join(lines + ([] if count is None else [f"{count} iterations"])))
        self.axes.set_xticks(centres, names, fontsize=8)

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

    def by_shots(self):
        """A line for each student and treatment, at equal distances: shots grow by factors; exact values end it."""
        students = [row for row in self.rows if not is_teacher(row)]
        counts = sorted({row["shots"] for row in students if row["shots"] is not None})
        exact = len(counts) + 0.15
        series = ordered((row["model"], row["treatment"]) for row in students)
        trainings = ordered(training(model)[1] for model, _ in series)
        for index, (model, treatment) in enumerate(series):
            rows = [row for row in students if (row["model"], row["treatment"]) == (model, treatment)]
            # Shots test what the last step left.
            last = max(row["iterations"] or 0 for row in rows)
            rows = sorted((row for row in rows if (row["iterations"] or 0) == last),
                          key=lambda row: (row["shots"] is None, row["shots"]))
            # Side by side, so that intervals do not hide each other, and no further: a line is read along its shots.
            shift = min(0.07, 0.4 / len(series)) * (index - (len(series) - 1) / 2)
            places = [exact if row["shots"] is None else counts.index(row["shots"]) for row in rows]
            xs = [place + shift for place in places]
            style = self.trained(model, treatment, trainings)
            for x, row in zip(xs, rows):
                self.seeds(x, row)
                self.interval([x], [row], color=style["color"], linestyle="none")
            self.judge((model, treatment), style, list(zip(places, rows)))
            # Exact values are no number of shots: the line does not reach them.
            for is_exact in (False, True):
                points = [(x, row["mean"]) for x, row in zip(xs, rows) if (row["shots"] is None) == is_exact]
                if points:
                    self.axes.plot(*zip(*points), **style)
        self.axes.axvline(len(counts) - 0.43, color="#c8c8c8", linewidth=0.8, zorder=1)
        ends = [exact - 0.42, exact + 0.42]
        for row in filter(is_teacher, self.rows):
            colour, label = self.teacher(row)
            if row["low"] is not None:
                self.axes.fill_between(ends, row["low"], row["high"], color=colour, alpha=0.18, linewidth=0, zorder=1)
            self.axes.plot(ends, [row["mean"]] * 2, color=colour, linewidth=1.3, zorder=1.5, label=label)
        self.limit(counts)
        self.controls()
        self.axes.set_xticks([*range(len(counts)), exact], [*(f"{count:,}" for count in counts), "exact"])
        self.axes.set_xlim(-0.45, exact + 0.45)
        self.axes.set_xlabel("shots a sample in the test")

    def trained(self, model, treatment, trainings):
        """The style of a student's line: a hollow marker where training saw exact values, a full one where shots."""
        label, colour, marker = self.styles[treatment]
        _, saw = training(model)
        style = {"label": label, "color": colour, "marker": marker, "markersize": 6, "linewidth": 1.5, "zorder": 4}
        if saw == "exact":
            return style | {"label": f"{label}, trained with exact values", "linestyle": BLIND,
                            "markerfacecolor": "white", "markeredgecolor": colour, "markeredgewidth": 1.2}
        aware = [name for name in trainings if name != "exact"]
        if saw:
            style["label"] = f"{label}, trained with {saw}"
        return style | {"linestyle": AWARE[aware.index(saw) % len(AWARE)], "markeredgecolor": "white",
                        "markeredgewidth": 0.6}

    def limit(self, counts):
        """What no measurement exceeds, and its name above it."""
        points = sorted((limit["shots"], limit["accuracy"]) for limit in self.report["quantum_limit"]
                        if limit["shots"] in counts)
        if not points:
            return
        places = [(counts.index(shots), accuracy) for shots, accuracy in points]
        self.axes.plot(*zip(*places), color=PAPER, linewidth=0.9, marker=".", markersize=3, zorder=3)
        # The line rises to the right: left above its second point there is nothing.
        self.axes.annotate("quantum limit", places[min(1, len(places) - 1)], xytext=(-5, 4),
                           textcoords="offset points", ha="right", va="bottom", fontsize=7.5, zorder=6)

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
            label, colour, marker = self.styles[treatment]
            xs = [place(row[key]) + shift for row in rows]
            for x, row in zip(xs, rows):
                self.point(x, row)
            style = {"color": colour, "linewidth": 1.5, "marker": marker, "markersize": 6, "markeredgecolor": "white",
                     "markeredgewidth": 0.6, "zorder": 4}
            line = LINES[self.steps.index(count or 0) % len(LINES)]
            self.axes.plot(xs, [r["mean"] for r in rows], linestyle=line, **style)
            # Treatments and numbers of steps are told apart in the legend each by itself.
            self.axes.plot([], [], linestyle="-" if len(self.steps) == 1 else "none", label=label, **style)
            for x, row in zip(xs, rows):
                self.paper(x - 0.045, row)
            # Of several numbers of steps the last.
            if count == max(counts):
                self.judge(treatment, style, [(place(row[key]), row) for row in rows])
        if len(self.steps) > 1:
            for count in counts:
                self.axes.plot([], [], color=GREY, linewidth=1.5, label=f"{count} iterations",
                               linestyle=LINES[self.steps.index(count or 0) % len(LINES)])
        for row in filter(is_teacher, self.rows):
            self.across(row)
        self.controls()
        places = [place(row[key]) for row in students]
        if places:
            self.axes.set_xlim(min(places) - 0.4, max(places) + 0.4)

    def teacher(self, row):
        """Its colour and name: grey, or those of what was done to it."""
        layers = "" if row["layers"] is None else f", {share(row['layers'], 'layer')}"
        name, colour, _ = (row["model"], GREY, None) if row["treatment"] == "none" else self.styles[row["treatment"]]
        return colour, name + layers

    def across(self, row):
        """A model that is there for all students: its mean as a line, its interval as a band."""
        colour, label = self.teacher(row)
        if row["low"] is not None:
            self.axes.axhspan(row["low"], row["high"], color=colour, alpha=0.18, linewidth=0, zorder=1)
        # Wide and pale: lines of students are thin.
        self.axes.axhline(row["mean"], color=colour, linewidth=4, alpha=0.45, zorder=1.5, label=label)
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
            style = {"color": colour, "marker": marker, "markersize": 4}
            self.judge((model, treatment), style, [(row["epoch"], row) for row in rows])
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
