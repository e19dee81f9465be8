#!/usr/bin/env python3
"""The Python side of tools/plot: reads the arguments and the reports, and writes both pictures."""
import argparse
import os
import pathlib
import sys
import tempfile

import report

USAGE, CANNOT_CREATE = 64, 73


class Parser(argparse.ArgumentParser):
    def error(self, message):
        stop(USAGE, f"{message}\n{self.format_usage().strip()}")


def stop(code, message):
    print(f"tools/plot: {message}", file=sys.stderr)
    sys.exit(code)


def write(picture, path, kind):
    """Under its final name the picture is complete."""
    metadata = {"svg": {"Date": None, "Creator": "qkd-run"}, "png": {"Software": "qkd-run"}}[kind]
    partial = None
    try:
        handle, partial = tempfile.mkstemp(prefix=".plot-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            picture.savefig(file, format=kind, metadata=metadata)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(partial, 0o666 & ~mask)
        os.replace(partial, path)
    except OSError as error:
        if partial is not None:
            pathlib.Path(partial).unlink(missing_ok=True)
        stop(CANNOT_CREATE, f"{path}: {error.strerror}")


def main():
    parser = Parser(prog="tools/plot", description="Draws reports of `qkd-run reproduce` beside the paper's figures.")
    parser.add_argument("reports", nargs="+", metavar="REPORT.json", help="reports of one experiment, a panel each")
    parser.add_argument("--output", metavar="PREFIX", help="writes PREFIX.png and PREFIX.svg (default: beside REPORT)")
    given = parser.parse_args()
    try:
        reports = [report.read(path) for path in given.reports]
    except report.Refused as refusal:
        stop(refusal.code, str(refusal))
    experiments = sorted({f"{r['experiment']} by {r['axis']}" for r in reports})
    if len(experiments) > 1:
        stop(USAGE, f"one figure takes reports of one experiment, not of {', '.join(experiments)}")
    prefix = given.output if given.output is not None else str(pathlib.Path(given.reports[0]).with_suffix(""))
    targets = {kind: pathlib.Path(f"{prefix}.{kind}") for kind in ("png", "svg")}
    for path in given.reports:
        if pathlib.Path(path).resolve() in [target.resolve() for target in targets.values()]:
            stop(USAGE, f"{path}: would be replaced by the picture; name another with --output")
    # Takes a second to load, which a refusal need not wait for.
    import figure

    picture = figure.draw(reports)
    for kind, target in targets.items():
        write(picture, target, kind)


main()
