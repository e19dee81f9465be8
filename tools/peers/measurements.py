#!/usr/bin/env python3
"""The report of tools/bench-peers: read back with every field checked, and printed as tables of ratios."""
import math

from report import ReportFile, is_number, is_text, is_whole, nullable

KIND = "bench-peers"
JOBS = ("J0", "J1", "J2", "J3", "J7", "J8")
PARTS = ("forward", "gradient")
PRECISIONS = ("float64", "float32")
# What is measured once a process: the unit of its figures, and how ours is called.
WHOLE = {"J4": "ms", "J5": "MiB", "J5 time": "ms", "J6": "ms"}


def one_of(*values):
    return " or ".join(values), lambda value: value in values


POSITIVE = ("a positive number", lambda value: is_number(value) and value > 0)
TEXT = ("a text", is_text)
NUMBER = ("a number", is_number)
HEAD = {
    "version": TEXT, "processor": TEXT, "rounds": ("a whole number of 1 at least", lambda v: is_whole(v) and v >= 1),
}
WHICH = {"job": one_of(*JOBS), "part": one_of(*PARTS), "precision": one_of(*PRECISIONS), "milliseconds": POSITIVE}
OURS = WHICH | {"milliseconds_encoded": POSITIVE, "largest_error": NUMBER}
THEIRS = WHICH | {"ratio": POSITIVE, "way": TEXT, "largest_error": NUMBER}
PEER = {"peer": TEXT, "name": TEXT, "version": ("a text or null", nullable(is_text))}
NOTE = {"about": TEXT, "note": TEXT}
OURS_WHOLE = {"job": one_of(*WHOLE), "value": POSITIVE}
THEIRS_WHOLE = OURS_WHOLE | {"ratio": POSITIVE}


def read(path):
    """The report in a file, or report.Refused."""
    file = ReportFile.read(path, KIND, "tools/bench-peers")
    report = file.report
    file.check(report, HEAD)
    file.check_list("ours", OURS)
    file.check_list("ours_whole", OURS_WHOLE)
    file.check_list("peers", PEER)
    if not report["ours"] and not report["ours_whole"]:
        file.refuse("nothing was measured")
    known = {key(row) for row in report["ours"]} | {row["job"] for row in report["ours_whole"]}
    for index, peer in enumerate(report["peers"]):
        where = f"peers[{index}]."
        file.check_list("results", THEIRS, peer, where)
        file.check_list("whole", THEIRS_WHOLE, peer, where)
        file.check_list("notes", NOTE, peer, where)
        for name in [key(row) for row in peer["results"]] + [row["job"] for row in peer["whole"]]:
            if name not in known:
                file.refuse(f"{where}results: {name} is not among ours")
    return report


def key(row):
    return row["job"], row["part"], row["precision"]


def times(ratio):
    """Rounded down: a bound that is missed by little is missed."""
    return f"×{ratio:.0f}" if ratio >= 100 else f"×{math.floor(10 * ratio) / 10:.1f}"


def figure(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def label(peer):
    return peer["name"] if peer["version"] is None else f"{peer['name']} {peer['version']}"


def tables(report):
    """Lists of rows, each with a head; ratios are the peer's figure by ours."""
    result = []
    for precision in PRECISIONS:
        columns = [(job, part, precision) for job in JOBS for part in PARTS]
        ours = {key(row): row for row in report["ours"]}
        columns = [column for column in columns if column in ours]
        if not columns:
            continue
        rows = [(label(peer), {key(row): row["ratio"] for row in peer["results"]}) for peer in report["peers"]]
        result.append(
            [[precision, *(f"{job}{'ab'[PARTS.index(part)]}" for job, part, _ in columns)],
             ["qkd-run, ms", *(figure(ours[column]["milliseconds"]) for column in columns)],
             ["qkd-run with encoding, ms", *(figure(ours[column]["milliseconds_encoded"]) for column in columns)]]
            + ratio_rows(rows, columns))
    whole = {row["job"]: row["value"] for row in report["ours_whole"]}
    if whole:
        columns = [job for job in WHOLE if job in whole]
        rows = [(label(peer), {row["job"]: row["ratio"] for row in peer["whole"]}) for peer in report["peers"]]
        result.append([["whole process", *(f"{job}, {WHOLE[job]}" for job in columns)],
                       ["qkd-run", *(figure(whole[job]) for job in columns)]] + ratio_rows(rows, columns))
    return result


def ratio_rows(rows, columns):
    rows = [(name, ratios) for name, ratios in rows if any(column in ratios for column in columns)]
    result = [[name, *(times(ratios[column]) if column in ratios else "–" for column in columns)]
              for name, ratios in rows]
    if len(rows) > 1:
        least = [min((ratios[column] for _, ratios in rows if column in ratios), default=None) for column in columns]
        result.append(["the least of them", *("–" if value is None else times(value) for value in least)])
    return result


def closing(report):
    rounds = report["rounds"]
    lines = [f"{report['processor']}; one core; qkd-run {report['version']}; "
             + (f"medians of {rounds} rounds in turns" if rounds > 1 else "one round")
             + "; CPU time" + (", elapsed time of whole processes" if report["ours_whole"] else "")]
    for peer in report["peers"]:
        lines += [f"{label(peer)}, {note['about']}: {note['note']}" for note in peer["notes"]]
    return lines


def text(report):
    blocks = []
    for table in tables(report):
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        blocks.append("\n".join(
            "  ".join(cell.rjust(width) if column else cell.ljust(width)
                      for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in table))
    return "\n\n".join(blocks + ["\n".join(closing(report))]) + "\n"


def markdown(report):
    blocks = []
    for head, *rows in tables(report):
        lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
        blocks.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(blocks + closing(report)) + "\n"
