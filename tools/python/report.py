#!/usr/bin/env python3
"""Reads reports for tools/plot and tools/results, and refuses whatever is not one; those of experiments as a whole."""
import json
import math

from command import BAD_DATA, NO_INPUT

AXES = ("model", "layers", "labels", "epoch", "shots")


class Measure:
    """What rows are means of, and how it is written: shares as percents, differences of them in points."""

    def __init__(self, key, name, factor, digits, unit, differences):
        self.key, self.name, self.factor, self.digits = key, name, factor, digits
        self.unit, self.differences = unit, differences

    def text(self, value, sign=""):
        return f"{self.factor * value:{sign}.{self.digits}f}"


MEASURES = {
    "accuracy": Measure("accuracies", "test accuracy", 100, 1, "%", "points"),
    "rmse": Measure("rmse", "test RMSE", 1, 4, "RMSE", "RMSE"),
}


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def is_number(value):
    return type(value) in (int, float) and math.isfinite(value)


def is_whole(value):
    return type(value) is int and 0 <= value < 1 << 53


def is_text(value):
    return type(value) is str and value != ""


def nullable(check):
    return lambda value: value is None or check(value)


def is_numbers(value):
    return type(value) is list and value != [] and all(map(is_number, value))


def is_interval(value):
    return type(value) is list and len(value) == 2 and all(map(is_number, value))


def is_counts(value):
    return type(value) is list and value != [] and all(map(is_whole, value))


# Name: what it must be, and whether that holds. Keys that are not here are left alone.
SUMMARY = {
    "mean": ("a number", is_number), "low": ("a number or null", nullable(is_number)),
    "high": ("a number or null", nullable(is_number)),
}
HEAD = {
    "experiment": ("a text", is_text), "preset": ("a text", is_text), "version": ("a text", is_text),
    "seeds": ("a whole number", is_whole), "first_seed": ("a whole number", is_whole),
    "axis": (" or ".join(AXES), lambda value: value in AXES),
    "margin": ("a number", is_number),
    "measure": (" or ".join(MEASURES) + ", or null", lambda value: value is None or value in MEASURES),
    "rows": ("a list with a row at least", lambda value: type(value) is list and value != []),
}
ROW = SUMMARY | {
    "model": ("a text", is_text), "treatment": ("a text", is_text), "accuracies": ("a list of numbers", is_numbers),
    "layers": ("a whole number or null", nullable(is_whole)),
    "labels": ("a whole number or null", nullable(is_whole)),
    "shots": ("a whole number or null", nullable(is_whole)),
    "iterations": ("a whole number or null", nullable(is_whole)),
    "epoch": ("a whole number or null", nullable(is_whole)),
    "paper_low": ("a number or null", nullable(is_number)), "paper_high": ("a number or null", nullable(is_number)),
}
COMPARISON = {
    "model": ("a text", is_text), "baseline": ("a text", is_text), "treatment": ("a text", is_text),
    "baseline_model": ("a text or null", nullable(is_text)), "shots": ("a whole number or null", nullable(is_whole)),
    "iterations": ("a whole number or null", nullable(is_whole)),
    "epoch": ("a whole number or null", nullable(is_whole)), "difference": ("a number", is_number),
    "low": ("a number or null", nullable(is_number)), "high": ("a number or null", nullable(is_number)),
    "p": ("a number", is_number), "better": ("a whole number", is_whole), "equal": ("a whole number", is_whole),
    "worse": ("a whole number", is_whole), "verdict": ("a text", is_text), "p_holm": ("a number", is_number),
    "seeds_to_decide": ("a whole number or null", nullable(is_whole)),
}
FIDELITY = SUMMARY | {"accuracies": ("a list of numbers", is_numbers), "paper": ("a number", nullable(is_number))}
CONTROL = {"name": ("a text", is_text), "accuracy": ("a number", is_number)}
LIMIT = {"shots": ("a whole number", is_whole), "accuracy": ("a number", is_number)}


def load(path):
    """The JSON value in a file, or Refused."""
    def refuse(what):
        raise Refused(BAD_DATA, f"{path}: {what}")

    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as error:
        raise Refused(NO_INPUT, f"{path}: {error.strerror}") from None
    try:
        return json.loads(text.decode("utf-8"), parse_constant=lambda word: refuse(f"{word} is not JSON"))
    except (ValueError, RecursionError) as error:
        refuse(f"not JSON: {error}")


class ReportFile:
    """A JSON object; whatever is wrong with it is Refused, with its path and the place."""

    def __init__(self, path, report):
        self.path, self.report = path, report

    @classmethod
    def read(cls, path, kind, maker):
        """An object with its kind under `report`."""
        file = cls(path, load(path))
        if type(file.report) is not dict or file.report.get("report") != kind:
            file.refuse(f"not a report of `{maker}`")
        return file

    def refuse(self, what):
        raise Refused(BAD_DATA, f"{self.path}: {what}")

    def check(self, value, fields, where=""):
        if type(value) is not dict:
            self.refuse(f"{where or 'the report'} must be an object")
        for name, (wanted, holds) in fields.items():
            # What may be null may be absent too.
            if not holds(value.setdefault(name, None)):
                self.refuse(f"{where + '.' if where else ''}{name} must be {wanted}")

    def check_list(self, name, fields, parent=None, where=""):
        """A list of objects in the report, or in a part of it."""
        parent = self.report if parent is None else parent
        values = parent[name] = [] if parent.get(name) is None else parent[name]
        if type(values) is not list:
            self.refuse(f"{where}{name} must be a list")
        for index, value in enumerate(values):
            self.check(value, fields, f"{where}{name}[{index}]")


def read(path):
    """The report in a file, checked, or Refused with the exit code and what is wrong where."""
    return checked(ReportFile.read(path, "reproduce", "qkd-run reproduce"))


def checked(file):
    """The same of a file that was read."""
    report, refuse = file.report, file.refuse
    file.check(report, HEAD)
    report["measure"] = measure = MEASURES[report["measure"] or "accuracy"]
    # One name for the numbers of the seeds, whatever they are.
    if measure.key != "accuracies":
        for row in filter(lambda row: type(row) is dict, report["rows"]):
            row["accuracies"] = row.pop(measure.key, None)
    file.check_list("rows", ROW)
    file.check_list("comparisons", COMPARISON)
    file.check_list("controls", CONTROL)
    file.check_list("quantum_limit", LIMIT)
    if report.setdefault("fidelity", None) is not None:
        file.check(report["fidelity"], FIDELITY, "fidelity")
    for index, row in enumerate(report["rows"]):
        for low, high in (("low", "high"), ("paper_low", "paper_high")):
            if (row[low] is None) != (row[high] is None):
                refuse(f"rows[{index}]: {low} and {high} must be both there or both null")
        # A row without shots is one by exact values.
        on_axis = report["axis"] in ("model", "shots") or is_teacher(row) or row[report["axis"]] is not None
        if not on_axis:
            refuse(f"rows[{index}].{report['axis']} must be a whole number: it is the axis")
    if report["axis"] == "shots" and all(row["shots"] is None or is_teacher(row) for row in report["rows"]):
        refuse("rows must have a student's with shots: they are the axis")
    report["path"] = file.path
    return report


def is_teacher(row):
    """The teacher has no place among the students' depths: its row is drawn across all of them."""
    return row["model"].lower().startswith("teacher")


def is_against_none(pair):
    """Whether a comparison is of a treatment with none, of the same model."""
    return pair["baseline"] == "none" and pair["baseline_model"] is None


def contrast(model, other):
    """What tells two models apart: of their names the parts, between commas, that they do not share."""
    ours, theirs = model.split(", "), other.split(", ")
    for end in (0, -1):
        while min(len(ours), len(theirs)) > 1 and ours[end] == theirs[end]:
            ours.pop(end)
            theirs.pop(end)
    return ", ".join(ours), ", ".join(theirs)


def training(model):
    """A student's name without what its training saw at the end, and that: exact values, N shots, or nothing."""
    name, _, last = model.rpartition(", ")
    return (name, last) if last == "exact" or last.endswith(" shots") else (model, "")
