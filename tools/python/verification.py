#!/usr/bin/env python3
"""How far exported circuits, run by other software, are from the program: one comparison, and its file."""
import dataclasses
import datetime
import json
import sys
import typing

import numpy as np
import numpy.typing as npt

import measured_circuits
from circuit_peers import FORMATS, PEERS, Peer
from exported_circuit import ExportedCircuit, export
from probed_model import random_states, read_probed
from qkd_run import BadDataError
from round_trip import differences

ALLOWED = 1e-12


@dataclasses.dataclass
class PeerResult:
    peer: str
    version: str
    circuit: str
    circuit_sha256: str
    states: int = 0
    expectation_difference: float = 0.0
    logit_difference: float | None = None

    @property
    def agrees(self) -> bool:
        return max(self.expectation_difference, self.logit_difference or 0.0) <= ALLOWED

    @property
    def verdict(self) -> str:
        return "agree" if self.agrees else "differ"

    def widen(self, states: int, expectations: npt.ArrayLike, logits: npt.ArrayLike | None = None) -> None:
        """Takes further differences in; what is not a number is a difference."""
        def largest(known: float | None, differences: npt.ArrayLike) -> float:
            found = float(np.max(differences, initial=0.0))
            return max(known or 0.0, found) if np.isfinite(found) else np.inf

        self.states += states
        self.expectation_difference = largest(self.expectation_difference, expectations)
        if logits is not None:
            self.logit_difference = largest(self.logit_difference, logits)


@dataclasses.dataclass
class Verification:
    kind: str
    model_sha256: str
    program: str
    probes: int
    encoded: int
    seed: int
    peers: list[PeerResult]
    # What is another in the model that comes back from Qiskit, by format; None: it was not asked for.
    another: dict[str, str] | None = None
    # Circuits that measure, and how far what Qiskit reads off them is from the program; an autoencoder has none.
    measured: int = 0
    measured_difference: float = 0.0

    @property
    def verdict(self) -> str:
        holds = all(result.agrees for result in self.peers) and self.measured_difference <= ALLOWED
        return "agree" if holds and not self.another else "differ"

    def encoded_json(self) -> bytes:
        """The content of MODEL.verified.json (docs/formats.md)."""
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        peers = [{**{key: finite(value) for key, value in dataclasses.asdict(result).items()},
                  "verdict": result.verdict} for result in self.peers]
        whole = {"format": "qkd-verification", "format_version": "1", "kind": self.kind,
                 "model_sha256": self.model_sha256, "date": date, "program": self.program, "probes": self.probes,
                 "encoded": self.encoded, "seed": self.seed, "tolerance": ALLOWED, "verdict": self.verdict}
        # A line a peer.
        lines = ",\n".join("    " + json.dumps(peer) for peer in peers)
        return (json.dumps(whole, indent=2)[:-2] + f',\n  "peers": [\n{lines}\n  ]\n}}\n').encode()


def finite(value: typing.Any) -> typing.Any:
    """JSON has no infinity."""
    return sys.float_info.max if value == np.inf else value


class Comparison:
    """What the peers find of circuits, beside what the program told."""

    def __init__(self, circuit: ExportedCircuit) -> None:
        self.results = [PeerResult(peer.name, peer.version, peer.format, circuit.digest(peer.format))
                        for peer in PEERS]

    def of_sums(
        self, circuit: ExportedCircuit, states: np.ndarray | None, expectations: np.ndarray, logits: np.ndarray
    ) -> None:
        """A model's observables; `states` None: the circuit has an encoding in front."""
        begin, sums = starting_states(circuit, states), circuit.observables
        scales, biases = np.array(circuit.told["scales"]), np.array(circuit.told["biases"])
        spans = circuit.squared_norm * np.array([sum(map(abs, terms.values())) for terms in sums])
        for peer, result in zip(PEERS, self.results):
            values = summed(peer, circuit, begin, sums) * circuit.squared_norm
            own = scales * values + biases
            result.widen(len(values), np.abs(values - expectations) / np.maximum(spans, 1),
                         np.abs(own - logits) / np.maximum(np.maximum(np.abs(scales) * spans, np.abs(biases)), 1))

    def of_strings(
        self, circuit: ExportedCircuit, states: np.ndarray, strings: list[str], expectations: np.ndarray
    ) -> None:
        for peer, result in zip(PEERS, self.results):
            values = peer.expectations(circuit.texts[peer.format], states, strings)
            result.widen(len(values), np.abs(values - expectations))


def starting_states(circuit: ExportedCircuit, states: np.ndarray | None) -> np.ndarray | None:
    """None where the circuit's own gates encode: it begins in |0…0>."""
    if states is not None:
        return states
    return None if circuit.state is None else circuit.state[None]


def summed(
    peer: Peer, circuit: ExportedCircuit, states: np.ndarray | None, sums: list[dict[str, float]]
) -> np.ndarray:
    """[state][observable]"""
    strings = sorted({string for terms in sums for string in terms if string})
    count = 1 if states is None else len(states)
    values = peer.expectations(circuit.texts[peer.format], states, strings) if strings else np.zeros((count, 0))
    by_string = dict(zip(strings, values.T), **{"": np.ones(count)})
    return np.stack([sum(weight * by_string[string] for string, weight in terms.items()) for terms in sums], 1)


def verify(
    tool: str, program: str, path: str, folder: str, probes: int, encoded: int, seed: int, most_qubits: int,
    comes_back: bool,
) -> Verification:
    """Compares a file's circuit on random states, and on samples that the program encodes; a model may come back."""
    model = read_probed(tool, program, path, folder)
    if model.qubits > most_qubits:
        raise BadDataError(f"{path}: {model.qubits} qubits; peers run up to {most_qubits}")
    random = np.random.default_rng(seed)
    circuit = export(tool, program, path, FORMATS, folder)
    comparison = Comparison(circuit)
    states, measured, difference = random_states(random, probes, model.qubits), 0, 0.0
    if model.is_autoencoder:
        strings = model.latent_strings(random)
        comparison.of_strings(circuit, states, strings, model.behind(states, strings))
    else:
        expectations, logits = model.on_states(states)
        comparison.of_sums(circuit, states, expectations, logits)
        values, measured = measured_circuits.expectations(tool, program, path, folder, states)
        spans = np.maximum([sum(map(abs, terms.values())) for terms in circuit.observables], 1)
        difference = float(np.max(np.abs(np.array(values) - expectations) / spans))
    another = differences(tool, program, model, circuit) if comes_back and not model.is_autoencoder else None
    encoded = encoded if model.takes_samples else 0
    if encoded > 0:
        rows = model.random_samples(random, encoded)
        by_row, row_logits = model.on_samples(rows)
        np.save(model.folder / "samples.npy", rows)
        for row in range(encoded):
            one = export(tool, program, path, FORMATS, folder, model.folder / "samples.npy", row)
            comparison.of_sums(one, None, by_row[row], row_logits[row])
    return Verification("autoencoder" if model.is_autoencoder else "model", model.file.digest,
                        circuit.told["made_by"], probes, encoded, seed, comparison.results,
                        another, measured, difference if np.isfinite(difference) else np.inf)
