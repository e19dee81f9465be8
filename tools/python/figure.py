#!/usr/bin/env python3
"""Draws the figure of tools/plot: a panel for each report, the paper's values beside ours, and what was concluded."""
import style
from panel import CEILING, SLOT, Panel, named, ordered
from report import is_teacher, training
from style import GREY, NOTE_LINE, NOTE_SIZE, folded, text_width

# Inches. LEFT holds the axis' name and ticks of two decimals.
PANEL, PLOT, TOP, LEFT = 5.6, 3.7, 0.75, 0.62
# Of a figure of shots at least: a legend of two columns.
WIDE = 7.6
LEGEND_SIZE = 8


def experiment_title(name):
    return {"table-1": "Table I"}.get(name, named(name).capitalize())


def notes(report):
    """What stands below a panel: the autoencoder's fidelity, the controls, and what its words mean."""
    lines = []
    fidelity = report.get("fidelity")
    if fidelity is not None:
        interval = "" if fidelity["low"] is None else f" ({fidelity['low']:.3f} … {fidelity['high']:.3f})"
        paper = "" if fidelity["paper"] is None else f"; the paper: {fidelity['paper']:.3f}"
        lines.append(f"autoencoder: mean fidelity {fidelity['mean']:.3f}{interval}{paper}")
    if report["axis"] == "model":
        lines += [f"{control['name']}: {control['accuracy']:.3f}" for control in report["controls"]]
    if any({"ideal", "for device"} & set(row["model"].split(", ")) for row in report["rows"]):
        lines.append("ideal, for device: what students were trained for; all of them are tested on the device, "
                     "the teacher without noise or as its mark says")
    if report["axis"] == "shots":
        lines.append("exact: tested by exact values, as if shots had no end")
    if report["quantum_limit"]:
        lines.append("quantum limit: no measurement of so many copies of a sample decides better on average")
    return lines


def views(report):
    """Of tests with shots a panel for each student, so that its lines can be told apart."""
    students = ordered(training(row["model"])[0] for row in report["rows"] if not is_teacher(row))
    if report["axis"] != "shots" or len(students) < 2:
        return [report]
    return [report | {"student": student, "rows": [
        row for row in report["rows"] if is_teacher(row) or training(row["model"])[0] == student]}
        for student in students]


def panel_width(report):
    """Models with their treatments side by side take a place each; lines fit into any panel."""
    if report["axis"] != "model":
        return PANEL
    groups = {(row["model"], row["iterations"]) for row in report["rows"]}
    return max(PANEL, SLOT * (len(report["rows"]) + len(groups) + 1))


def steps_of(reports):
    """Numbers of iterations after which students are drawn along an axis, in all panels."""
    return sorted({row["iterations"] or 0 for report in reports for row in report["rows"] if not is_teacher(row)})


def draw(reports):
    """The figure of reports of one experiment; the same reports always give the same figure."""
    style.begin()
    treatments = ordered(row["treatment"] for report in reports for row in report["rows"])
    panes = [view for report in reports for view in views(report)]
    panels = [panel_width(view) for view in panes]
    columns, width = len(panes), max(sum(panels), WIDE if reports[0]["axis"] == "shots" else 0)
    # Panels of one report share its notes.
    below = [[line for note in (notes(report) if index == 0 else [])
              for line in folded(note, panels[0] * len(views(report)) - 2 * style.MARGIN, NOTE_SIZE)]
             for report in reports for index, _ in enumerate(views(report))]
    note_height = NOTE_LINE * max(map(len, below))
    foot = [line for text in footer(reports) for line in folded(text, width - 2 * style.MARGIN, NOTE_SIZE)]
    foot_height = 0.12 + NOTE_LINE * len(foot)
    picture = style.plt.figure(figsize=(width, 1))
    axes = picture.subplots(1, columns, sharey=True, squeeze=False, width_ratios=panels)[0]
    axes[0].set_ylabel(reports[0]["measure"].name)
    drawn = [Panel(panel_axes, view, treatments, steps_of(reports)) for panel_axes, view in zip(axes, panes)]
    low, high = axes[0].get_ylim()
    if reports[0]["measure"].key == "accuracies":
        low, high = max(low, -0.02), min(high, CEILING)
    verdict_lines = max(panel.lines for panel in drawn)
    verdict_height = NOTE_LINE * verdict_lines
    plot_height = PLOT + verdict_height
    axes[0].set_ylim(low - (high - low) * verdict_height / PLOT, high)
    # One legend for all panels: what is equal in two panels stands there once, and the paper last.
    labels = [entry for panel_axes in axes for entry in zip(*reversed(panel_axes.get_legend_handles_labels()))]
    entries = dict(reversed(labels))
    names = sorted(ordered(label for label, _ in labels), key=rank)
    across = max(1, int((width - 2 * style.MARGIN) / (0.6 + max(text_width(name, LEGEND_SIZE) for name in names))))
    legend_height = 0.2 * -(-len(names) // across)
    ticks = max(label.get_text().count("\n") for panel_axes in axes for label in panel_axes.get_xticklabels()) + 1 \
        if reports[0]["axis"] == "model" else 2
    bottom = foot_height + note_height + 0.12 + legend_height + 0.3 + 0.14 * ticks
    height = TOP + plot_height + bottom
    picture.set_size_inches(width, height)
    picture.subplots_adjust(left=LEFT / width, right=1 - 0.2 / width, top=1 - TOP / height, bottom=bottom / height,
                            wspace=0.24 / (width / columns))
    # The foot of the plot has no accuracies. How many ticks there are follows from the size.
    axes[0].set_yticks([tick for tick in axes[0].get_yticks() if low <= tick <= high])
    longest = max(text_width(label.get_text(), style.SETTINGS["font.size"]) for label in axes[0].get_yticklabels())
    picture.subplots_adjust(left=max(LEFT, 0.35 + longest) / width)
    if verdict_lines > 0:
        for panel in drawn:
            panel.verdicts_below(plot_height, verdict_lines)
    picture.suptitle(experiment_title(reports[0]["experiment"]), fontsize=12, y=1 - 0.18 / height, va="top")
    picture.legend([entries[name] for name in names], names, ncols=min(across, len(names)), loc="lower center",
                   bbox_to_anchor=(0.5, (foot_height + note_height + 0.1) / height), fontsize=LEGEND_SIZE,
                   borderaxespad=0, borderpad=0)
    for panel_axes, lines in zip(axes, below):
        left = panel_axes.get_position().x0 if columns > 1 else style.MARGIN / width
        for index, text in enumerate(lines):
            place = (left, (foot_height + note_height - NOTE_LINE * (index + 0.5)) / height)
            picture.text(*place, text, fontsize=NOTE_SIZE, color=GREY, va="center")
    for index, line in enumerate(reversed(foot)):
        picture.text(style.MARGIN / width, (0.08 + NOTE_LINE * index) / height, line, fontsize=NOTE_SIZE, color=GREY,
                     va="bottom")
    return picture


def rank(label):
    """Treatments, numbers of steps, models and controls, the paper."""
    return 2 if label.endswith("the paper") else 1 if label.endswith(" iterations") else 0


def footer(reports):
    """Where the figure comes from, and what its signs mean: a paragraph each."""
    first, last = reports[0]["first_seed"], reports[0]["first_seed"] + reports[0]["seeds"] - 1
    versions = ", ".join(ordered(report["version"] for report in reports))
    seeds = f", seeds {first} to {last}" if len({(r["first_seed"], r["seeds"]) for r in reports}) == 1 else ""
    marks = ["faint dots: single seeds", "bars and bands: 95 % intervals of the mean"]
    last_steps = ", after the most iterations" if reports[0]["axis"] in ("layers", "labels") \
        and len(steps_of(reports)) > 1 else ""
    return [f"qkd-run {versions}{seeds}; " + "; ".join(marks) + ".",
            f"Against no treatment{last_steps}: ↑ helps, ↓ harms, = no difference worth naming, ? undecided "
            "(Wilcoxon's signed-rank test over paired seeds, corrected by Holm, and the interval of the mean; "
            "tools/results prints all comparisons)."]
