#!/usr/bin/env python3
"""The Python side of tools/plot: reads the arguments and the reports or metrics, and writes both pictures."""
import pathlib

import metrics
from command import USAGE, Parser, stop, write_file
from report import Refused, is_against_none, read

TOOL = "tools/plot"
# Without dates and versions: the same reports give the same bytes.
METADATA = {"svg": {"Date": None, "Creator": "qkd-run"}, "png": {"Software": "qkd-run"}}


def leave_to_the_table(report):
    """Keeps what a picture is for: fits behind a readout, and comparisons with another control or model,
    stand in tools/results."""
    rows = [row for row in report["rows"] if not row["treatment"].endswith("+ logistic-fit")]
    comparisons = [pair for pair in report["comparisons"] if is_against_none(pair)]
    return report | {"rows": rows or report["rows"], "comparisons": comparisons or report["comparisons"]}


def main():
    parser = Parser(prog=TOOL, description="Draws reports of `qkd-run reproduce` beside the paper's figures, "
                    "or a spool's metrics.")
    parser.add_argument("reports", nargs="+", metavar="REPORT.json",
                        help="reports of one experiment, a panel each; or metrics.ndjson of a spool")
    parser.add_argument("--output", metavar="PREFIX", help="writes PREFIX.png and PREFIX.svg (default: beside REPORT)")
    given = parser.parse_args()
    if any(path.endswith(".ndjson") for path in given.reports):
        if len(given.reports) > 1:
            stop(TOOL, USAGE, "metrics of a spool are drawn alone")
        return draw_metrics(given.reports[0], given.output)
    try:
        reports = [read(path) for path in given.reports]
    except Refused as refusal:
        stop(TOOL, refusal.code, str(refusal))
    experiments = sorted({f"{report['experiment']} by {report['axis']}" for report in reports})
    if len(experiments) > 1:
        stop(TOOL, USAGE, f"one figure takes reports of one experiment, not of {', '.join(experiments)}")
    targets = targets_of(given.reports, given.output)
    # Takes a second to load, which a refusal need not wait for.
    import figure

    write(figure.draw([leave_to_the_table(report) for report in reports]), targets)


def draw_metrics(path, output):
    targets = targets_of([path], output)
    try:
        lines = metrics.read(path)
    except Refused as refusal:
        stop(TOOL, refusal.code, str(refusal))
    write(metrics.draw(lines), targets)


def targets_of(paths, output):
    """Where the pictures go, by kind; never onto what they are made of."""
    prefix = output if output is not None else str(pathlib.Path(paths[0]).with_suffix(""))
    targets = {kind: pathlib.Path(f"{prefix}.{kind}") for kind in METADATA}
    for path in paths:
        if pathlib.Path(path).resolve() in [target.resolve() for target in targets.values()]:
            stop(TOOL, USAGE, f"{path}: would be replaced by the picture; name another with --output")
    return targets


def write(picture, targets):
    for kind, target in targets.items():
        write_file(TOOL, target, lambda file: picture.savefig(file, format=kind, metadata=METADATA[kind]))


main()
