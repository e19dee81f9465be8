"""Reports of experiments: those of the checkout, byte for byte, and broken ones."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from examples import CHECKOUT, needs_checkout, needs_program
from qkd_run import BadDataError, Report, reproduce

FIGURES = sorted(CHECKOUT.glob("figures/*-*.json"))


def members() -> dict[str, Any]:
    row = {"model": "student (1)", "treatment": "none", "accuracies": [0.5, 1], "mean": 0.75, "unknown": 1}
    comparison = {
        "model": "student (1)", "baseline": "none", "treatment": "distilled", "difference": 0.1, "p": 0.5, "p_holm": 1,
        "better": 1, "equal": 0, "worse": 1, "verdict": "undecided",
    }
    return {
        "report": "reproduce", "experiment": "x", "preset": "y", "version": "0", "axis": "model", "seeds": 2,
        "first_seed": 7, "margin": 0.01, "rows": [row, {**row, "treatment": "distilled"}], "comparisons": [comparison],
    }


@needs_checkout
@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_shipped_reports(tmp_path: pathlib.Path, path: pathlib.Path) -> None:
    report = Report.read(path)
    report.write(tmp_path / "same.json")
    assert (tmp_path / "same.json").read_bytes() == path.read_bytes()
    for row in report.rows:
        assert len(row.values) == report.seeds and abs(sum(row.values) / report.seeds - row.mean) < 1e-12
    assert {comparison.verdict for comparison in report.comparisons} <= {
        "helps", "harms", "no difference worth naming", "undecided"
    }
    assert report.best.mean in (max(row.mean for row in report.rows), min(row.mean for row in report.rows))


def test_data_frames() -> None:
    pytest.importorskip("pandas")
    report = Report.of(members())
    assert len(report.to_pandas()) == 2 and report.to_pandas()["mean"].tolist() == [0.75, 0.75]
    seeds = report.to_pandas("seeds")
    assert seeds[["treatment", "seed", "value"]].values.tolist()[:3] == [
        ["none", 7, 0.5], ["none", 8, 1.0], ["distilled", 7, 0.5]
    ]
    assert report.to_pandas("comparisons")["verdict"].tolist() == ["undecided"]
    with pytest.raises(ValueError, match="allowed: rows"):
        report.to_pandas("lines")  # type: ignore[arg-type]


def test_broken_reports(tmp_path: pathlib.Path) -> None:
    good = members()
    row, comparison = good["rows"][0], good["comparisons"][0]
    for change, message in (
        ({"report": "evaluate"}, "not a report"), ({"seeds": 1.5}, "seeds must be a whole number"),
        ({"margin": True}, "margin must be a number"), ({"rows": [1]}, "rows must be a list of objects"),
        ({"rows": [{**row, "mean": "x"}]}, r"rows\[0\].mean must be a number"),
        ({"measure": "loss"}, "accuracy or rmse"),
        ({"measure": "rmse"}, r"rows\[0\].rmse must be a list"), ({"experiment": None}, "experiment must be a text"),
        ({"comparisons": [{**comparison, "p": None}]}, r"comparisons\[0\].p must be a number"),
    ):
        path = tmp_path / "r.json"
        path.write_text(json.dumps({**good, **change}))
        with pytest.raises(BadDataError, match=f"{path}: .*{message}"):
            Report.read(path)
    for text in ("", "[]", "{", '{"report": NaN}', "[" * 100000, "\xff"):
        path.write_bytes(text.encode("latin-1"))
        with pytest.raises(BadDataError, match="JSON"):
            Report.read(path)
    with pytest.raises(BadDataError, match="no row"):
        _ = Report.of({**good, "rows": []}).best


@needs_checkout
@needs_program
def test_an_experiment(tmp_path: pathlib.Path) -> None:
    result = reproduce(
        "table-1", seeds=2, output=tmp_path / "r.json", settings={
            "experiment.teacher-iterations": 5, "experiment.iterations": [3], "experiment.compressed-layers": [],
            "experiment.treatments": ["none", "distilled"], "training.states": 64, "evaluation.samples": 50,
        },
    )
    report = Report.read(tmp_path / "r.json")
    assert report.seeds == 2 and report.rows == Report.of(result).rows and report.comparisons != ()
