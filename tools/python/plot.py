#!/usr/bin/env python3
"""The Python side of tools/plot: reads the arguments and the reports, and writes both pictures."""
import os
import pathlib
import sys

import curves
import evaluated
import metrics
import ranking
from command import BAD_DATA, USAGE, Parser, stop, write_file
from report import Refused, ReportFile, checked, is_against_none, load

# Installed it has another name.
TOOL = os.environ.get("QKD_RUN_TOOL", "tools/plot")
# Without dates and versions: the same reports give the same bytes.
METADATA = {"svg": {"Date": None, "Creator": "qkd-run"}, "png": {"Software": "qkd-run"}}
DRAWN = "of reproduce, train, distill, compress, evaluate, history or devices, with --format json"


def leave_to_the_table(report):
    """Keeps what a picture is for: fits behind a readout, and comparisons with another control or model,
    stand in tools/results."""
    rows = [row for row in report["rows"] if not row["treatment"].endswith("+ logistic-fit")]
    comparisons = [pair for pair in report["comparisons"] if is_against_none(pair)]
    return report | {"rows": rows or report["rows"], "comparisons": comparisons or report["comparisons"]}


def read(path):
    """What a file is a report of, and the report, checked, with its path."""
    if path.endswith(".ndjson"):
        return "history", metrics.read(path)
    value = load(path)
    file = ReportFile(path, value)
    if type(value) is list and value != [] and all(type(entry) is dict for entry in value):
        if "device" in value[0]:
            return "devices", ranking.checked(file)
        if "event" in value[0] or "input" in value[0]:
            return "history", metrics.checked(path, value)
    if type(value) is dict:
        value["path"] = path
        if value.get("report") == "reproduce":
            return "reproduce", checked(file)
        if value.get("job") in curves.JOBS:
            return "curves", curves.checked(file)
        if value.get("job") == "evaluate" and "inbox" not in value or value.get("report") in ("spool", "evaluate"):
            return "evaluate", evaluated.checked(file)
    raise Refused(BAD_DATA, f"{path}: not a report {DRAWN}, or of a spool")


def one_figure(paths):
    """The kind of all reports, and these; several have to be of one kind that is drawn together."""
    read_reports = [read(path) for path in paths]
    kinds = sorted({kind for kind, _ in read_reports})
    if len(kinds) > 1:
        raise Refused(USAGE, f"one figure takes reports of one kind, not of {', '.join(kinds)}")
    kind, reports = kinds[0], [report for _, report in read_reports]
    if len(reports) > 1 and kind in ("evaluate", "history", "devices"):
        raise Refused(USAGE, f"a report of {kind} is drawn alone")
    if kind == "reproduce":
        experiments = sorted({f"{report['experiment']} by {report['axis']}" for report in reports})
        if len(experiments) > 1:
            raise Refused(USAGE, f"one figure takes reports of one experiment, not of {', '.join(experiments)}")
    if kind == "curves" and len({curves.unit(report) for report in reports}) > 1:
        raise Refused(USAGE, "one figure takes losses of one unit, not of "
                      + " and ".join(sorted({curves.unit(report) for report in reports})))
    return kind, reports


def picture_of(kind, reports, predictions):
    """Loads what draws, which takes a second that a refusal need not wait for."""
    if kind == "reproduce":
        import figure

        return figure.draw([leave_to_the_table(report) for report in reports])
    if kind == "curves":
        return curves.draw(reports)
    if kind == "history":
        return metrics.draw(reports[0])
    if kind == "devices":
        return ranking.draw(reports)
    found = evaluated.read_predictions(reports[0], predictions)
    if found is None and not evaluated.is_regression(reports[0]):
        print(f"{TOOL}: {reports[0]['path']} names no predictions: ROC, reliability diagram and confidence histogram "
              "are left out; evaluate with --predictions FILE, or name it with --predictions here", file=sys.stderr)
    return evaluated.draw(reports[0], found)


def main():
    parser = Parser(prog=TOOL, description=f"Draws reports {DRAWN}, a spool's, and a spool's metrics.ndjson.")
    parser.add_argument("reports", nargs="+", metavar="REPORT",
                        help="a report in JSON, or metrics.ndjson; several of one experiment are a panel each, several "
                        "of train, distill or compress a curve each")
    parser.add_argument("--predictions", metavar="FILE",
                        help="predictions of an evaluation (default: the file that its report names)")
    parser.add_argument("--output", metavar="PREFIX", help="writes PREFIX.png and PREFIX.svg (default: beside REPORT)")
    given = parser.parse_args()
    inputs = given.reports + ([given.predictions] if given.predictions is not None else [])
    try:
        kind, reports = one_figure(given.reports)
        if given.predictions is not None and kind != "evaluate":
            raise Refused(USAGE, "--predictions is for a report of evaluate")
        targets = targets_of(inputs, given.output)
        picture = picture_of(kind, reports, given.predictions)
    except Refused as refusal:
        stop(TOOL, refusal.code, str(refusal))
    for ending, target in targets.items():
        write_file(TOOL, target, lambda file: picture.savefig(file, format=ending, metadata=METADATA[ending]))


def targets_of(paths, output):
    """Where the pictures go, by kind; never onto what they are made of."""
    prefix = output if output is not None else str(pathlib.Path(paths[0]).with_suffix(""))
    targets = {kind: pathlib.Path(f"{prefix}.{kind}") for kind in METADATA}
    for path in paths:
        if pathlib.Path(path).resolve() in [target.resolve() for target in targets.values()]:
            raise Refused(USAGE, f"{path}: would be replaced by the picture; name another with --output")
    return targets


main()
