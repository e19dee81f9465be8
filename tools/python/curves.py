#!/usr/bin/env python3
"""Learning curves for tools/plot: how the loss of `train`, `distill` and `compress` fell, and what came of it."""
import math
import pathlib

from report import is_interval, is_number, is_text, is_whole, nullable

JOBS = ("train", "distill", "compress")
# Of the curve that is drawn bold: so many means.
COLUMNS = 60
# Batches that one of them is of at least; shorter curves are drawn as they are.
SMOOTHED = 3


def is_losses(value):
    return type(value) is list and value != [] and all(map(nullable(is_number), value))


HEAD = {
    "losses": ("a list of numbers", is_losses), "version": ("a text", is_text), "samples": ("a whole number", is_whole),
    "seed": ("a whole number", is_whole),
}
NUMBER = ("a number or null", nullable(is_number))
INTERVAL = ("two numbers or null", nullable(is_interval))
SCORES = {"accuracy": NUMBER, "accuracy_interval": INTERVAL, "teacher_accuracy": NUMBER,
          "teacher_accuracy_interval": INTERVAL, "rmse": NUMBER, "rmse_interval": INTERVAL, "teacher_rmse": NUMBER}
FIDELITIES = {"mean_fidelity": ("a number", is_number), "minimum_fidelity": ("a number", is_number),
              "first_percentile_fidelity": ("a number", is_number)}
RESTART = {"seed": ("a whole number", is_whole), "validation_loss": NUMBER,
           "best_iteration": ("a whole number", is_whole)}


def checked(file):
    report = file.report
    file.check(report, HEAD | (FIDELITIES if report["job"] == "compress" else SCORES))
    file.check(report, {"autoencoder" if report["job"] == "compress" else "model": ("a text", is_text)})
    selection = report.setdefault("selection", None)
    if selection is not None:
        file.check(selection, {"kept": ("a whole number", is_whole)}, "selection")
        file.check_list("restarts", RESTART, selection, "selection.")
        if not selection["kept"] < len(selection["restarts"]):
            file.refuse("selection.kept must be one of the restarts, from 0")
    return report


def unit(report):
    """What the losses are, so that only comparable ones share a plot."""
    if report["job"] == "compress":
        return "mean infidelity of a batch"
    return "mean loss of a batch, in the targets' squared unit" if report["rmse"] is not None \
        else "mean loss of a batch, nats"


def name_of(report):
    return pathlib.Path(report.get("model") or report.get("autoencoder")).name


def names_of(reports):
    """Of each report one of its own: with its seed, else its file's, where models have the same name."""
    for name in (name_of, lambda r: f"{name_of(r)}, seed {r['seed']}",
                 lambda r: f"{name_of(r)} of {pathlib.Path(r['path']).name}"):
        names = [name(report) for report in reports]
        if len(set(names)) == len(names):
            break
    return names


def result(report):
    """The line below the title."""
    if report["job"] == "compress":
        return (f"mean fidelity {report['mean_fidelity']:.4f}, first percentile "
                f"{report['first_percentile_fidelity']:.4f}, minimum {report['minimum_fidelity']:.4f} "
                f"on {report['samples']:,} unseen states")
    score = "rmse" if report["rmse"] is not None else "accuracy"
    if report[score] is None:
        return ""
    interval = report[f"{score}_interval"]
    ends = f" ({interval[0]:.4f} to {interval[1]:.4f})" if interval else ""
    teacher = report[f"teacher_{score}"]
    return (f"{'RMSE' if score == 'rmse' else score} {report[score]:.4f}{ends} on {report['samples']:,} unseen samples"
            + ("" if teacher is None else f"; its teacher's {teacher:.4f}"))


def smooth(losses):
    """Means over equal stretches: where each is, and its value."""
    columns = min(COLUMNS, len(losses))
    points = []
    for column in range(columns):
        first, end = column * len(losses) // columns, (column + 1) * len(losses) // columns
        known = [loss for loss in losses[first:end] if loss is not None]
        if known:
            points.append(((first + end + 1) / 2, sum(known) / len(known)))
    return points


def draw(reports):
    """The figure of reports whose losses are in one unit; the same reports always give the same figure."""
    from matplotlib.ticker import MaxNLocator

    import style

    selected = [report for report in reports if report["selection"]]
    with_restarts = len(reports) == 1 and len(selected) == 1 and len(selected[0]["selection"]["restarts"]) > 1
    title = f"{reports[0]['job']}: {name_of(reports[0])}" if len(reports) == 1 else "Learning curves"
    stretch = max(math.ceil(len(report["losses"]) / COLUMNS) for report in reports)
    faint = f"Faint: each batch; bold: means of up to {stretch} batches. " if stretch >= SMOOTHED else ""
    versions = ", ".join(dict.fromkeys(report["version"] for report in reports))
    seeds = ", ".join(dict.fromkeys(str(report["seed"]) for report in reports))
    notes = [f"{faint}qkd-run {versions}, seed {seeds}"]
    if len(reports) > 1:
        notes = [f"{name}: {result(report)}" for name, report in zip(names_of(reports), reports)] + notes
    sheet = style.Sheet(
        [5.6, 2.4] if with_restarts else [6.4], [3.6], title, result(reports[0]) if len(reports) == 1 else "", notes)
    axes = sheet.axes[0][0]
    for report, name, (colour, line) in zip(reports, names_of(reports), style.SERIES):
        losses = report["losses"]
        known = [(x, loss) for x, loss in enumerate(losses, 1) if loss is not None]
        points = known
        if len(losses) > SMOOTHED * COLUMNS - COLUMNS and known:
            axes.plot(*zip(*known), color=colour, alpha=0.3, linewidth=0.7, zorder=2)
            points = smooth(losses)
        if points:
            axes.plot(*zip(*points), color=colour, linestyle=line, linewidth=1.8, zorder=3, label=name)
    values = [value for report in reports for value in report["losses"] if value is not None]
    if values and min(values) > 0 and max(values) > 20 * min(values):
        axes.set_yscale("log")
    axes.set_ylabel(unit(reports[0]))
    axes.set_xlabel("iteration")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(reports) > 1:
        axes.legend(fontsize=8)
    if with_restarts:
        draw_restarts(sheet.axes[0][1], axes, reports[0]["selection"])
    return sheet.picture


def draw_restarts(axes, curve, selection):
    """The validation loss of each restart, the smallest at the top, and where the kept one had it."""
    import style

    kept = selection["restarts"][selection["kept"]]
    curve.axvline(kept["best_iteration"], color=style.GREY, linewidth=1, linestyle=(0, (5, 3)), zorder=1,
                  label=f"kept: iteration {kept['best_iteration']:,}")
    curve.legend(*zip(*[pair for pair in zip(*curve.get_legend_handles_labels()) if pair[1].startswith("kept")]),
                 fontsize=8)
    ranked = sorted(selection["restarts"], key=lambda restart: (
        restart["validation_loss"] is None, restart["validation_loss"] or 0))
    for place, restart in enumerate(ranked):
        if restart["validation_loss"] is None:
            continue
        axes.plot([restart["validation_loss"]], [place], "o", color=style.BLUE, markersize=7, zorder=3,
                  markerfacecolor=style.BLUE if restart is kept else "white")
    axes.set_yticks(range(len(ranked)), [f"seed {restart['seed']}" for restart in ranked], fontsize=8)
    axes.set_ylim(len(ranked) - 0.5, -0.5)
    axes.set_xlabel("validation loss (full: kept)")
    axes.ticklabel_format(axis="x", useOffset=False, style="plain") if axes.get_xscale() == "linear" else None
    axes.tick_params(axis="x", labelsize=7)
    axes.locator_params(axis="x", nbins=4)
    axes.margins(x=0.15)
