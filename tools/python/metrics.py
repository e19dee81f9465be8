#!/usr/bin/env python3
"""The history of a spool for tools/plot, of metrics.ndjson or of `qkd-run history --format json`: how accuracy,
confidence, drift and classes went, and where another model came."""
import json

from command import BAD_DATA, NO_INPUT
from report import Refused, is_counts, is_interval, is_number, is_text, is_whole, nullable

TIME = {"time": ("a text or null", nullable(is_text))}
NUMBER = ("a number or null", nullable(is_number))
INTERVAL = ("two numbers or null", nullable(is_interval))
INPUT = TIME | {
    "input": ("a text", is_text), "samples": ("a whole number", is_whole),
    "predicted": ("a list of whole numbers", is_counts), "model_sha256": ("a text or null", nullable(is_text)),
}
CLASSES = {
    "accuracy": NUMBER, "accuracy_interval": INTERVAL, "mean_confidence": ("a number", is_number),
    "low_confidence": ("a whole number", is_whole), "confidence_threshold": ("a number", is_number),
}
NUMBERS = {"rmse": NUMBER, "rmse_interval": INTERVAL}
OUTPUT = {"mean": ("a number", is_number)}
DRIFT = {"p": ("a number", is_number)}
GATE = {"misses": ("a list", lambda value: type(value) is list and all(map(is_text, value)))}
EVENTS = ("rollout", "rollback")
ORDER = ("accuracy", "RMSE", "mean", "confidence", "gate")
# p-values below it are drawn at the edge.
SMALLEST_P = 1e-12


def read(path):
    """The lines in a file of metrics, or Refused. A last line without an end, which may be being written, is passed
    over."""
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")[:-1]
    except OSError as error:
        raise Refused(NO_INPUT, f"{path}: {error.strerror}") from None
    values = []
    for number, line in enumerate(lines, 1):
        try:
            values.append(json.loads(line.decode("utf-8")))
        except (ValueError, RecursionError) as error:
            raise Refused(BAD_DATA, f"{path}:{number}: not JSON: {error}") from None
    return checked(path, values)


def checked(path, values):
    """A spool's lines, each an input's or what became of the model (`event`)."""
    for number, value in enumerate(values, 1):
        def hold(value, fields, where=""):
            if type(value) is not dict:
                raise Refused(BAD_DATA, f"{path}:{number}: {where + ' ' if where else ''}must be an object")
            for name, (wanted, holds) in fields.items():
                if not holds(value.setdefault(name, None)):
                    raise Refused(BAD_DATA, f"{path}:{number}: {where + '.' if where else ''}{name} must be {wanted}")

        hold(value, {})
        if value.get("event") in EVENTS:
            hold(value, TIME)
            continue
        outputs = value.get("outputs")
        hold(value, INPUT | (CLASSES if outputs is None else NUMBERS))
        for index, output in enumerate(outputs if type(outputs) is list else []):
            hold(output, OUTPUT, f"outputs[{index}]")
        for name, fields in (("drift", DRIFT), ("gate", GATE)):
            if value.setdefault(name, None) is not None:
                hold(value[name], fields, name)
    if all("event" in value and value["event"] in EVENTS for value in values):
        raise Refused(BAD_DATA, f"{path}: no input was evaluated yet")
    return values


def draw(values):
    """The figure of a spool's history, an input after the other; the same lines always give the same figure."""
    import style
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    lines = [value for value in values if value.get("event") not in EVENTS]
    # Of a model that was exchanged for one of another task the newest kind.
    is_regression = "outputs" in lines[-1]
    lines = [line for line in lines if ("outputs" in line) == is_regression]
    has_drift = any(line["drift"] for line in lines)
    heights = [2.7] + [1.4] * has_drift + [1.7]
    first, last = lines[0]["time"], lines[-1]["time"]
    span = f" {first} to {last}" if first and last else ""
    sheet = style.Sheet([7.6], heights, "History of a spool", f"{len(lines)} inputs{span}", [
        "bars: 95 % intervals" + ("; drift: chi-squared of the predicted classes against those of the model's own "
                                  "test, its p-value at each input" if has_drift else "")
        + "; crosses: the quality gate is missed."])
    rows = [row[0] for row in sheet.axes]
    xs = list(range(1, len(lines) + 1))
    (numbers if is_regression else classes)(rows[0], xs, lines)
    if has_drift:
        drift(rows[1], xs, lines)
    (means if is_regression else shares)(rows[-1], xs, lines)
    changes = list(models(values, lines))
    for axes in rows:
        for x, _ in changes:
            axes.axvline(x, color=style.BLACK, linewidth=0.9, linestyle=(0, (5, 3)), zorder=1.5)
        axes.set_xlim(0.4, len(lines) + 0.6)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    for x, name in changes:
        rows[0].annotate(name, (x, 1), xycoords=("data", "axes fraction"), xytext=(2, -2), textcoords="offset points",
                         fontsize=7, va="top", color=style.BLACK)
    for axes in rows[:-1]:
        axes.tick_params(labelbottom=False)
    names = [when(line, lines) for line in lines]
    rows[-1].xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: names[round(x) - 1] if 1 <= round(x) <= len(names) else ""))
    rows[-1].set_xlabel("inputs in the order of their evaluation")
    return sheet.picture


def when(line, lines):
    """What stands for an input on the axis: its time as far as that tells inputs apart, else its name."""
    times = [other["time"] or "" for other in lines]
    if not all(times) or len({time[:16] for time in times}) < len(times):
        return line["input"]
    return line["time"][:10] if len({time[:10] for time in times}) > 1 else line["time"][11:16]


def models(values, lines):
    """Where another model came, between two inputs, and how."""
    x, known, event = 0.5, None, None
    for value in values:
        if value.get("event") in EVENTS:
            event = value["event"]
        elif any(value is line for line in lines):
            if event is not None or known is not None and value["model_sha256"] not in (None, known):
                yield x, event or "another model"
            known, event = value["model_sha256"] or known, None
            x += 1
    if event is not None:
        yield x, event


def interval(axes, xs, lines, name, label):
    """Values with their intervals, and crosses where the gate is missed."""
    import style

    scored = [(x, line[name], line[f"{name}_interval"] or [line[name]] * 2, line) for x, line in zip(xs, lines)
              if line[name] is not None]
    if not scored:
        return
    places, values = [x for x, *_ in scored], [value for _, value, *_ in scored]
    errors = [[max(0, value - low) for _, value, (low, _), _ in scored],
              [max(0, high - value) for _, value, (_, high), _ in scored]]
    axes.errorbar(places, values, yerr=errors, color=style.BLUE, marker="o", markersize=3.5, linewidth=1,
                  elinewidth=0.9, label=label, zorder=3)
    missed = [(x, value) for x, value, _, line in scored if (line["gate"] or {}).get("passed") is False]
    if missed:
        axes.plot(*zip(*missed), "x", color=style.ORANGE, markersize=8, markeredgewidth=1.8, label="gate missed",
                  zorder=4)


def legend_above(axes):
    # Those with bars come last of themselves.
    entries = sorted(zip(*axes.get_legend_handles_labels()), key=lambda entry: ORDER.index(entry[1].split(" ")[0]))
    axes.legend(*zip(*entries), fontsize=8, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.01), borderaxespad=0)


def classes(axes, xs, lines):
    import style

    interval(axes, xs, lines, "accuracy", "accuracy")
    axes.plot(xs, [line["mean_confidence"] for line in lines], color=style.ORANGE, linewidth=1.3,
              linestyle=(0, (5, 2)), label="mean confidence")
    low = [line["low_confidence"] / line["samples"] if line["samples"] else 0 for line in lines]
    axes.plot(xs, low, color=style.PINK, linewidth=1.3, linestyle=(0, (1, 1.2)),
              label=f"confidence below {lines[-1]['confidence_threshold']:g}")
    axes.set_ylim(-0.02, 1.04)
    axes.set_ylabel("share of samples")
    legend_above(axes)


def numbers(axes, xs, lines):
    interval(axes, xs, lines, "rmse", "RMSE")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("RMSE")
    legend_above(axes)


def drift(axes, xs, lines):
    import style

    known = [(x, max(line["drift"]["p"], SMALLEST_P), line) for x, line in zip(xs, lines) if line["drift"]]
    axes.plot([x for x, *_ in known], [p for _, p, _ in known], color=style.GREEN, marker="^", markersize=4,
              linewidth=1, zorder=3)
    missed = [(x, p) for x, p, line in known
              if "evaluation.drift-significance" in (line["gate"] or {}).get("misses", [])]
    if missed:
        axes.plot(*zip(*missed), "x", color=style.ORANGE, markersize=8, markeredgewidth=1.8, zorder=4)
    axes.set_yscale("log")
    lowest = min(p for _, p, _ in known)
    axes.set_ylim(min(lowest / 3, 0.01), 1.5)
    axes.set_ylabel("drift, p")


def shares(axes, xs, lines):
    """Bars that are filled by classes, each with a colour and a hatch."""
    import style

    count = max(len(line["predicted"]) for line in lines)
    bottom = [0.0] * len(lines)
    hatches = ("", "///", "...", "xxx", "\\\\\\", "---")
    for index in range(count):
        heights = [line["predicted"][index] / line["samples"]
                   if index < len(line["predicted"]) and line["samples"] else 0 for line in lines]
        colour, _ = style.SERIES[index % 6]
        axes.bar(xs, heights, 0.9, bottom, color=colour, alpha=0.75, hatch=hatches[index % 6 if index < 6 else -1],
                 edgecolor="white", linewidth=0.3, label=f"class {index}")
        bottom = [low + height for low, height in zip(bottom, heights)]
    axes.grid(False)
    axes.set_ylim(0, 1)
    axes.set_ylabel("answers")
    axes.legend(fontsize=7, ncols=1 + count // 8, loc="center left", bbox_to_anchor=(1, 0.5))


def means(axes, xs, lines):
    import style

    for index, (colour, line_style) in zip(range(max(len(line["outputs"]) for line in lines)), style.SERIES):
        points = [(x, line["outputs"][index]["mean"]) for x, line in zip(xs, lines) if index < len(line["outputs"])]
        axes.plot(*zip(*points), color=colour, linestyle=line_style, linewidth=1.3, label=f"output {index}")
    axes.set_ylabel("mean answer")
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
