#!/usr/bin/env python3
"""The figure of `qkd-run devices` for tools/plot: which device runs a model best, with exact values and with shots."""
from report import is_interval, is_number, is_text, is_whole, nullable

NUMBER = ("a number or null", nullable(is_number))
INTERVAL = ("two numbers or null", nullable(is_interval))
ENTRY = {"accuracy": ("a number", is_number), "accuracy_interval": INTERVAL, "samples": ("a whole number", is_whole)}
DEVICE = {"name": ("a text", is_text),
          "layout": ("a list of whole numbers", lambda value: type(value) is list and all(map(is_whole, value)))}
SHOTS = {"shots": ("a whole number", is_whole), "exact_accuracy": NUMBER, "exact_accuracy_interval": INTERVAL,
         "never_decided": NUMBER}
DECIDE = {"p50": NUMBER}


def checked(file):
    """The devices of a report, the most accurate first as they stand there."""
    entries = file.report
    for index, entry in enumerate(entries):
        where = f"[{index}]"
        file.check(entry, ENTRY, where)
        for name, fields, parent in (("device", DEVICE, entry), ("shots", SHOTS, entry)):
            file.check(parent.get(name), fields, f"{where}.{name}")
        file.check(entry["shots"].get("shots_to_decide"), DECIDE, f"{where}.shots.shots_to_decide")
    return entries


def draw(reports):
    """The figure of one report; the same report always gives the same figure."""
    import style

    entries, = reports
    shots, samples = entries[0]["shots"]["shots"], entries[0]["samples"]
    sheet = style.Sheet(
        [8.4], [0.7 + 0.27 * len(entries)], "Devices by accuracy", "",
        [f"{samples:,} samples; bars: 95 % intervals (Wilson). to decide: shots until half of the decisions are right "
         "with 95 %; never: samples that no number of shots decides rightly there."])
    axes = sheet.axes[0][0]
    ys = range(len(entries))
    series = [
        (-0.13, "with exact values", style.BLUE, "o", [entry["shots"]["exact_accuracy"] for entry in entries],
         [entry["shots"]["exact_accuracy_interval"] for entry in entries]),
        (0.13, f"from {shots:,} shots a sample", style.ORANGE, "s", [entry["accuracy"] for entry in entries],
         [entry["accuracy_interval"] for entry in entries]),
    ]
    for shift, label, colour, marker, values, intervals in series:
        known = [(y + shift, value, interval or [value, value])
                 for y, value, interval in zip(ys, values, intervals) if value is not None]
        if not known:
            continue
        errors = [[max(0, value - low) for _, value, (low, _) in known],
                  [max(0, high - value) for _, value, (_, high) in known]]
        axes.errorbar([value for _, value, _ in known], [y for y, _, _ in known], xerr=errors, color=colour,
                      marker=marker, linestyle="none", markersize=5, elinewidth=1.3, capsize=2, label=label)
    axes.set_yticks(ys, [entry["device"]["name"] for entry in entries])
    axes.set_ylim(len(entries) - 0.5, -0.5)
    axes.set_xlabel("accuracy")
    axes.legend(fontsize=8, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.02), borderaxespad=0)
    columns = [
        ("to decide", lambda entry: whole(entry["shots"]["shots_to_decide"]["p50"])),
        ("never", lambda entry: share(entry["shots"]["never_decided"])),
        ("qubits", lambda entry: "-".join(map(str, entry["device"]["layout"]))),
    ]
    for index, (title, text) in enumerate(columns):
        for y, content in [(-0.9, title), *((y, text(entry)) for y, entry in enumerate(entries))]:
            axes.annotate(content, (1, y), xycoords=("axes fraction", "data"), xytext=(10 + 50 * index, 0),
                          textcoords="offset points", fontsize=7.5, va="center", color=style.GREY,
                          annotation_clip=False)
    return sheet.picture


def whole(value):
    return "never" if value is None else f"{value:,.0f}"


def share(value):
    return "" if value is None else f"{100 * value:.1f} %"
