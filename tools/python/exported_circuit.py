#!/usr/bin/env python3
"""What `qkd-run export` writes of a model or an autoencoder, as its readers get it."""
import dataclasses
import hashlib
import json
import pathlib

import numpy as np

from program import run


@dataclasses.dataclass
class ExportedCircuit:
    """One circuit in every format that was asked for, and what its JSON says of it."""
    texts: dict             # format: text
    told: dict              # the JSON
    state: np.ndarray | None = None         # What it begins in, qubit q at bit q; None: |0…0>

    @property
    def qubits(self):
        return self.told["qubits"]

    @property
    def is_encoded(self):
        return self.told["preparation"] is not None

    @property
    def squared_norm(self):
        """Of the sample, which expectations are in proportion to."""
        return (self.told["preparation"] or {}).get("squared_norm", 1.0)

    @property
    def observables(self):
        """[logit] of {string: weight}; strings are X0*Z1, and empty for a constant."""
        sums = []
        for terms in self.told["observables"]:
            sums.append({})
            for term in terms:
                sums[-1][term["string"]] = sums[-1].get(term["string"], 0.0) + term["weight"]
        return sums

    def digest(self, name):
        return hashlib.sha256(self.texts[name].encode()).hexdigest()


def export(tool, program, model, formats, folder, rows=None, row=0):
    """The circuit of a model; of samples `rows`, a file, the encoding of one is in front."""
    texts, state = {}, None
    encoding = [] if rows is None else ["--encoder", "--input", rows, "--row", str(row)]
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


def reversed_bits(n):
    return np.array([int(format(i, f"0{n}b")[::-1], 2) for i in range(1 << n)])


def letters_of(string):
    """[(letter, qubit)] of X0*Z1."""
    return [(factor[0], int(factor[1:])) for factor in string.split("*")]
