"""What a student refuses, its shapes and its options, without the program."""

from __future__ import annotations

import pathlib
import pickle
import tracemalloc

import numpy as np
import pytest

from examples import PROFILES, make_model, make_rows, needs_checkout
from qkd_run import BadDataError, QkdRunError, Student


def test_shapes_of_answers(tmp_path: pathlib.Path) -> None:
    rows = make_rows("state", 9, 4)
    for observables, decision in (("Z0; Z1", (9,)), ("Z0; Z1; X0", (9, 3)), ("Z0", (9, 1))):
        student = make_model(tmp_path / "m", observables=observables)
        logits = student.logits(rows)
        assert student.decision_function(rows).shape == decision
        assert student.predict_proba(rows).shape == logits.shape
        assert np.allclose(np.exp(student.predict_log_proba(rows)), student.predict_proba(rows))
        assert (student.predict(rows) == np.argmax(logits, axis=1)).all()
        assert student.logits(rows[:0]).shape == (0, logits.shape[1])
    two = make_model(tmp_path / "m")
    assert ((two.decision_function(rows) > 0) == (two.predict(rows) == 1)).all()


def test_parts_are_the_whole(tmp_path: pathlib.Path) -> None:
    make_model(tmp_path / "m", qubits=5)
    rows = make_rows("state", 50, 5)
    small = Student.load(tmp_path / "m", memory=10_000)
    assert abs(small.logits(rows) - Student.load(tmp_path / "m").logits(rows)).max() < 1e-12
    bad = rows.copy()
    bad[37] *= 2
    with pytest.raises(BadDataError, match=r"row 37 \(from 0\): the squared norm is 4"):
        small.logits(bad)


def test_memory(tmp_path: pathlib.Path) -> None:
    student = make_model(tmp_path / "m", qubits=26, layers=1, encoder="angle", observables="Z0; Z25")
    with pytest.raises(QkdRunError, match="26 qubits need 7516192768 bytes") as refused:
        student.predict(np.zeros((1, 26)))
    assert refused.value.code == 5 and refused.value.details["missing_bytes"] > 0


@pytest.mark.parametrize("encoder,observables", [
    ("state", "Z0; X0*Y1 - Y3 + 0.5*X2; Y0"), ("angle", "Z0; X0"), ("amplitude", "Z0*Z1; Y0"), ("phase", "X0 + Z1; 1")
])
def test_memory_is_kept(tmp_path: pathlib.Path, encoder: str, observables: str) -> None:
    for gate in ("cnot", "cz"):
        make_model(
            tmp_path / "m", qubits=13, encoder=encoder, observables=observables, entangling_gate=gate, entangler="ring"
        )
        rows = make_rows(encoder, 40, 13)
        budget = 5 << 20
        student = Student.load(tmp_path / "m", memory=budget)
        tracemalloc.start()
        student.logits(rows)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # Arrays of rows and answers are the caller's; what the interpreter holds is small.
        assert peak < budget + (64 << 10), peak / budget


def test_classes(tmp_path: pathlib.Path) -> None:
    make_model(tmp_path / "m")
    rows = make_rows("state", 20, 4)
    numbers, names = Student.load(tmp_path / "m"), Student.load(tmp_path / "m", classes=["five", "one"])
    assert numbers.classes_.tolist() == [0, 1]
    assert (names.predict(rows) == np.array(["five", "one"])[numbers.predict(rows)]).all()
    for bad in ([1], [1, 1], [5, 1]):
        with pytest.raises(BadDataError, match="2 different names, ascending"):
            Student.load(tmp_path / "m", classes=bad)


def test_regressions_have_no_classes(tmp_path: pathlib.Path) -> None:
    student = make_model(tmp_path / "m", task="regression", observables="Z0")
    for name in ("predict_proba", "predict_log_proba", "decision_function", "classes_"):
        assert not hasattr(student, name)
    rows = make_rows("state", 20, 4)
    truth = student.predict(rows)
    assert student.score(rows, truth) == 1
    with pytest.raises(BadDataError, match="y has shape"):
        student.score(rows, truth[:, None])


def test_rows_of_other_types(tmp_path: pathlib.Path) -> None:
    student = make_model(tmp_path / "m", encoder="angle")
    numbers = student.logits([[0, 1, 0, 1]])
    assert (student.logits(np.array([[0, 1, 0, 1]], object)) == numbers).all()
    assert (student.logits(np.array([[0, 1, 0, 1]], np.float32)) == numbers).all()
    for bad, message in (
        ([["a", "b", "c", "d"]], "allowed are numbers"), ([0.0, 1, 0, 1], "shape"), ([[1j, 0, 0, 0]], "complex"),
        ([[np.nan, 0, 0, 0]], "row 0, column 0"),
    ):
        with pytest.raises(BadDataError, match=message):
            student.logits(bad)


@needs_checkout
def test_compressors_that_do_not_fit(tmp_path: pathlib.Path) -> None:
    compressor = PROFILES / "autoencoder-7q-2q.safetensors"
    with pytest.raises(BadDataError, match="none: the model was trained on whole states"):
        Student.load(PROFILES / "student-7q-1l.safetensors", compressor)
    make_model(tmp_path / "m", qubits=2, made_compressor_sha256="0" * 64)
    for given in (None, compressor):
        with pytest.raises(BadDataError, match=f"allowed: the autoencoder with SHA-256 {'0' * 64}"):
            Student.load(tmp_path / "m", given)


def test_encoders_that_do_not_fit(tmp_path: pathlib.Path) -> None:
    make_model(tmp_path / "m", encoder="angle")
    assert Student.load(tmp_path / "m", encoder="angle").n_features_in_ == 4
    with pytest.raises(BadDataError, match="allowed: angle, the model's own"):
        Student.load(tmp_path / "m", encoder="basis")


def test_copies(tmp_path: pathlib.Path) -> None:
    student = make_model(tmp_path / "m")
    rows = make_rows("state", 5, 4)
    same: Student = pickle.loads(pickle.dumps(student))
    assert (same.logits(rows) == student.logits(rows)).all()
    error = pickle.loads(pickle.dumps(QkdRunError(5, "a", {"b": 1}, 2)))
    assert (error.code, error.message, error.details, error.result) == (5, "a", {"b": 1}, 2)


BROKEN_MODELS = {
    "format": ("format", "qkd-tape"), "version": ("format_version", "2"), "no qubit": ("qubits", "0"),
    "many qubits": ("qubits", "27"), "another spelling": ("layers", "02"), "digits of others": ("layers", "٢"),
    "entangler": ("entangler", "star"), "a pair outside": ("entangler", "0-4"), "a pair of one": ("entangler", "1-1"),
    "65 pairs": ("entangler", ",".join(["0-1"] * 65)), "gate": ("entangling_gate", "swap"),
    "rotation": ("rotation", "quarter"), "order": ("qubit_order", "middle"), "encoder": ("encoder", "one-hot"),
    "observable": ("observables", "Z0;; Z1"), "a qubit outside": ("observables", "Z4; Z0"),
    "weight": ("observables", "1e13*Z0; Z1"), "task": ("task", "clustering"), "range": ("row_minimum", "0"),
    "features of states": ("features", "pca bits: (row - mean) . component > threshold"),
    "65 logits": ("observables", "; ".join(["Z0"] * 65)), "order of angles": ("parameter_order", "qubit, layer"),
}


@pytest.mark.parametrize("name", BROKEN_MODELS)
def test_broken_models(tmp_path: pathlib.Path, name: str) -> None:
    key, text = BROKEN_MODELS[name]
    with pytest.raises(BadDataError, match="allowed|observable"):
        make_model(tmp_path / "m", entries={key: text})


def test_broken_tensors(tmp_path: pathlib.Path) -> None:
    for tensors in ({"angles": np.zeros((2, 4, 3))}, {"scales": [1.0]}, {"biases": np.array([1e13, 0])}):
        with pytest.raises(BadDataError, match="allowed"):
            make_model(tmp_path / "m", tensors=tensors)
