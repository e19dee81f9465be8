#!/usr/bin/env python3
"""What `qkd-run export` writes of a model or an autoencoder, as its readers get it."""
import dataclasses
import hashlib
import json
import pathlib
import typing

import numpy as np

from program import run


@dataclasses.dataclass
class ExportedCircuit:
    """One circuit in every format that was asked for, and what its JSON says of it."""
    texts: dict[str, str]   # by format
    told: dict[str, typing.Any]             # the JSON
    state: np.ndarray | None = None         # What it begins in, qubit q at bit q; None: |0…0>

    @property
    def squared_norm(self) -> float:
        """Of the sample, which expectations are in proportion to."""
        return (self.told["preparation"] or {}).get("squared_norm", 1.0)

    @property
    def observables(self) -> list[dict[str, float]]:
        """[logit] of {string: weight}; strings are X0*Z1, and empty for a constant."""
        sums: list[dict[str, float]] = []
        for terms in self.told["observables"]:
            sums.append({})
            for term in terms:
                sums[-1][term["string"]] = sums[-1].get(term["string"], 0.0) + term["weight"]
        return sums

    def digest(self, name: str) -> str:
        return hashlib.sha256(self.texts[name].encode()).hexdigest()


def export(
    tool: str, program: str, model: str, formats: list[str], folder: str | pathlib.Path,
    rows: pathlib.Path | None = None, row: int = 0,
) -> ExportedCircuit:
    """The circuit of a model; of samples `rows`, a file, the encoding of one is in front."""
    texts, state = {}, None
    encoding: list[str | pathlib.Path] = [] if rows is None else ["--encoder", "--input", rows, "--row", str(row)]
    for name in [*formats, "json"]:
        path = pathlib.Path(folder, f"circuit.{name}")
        beside = path.with_name(path.name + ".state.npy")
        beside.unlink(missing_ok=True)
        run(tool, [program, "export", model, "--format", name, *encoding, "--output", path, "--quiet"])
        texts[name] = path.read_text()
        if beside.exists():
            state = np.load(beside).reshape(-1)
    told = json.loads(texts["json"])
    # Rows of amplitudes are in the model's order.
    if state is not None and told["qubit_order"] == "big-endian":
        state = state[reversed_bits(told["qubits"])]
    return ExportedCircuit(texts, told, state)


def export_measured(
    tool: str, program: str, model: str, folder: str | pathlib.Path
) -> tuple[dict[str, list[str]], dict[str, typing.Any]]:
    """Of each format the texts of circuits that end in measurements, one a setting, and the JSON."""
    texts = {}
    for name in ("qasm3", "qasm2", "braket", "json"):
        path = pathlib.Path(folder, f"measured.{name}")
        for old in pathlib.Path(folder).glob(f"measured*.{name}"):
            old.unlink()
        run(tool, [program, "export", model, "--format", name, "--measure", "--output", path, "--quiet"])
        parts = sorted(pathlib.Path(folder).glob(f"measured-setting-*.{name}"),
                       key=lambda part: int(part.stem.rpartition("-")[2]))
        texts[name] = [part.read_text() for part in parts or [path]]
    return texts, json.loads(texts.pop("json")[0])


def reversed_bits(n: int) -> np.ndarray:
    return np.array([int(format(i, f"0{n}b")[::-1], 2) for i in range(1 << n)])


def letters_of(string: str) -> list[tuple[str, int]]:
    """[(letter, qubit)] of X0*Z1."""
    return [(factor[0], int(factor[1:])) for factor in string.split("*")]
