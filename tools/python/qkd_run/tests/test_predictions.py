"""Predictions: the three formats say the same."""

from __future__ import annotations

import pathlib

import numpy as np
import pytest

from examples import make_model, make_rows, needs_program
from qkd_run import BadDataError, Predictions, run


@needs_program
def test_formats_of_the_program(tmp_path: pathlib.Path) -> None:
    rows = make_rows("angle", 9, 4)
    np.save(tmp_path / "rows.npy", rows)
    (tmp_path / "labels.txt").write_text("0\n1\n" * 4 + "0\n")
    for is_regression in (False, True):
        task = "regression" if is_regression else "classification"
        make_model(tmp_path / "m", encoder="angle", task=task, observables="Z0; X1")
        answers = {}
        for suffix in ("csv", "ndjson", "npy"):
            path = tmp_path / f"p{is_regression}.{suffix}"
            labels = None if is_regression else tmp_path / "labels.txt"
            run("evaluate", model=tmp_path / "m", input=tmp_path / "rows.npy", labels=labels, predictions=path)
            answers[suffix] = Predictions.read(path, regression=is_regression)
        for other in (answers["ndjson"], answers["npy"]):
            for name, values in vars(answers["csv"]).items():
                assert np.array_equal(values, getattr(other, name), equal_nan=True) if values is not None else True
        assert (answers["csv"].classes is None) == is_regression


def test_what_they_are_not(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "p"
    for text in ("", "a,b\n1,2\n", "sample,class\n0,1\n", "sample,value_0,target_0\n0,x,1\n", "{}\n", "[1]\n", "{\n",
                 '{"sample":0,"values":1,"targets":null}\n', "sample,value_0,target_0\n0,1\n", "\xff",
                 "sample,value_0,target_0\n1e999,1,2\n",
                 "sample,class,label,hit,probability_0,logit_0\n0,0.5,,,1,1\n",
                 "sample,class,label,hit,probability_0,logit_0\n0,0,inf,,1,1\n"):
        path.write_bytes(text.encode("latin-1"))
        with pytest.raises(BadDataError, match=str(path)):
            Predictions.read(path)
    np.save(tmp_path / "p.npy", np.zeros((2, 5)))
    with pytest.raises(BadDataError, match="5 columns"):
        Predictions.read(tmp_path / "p.npy")


def test_data_frames(tmp_path: pathlib.Path) -> None:
    pytest.importorskip("pandas")
    path = tmp_path / "p.csv"
    names = "sample,class,kind,hit,probability_0,probability_1,logit_0,logit_1"
    path.write_text(f"{names}\n0,1,1,1,0.25,0.75,-1,1\n2,0,,,1,0,nan,5\n")
    frame = Predictions.read(path).to_pandas()
    assert list(frame.columns) == names.replace("kind", "label").split(",")
    assert frame["hit"].isna().tolist() == [False, True] and frame["label"].tolist()[0] == 1
    path.write_text("sample,value_0,target_0\n0,0.5,\n")
    assert list(Predictions.read(path).to_pandas().columns) == ["sample", "value_0", "target_0"]
