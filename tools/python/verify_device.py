#!/usr/bin/env python3
"""The Python side of tools/verify-device: runs the program and its peers, and tells how far apart they are."""
import importlib.util
import os
import pathlib
import sys
import tempfile
import warnings

import numpy as np

import device_files as files
import told
from command import BAD_DATA, NO_INPUT, Parser, stop
from program import PROGRAM_FAILED, found_program, run
from told import file_row, row

TOOL = "tools/verify-device"
ALLOWED = 1e-10
MOST_QUBITS = 12
PACKAGES = ["qiskit", "qiskit-aer", "qiskit-ibm-runtime", "pennylane", "mitiq", "numpy"]


class Findings:
    """Lines of what was compared; each must be within what is allowed."""

    def __init__(self):
        self.agree = True
        print(f"\n{'largest difference of':47}{'found':>10}{'allowed':>10}")

    def tell(self, what, difference):
        fits = difference <= ALLOWED
        self.agree = self.agree and bool(fits)
        print(f"{what:47}{difference:10.1e}{ALLOWED:10.0e}  {'agree' if fits else 'DIFFER'}")

    def note(self, what, difference):
        print(f"{what:47}{difference:10.1e}{'-':>10}  told only")

    def close(self):
        print(f"\nresult       {'all agree' if self.agree else 'a difference is larger than allowed'}")
        sys.exit(0 if self.agree else 1)


def versions(program=None):
    told.versions(PACKAGES, program and f"qkd-run {run(TOOL, [program, '--version']).strip()}")


def program_outputs(program, model, circuit, calibration, layout, rows):
    """[sample][logit]"""
    with tempfile.TemporaryDirectory() as folder:
        states, predictions = os.path.join(folder, "states.npy"), os.path.join(folder, "predictions.npy")
        np.save(states, rows)
        run(TOOL, [program, "evaluate", "--device", calibration, "--layout", layout, "--model", model,
                   "--input", states, "--predictions", predictions, "--precision", "float64", "--quiet"])
        table, outputs = np.load(predictions), len(circuit.observables)
        if len(table) != len(rows):
            stop(TOOL, PROGRAM_FAILED, f"{program}: {len(table)} predictions of {len(rows)} states")
        return table[:, 1:1 + outputs] if circuit.is_regression else table[:, -outputs:]


def verify_golden(path):
    cases = read(lambda path: list(files.read_golden(path)), path)
    import device_peers as peers

    file_row("golden", path)
    versions()
    row("cases", len(cases))
    by_aer, by_pennylane = [], []
    for circuit, state, noise, expectations, logits in cases:
        errors = peers.aer_errors_of_numbers(circuit, noise)
        answers = (peers.aer_expectations(circuit, state, errors, 1, noise.flips),
                   peers.pennylane_expectations(circuit, state, noise))
        for answer, kept in zip(answers, (by_aer, by_pennylane)):
            own = circuit.scales * answer[0] + circuit.biases
            kept.append((np.abs(answer[0] - expectations).max(), np.abs(own - logits).max()))
    findings = Findings()
    for name, kept in (("Aer", by_aer), ("PennyLane", by_pennylane)):
        findings.tell(f"expectations, golden - {name}", max(pair[0] for pair in kept))
        findings.tell(f"logits, golden - {name}", max(pair[1] for pair in kept))
    findings.close()


def verify_model(given):
    circuit = read_model(given.model)
    device = read(files.Calibration, given.calibration)
    layout = given.layout or device.best_layout(circuit)
    if layout is None:
        stop(TOOL, BAD_DATA, f"{device.name} has no qubits with the couplings that the model needs")
    try:
        device.check(circuit, layout)
    except files.Unfitting as error:
        stop(TOOL, BAD_DATA, str(error))
    program = None if given.peers_only else found_program(TOOL)
    rows = circuit.random_rows(given.samples, given.seed)
    states = circuit.from_rows(rows)
    noise = device.noise(circuit, layout)

    file_row("model", given.model)
    file_row("calibration", given.calibration)
    row("device", f"{device.name}, {len(device.qubits)} qubits ({len(device.usable_qubits())} usable), "
        f"{len(device.usable_gates())} usable couplings")
    origin = "as given" if given.layout else "the best, by a search of its own"
    row("layout", f"{', '.join(map(str, layout))} ({origin})")
    row("circuit", f"{circuit.qubits} qubits, {len(circuit.angles)} rotation layers, {circuit.layers} times "
        f"{len(circuit.pairs)} {circuit.gate}, {len(circuit.observables)} outputs")
    few = min(given.peer_samples, given.samples)
    row("states", f"{given.samples} random ones by Aer, {few} by PennyLane, seed {given.seed}")
    versions(program)

    import device_peers as peers

    errors = peers.aer_errors_of_device(device, layout, circuit.pairs)
    noisy = peers.aer_expectations(circuit, states, errors, files.PULSES_IN_BLOCK, noise.flips)
    aer = circuit.scales * noisy + circuit.biases
    pennylane = circuit.scales * peers.pennylane_expectations(circuit, states[:few], noise) + circuit.biases
    spans = circuit.spans()
    findings = Findings()
    if program is not None:
        layout_text = ",".join(map(str, layout)) if given.layout else "best"
        outputs = program_outputs(program, given.model, circuit, given.calibration, layout_text, rows)
        findings.tell("logits, program - Aer", np.max(np.abs(outputs - aer) / spans))
        findings.tell("logits, program - PennyLane", np.max(np.abs(outputs[:few] - pennylane) / spans))
    findings.tell("logits, Aer - PennyLane", np.max(np.abs(aer[:few] - pennylane) / spans))
    stretched = [peers.aer_errors_of_numbers(circuit, noise.stretched(factor)) for factor in peers.FACTORS]
    series = np.stack([peers.aer_expectations(circuit, states[:few], errors, files.PULSES_IN_BLOCK, noise.flips)
                       for errors in stretched], 2).reshape(-1, len(peers.FACTORS))
    found = peers.extrapolations(series)
    findings.tell("zero noise by a line - LinearFactory", found["line"])
    if found["left out"] < len(series):
        findings.tell("by an exponential - LinearFactory of logarithms", found["exponential"])
        findings.tell("by an exponential - ExpFactory, exact decays", found["exact"])
        findings.tell("with weights |y| - ExpFactory", found["weighted"])
        findings.note("without weights - ExpFactory, which has them", found["weights matter"])
    print("Logits differ in units of scale times the weights of the observable, if above 1.")
    print(f"Zero noise: of {len(series)} series at 1, 2, 3 times the noise; {found['left out']} not exponential.")
    findings.close()


def verify_fakes(given):
    import device_peers as peers

    package = pathlib.Path(importlib.util.find_spec("qiskit_ibm_runtime").origin).parent
    paths = sorted(package.glob("fake_provider/backends/*/props_*.json"))
    circuit = read_model(given.model) if given.model else None
    program = found_program(TOOL) if circuit and not given.peers_only else None
    if circuit:
        file_row("model", given.model)
    versions(program)
    counts = dict.fromkeys(["qubits", "unusable qubits", "couplings", "unusable couplings", "clipped T2",
                            "relaxation alone", "laid out", "too small"], 0)
    largest, at, by_program, by_pennylane = 0.0, "", 0.0, 0.0
    for path in paths:
        device = read(files.Calibration, path)
        places, gates = device.usable_qubits(), device.usable_gates()
        t2s = [min(qubit.t2, 2 * qubit.t1) for qubit in device.qubits]
        counts["qubits"] += len(places)
        counts["unusable qubits"] += len(device.qubits) - len(places)
        counts["couplings"] += len(gates)
        counts["unusable couplings"] += len(device.gates) - len(gates)
        counts["clipped T2"] += sum(t2s[place] < device.qubits[place].t2 for place in places)
        for key, gate in [((place,), device.qubits[place].pulse) for place in places] + list(gates.items()):
            times = [(device.qubits[place].t1, t2s[place]) for place in key]
            p = files.depolarising(gate, times)
            counts["relaxation alone"] += p == 0
            own = [p] + [np.exp(-gate.seconds / time) for pair in times for time in pair]
            difference = np.max(np.abs(own - peers.aer_numbers(device, gate, list(key))))
            if difference > largest:
                largest, at = difference, f"{device.name} {'-'.join(map(str, key))}"
        layout = device.best_layout(circuit) if circuit else None
        if circuit and layout is None:
            counts["too small"] += 1
        if layout is not None:
            counts["laid out"] += 1
            rows = circuit.random_rows(given.samples, given.seed)
            states, noise = circuit.from_rows(rows), device.noise(circuit, layout)
            errors = peers.aer_errors_of_device(device, layout, circuit.pairs)
            aer = peers.aer_expectations(circuit, states, errors, files.PULSES_IN_BLOCK, noise.flips)
            few = min(given.peer_samples, given.samples)
            other = peers.pennylane_expectations(circuit, states[:few], noise)
            by_pennylane = max(by_pennylane, np.max(np.abs(aer[:few] - other) * np.abs(circuit.scales)
                                                    / circuit.spans()))
            if program is not None:
                outputs = program_outputs(program, given.model, circuit, str(path), "best", rows)
                logits = circuit.scales * aer + circuit.biases
                by_program = max(by_program, np.max(np.abs(outputs - logits) / circuit.spans()))
    row("files", f"{len(paths)} of qiskit-ibm-runtime's fake_provider")
    row("qubits", f"{counts['qubits']} usable, {counts['unusable qubits']} not; "
        f"T2 of {counts['clipped T2']} is taken as 2 T1")
    row("couplings", f"{counts['couplings']} usable, {counts['unusable couplings']} not")
    row("gates", f"{counts['relaxation alone']} have no depolarising part: relaxation explains all of the error")
    if circuit:
        row("layouts", f"{counts['laid out']} files have room for the model, {counts['too small']} have not")
    findings = Findings()
    findings.tell("p, e^(-t/T1), e^(-t/T2), formulas - Aer", largest)
    if circuit and counts["laid out"]:
        if program is not None:
            findings.tell("logits, program - Aer", by_program)
        findings.tell("logits, Aer - PennyLane", by_pennylane)
    print(f"The gate that differs most is that of {at}.")
    findings.close()


def read_model(path):
    circuit = read(files.read_model, path)
    if circuit.qubits > MOST_QUBITS:
        stop(TOOL, BAD_DATA, f"{path}: {circuit.qubits} qubits; density matrices of {MOST_QUBITS} are the largest")
    return circuit


def read(reader, path):
    try:
        return reader(path)
    except files.Unfitting as error:
        stop(TOOL, BAD_DATA, str(error))
    except OSError as error:
        stop(TOOL, NO_INPUT, f"{path}: {error.strerror}")


def main():
    parser = Parser(prog=TOOL, description="Compares a model's noisy logits with those of Qiskit Aer and PennyLane.")
    parser.add_argument("model", nargs="?", metavar="MODEL")
    parser.add_argument("calibration", nargs="?", metavar="CALIBRATION",
                        help="IBM's properties or Braket's standardised ones")
    parser.add_argument("--layout", type=numbers, metavar="5,3,1", help="the device's qubit of each of the model's; "
                        "without it the best is searched")
    parser.add_argument("--samples", type=positive, metavar="N", help="random states by Aer (20; with --all-fakes 2)")
    parser.add_argument("--peer-samples", type=positive, metavar="N",
                        help="of them by PennyLane (3; with --all-fakes 1)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the states")
    parser.add_argument("--peers-only", action="store_true", help="without the program")
    parser.add_argument("--golden", metavar="NOISE.json", help="golden cases instead of a model")
    parser.add_argument("--all-fakes", action="store_true", help="all calibrations of qiskit-ibm-runtime")
    given = parser.parse_args()
    # PennyLane's Y errors have real weights of a complex type.
    warnings.filterwarnings("ignore", message="Casting complex values to real")
    given.samples = given.samples or (2 if given.all_fakes else 20)
    given.peer_samples = given.peer_samples or (1 if given.all_fakes else 3)
    if given.golden is not None:
        if given.model or given.all_fakes:
            parser.error("--golden takes no model, no calibration and no --all-fakes")
        verify_golden(given.golden)
    elif given.all_fakes:
        if given.calibration or given.layout:
            parser.error("--all-fakes takes no calibration and no --layout")
        verify_fakes(given)
    elif given.calibration is None:
        parser.error("MODEL and CALIBRATION, --golden, or --all-fakes")
    else:
        verify_model(given)


def numbers(text):
    return [int(word) for word in text.split(",")]


def positive(text):
    if int(text) < 1:
        raise ValueError
    return int(text)


if __name__ == "__main__":
    main()
