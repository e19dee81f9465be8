#!/usr/bin/env python3
"""Prints reports of `qkd-run reproduce` as one table: the paper's value, then each report's mean and 95 % interval,
and what distillation was found to do."""
import signal

from command import USAGE, Parser, print_all, stop
from report import MEASURES, Refused, contrast, read

TOOL = "tools/results"
FITTED = " + logistic-fit"
# Of many epochs a few are enough to read.
EPOCHS = {1, 2, 3, 5, 10, 20}


def interval(value, measure):
    if value["low"] is None:
        return measure.text(value["mean"])
    return f"{measure.text(value['mean'])} ({measure.text(value['low'])}–{measure.text(value['high'])})"


def paper(row, measure):
    if row["paper_low"] is None:
        return ""
    low, high = measure.text(row["paper_low"]), measure.text(row["paper_high"])
    return low if low == high else f"{low}–{high}"


def key(row):
    """What a row of the table stands for; a teacher is one however long it was trained, its cell says how long."""
    steps = f"epoch {row['epoch']}" if row["epoch"] is not None else f"{row['iterations']} steps"
    return row["model"], "" if is_one_teacher(row) else steps, tested(row), row["treatment"]


def tested(row):
    """How a row, or the rows of a comparison, were tested."""
    return "exact" if row["shots"] is None else f"{row['shots']:,} shots"


def compared(pair):
    """Two treatments of a model, or two models of a treatment."""
    if pair["baseline_model"] is None:
        return f"{pair['treatment']} against {pair['baseline']}"
    return f"{pair['treatment']}: {' against '.join(contrast(pair['model'], pair['baseline_model']))}"


def is_one_teacher(row):
    return row["model"] == "teacher" and row["epoch"] is None


def verdict(pair, measure):
    """The difference, how sure it is, and what follows."""
    points = measure.text(pair["difference"], "+")
    if pair["low"] is not None:
        points += f" ({measure.text(pair['low'], '+')} to {measure.text(pair['high'], '+')})"
    p = "p < .001" if pair["p_holm"] < 0.001 else f"p = {pair['p_holm']:.3f}".replace("0.", ".", 1)
    needed = pair["seeds_to_decide"]
    return f"{points}, {p}: {pair['verdict']}" + (f" (about {needed:,} seeds would tell)" if needed else "")


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
    print_all(TOOL, lambda: print_report(reports))


def print_report(reports):
    accuracies(reports)
    print()
    comparisons(reports)
    measure = reports[0]["measure"]
    margins = ", ".join(f"{measure.factor * margin:g}" for margin in sorted({report["margin"] for report in reports}))
    print("\np: Wilcoxon's signed-rank test over paired seeds, corrected by Holm for all comparisons of a report.\n"
          "helps, harms: p < .05, and the interval of the mean excludes 0. No difference worth naming: the whole "
          "interval\n"
          f"lies within ±{margins} {measure.differences}. Else undecided.")
    if any(map(has_shots, reports)):
        print("tested: by exact values, or from so many shots a sample. Quantum limit: no measurement of so many "
              "copies of a\nsample decides better on average.")


def accuracies(reports):
    lines = {}

    def cells(*name):
        return lines.setdefault(name, [""] * (len(reports) + 1))

    # A fidelity and a control are shares, whatever is measured.
    share = MEASURES["accuracy"]
    for column, report in enumerate(reports, 1):
        measure = report["measure"]
        for row in report["rows"]:
            if is_shown(report, row):
                line = cells(*key(row))
                line[0] = line[0] or paper(row, measure)
                line[column] = interval(row, measure) + (f"; {row['iterations']} steps" if is_one_teacher(row) else "")
        if report["fidelity"] is not None:
            line = cells("autoencoder", "", "", "mean fidelity")
            line[0] = "" if report["fidelity"]["paper"] is None else share.text(report["fidelity"]["paper"])
            line[column] = interval(report["fidelity"], share)
        for control in report["controls"]:
            cells(control["name"], "", "", "")[column] = share.text(control["accuracy"])
        for limit in report["quantum_limit"]:
            cells("quantum limit", "", tested(limit), "")[column] = share.text(limit["accuracy"])
    # Fits come behind everything else, and what belongs to a model stands together.
    models = list(dict.fromkeys(name for name, *_ in lines))
    ordered = sorted(lines.items(), key=lambda line: (line[0][3].endswith(FITTED), models.index(line[0][0])))
    head = ["model", "after", "tested", "treatment", f"paper {share.unit}",
            *(f"{title(report)}, {report['measure'].unit}" for report in reports)]
    print_table(reports, [head] + [[*name, *line] for name, line in ordered])


def comparisons(reports):
    lines = {}
    for column, report in enumerate(reports):
        for pair in report["comparisons"]:
            epoch = pair.get("epoch")
            after = f"{pair['iterations']} steps" if epoch is None else f"epoch {epoch}"
            name = (pair["model"], after, tested(pair), compared(pair))
            lines.setdefault(name, [""] * len(reports))[column] = verdict(pair, report["measure"])
    head = ["model", "after", "tested", "compared",
            *(f"{title(report)}, {report['measure'].differences}" for report in reports)]
    print_table(reports, [head] + [[*name, *line] for name, line in lines.items()])


def title(report):
    return f"{report['preset']}, {report['seeds']} seeds"


def has_shots(report):
    return any(row["shots"] is not None for row in report["rows"])


def print_table(reports, table):
    if not any(map(has_shots, reports)):
        # All is exact, which needs no column.
        table = [row[:2] + row[3:] for row in table]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


main()
