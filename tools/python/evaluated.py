#!/usr/bin/env python3
"""The figure of an evaluation for tools/plot: confusion matrix, ROC, reliability diagram, confidence histogram; of a
regression, answers against targets and their errors. Samples one by one come from the predictions' file."""
import math
import pathlib

from command import BAD_DATA, NO_INPUT
from report import Refused, is_counts, is_interval, is_number, is_text, is_whole, nullable

NUMBER = ("a number or null", nullable(is_number))
INTERVAL = ("two numbers or null", nullable(is_interval))
HEAD = {
    "version": ("a text", is_text), "samples": ("a whole number", is_whole), "predictions": ("a text or null",
                                                                                             nullable(is_text)),
    "predicted": ("a list of whole numbers or null", nullable(is_counts)), "accuracy": NUMBER,
    "accuracy_interval": INTERVAL, "roc_area": NUMBER, "expected_calibration_error": NUMBER, "rmse": NUMBER,
    "rmse_interval": INTERVAL, "r2": NUMBER, "mean_confidence": NUMBER,
    "confusion": ("a list of lists of whole numbers or null", nullable(
        lambda value: type(value) is list and value != [] and all(map(is_counts, value))
        and all(len(row) == len(value[0]) for row in value))),
}
BINS = 15
# Of a matrix, with numbers that can be read.
LARGEST_MATRIX = 20


def checked(file):
    file.check(file.report, HEAD)
    return file.report


def is_regression(report):
    return "outputs" in report


def read_predictions(report, given):
    """The predictions of a report, of the file that is given, or that the report names; None where there is none."""
    from qkd_run import BadDataError, Predictions

    name = given if given is not None else report["predictions"]
    if name is None:
        return None
    path = pathlib.Path(name)
    if given is None and not path.exists():
        # A spool names the file beside its report.
        path = pathlib.Path(report["path"]).parent / name
    try:
        predictions = Predictions.read(path, regression=is_regression(report))
    except BadDataError as error:
        raise Refused(BAD_DATA, str(error)) from None
    except OSError as error:
        raise Refused(NO_INPUT, f"{path}: {error.strerror}; --predictions names where the report's predictions are"
                      ) from None
    check_answers(path, predictions)
    if len(predictions.samples) != report["samples"] or (predictions.targets is None) == is_regression(report) or (
            not is_regression(report) and report["confusion"] is not None
            and matrix(predictions) != report["confusion"]):
        raise Refused(BAD_DATA, f"{path}: predictions of another evaluation than {report['path']}")
    return predictions


def check_answers(path, predictions):
    """Refuses answers that no picture shows: what is no number, and classes without a logit."""
    import numpy as np

    count = predictions.logits.shape[1]
    wrong = [(~np.isfinite(predictions.logits).all(axis=1), "a logit or value that is not finite")]
    if predictions.classes is not None:
        outside = (predictions.classes < 0) | (predictions.classes >= count)
        wrong.append((outside, f"a class that is none of 0 to {count - 1}"))
    for rows, what in wrong:
        if rows.any():
            row = int(np.argmax(rows))
            # CSV begins with a line of names.
            place = f"row {row} (from 0)" if path.suffix == ".npy" else f"line {row + 1 + (path.suffix != '.ndjson')}"
            raise Refused(BAD_DATA, f"{path}: {place}: {what}; evaluate anew, or give another --predictions")


def matrix(predictions):
    """Labelled samples, `[label][answer]`."""
    import numpy as np

    count = predictions.logits.shape[1]
    known = ~np.isnan(predictions.labels)
    labels = predictions.labels[known].astype(int)
    if ((labels < 0) | (labels >= count)).any():
        return None
    cells = np.bincount(labels * count + predictions.classes[known], minlength=count * count)
    return cells.reshape(count, count).tolist()


def draw(report, predictions):
    """The figure of an evaluation; the same report and predictions always give the same figure."""
    import style

    name = pathlib.Path(report["input"] if "input" in report else report.get("model") or "model").name
    title = f"evaluate: {name}"
    notes = [f"qkd-run {report['version']}, {report['samples']:,} samples"]
    if is_regression(report):
        return draw_regression(report, predictions, title, notes)
    panels = []
    if report["confusion"] is not None or (predictions is not None and labelled(predictions).any()):
        cells = report["confusion"] or matrix(predictions)
        if cells is not None and len(cells) <= LARGEST_MATRIX:
            panels.append(lambda axes: draw_confusion(axes, cells))
    if predictions is not None:
        if labelled(predictions).any():
            panels.append(lambda axes: draw_roc(axes, report, predictions))
            panels.append(lambda axes: draw_reliability(axes, report, predictions))
        panels.append(lambda axes: draw_confidence(axes, predictions))
    if not panels:
        panels.append(lambda axes: draw_predicted(axes, report))
    result = ""
    if report["accuracy"] is not None:
        low, high = report["accuracy_interval"] or (report["accuracy"],) * 2
        result = f"accuracy {report['accuracy']:.4f}, 95 % interval {low:.4f} to {high:.4f}"
    columns = 1 if len(panels) == 1 else 2
    sheet = style.Sheet([4.4] * columns, [3.9] * -(-len(panels) // columns), title, result, notes)
    places = sheet.axes.flatten()
    for place, panel in zip(places, panels):
        panel(place)
    for place in places[len(panels):]:
        place.set_visible(False)
    return sheet.picture


def labelled(predictions):
    import numpy as np

    return ~np.isnan(predictions.labels)


def draw_confusion(axes, cells):
    """Each row's shares as blues, its counts as numbers."""
    shares = [[count / max(1, sum(row)) for count in row] for row in cells]
    axes.grid(False)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.25, aspect="auto")
    size = max(4.5, min(10, 48 / len(cells)))
    for y, row in enumerate(cells):
        for x, count in enumerate(row):
            text = f"{count:,}" + (f"\n{100 * shares[y][x]:.2f} %" if len(cells) <= 5 else "")
            axes.text(x, y, text, ha="center", va="center", fontsize=size,
                      color="white" if shares[y][x] > 0.7 else "#333333" if count else "#9a9a9a")
    for name, axis in (("answer", axes.xaxis), ("label", axes.yaxis)):
        axis.set_ticks(range(len(cells)))
        axis.set_label_text(name)
    axes.spines[:].set_visible(False)
    axes.set_title("confusion: samples, and shares of a label" if len(cells) <= 5 else "confusion: samples",
                   fontsize=10)


def roc(scores, positive):
    """Of each threshold the rates of false and true positives, and the area below, equal scores counting half."""
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    scores, positive = scores[order], positive[order]
    ends = np.append(np.nonzero(np.diff(scores))[0], len(scores) - 1)
    true = np.append(0, np.cumsum(positive)[ends]) / max(1, positive.sum())
    false = np.append(0, np.cumsum(~positive)[ends]) / max(1, (~positive).sum())
    return false, true, float(np.trapezoid(true, false) if hasattr(np, "trapezoid") else np.trapz(true, false))


def draw_roc(axes, report, predictions):
    """Of two classes by the logits' difference; of more each against all others, by its probability."""
    import numpy as np

    import style

    known = labelled(predictions)
    labels, logits = predictions.labels[known].astype(int), predictions.logits[known]
    count = logits.shape[1]
    curves = []
    for index in [1] if count == 2 else range(count):
        positive = labels == index
        if positive.any() and not positive.all():
            scores = logits[:, 1] - logits[:, 0] if count == 2 else predictions.probabilities[known][:, index]
            curves.append((index, *roc(scores, positive)))
    # Near the corner a linear axis shows nothing.
    is_near = curves != [] and min(area for *_, area in curves) > 0.98
    known_negatives = [int((labels != index).sum()) for index, *_ in curves]
    # Left of one false positive there is nothing: what has none stands at the edge.
    edge = 0.5 / max(known_negatives) if is_near else 0
    for (index, false, true, area), (colour, line) in zip(curves, style.SERIES):
        if count == 2 and report["roc_area"] is not None:
            area = report["roc_area"]
        label = f"area {area:.6f}" if count == 2 else f"class {index}: {area:.4f}"
        axes.plot(np.maximum(false, edge), true, drawstyle="steps-post", color=colour, linestyle=line, linewidth=1.5,
                  label=label)
    if is_near:
        lowest = min(true[false <= 1 / count].max() for (_, false, true, _), count in zip(curves, known_negatives))
        height = 1.6 * (1 - lowest) + 0.002
        axes.set_xscale("log")
        axes.set_xlim(edge, 1)
        axes.set_ylim(max(0, 1 - height), 1 + 0.04 * height)
    else:
        axes.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.8, linestyle=(0, (1, 1.5)), label="a coin")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
    axes.set_xlabel("false positive rate" + (", logarithmic" if is_near else ""))
    axes.set_ylabel("true positive rate")
    if curves:
        axes.legend(fontsize=7.5 if count <= 10 else 6, loc="lower right", ncols=1 + (count > 10))
    axes.set_title("ROC" if count == 2 else "ROC, each class against all others", fontsize=10)


def wilson(hits, count):
    """The 95 % interval of a share."""
    z = 1.959963984540054
    share, n = hits / count, count
    centre, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (centre - half) / (1 + z * z / n)), min(1.0, (centre + half) / (1 + z * z / n))


def confidences(predictions):
    """Of each answer its probability, and whether it is the label."""
    import numpy as np

    rows = np.arange(len(predictions.classes))
    return predictions.probabilities[rows, predictions.classes], predictions.classes == predictions.labels


def draw_reliability(axes, report, predictions):
    """Accuracy against confidence in 15 equal bins, as the expected calibration error is made of."""
    import numpy as np

    import style

    given, hits = confidences(predictions)
    known = labelled(predictions) & np.isfinite(given)
    given, hits = given[known], hits[known]
    bins = np.clip(np.ceil(given * BINS).astype(int) - 1, 0, BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    first = min(np.nonzero(counts)[0], default=0)
    lowest = min(1 / predictions.probabilities.shape[1], first / BINS)
    axes.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.8, linestyle=(0, (1, 1.5)), label="calibrated", zorder=1)
    for index in np.nonzero(counts)[0]:
        right, count, mean = int(hits[bins == index].sum()), int(counts[index]), float(given[bins == index].mean())
        low, high = wilson(right, count)
        share = right / count
        axes.errorbar([mean], [share], yerr=[[max(0, share - low)], [max(0, high - share)]], color=style.BLUE,
                      marker="o", markersize=4 + 5 * math.sqrt(count / counts.max()), markeredgecolor="white",
                      capsize=2, elinewidth=1.2, zorder=3)
    error = report["expected_calibration_error"]
    if error is not None:
        axes.plot([], [], " ", label=f"expected error {error:.4f}")
    axes.set_xlim(lowest, 1.01)
    axes.set_ylim(-0.02, 1.03)
    axes.set_xlabel("confidence")
    axes.set_ylabel("accuracy")
    axes.legend(fontsize=7.5, loc="lower right")
    axes.set_title("reliability: size by samples, 95 % intervals (Wilson)", fontsize=10)


def draw_confidence(axes, predictions):
    """How many answers have which probability, right ones and wrong ones apart."""
    import numpy as np

    import style

    given, hits = confidences(predictions)
    sound = np.isfinite(given)
    known = labelled(predictions) & sound
    lowest = 1 / predictions.probabilities.shape[1]
    edges = np.linspace(lowest, 1, 26)
    if known.any():
        series = [(given[known & hits], style.BLUE, "right", ""), (given[known & ~hits], style.ORANGE, "wrong", "///")]
    else:
        series = [(given[sound], style.BLUE, "answers", "")]
    for values, colour, label, hatch in series:
        axes.hist(values, edges, color=colour, alpha=0.55 if hatch == "" else 0.9, label=f"{label}: {len(values):,}",
                  hatch=hatch, edgecolor="white", linewidth=0.4)
    axes.set_yscale("log")
    axes.set_ylim(bottom=0.7)
    axes.set_xlabel("confidence")
    axes.set_ylabel("samples")
    axes.legend(fontsize=7.5, loc="upper left")
    axes.set_title("confidence", fontsize=10)


def draw_predicted(axes, report):
    import style

    counts = report["predicted"] or []
    axes.bar(range(len(counts)), counts, color=style.BLUE)
    axes.set_xticks(range(len(counts)))
    axes.set_xlabel("class")
    axes.set_ylabel("answers")


def draw_regression(report, predictions, title, notes):
    """Answers against targets, and the errors, an output a row."""
    import numpy as np

    import style

    if predictions is None or np.isnan(predictions.targets).all():
        raise Refused(NO_INPUT, f"{report['path']}: the figure of a regression needs predictions and their targets: "
                      "evaluate with --predictions FILE")
    outputs = predictions.logits.shape[1]
    result = ""
    if report["rmse"] is not None:
        low, high = report["rmse_interval"] or (report["rmse"],) * 2
        result = f"RMSE {report['rmse']:.4f}, 95 % interval {low:.4f} to {high:.4f}"
        result += "" if report["r2"] is None else f"; R² {report['r2']:.4f}"
    sheet = style.Sheet([4.4, 4.4], [3.4] * outputs, title, result, notes)
    for index, (left, right) in enumerate(sheet.axes):
        sound = ~np.isnan(predictions.targets[:, index])
        answers, targets = predictions.logits[sound, index], predictions.targets[sound, index]
        suffix = f" {index}" if outputs > 1 else ""
        left.plot(targets, answers, ".", color=style.BLUE, markersize=3,
                  alpha=min(1, 0.15 + 100 / max(1, len(targets))), rasterized=len(targets) > 5000)
        if len(targets):
            ends = [float(targets.min()), float(targets.max())]
            left.plot(ends, ends, color=style.GREY, linewidth=1, linestyle=(0, (5, 3)))
        left.set_xlabel(f"target{suffix}")
        left.set_ylabel(f"answer{suffix}")
        right.hist(answers - targets, 40, color=style.BLUE, alpha=0.7, edgecolor="white", linewidth=0.4)
        right.axvline(0, color=style.GREY, linewidth=1, linestyle=(0, (5, 3)))
        right.set_xlabel(f"answer{suffix} − target{suffix}")
        right.set_ylabel("samples")
        right.locator_params(axis="x", nbins=6)
    return sheet.picture
