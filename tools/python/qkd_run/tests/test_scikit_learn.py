"""scikit-learn takes a student as an estimator that is fitted."""

from __future__ import annotations

import pathlib

import numpy as np
import pytest

from examples import make_model, make_rows
from qkd_run import Student

pytest.importorskip("sklearn")

from sklearn.base import clone, is_classifier, is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import get_scorer, log_loss, roc_auc_score
from sklearn.model_selection import cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.validation import check_is_fitted


def test_classifiers(tmp_path: pathlib.Path) -> None:
    rows = make_rows("angle", 60, 4)
    for observables, classes in (("Z0; Z1", ["a", "b"]), ("Z0; Z1; X2", ["a", "b", "c"])):
        make_model(tmp_path / "m", encoder="angle", observables=observables)
        student = Student.load(tmp_path / "m", classes=classes)
        labels = np.random.default_rng(1).choice(classes, 60)
        assert is_classifier(student) and not is_regressor(student) and clone(student) is student
        check_is_fitted(student)
        for name in ("accuracy", "balanced_accuracy", "neg_log_loss", "roc_auc_ovr", "f1_macro"):
            assert np.isfinite(get_scorer(name)(student, rows, labels)), name
        assert get_scorer("accuracy")(student, rows, labels) == student.score(rows, labels)
        assert np.isfinite(log_loss(labels, student.predict_proba(rows), labels=student.classes_))
        assert (cross_val_predict(student, rows, labels, method="predict_proba") == student.predict_proba(rows)).all()
        assert len(cross_val_score(student, rows, labels, cv=3)) == 3
        CalibratedClassifierCV(student, cv=3).fit(rows, labels).predict_proba(rows)


def test_two_classes(tmp_path: pathlib.Path) -> None:
    rows = make_rows("angle", 60, 4)
    student = make_model(tmp_path / "m", encoder="angle")
    labels = np.random.default_rng(1).integers(0, 2, 60)
    by_scores = roc_auc_score(labels, student.decision_function(rows))
    assert by_scores == pytest.approx(roc_auc_score(labels, student.predict_proba(rows)[:, 1]), abs=1e-12)
    assert by_scores == pytest.approx(get_scorer("roc_auc")(student, rows, labels), abs=1e-12)


def test_pipelines(tmp_path: pathlib.Path) -> None:
    rows = make_rows("angle", 60, 4)
    student = make_model(tmp_path / "m", encoder="angle")
    pipeline = make_pipeline(MinMaxScaler((0, np.pi)), student).fit(rows, student.predict(rows))
    scaled = pipeline[:-1].transform(rows)
    assert (pipeline.predict_proba(rows) == student.predict_proba(scaled)).all()
    assert (pipeline.decision_function(rows) == student.decision_function(scaled)).all()
    assert pipeline.classes_.tolist() == [0, 1]
    pipeline.set_params(student__memory=1 << 20)
    assert student.memory == 1 << 20
    with pytest.raises(ValueError, match="no parameters"):
        student.set_params(depth=3)


def test_regressions(tmp_path: pathlib.Path) -> None:
    rows = make_rows("angle", 60, 4)
    student = make_model(tmp_path / "m", encoder="angle", task="regression", observables="Z0")
    targets = student.predict(rows) + np.random.default_rng(1).normal(size=60)
    assert is_regressor(student) and not is_classifier(student)
    assert get_scorer("r2")(student, rows, targets) == pytest.approx(student.score(rows, targets), abs=1e-12)
    assert np.isfinite(cross_val_score(student, rows, targets, scoring="neg_mean_squared_error")).all()
    assert not hasattr(make_pipeline(MinMaxScaler(), student), "predict_proba")


def test_data_frames(tmp_path: pathlib.Path) -> None:
    pandas = pytest.importorskip("pandas")
    student = make_model(tmp_path / "m", encoder="angle")
    frame = pandas.DataFrame(make_rows("angle", 5, 4), columns=list("abcd"))
    assert (student.predict_proba(frame) == student.predict_proba(frame.to_numpy())).all()
