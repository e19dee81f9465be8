#!/usr/bin/env python3
"""The program's own numbers of a model or an autoencoder on random states and samples, and the probes themselves."""
import itertools
import pathlib

import numpy as np

from exported_circuit import reversed_bits
from program import run
from qkd_run import BadDataError, Predictions, TensorFile

ORDERS = ("little-endian", "big-endian")
MOST_STRINGS = 63


class ProbedModel:
    """A model's file, run by the program; copies in `folder` take states, and tell expectations."""

    def __init__(self, tool: str, program: str, path: str, folder: str | pathlib.Path) -> None:
        self.tool, self.program, self.path, self.folder = tool, program, path, pathlib.Path(folder)
        self.file = TensorFile.read(path)
        self.meta = self.file.metadata
        self.qubits = int(self.meta["qubits"])

    @property
    def is_autoencoder(self) -> bool:
        return self.meta["format"] == "qkd-autoencoder"

    @property
    def takes_samples(self) -> bool:
        """Whether it can be evaluated by itself, and has an encoder."""
        return not self.is_autoencoder and "made_compressor_sha256" not in self.meta

    def outputs(self, model: str | pathlib.Path, rows: np.ndarray, *flags: str) -> np.ndarray:
        """[sample][logit]"""
        given, predictions = self.folder / "rows.npy", self.folder / "predictions.npy"
        predictions.unlink(missing_ok=True)
        np.save(given, np.ascontiguousarray(rows))
        run(self.tool, [self.program, "evaluate", "--model", model, "--input", given, "--predictions", predictions,
                        "--precision", "float64", "--set", "data.allow-outside=true", "--quiet", *flags])
        return Predictions.read(predictions, regression=self.meta.get("task") == "regression").logits

    def both_outputs(self, metadata: dict[str, str], rows: np.ndarray) -> list[np.ndarray]:
        """Expectations and logits of a copy of the model."""
        tensors = {name: self.file.tensors[name] for name in ("angles", "scales", "biases")}
        if "features" in metadata:
            tensors |= {name: self.file.tensors[name] for name in ("pca_mean", "pca_components")}
        outputs = len(tensors["scales"])
        plain = {"scales": np.ones(outputs), "biases": np.zeros(outputs)}
        found = []
        for name, readout in (("plain", plain), ("copy", {})):
            path = self.folder / f"{name}.safetensors"
            TensorFile.make(metadata, tensors | readout).write(path)
            found.append(self.outputs(path, rows))
        return found

    def on_states(self, states: np.ndarray) -> list[np.ndarray]:
        """Expectations and logits of states with qubit q at bit q: the first half in the model's qubit order, the
        second in the other one."""
        kept = {key: value for key, value in self.meta.items()
                if key not in ("features", "pca_threshold", "row_minimum", "row_maximum", "made_compressor_sha256")}
        own = self.meta["qubit_order"]
        halves, found = np.array_split(states, 2), []
        for order, half in zip([own, *(other for other in ORDERS if other != own)], halves):
            if len(half) > 0:
                rows = half[:, reversed_bits(self.qubits)] if order == "big-endian" else half
                found.append(self.both_outputs({**kept, "encoder": "state", "qubit_order": order}, rows))
        return [np.concatenate(parts) for parts in zip(*found)]

    def on_samples(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Expectations and logits of rows as the model's encoder takes them."""
        return self.both_outputs(dict(self.meta), rows)[0], self.outputs(self.path, rows)

    def behind(self, states: np.ndarray, strings: list[str]) -> np.ndarray:
        """Expectations of an autoencoder's latent strings: of a model behind it that does nothing."""
        latent = int(self.meta["latent"])
        # Two CZ on the same pair are the identity; of one qubit there is no pair.
        entangler = "0-1, 0-1" if latent > 1 else "linear"
        model = self.folder / "behind.safetensors"
        TensorFile.make({
            "format": "qkd-model", "format_version": "1", "qubits": str(latent), "layers": "1",
            "entangler": entangler, "entangling_gate": "cz", "final_rotation": "false", "rotation": "half",
            "qubit_order": "little-endian", "encoder": "state", "observables": "; ".join(strings),
            "parameter_order": "layer, qubit, axis (x, y, z)", "made_compressor_sha256": self.file.digest,
        }, {"angles": np.zeros((1, latent, 3)), "scales": np.ones(len(strings)),
            "biases": np.zeros(len(strings))}).write(model)
        return self.outputs(model, states, "--compressor", self.path)

    def latent_strings(self, random: np.random.Generator) -> list[str]:
        """All Pauli strings on the latent qubits, or as many random ones as a model takes."""
        latent = int(self.meta["latent"])
        if 4 ** latent - 1 <= MOST_STRINGS:
            letters = list(itertools.product("IXYZ", repeat=latent))[1:]
        else:
            letters = [tuple(random.choice(list("IXYZ"), latent)) for _ in range(MOST_STRINGS)]
            letters = sorted(set(letters) - {("I",) * latent})
        return ["*".join(f"{letter}{q}" for q, letter in enumerate(each) if letter != "I") for each in letters]

    def random_samples(self, random: np.random.Generator, count: int) -> np.ndarray:
        encoder = self.meta["encoder"]
        if "features" in self.meta:
            return self.file.tensors["pca_mean"] + random.normal(size=(count, len(self.file.tensors["pca_mean"])))
        if encoder in ("phase", "basis"):
            return random.integers(0, 2, (count, self.qubits)).astype(float)
        if encoder == "angle":
            return random.uniform(-np.pi, np.pi, (count, self.qubits))
        rows = random_states(random, count, self.qubits)
        # Their norms are part of what is encoded.
        return rows if encoder == "state" else rows * random.uniform(0.5, 2, (count, 1))


def random_states(random: np.random.Generator, count: int, qubits: int) -> np.ndarray:
    rows = random.normal(size=(count, 1 << qubits, 2)) @ [1, 1j]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def read_probed(tool: str, program: str, path: str, folder: str | pathlib.Path) -> ProbedModel:
    """What a file is, or BadDataError."""
    model = ProbedModel(tool, program, path, folder)
    if model.meta.get("format") not in ("qkd-model", "qkd-autoencoder"):
        given = model.meta.get("format")
        raise BadDataError(f"{path}: its format is {given!r}; allowed are qkd-model, qkd-autoencoder")
    return model
