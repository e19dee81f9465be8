#!/usr/bin/env python3
"""Metrics of a spool for tools/plot: reads and checks them, and draws how accuracy, confidence and classes went."""
import json

from command import BAD_DATA, NO_INPUT
from report import Refused, is_number, is_text, is_whole, nullable

LINE = {
    "input": ("a text", is_text), "time": ("a text or null", nullable(is_text)),
    "samples": ("a whole number", is_whole),
    "accuracy": ("a number or null", nullable(is_number)), "mean_confidence": ("a number", is_number),
    "low_confidence": ("a whole number", is_whole),
    "confidence_threshold": ("a number", is_number),
    "accuracy_interval": ("two numbers or null", nullable(
        lambda value: type(value) is list and len(value) == 2 and all(map(is_number, value)))),
    "predicted": ("a list of whole numbers", lambda value: type(value) is list and value != []
                  and all(map(is_whole, value))),
}


def read(path):
    """The metrics in a file, a line an input, or Refused. What became of the model (`event`) is passed over, and so is
    a last line without an end, which may be being written."""
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")[:-1]
    except OSError as error:
        raise Refused(NO_INPUT, f"{path}: {error.strerror}") from None
    metrics = []
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise Refused(BAD_DATA, f"{path}:{number}: not JSON: {error}") from None
        if type(value) is not dict:
            raise Refused(BAD_DATA, f"{path}:{number}: must be an object")
        if value.get("event") in ("rollout", "rollback"):
            continue
        for name, (wanted, holds) in LINE.items():
            if not holds(value.get(name)):
                raise Refused(BAD_DATA, f"{path}:{number}: {name} must be {wanted}")
        metrics.append(value)
    if not metrics:
        raise Refused(BAD_DATA, f"{path}: no input was evaluated yet")
    return metrics


def draw(metrics):
    """The figure of a spool's metrics, an input after the other; the same metrics always give the same figure."""
    import figure
    from matplotlib.ticker import MaxNLocator

    plt = figure.plt
    figure.matplotlib.rcdefaults()
    figure.matplotlib.rcParams.update(figure.SETTINGS)
    picture, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(7.2, 5.4), height_ratios=(2, 1))
    xs = range(1, len(metrics) + 1)
    scored = [(x, line) for x, line in zip(xs, metrics) if line["accuracy"] is not None]
    if scored:
        places, lines = [x for x, _ in scored], [line for _, line in scored]
        accuracies = [line["accuracy"] for line in lines]
        ends = [line["accuracy_interval"] or [line["accuracy"]] * 2 for line in lines]
        errors = [[max(0, a - low) for a, (low, _) in zip(accuracies, ends)],
                  [max(0, high - a) for a, (_, high) in zip(accuracies, ends)]]
        upper.errorbar(places, accuracies, yerr=errors, color="#0072B2", marker="o", markersize=3, linewidth=1,
                       elinewidth=0.8, label="accuracy, 95 % interval")
    upper.plot(xs, [line["mean_confidence"] for line in metrics], color="#D55E00", linewidth=1.2,
               label="mean confidence")
    shares = [line["low_confidence"] / line["samples"] if line["samples"] else 0 for line in metrics]
    upper.plot(xs, shares, color="#CC79A7", linewidth=1.2, linestyle=(0, (5, 2)), label="low confidence")
    missed = [x for x, line in zip(xs, metrics) if (line.get("gate") or {}).get("passed") is False]
    if missed:
        upper.plot(missed, [1.03] * len(missed), "v", color="#000000", markersize=4, label="gate missed")
    upper.set_ylim(-0.03, 1.08)
    upper.set_ylabel("share of samples")
    classes = max(len(line["predicted"]) for line in metrics)
    heights = [[line["predicted"][index] / line["samples"] if index < len(line["predicted"]) and line["samples"] else 0
                for line in metrics] for index in range(classes)]
    # A single input is a bar, not a line without width.
    steps = [x + 0.5 for x in range(len(metrics) + 1)]
    lower.stackplot(steps, [values + values[-1:] for values in heights], step="post",
                    labels=[f"class {index}" for index in range(classes)])
    lower.set_ylim(0, 1)
    lower.set_ylabel("predicted classes")
    first, last = metrics[0]["time"], metrics[-1]["time"]
    span = f", {first} to {last}" if first and last else ""
    lower.set_xlabel(f"inputs in the order of their evaluation{span}")
    lower.xaxis.set_major_locator(MaxNLocator(integer=True))
    upper.legend(fontsize=8, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1))
    lower.legend(fontsize=7, ncols=1 + (classes > 8), loc="center left", bbox_to_anchor=(1, 0.5))
    picture.tight_layout()
    return picture
