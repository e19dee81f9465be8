#!/usr/bin/env python3
"""What tools/verify-device reads, by readers of its own: models, golden cases, calibrations with the best layout."""
import dataclasses
import hashlib
import json
import math
import re

import numpy as np

# Both micro signs are in use.
UNITS = {"s": 1, "S": 1, "ms": 1e3, "us": 1e6, "\u00b5s": 1e6, "\u03bcs": 1e6, "ns": 1e9, "ps": 1e12}
PULSES_IN_BLOCK = 2


class Unfitting(Exception):
    """A file, or a layout, that is not what it is to be."""


def brief(error):
    return f"{type(error).__name__}, {str(error)[:60]}"


@dataclasses.dataclass
class Circuit:
    """RX, RY, RZ by half angles on each qubit, then the gates of the pairs."""
    qubits: int
    layers: int             # Of entangling gates; with a final rotation there is one more of angles.
    pairs: list             # [(control, target)], as they act
    gate: str               # cx, cz
    angles: np.ndarray      # [rotation layer][qubit][x, y, z], exp(-i angle P / 2)
    observables: list       # [logit][term] of (weight, [(letter, qubit)])
    scales: np.ndarray
    biases: np.ndarray
    is_big_endian: bool     # Rows of amplitudes have qubit 0 at the highest bit.
    encoder: str = "state"
    is_regression: bool = False

    def from_rows(self, rows):
        """States with qubit q at bit q, of rows as the file's conventions have them."""
        n = self.qubits
        if self.encoder in ("state", "amplitude", "amplitude-unnormalized"):
            return rows[:, reversed_bits(n)] if self.is_big_endian else rows
        if self.encoder == "angle":
            pairs = np.stack([np.cos(rows / 2), np.sin(rows / 2)], 2)
        elif self.encoder == "phase":
            pairs = np.stack([np.ones(rows.shape), 1 - 2 * rows], 2) / np.sqrt(2)
        else:
            pairs = np.stack([1 - rows, rows], 2)
        i = np.arange(1 << n)
        return np.prod([pairs[:, q, i >> q & 1] for q in range(n)], 0)

    def random_rows(self, count, seed):
        """Normalised states, of real numbers where the encoder takes no others; bits or angles."""
        random, n = np.random.default_rng(seed), self.qubits
        if self.encoder in ("phase", "basis"):
            return random.integers(0, 2, (count, n)).astype(float)
        if self.encoder == "angle":
            return random.uniform(-np.pi, np.pi, (count, n))
        rows = random.normal(size=(count, 1 << n))
        if self.encoder == "state":
            rows = rows + 1j * random.normal(size=rows.shape)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def spans(self):
        """How far each logit can be from its bias: what differences are told in units of, where it is above 1."""
        weights = [sum(abs(weight) for weight, _ in terms) for terms in self.observables]
        return np.maximum(np.abs(self.scales) * weights, 1)


def reversed_bits(n):
    return np.array([int(format(i, f"0{n}b")[::-1], 2) for i in range(1 << n)])


def pairs_of(entangler, n):
    patterns = {"linear": [(q, q + 1) for q in range(n - 1)],
                "ring": [(q, (q + 1) % n) for q in range(n)] if n > 1 else [],
                "descending": [(q, q + 1) for q in reversed(range(n - 1))],
                "all-pairs": [(q, r) for q in range(n) for r in range(q + 1, n)]}
    if entangler in patterns:
        return patterns[entangler]
    return [tuple(int(q) for q in pair.split("-")) for pair in entangler.split(",")]


def terms_of(text):
    terms = []
    for sign, term in re.findall(r"([+-]?)((?:[eE][+-]?|[^+-])+)", text.replace(" ", "")):
        weight, letters = -1.0 if sign == "-" else 1.0, []
        for factor in term.split("*"):
            if factor[0] in "XYZ":
                letters.append((factor[0], int(factor[1:])))
            else:
                weight *= float(factor)
        terms.append((weight, letters))
    return terms


def read_model(path):
    with open(path, "rb") as file:
        raw = file.read()
    try:
        start = 8 + int.from_bytes(raw[:8], "little")
        header = json.loads(raw[8:start])
        meta = header["__metadata__"]
        seal = meta["sha256"].encode()
        intact = hashlib.sha256(raw.replace(seal, b"0" * 64, 1)).hexdigest().encode() == seal
        is_model = meta["format"] == "qkd-model" and meta["format_version"] == "1"

        def tensor(name):
            begin, end = header[name]["data_offsets"]
            return np.frombuffer(raw[start + begin:start + end], "<f8").reshape(header[name]["shape"])

        n = int(meta["qubits"])
        circuit = Circuit(
            qubits=n, layers=int(meta["layers"]), pairs=pairs_of(meta["entangler"], n),
            gate={"cnot": "cx", "cz": "cz"}[meta.get("entangling_gate", "cnot")],
            angles=tensor("angles") * (1 if meta["rotation"] == "half" else -2),
            observables=[terms_of(text) for text in meta["observables"].split(";")],
            scales=tensor("scales"), biases=tensor("biases"), is_big_endian=meta["qubit_order"] == "big-endian",
            encoder=meta["encoder"], is_regression=meta.get("task") == "regression")
    except (KeyError, ValueError, IndexError) as error:
        raise Unfitting(f"{path}: not a model: {brief(error)}") from None
    if not intact or not is_model:
        raise Unfitting(f"{path}: " + ("not a model of version 1" if intact else "its digest is another"))
    if "features" in meta:
        raise Unfitting(f"{path}: it makes bits of rows; a model that takes states is needed")
    return circuit


@dataclasses.dataclass
class Noise:
    """A circuit's noise by numbers: p of ρ → (1 − p) ρ + p I/d, then relaxation; seconds."""
    pulses: list            # [qubit] of (p, seconds): once or more behind each block of rotations
    pulses_in_block: int
    gates: list             # [pair] of (p, seconds)
    t1: list                # [qubit]
    t2: list
    flips: list             # [qubit] of (P(1|0), P(0|1))

    def stretched(self, factor):
        """Gates that take so many times as long, and depolarise as often; readings stay."""
        def stretch(numbers):
            return [(1 - (1 - p) ** factor, factor * seconds) for p, seconds in numbers]

        return dataclasses.replace(self, pulses=stretch(self.pulses), gates=stretch(self.gates))


def read_golden(path):
    """Yields (circuit, [state], noise, expectations, logits)."""
    with open(path) as file:
        try:
            cases = json.load(file)["cases"]
        except (ValueError, KeyError, TypeError) as error:
            raise Unfitting(f"{path}: no golden cases: {brief(error)}") from None
    for case in cases:
        n, given = case["n"], case["noise"]
        pairs = pairs_of(case["entangler"], n)
        circuit = Circuit(
            qubits=n, layers=case["layers"], pairs=pairs, gate="cx",
            angles=np.reshape(case["theta"], (-1, n, 3)), scales=np.array(case["scale"]),
            biases=np.array(case["bias"]), is_big_endian=True,
            observables=[[(weight, [tuple(letter) for letter in term]) for weight, term in terms]
                         for terms in case["observables"]])
        noise = Noise(
            pulses=[(given["depolarizing_1q"], given["time_1q"])] * n, pulses_in_block=1,
            gates=[(given["depolarizing_2q"], given["time_2q"])] * len(pairs),
            t1=given["t1"], t2=given["t2"], flips=given["readout"])
        state = np.array(case["state_re"]) + 1j * np.array(case["state_im"])
        yield circuit, circuit.from_rows(state[None]), noise, np.array(case["expectations"]), np.array(case["logits"])


@dataclasses.dataclass
class Gate:
    error: float
    seconds: float
    # As IBM writes it, for Aer's functions to read.
    entry: dict

    def is_usable(self, dimension):
        return 0 <= self.error < 1 - 1 / dimension and 0 <= self.seconds < math.inf


@dataclasses.dataclass
class Qubit:
    t1: float
    t2: float
    flips: tuple
    pulse: Gate | None
    entry: list

    def is_usable(self):
        return (self.t1 > 0 and self.t2 > 0 and all(0 <= flip <= 1 for flip in self.flips)
                and self.pulse is not None and self.pulse.is_usable(2))


class Calibration:
    """IBM's properties or Braket's standardised ones; what is missing is nan, and then not usable."""

    def __init__(self, path):
        with open(path, "rb") as file:
            try:
                given = json.load(file)
                standard = given.get("standardized", given)
                if "oneQubitProperties" in standard:
                    self._read_braket(standard)
                else:
                    self._read_ibm(given)
            except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
                raise Unfitting(f"{path}: neither IBM's nor Braket's calibration: {brief(error)}") from None

    def _read_ibm(self, given):
        self.name = given.get("backend_name", "unnamed")
        pulses, gates = {"sx": {}, "u2": {}}, []
        for entry in given["gates"]:
            values = in_seconds(entry["parameters"])
            gate = Gate(values.get("gate_error", math.nan), values.get("gate_length", math.nan), entry)
            if entry["gate"] in pulses:
                pulses[entry["gate"]][entry["qubits"][0]] = gate
            elif entry["gate"] in ("cx", "ecr", "cz"):
                gates.append((entry["qubits"], gate))
        self.qubits = []
        for index, entry in enumerate(given["qubits"]):
            values = in_seconds(entry)
            self.qubits.append(Qubit(
                *(values.get(name, math.nan) for name in ("T1", "T2")),
                tuple(values.get(name, math.nan) for name in ("prob_meas1_prep0", "prob_meas0_prep1")),
                pulses["sx"].get(index, pulses["u2"].get(index)), entry))
        self._keep_best(gates)

    def _read_braket(self, given):
        self.name = given.get("deviceName", "unnamed")
        found = {int(key): entry for key, entry in given["oneQubitProperties"].items()}
        self.qubits = [Qubit(math.nan, math.nan, (math.nan, math.nan), None, [])] * (max(found) + 1)
        for index, entry in found.items():
            fidelity = {item["fidelityType"]["name"]: item["fidelity"] for item in entry["oneQubitFidelity"]}
            kinds = ("SIMULTANEOUS_RANDOMIZED_BENCHMARKING", "RANDOMIZED_BENCHMARKING")
            pulse = next((fidelity[kind] for kind in kinds if kind in fidelity), None)
            times = [entry[name]["value"] / UNITS[entry[name]["unit"]] if name in entry else math.nan
                     for name in ("T1", "T2")]
            self.qubits[index] = Qubit(
                *times, (1 - fidelity.get("READOUT", math.nan),) * 2,
                None if pulse is None else of_fidelity(pulse, [index]), [])
        gates = []
        for key, entry in given.get("twoQubitProperties", {}).items():
            ends = [int(end) for end in key.split("-")]
            gates += [(ends, of_fidelity(item["fidelity"], ends)) for item in entry["twoQubitGateFidelity"]]
        self._keep_best(gates)

    def _keep_best(self, gates):
        """Of the gates of two qubits, in either direction, that with the smallest error."""
        self.gates = {}
        for ends, gate in gates:
            key = frozenset(ends)
            known = self.gates.get(key)
            if known is None or math.isnan(known.error) or gate.error < known.error:
                self.gates[key] = gate

    def usable_qubits(self):
        return [index for index, qubit in enumerate(self.qubits) if qubit.is_usable()]

    def usable_gates(self):
        """(a, b): gate, a < b."""
        usable = set(self.usable_qubits())
        return {tuple(sorted(key)): gate for key, gate in sorted(self.gates.items(), key=lambda item: sorted(item[0]))
                if key <= usable and gate.is_usable(4)}

    def check(self, circuit, layout):
        if len(set(layout)) != circuit.qubits or len(layout) != circuit.qubits:
            raise Unfitting(f"the layout has {len(set(layout))} qubits; the circuit has {circuit.qubits}")
        unusable = set(layout) - set(self.usable_qubits())
        if unusable:
            raise Unfitting(f"{self.name} has no usable qubit {min(unusable)}")
        gates = self.usable_gates()
        for pair in circuit.pairs:
            if tuple(sorted(layout[q] for q in pair)) not in gates:
                raise Unfitting(f"{self.name} does not couple qubits {layout[pair[0]]} and {layout[pair[1]]}")

    def noise(self, circuit, layout):
        """By the formula of a calibration's depolarising part: p = d (r − r_relax) / (d F_relax − 1)."""
        qubits = [self.qubits[place] for place in layout]
        t1, t2 = [qubit.t1 for qubit in qubits], [min(qubit.t2, 2 * qubit.t1) for qubit in qubits]
        pulses = [(depolarising(qubit.pulse, [(t1[q], t2[q])]), qubit.pulse.seconds)
                  for q, qubit in enumerate(qubits)]
        gates = []
        for a, b in circuit.pairs:
            gate = self.gates[frozenset((layout[a], layout[b]))]
            gates.append((depolarising(gate, [(t1[a], t2[a]), (t1[b], t2[b])]), gate.seconds))
        return Noise(pulses, PULSES_IN_BLOCK, gates, t1, t2, [qubit.flips for qubit in qubits])

    def best_layout(self, circuit):
        """The layout that loses least: every one is tried, but for those that are worse before they are complete."""
        usable, gates = self.usable_qubits(), self.usable_gates()
        if len(usable) < circuit.qubits:
            return None
        blocks = PULSES_IN_BLOCK * len(circuit.angles)
        alone = {place: blocks * loss(self.qubits[place].pulse.error) + loss(sum(self.qubits[place].flips) / 2)
                 for place in usable}
        between, partners, uses = {}, {place: [] for place in usable}, {}
        for (a, b), gate in gates.items():
            between[a, b] = between[b, a] = circuit.layers * loss(gate.error)
            partners[a].append(b)
            partners[b].append(a)
        for a, b in circuit.pairs:
            for pair in ((a, b), (b, a)):
                uses[pair] = uses.get(pair, 0) + 1
        order = []
        for start in range(circuit.qubits):
            queue = [start]
            while queue:
                qubit = queue.pop(0)
                if qubit not in order:
                    order.append(qubit)
                    queue += sorted({b for a, b in uses if a == qubit})
        least, best, best_cost, chosen = min(alone.values()), None, math.inf, {}

        def descend(cost):
            nonlocal best, best_cost
            # Lets round-off alone not decide between two that are equal.
            if cost + least * (circuit.qubits - len(chosen)) >= best_cost * (1 - 1e-14):
                return
            if len(chosen) == circuit.qubits:
                best, best_cost = [chosen[q] for q in range(circuit.qubits)], cost
                return
            qubit = order[len(chosen)]
            near = [(other, uses[qubit, other]) for other in chosen if (qubit, other) in uses]
            for place in sorted(partners[chosen[near[0][0]]]) if near else usable:
                if place in chosen.values() or any((place, chosen[other]) not in between for other, _ in near):
                    continue
                more = alone[place] + sum(count * between[place, chosen[other]] for other, count in near)
                chosen[qubit] = place
                descend(cost + more)
                del chosen[qubit]

        descend(0.0)
        return best


def in_seconds(parameters):
    values = {}
    for item in parameters:
        if item["value"] is not None and item["name"] in ("T1", "T2", "gate_length"):
            values[item["name"]] = item["value"] / UNITS[item["unit"]]
        elif item["value"] is not None:
            values[item["name"]] = item["value"]
    return values


def of_fidelity(fidelity, qubits):
    """Braket gives no length: all of an error is depolarising."""
    parameters = [{"name": "gate_error", "unit": "", "value": 1 - fidelity}]
    return Gate(1 - fidelity, 0.0, {"gate": "gate", "qubits": qubits, "parameters": parameters})


def loss(error):
    return -math.log1p(-error) if error < 1 else math.inf


def depolarising(gate, times):
    """p of a gate on qubits of these (T1, T2)."""
    d, trace = 2 ** len(times), 1.0
    for t1, t2 in times:
        # Of the transfer matrix: 1, then X and Y, then Z.
        trace *= 1 + 2 * math.exp(-gate.seconds / t2) + math.exp(-gate.seconds / t1)
    fidelity = (trace / d + 1) / (d + 1)
    rest = min(gate.error, d / (d + 1)) - (1 - fidelity)
    return min(d * rest / (d * fidelity - 1), d * d / (d * d - 1)) if rest > 0 else 0.0
