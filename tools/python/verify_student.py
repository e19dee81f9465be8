#!/usr/bin/env python3
"""The Python side of tools/verify-student: what other software makes of exported circuits, beside the program."""
import argparse
import collections
import collections.abc
import concurrent.futures
import dataclasses
import multiprocessing
import os
import pathlib
import sys
import tempfile

import told
from circuit_peers import Unread
from command import BAD_DATA, CANNOT_CREATE, NO_INPUT, Parser, stop
from program import found_program, run
from qkd_run.atomic_file import write_whole
from qkd_run.errors import BadDataError
from random_students import CONVENTIONS, MOST_QUBITS, write_random_student
from verification import ALLOWED, PeerResult, Verification, verify

TOOL = "tools/verify-student"
PACKAGES = ["qiskit", "qiskit-qasm3-import", "pennylane", "amazon-braket-sdk", "amazon-braket-default-simulator",
            "pytket", "numpy"]
LARGEST_QUBITS = 10
THE_SAME = "export, Qiskit, its angles, import: the same model but for its provenance"
# Of a random student: there are many of them.
FEW_STATES, FEW_SAMPLES = 4, 1


def print_table(results: collections.abc.Iterable[PeerResult], models: int | None = None) -> None:
    first = "states" if models is None else "models states"
    print(f"\n{'peer':11}{'version':9}{'circuit':8}{first:>14}{'largest dO':>12}{'dlogit':>10}")
    for result in results:
        logit = "-" if result.logit_difference is None else f"{result.logit_difference:.1e}"
        count = f"{result.states}" if models is None else f"{models} {result.states:6}"
        print(f"{result.peer:11}{result.version:9}{result.circuit:8}{count:>14}"
              f"{result.expectation_difference:12.1e}{logit:>10}  {'agree' if result.agrees else 'DIFFER'}")
    print("\nUnits: the sum of an observable's weights; of a logit that times its scale, or")
    print(f"the bias; 1 where these are below it. Allowed: {ALLOWED:.0e}.")


def tell_measured(circuits: int, difference: float) -> None:
    told.row("measured", f"{circuits} circuits of --measure, read by all; by the probabilities of Qiskit's: "
             f"{difference:.1e}, {'agree' if difference <= ALLOWED else 'DIFFER'}")


def verify_model(given: argparse.Namespace, program: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = verify(TOOL, program, given.model, folder, given.states, given.samples, given.seed, LARGEST_QUBITS,
                           given.round_trip)
        except BadDataError as error:
            stop(TOOL, BAD_DATA, str(error))
        except Unread as error:
            told.row("unread", error)
            return "differ"
        except OSError as error:
            stop(TOOL, NO_INPUT, f"{given.model}: {error.strerror}")
    told.row(found.kind, given.model)
    told.row("  sha256", found.model_sha256)
    told.row("probes", f"{found.probes} random states, {found.encoded} samples encoded by gates or amplitudes, "
             f"seed {found.seed}")
    told.versions(PACKAGES, found.program)
    for circuit, digest in sorted({(result.circuit, result.circuit_sha256) for result in found.peers}):
        told.row(f"  {circuit}", digest)
    print_table(found.peers)
    if found.measured > 0:
        tell_measured(found.measured, found.measured_difference)
    if found.another is not None:
        told.row("round trip", "; ".join(f"{name}: {what}" for name, what in found.another.items()) or THE_SAME)
    if given.store:
        path = pathlib.Path(f"{given.model}.verified.json")
        try:
            write_whole(path, found.encoded_json())
        except OSError as error:
            stop(TOOL, CANNOT_CREATE, f"{path}: {error.strerror}")
        told.row("stored", path)
    return found.verdict


def verify_random(job: tuple[str, int, int, bool]) -> tuple[int, Verification | str]:
    """One random student, in a process of the pool: its number, and what was found."""
    program, number, seed, comes_back = job
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "student.safetensors")
        write_random_student(path, number, seed)
        try:
            return number, verify(TOOL, program, path, folder, FEW_STATES, FEW_SAMPLES, seed + number, MOST_QUBITS,
                                  comes_back)
        except Unread as error:
            return number, str(error)


def verify_many(given: argparse.Namespace, program: str) -> str:
    told.row("students", f"{given.random} random ones, 1 to {MOST_QUBITS} qubits, {len(CONVENTIONS)} combinations of "
             f"entangler and encoder in turn, seed {given.seed}; of each {FEW_STATES} states and {FEW_SAMPLES} sample")
    told.versions(PACKAGES, run(TOOL, [program, "--version"]).strip())
    totals: dict[tuple[str, str], PeerResult] = {}
    differing: dict[tuple[str, str], list[int]] = collections.defaultdict(list)
    measured = (0, 0.0)
    jobs = [(program, number, given.seed, given.round_trip) for number in range(given.random)]
    # A fresh interpreter each: the peers have threads.
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(given.jobs, mp_context=context) as pool:
        for number, found in pool.map(verify_random, jobs):
            if isinstance(found, str):
                differing["unread", found.partition(":")[0]].append(number)
                told.row("unread", f"student {number}: {found}")
                continue
            measured = measured[0] + found.measured, max(measured[1], found.measured_difference)
            if found.measured_difference > ALLOWED:
                differing["measured", "--measure"].append(number)
            for name, what in (found.another or {}).items():
                differing["round trip", name].append(number)
                told.row("round trip", f"student {number}, {name}: {what}")
            for result in found.peers:
                key = result.peer, result.circuit
                if not result.agrees:
                    differing[key].append(number)
                if key in totals:
                    totals[key].widen(result.states, result.expectation_difference, result.logit_difference)
                else:
                    totals[key] = dataclasses.replace(result)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {given.random}", end="", file=sys.stderr)
    print_table(totals.values(), given.random)
    tell_measured(*measured)
    if given.round_trip and not any(peer == "round trip" for peer, _ in differing):
        told.row("round trip", THE_SAME)
    for (peer, circuit), numbers in differing.items():
        told.row("differ", f"{peer}, {circuit}: students {', '.join(map(str, numbers))}")
    return "differ" if differing else "agree"


def main() -> None:
    parser = Parser(prog=TOOL, description="Compares a model with Qiskit, PennyLane, Braket and pytket, which read "
                    "the circuit that the program exports.")
    parser.add_argument("model", nargs="?", metavar="MODEL", help="a student, a teacher, an autoencoder")
    parser.add_argument("--states", type=positive, default=16, metavar="N", help="random states (16)")
    parser.add_argument("--samples", type=int, default=4, metavar="N", help="random samples that are encoded (4)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of states, samples and students (1)")
    parser.add_argument("--store", action="store_true", help="write MODEL.verified.json, which inspect shows")
    parser.add_argument("--random", type=positive, metavar="N", help="N random students instead of a model")
    parser.add_argument("--round-trip", action="store_true",
                        help="also import the angles that Qiskit has read: the same model must come of them")
    parser.add_argument("--jobs", type=positive, default=os.cpu_count(), metavar="N", help="processes of --random")
    given = parser.parse_args()
    if (given.model is None) == (given.random is None):
        parser.error("MODEL, or --random N")
    if given.random and given.store:
        parser.error("--store is for a MODEL")
    verdict = (verify_many if given.random else verify_model)(given, found_program(TOOL))
    told.row("\nresult", "all agree" if verdict == "agree" else "not all agree")
    sys.exit(0 if verdict == "agree" else 1)


def positive(text: str) -> int:
    if int(text) < 1:
        raise ValueError
    return int(text)


if __name__ == "__main__":
    main()
