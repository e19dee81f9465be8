#!/usr/bin/env python3
"""Fits code and stack of C sources to the parts that they are made of; see tools/board-sizes."""
import collections
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

import boards
from command import Parser
from random_students import write_random_student

SEED = 5
# Of those that have a C library, as the table names them.
NAMES = ("cortex-m4f", "cortex-m7", "rv32", "avr")
LIBRARY_DATA = {"cortex-m4f": 104, "cortex-m7": 104, "rv32": 8, "avr": 0}
# CodePart of Sources/Firmware.
PARTS = """base classifier logit state amplitude unnormalized phase angle basis features turn roundedTurn cnot cz
  expectation amplitudeForm scaledForm productForm turnCall entanglingCall term bit single""".split()
# Chains of a few layers say what the parts take, long ones what a call takes.
LAYERS = (3, 3, 3, 12)
STACK = 4096


def program(*arguments):
    """Whether it could be done."""
    return subprocess.run([os.environ["QKD_RUN_BINARY"], *map(str, arguments)], capture_output=True).returncode == 0


def parts(source, header, method, bits):
    """How often each part occurs, as `DeviceSource.parts` counts them."""
    found = collections.Counter(base=1, logit=int(re.search(r"LOGITS (\d+)", header)[1]))
    encoder = re.search(r"encoder ([\w-]+);", header)[1]
    qubits = int(re.search(r"network of (\d+)", header)[1])
    found[encoder.removeprefix("amplitude-")] = 1
    found["single"] = int(qubits == 1)
    found["classifier"] = int("_class(" in header)
    if " project(" in source:
        found["features"], found["bit"] = 1, qubits
    if method == "forms":
        kind = "productForm" if encoder in ("phase", "angle", "basis") else (
            "scaledForm" if encoder == "amplitude" else "amplitudeForm")
        found[kind] = 1
        return found
    calls = {name: len(re.findall(rf"^  {name}\(", source, re.M)) for name in ("turn", "cnot", "cz")}
    found["roundedTurn" if bits else "turn"] = int(calls["turn"] > 0)
    found["turnCall"], found["entanglingCall"] = calls["turn"], calls["cnot"] + calls["cz"]
    found["cnot"], found["cz"] = int(calls["cnot"] > 0), int(calls["cz"] > 0)
    found["expectation"], found["term"] = 1, len(re.findall(r"expectation\(\d", source))
    return found


def sources(students, folder):
    """Yields each source's parts, and what is needed to build it."""
    for number in range(students):
        model = folder / "model"
        write_random_student(str(model), number, SEED, LAYERS[number % len(LAYERS)])
        for method, bits in (("gates", None), ("forms", None), ("gates", (16, 8, 6)[number % 3])):
            line = ["export", model, "--format", "c", "--output", folder / "student.c", "--method", method]
            if bits:
                # The stream that --bits is measured on: a row of what the encoder takes.
                rows = np.ones((1, inputs)) if is_product else np.full((1, inputs), inputs**-0.5)
                np.save(folder / "row.npy", rows)
                line += ["--bits", bits, "--input", folder / "row.npy"]
            if not program(*line):
                continue
            source, header = (folder / "student.c").read_text(), (folder / "student.h").read_text()
            encoder = re.search(r"encoder ([\w-]+);", header)[1]
            inputs, is_product = int(re.search(r"INPUTS (\d+)", header)[1]), encoder in ("phase", "angle", "basis")
            tables = int(re.search(r"constants (\d+)", header)[1])
            if tables > 256 << 10:
                continue
            yield number, parts(source, header, method, bits), tables, inputs, is_product, encoder


def measure(board, folder, found, tables, inputs, is_product, encoder):
    """Bytes of code, and of stack; None where the board is too small to link it, or to run it."""
    rows = np.ones((1, inputs), "<f4") if is_product else np.full((1, inputs), inputs**-0.5, "<f4")
    rows.tofile(folder / "samples")
    roomy = dataclasses.replace(board, flash=1 << 20, ram=1 << 18)
    try:
        image = boards.build(roomy, folder, "c", {
            "PARTS": 1, "SAMPLES": 1, "BITS": int(encoder in ("phase", "basis")),
            "NORMALISED": int(encoder == "state"), "CLASSES": found["classifier"]}, STACK)
    except boards.ToolFailed as error:
        if not any(words in str(error) for words in ("region", "too large")):
            raise
        return None, None
    data = LIBRARY_DATA[board.name] if found["classifier"] else 0
    fits = board.has_host_files or image.ram < 1600 and image.flash < board.flash
    stack = boards.run(roomy, folder, found["logit"]).stack if fits else None
    return image.flash - image.harness - tables - data, stack


def fit(rows):
    """Bytes a part by least squares, and the largest residual."""
    counts = np.array([[found[part] for part in PARTS] for found, _ in rows], float)
    bytes_ = np.array([taken for _, taken in rows], float)
    # A little ridge: parts that only occur together share what they take.
    solved = np.linalg.solve(counts.T @ counts + 1e-2 * np.eye(len(PARTS)), counts.T @ bytes_)
    rounded = {part: round(float(value), 1) for part, value in zip(PARTS, solved) if abs(value) >= 0.05}
    told = counts @ np.array([rounded.get(part, 0) for part in PARTS])
    return rounded, float(np.max(np.abs(told - bytes_)))


def swift(values):
    """The entries of a dictionary, in lines that fit."""
    lines = ["       "]
    for part, value in values.items():
        entry = f" .{part}: {value:g},"
        if len(lines[-1] + entry) > 118:
            lines.append("       ")
        lines[-1] += entry
    return "\n".join(lines)


def main():
    parser = Parser(prog="tools/board-sizes", description=__doc__)
    parser.add_argument("--students", type=int, default=80)
    given = parser.parse_args()
    taken = {(name, what): [] for name in NAMES for what in ("code", "stack")}
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for number, found, tables, *sample in sources(given.students, folder):
            for name in NAMES:
                code, stack = measure(boards.ALL[name], folder, found, tables, *sample)
                if code is not None:
                    taken[name, "code"].append((found, code))
                if stack is not None:
                    taken[name, "stack"].append((found, stack))
            print(f"\rstudent {number + 1} of {given.students}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    fits = {key: fit(rows) for key, rows in taken.items()}
    for (name, what), (_, worst) in fits.items():
        print(f"// {name}: {what} of {len(taken[name, what])} images is told to {worst:.0f} bytes")
    for name in NAMES:
        print(json.dumps(name) + ":\n      code: [\n" + swift(fits[name, "code"][0]) + "\n      ],\n      stack: [\n"
              + swift(fits[name, "stack"][0]) + "\n      ]")


main()
