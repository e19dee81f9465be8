"""Every convention, beside the program: to 1e-12 of the largest logit in float64, to 1e-5 in float32."""

from __future__ import annotations

import itertools
import pathlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from examples import ENCODERS, PROFILES, make_model, make_rows, needs_checkout, needs_program, predicted
from qkd_run import Autoencoder, BadDataError, QkdRunError, Student

pytestmark = needs_program
TOLERANCES = {"float64": 1e-12, "float32": 1e-5}
ENTANGLERS = ["linear", "ring", "descending", "all-pairs", "0-3, 2-1, 3-0"]
OBSERVABLES = "Z0; 0.5*X1*Y2 - Z3; 1.5 - Y0*Z3 + 2e-1*X0*X1*X2*X3; -Y1 + 0.25*Z0*Z1 + Z2"


def expect_same(
    folder: pathlib.Path, student: Student, rows: NDArray[Any], precision: str = "float64", **options: Any
) -> None:
    """Logits, probabilities and classes are the program's."""
    given = predicted(folder, folder / "m.safetensors", rows, precision=precision, **options)
    logits = student.logits(rows)
    scale = max(1.0, float(abs(given.logits).max()))
    assert abs(logits - given.logits).max() / scale < TOLERANCES[precision]
    assert given.probabilities is not None and given.classes is not None
    assert abs(student.predict_proba(rows) - given.probabilities).max() < 20 * scale * TOLERANCES[precision]
    if precision == "float64":
        assert (student.predict(rows) == given.classes).all()


@pytest.mark.parametrize("precision", TOLERANCES)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_encoders(tmp_path: pathlib.Path, encoder: str, precision: str) -> None:
    for order in ("little-endian", "big-endian"):
        student = make_model(tmp_path / "m.safetensors", encoder=encoder, qubit_order=order, observables=OBSERVABLES)
        expect_same(tmp_path, student, make_rows(encoder, 50, 4), precision)


@pytest.mark.parametrize(
    "entangler,gate,rotation", list(itertools.product(ENTANGLERS, ["cnot", "cz"], ["half", "full"]))
)
def test_circuits(tmp_path: pathlib.Path, entangler: str, gate: str, rotation: str) -> None:
    for seed, (order, final) in enumerate(itertools.product(["little-endian", "big-endian"], [True, False])):
        student = make_model(
            tmp_path / "m.safetensors", seed=seed, final=final, entangler=entangler, entangling_gate=gate,
            rotation=rotation, qubit_order=order, observables=OBSERVABLES, layers=3,
        )
        expect_same(tmp_path, student, make_rows("state", 20, 4, seed))


@pytest.mark.parametrize("qubits,layers", [(1, 1), (2, 5), (3, 1), (9, 2), (11, 1)])
def test_sizes(tmp_path: pathlib.Path, qubits: int, layers: int) -> None:
    for encoder in ("state", "angle"):
        student = make_model(
            tmp_path / "m.safetensors", qubits=qubits, layers=layers, encoder=encoder, entangler="ring",
            observables="Z0; X0; Y0",
        )
        expect_same(tmp_path, student, make_rows(encoder, 10, qubits))


@needs_checkout
@pytest.mark.parametrize("name", ["student-7q-1l", "teacher-7q-2l"])
@pytest.mark.parametrize("precision", TOLERANCES)
def test_shipped_models(tmp_path: pathlib.Path, name: str, precision: str) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes((PROFILES / f"{name}.safetensors").read_bytes())
    expect_same(tmp_path, Student.load(path), make_rows("state", 300, 7), precision)


def test_states_of_other_encoders(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "m.safetensors"
    make_model(path)
    for encoder in ENCODERS:
        expect_same(tmp_path, Student.load(path, encoder=encoder), make_rows(encoder, 20, 4), encoder=encoder)


def test_short_rows(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "m.safetensors"
    make_model(path, encoder="amplitude")
    rows = make_rows("amplitude", 20, 4)[:, :11]
    expect_same(tmp_path, Student.load(path, pad=True), rows, settings={"data.pad": True})
    with pytest.raises(BadDataError, match="16 numbers"):
        Student.load(path).predict(rows)


def test_extreme_amplitudes(tmp_path: pathlib.Path) -> None:
    student = make_model(tmp_path / "m.safetensors", encoder="amplitude")
    rows = np.concatenate([make_rows("amplitude", 4, 4) * scale for scale in (1e-300, 1e-160, 1.0, 1e150, 1e300)])
    expect_same(tmp_path, student, rows)


@pytest.mark.parametrize("encoder", ["phase", "basis"])
def test_principal_features(tmp_path: pathlib.Path, encoder: str) -> None:
    random = np.random.default_rng(7)
    components = np.linalg.qr(random.normal(size=(20, 4)))[0].T
    student = make_model(
        tmp_path / "m.safetensors", encoder=encoder, features="pca bits: (row - mean) . component > threshold",
        pca_threshold="0.05", tensors={"pca_mean": random.normal(size=20), "pca_components": components},
    )
    assert student.n_features_in_ == 20
    expect_same(tmp_path, student, random.normal(size=(100, 20)))


def test_regression(tmp_path: pathlib.Path) -> None:
    for observables in ("Z0", "Z0; X1*X2"):
        student = make_model(
            tmp_path / "m.safetensors", encoder="angle", task="regression", observables=observables
        )
        rows = make_rows("angle", 40, 4)
        given = predicted(tmp_path, tmp_path / "m.safetensors", rows, is_regression=True)
        values = student.predict(rows)
        assert values.shape == ((40,) if observables == "Z0" else (40, 2))
        assert abs(values.reshape(40, -1) - given.logits).max() < 1e-12


@needs_checkout
@pytest.mark.parametrize("precision", TOLERANCES)
def test_compressed_states(tmp_path: pathlib.Path, precision: str) -> None:
    compressor, path = PROFILES / "autoencoder-7q-2q.safetensors", tmp_path / "m.safetensors"
    make_model(
        path, qubits=2, observables="Z0; X1; Y0*Z1", qubit_order="big-endian",
        made_compressor_sha256=Autoencoder.load(compressor).digest,
    )
    student = Student.load(path, compressor)
    expect_same(tmp_path, student, make_rows("state", 100, 7), precision, compressor=compressor)


@pytest.mark.parametrize(
    "encoder,bad", [
        ("state", np.full((1, 16), 0.3)), ("amplitude", np.zeros((1, 16))), ("phase", np.full((1, 4), 0.5)),
        ("amplitude-unnormalized", np.full((1, 16), 1e6)), ("angle", np.full((1, 4), np.inf)),
        ("angle", np.full((1, 5), 0.5)), ("angle", np.full((1, 4), 0.5j)),
    ],
)
def test_rows_that_both_refuse(tmp_path: pathlib.Path, encoder: str, bad: NDArray[Any]) -> None:
    path = tmp_path / "m.safetensors"
    student = make_model(path, encoder=encoder)
    with pytest.raises(QkdRunError) as of_program:
        predicted(tmp_path, path, bad)
    with pytest.raises(BadDataError) as own:
        student.predict(bad)
    assert own.value.code == of_program.value.code == 65


def test_rows_outside_the_training_range(tmp_path: pathlib.Path) -> None:
    for least, largest in ((-1.0, 1.0), (0.5, 0.5)):
        student = make_model(
            tmp_path / "m.safetensors", encoder="angle", row_minimum=str(least), row_maximum=str(largest)
        )
        room = largest - least or 1.0
        edge = np.full((2, 4), [[least - room], [largest + room]])
        expect_same(tmp_path, student, edge)
        beyond = edge * 1.01
        with pytest.raises(BadDataError, match="far outside"):
            student.predict(beyond)
        with pytest.raises(QkdRunError, match="far outside"):
            predicted(tmp_path, tmp_path / "m.safetensors", beyond)
        free = Student.load(tmp_path / "m.safetensors", allow_outside=True)
        expect_same(tmp_path, free, beyond, settings={"data.allow-outside": True})
