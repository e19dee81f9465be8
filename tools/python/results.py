#!/usr/bin/env python3
"""Prints reports of `qkd-run reproduce` as one table: the paper's value, then each report's mean and 95 % interval,
and what distillation was found to do."""
import signal

from command import USAGE, Parser, stop
from report import Refused, read

TOOL = "tools/results"
FITTED = " + logistic-fit"
# Of many epochs a few are enough to read.
EPOCHS = {1, 2, 3, 5, 10, 20}


def percent(share):
    return f"{100 * share:.1f}"


def interval(value):
    if value["low"] is None:
        return percent(value["mean"])
    return f"{percent(value['mean'])} ({percent(value['low'])}–{percent(value['high'])})"


def paper(row):
    if row["paper_low"] is None:
        return ""
    low, high = percent(row["paper_low"]), percent(row["paper_high"])
    return low if low == high else f"{low}–{high}"


def key(row):
    """What a row of the table stands for; a teacher is one however long it was trained."""
    steps = f"epoch {row['epoch']}" if row["epoch"] is not None else f"{row['iterations']} steps"
    return row["model"], "" if row["model"] == "teacher" and row["epoch"] is None else steps, row["treatment"]


def verdict(report, row):
    for pair in report["comparisons"]:
        same = (pair["model"], pair["iterations"]) == (row["model"], row["iterations"])
        if same and row["treatment"] == "distilled" and (pair["baseline"], pair["treatment"]) == ("none", "distilled"):
            p = "p < .001" if pair["p"] < 0.001 else f"p = {pair['p']:.3f}".replace("0.", ".")
            return f", {100 * pair['difference']:+.1f}, {p}: {pair['verdict']}"
    return ""


def is_shown(report, row):
    last = max(other["epoch"] or 0 for other in report["rows"])
    return row["epoch"] is None or row["epoch"] in EPOCHS or row["epoch"] == last


def main():
    # A reader who has seen enough, as head(1), is no error.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    parser = Parser(prog=TOOL, description="Prints reports of `qkd-run reproduce` as one table.")
    parser.add_argument("reports", nargs="+", metavar="REPORT.json", help="reports of one experiment, a column each")
    given = parser.parse_args()
    try:
        reports = [read(path) for path in given.reports]
    except Refused as refusal:
        stop(TOOL, refusal.code, str(refusal))
    names = sorted({report["experiment"] for report in reports})
    if len(names) > 1:
        stop(TOOL, USAGE, f"one table takes reports of one experiment, not of {', '.join(names)}")
    lines = {}
    for column, report in enumerate(reports):
        for row in report["rows"]:
            if is_shown(report, row):
                cells = lines.setdefault(key(row), [""] * (len(reports) + 1))
                cells[0] = cells[0] or paper(row)
                cells[column + 1] = interval(row) + verdict(report, row)
        if report["fidelity"] is not None:
            fidelity = report["fidelity"]
            cells = lines.setdefault(("autoencoder", "", "mean fidelity"), [""] * (len(reports) + 1))
            cells[0] = percent(fidelity["paper"]) if fidelity["paper"] is not None else ""
            cells[column + 1] = interval(fidelity)
        for control in report["controls"]:
            cells = lines.setdefault((control["name"], "", ""), [""] * (len(reports) + 1))
            cells[column + 1] = percent(control["accuracy"])
    # Fits come behind everything else, and what belongs to a model stands together.
    models = list(dict.fromkeys(name for name, _, _ in lines))
    ordered = sorted(lines.items(), key=lambda line: (line[0][2].endswith(FITTED), models.index(line[0][0])))
    head = ["model", "after", "treatment", "paper %"]
    head += [f"{report['preset']}, {report['seeds']} seeds, %" for report in reports]
    table = [head] + [[*name, *cells] for name, cells in ordered]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


main()
