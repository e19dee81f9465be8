"""Models of random angles with any conventions, rows that they take, and the program to compare with."""

from __future__ import annotations

import os
import pathlib
import shutil
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qkd_run import Predictions, Student, TensorFile, find_program, run
from qkd_run.errors import QkdRunError

CHECKOUT = pathlib.Path(__file__).resolve().parents[4]
PROFILES = CHECKOUT / "profiles"
ENCODERS = ["state", "amplitude", "amplitude-unnormalized", "phase", "angle", "basis"]


def has_program() -> bool:
    """Whether there is a program to compare with."""
    try:
        find_program()
    except QkdRunError:
        return False
    return True


needs_program = pytest.mark.skipif(
    not has_program(), reason="no program: name it in QKD_RUN_BINARY, or install it (tools/install)"
)
needs_checkout = pytest.mark.skipif(not PROFILES.is_dir(), reason="the checkout's profiles are not beside the tests")
os.environ.setdefault("QKD_PROFILE_PATH", str(PROFILES))


def make_model(
    path: pathlib.Path, *, seed: int = 1, qubits: int = 4, layers: int = 2, final: bool = True,
    tensors: dict[str, Any] | None = None, entries: dict[str, str] | None = None, **metadata: str,
) -> Student:
    """A model's file of random angles; conventions by their keys, defaults for the others; `entries` go first."""
    random = np.random.default_rng(seed)
    own = {
        "format": "qkd-model", "format_version": "1", "qubits": str(qubits), "layers": str(layers),
        "entangler": "linear", "final_rotation": str(final).lower(), "rotation": "half",
        "qubit_order": "little-endian", "encoder": "state", "observables": "Z0; Z1",
        "parameter_order": "layer, qubit, axis (x, y, z)", **metadata, **(entries or {}),
    }
    outputs = own["observables"].count(";") + 1
    values = {
        "angles": random.normal(size=(layers + final, qubits, 3)), "scales": random.uniform(0.5, 3, outputs),
        "biases": random.normal(size=outputs), **(tensors or {}),
    }
    TensorFile.make(own, values).write(path)
    # One behind an autoencoder is loaded with it.
    return Student.load(path) if "made_compressor_sha256" not in own else None  # type: ignore[return-value]


def make_rows(encoder: str, samples: int, qubits: int, seed: int = 1) -> NDArray[Any]:
    """Rows that an encoder takes: complex where it takes these."""
    random = np.random.default_rng(seed)
    if encoder in ("phase", "basis"):
        return random.integers(0, 2, (samples, qubits)).astype(float)
    if encoder == "angle":
        return random.uniform(-7, 7, (samples, qubits))
    rows = np.asarray(random.normal(size=(samples, 1 << qubits, 2)) @ [1, 1j])
    return rows / np.linalg.norm(rows, axis=1, keepdims=True) if encoder == "state" else rows


def predicted(
    folder: pathlib.Path, model: pathlib.Path, rows: NDArray[Any], is_regression: bool = False, **options: Any
) -> Predictions:
    """What the program predicts."""
    np.save(folder / "rows.npy", rows)
    predictions = folder / "predictions.npy"
    predictions.unlink(missing_ok=True)
    run("evaluate", model=model, input=folder / "rows.npy", predictions=predictions, **options)
    return Predictions.read(predictions, regression=is_regression)


def copy_profile_file(name: str, folder: pathlib.Path) -> pathlib.Path:
    """A file of the checkout's profiles, to be changed."""
    return pathlib.Path(shutil.copy(PROFILES / name, folder))
