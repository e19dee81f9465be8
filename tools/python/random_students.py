#!/usr/bin/env python3
"""Students of random angles and conventions, for comparisons of everything that a model's file can say."""
import itertools

import numpy as np

from qkd_run import TensorFile

MOST_QUBITS = 8
PATTERNS = ("linear", "ring", "descending", "all-pairs", "pairs")
ENCODERS = ("state", "amplitude", "amplitude-unnormalized", "phase", "angle", "basis", "features")
# Each combination of these comes in turn, so that none is left to chance.
CONVENTIONS = list(itertools.product(PATTERNS, ENCODERS))


def write_random_student(path: str, number: int, seed: int, most_layers: int = 3) -> None:
    """Student `number` of a seed: the same file each time."""
    random = np.random.default_rng([seed, number])
    pattern, encoder = CONVENTIONS[number % len(CONVENTIONS)]
    n = 1 + number % MOST_QUBITS
    layers, has_final = int(random.integers(1, most_layers + 1)), bool(random.integers(2))
    metadata = {
        "format": "qkd-model", "format_version": "1", "qubits": str(n), "layers": str(layers),
        "entangler": pattern,
        "entangling_gate": str(random.choice(["cnot", "cz"])), "final_rotation": str(has_final).lower(),
        "rotation": str(random.choice(["half", "full"])), "encoder": encoder,
        "qubit_order": str(random.choice(["little-endian", "big-endian"])),
        "parameter_order": "layer, qubit, axis (x, y, z)",
    }
    if pattern == "pairs":
        metadata["entangler"] = random_pairs(random, n) if n > 1 else "linear"
    if number % 7 == 6:
        metadata["task"] = "regression"
    outputs = int(random.integers(2, 5))
    metadata["observables"] = "; ".join(random_observable(random, n) for _ in range(outputs))
    tensors = {"angles": random.uniform(-np.pi, np.pi, (layers + has_final, n, 3)),
               "scales": random.normal(size=outputs) * 10.0 ** random.integers(-1, 4),
               "biases": random.normal(size=outputs) * 10.0 ** random.integers(-1, 3)}
    if encoder == "features":
        columns = n + int(random.integers(4))
        metadata |= {"encoder": str(random.choice(["phase", "basis"])), "pca_threshold": "0.25",
                     "features": "pca bits: (row - mean) . component > threshold"}
        tensors |= {"pca_mean": random.normal(size=columns),
                    "pca_components": np.linalg.qr(random.normal(size=(columns, n)))[0].T}
    TensorFile.make(metadata, tensors).write(path)


def random_pairs(random: np.random.Generator, n: int) -> str:
    pairs = [random.choice(n, 2, replace=False) for _ in range(random.integers(1, 2 * n))]
    return ", ".join(f"{control}-{target}" for control, target in pairs)


def random_observable(random: np.random.Generator, n: int) -> str:
    """One to four terms, of one to three Pauli matrices each or a constant."""
    text = ""
    for _ in range(random.integers(1, 5)):
        weight = float(np.round(random.normal(), 3))
        factors = [f"{random.choice(list('XYZ'))}{q}"
                   for q in random.choice(n, min(n, int(random.integers(0, 4))), replace=False)]
        sign = "-" if weight < 0 else "+" if text else ""
        text += f" {sign} {'*'.join([repr(abs(weight)), *factors])}"
    return text.strip()
