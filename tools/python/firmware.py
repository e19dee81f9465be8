#!/usr/bin/env python3
"""Runs a model's C file on emulated boards and compares it with the program; see tools/firmware."""
import os
import pathlib
import re
import subprocess
import sys

import numpy as np

import boards
from command import BAD_DATA, USAGE, Parser, stop

TOOL = "tools/firmware"
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FAILED = 70
TOLERANCE = 1e-5


def program(*arguments):
    """The program's output; its refusal ends the tool with its exit code."""
    done = subprocess.run([os.environ["QKD_RUN_BINARY"], *map(str, arguments)], capture_output=True, text=True,
                          env={**os.environ, "QKD_PROFILE_PATH": str(ROOT / "profiles")})
    if done.returncode:
        stop(TOOL, done.returncode, done.stderr.strip().removeprefix("qkd-run: "))
    return done.stdout


def metadata(path):
    import safetensors

    with safetensors.safe_open(path, "numpy") as file:
        return file.metadata(), {name: file.get_tensor(name) for name in file.keys()}


def generated(seeds, count, encoder):
    """Samples as a board makes them: every step in single precision."""
    rows = np.empty((seeds, count), np.float32)
    for row in range(seeds):
        seed = row + 1
        for i in range(count):
            seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
            rows[row, i] = np.float32(seed >> 8) * np.float32(2.0**-23) - np.float32(1)
        if encoder in ("phase", "basis"):
            rows[row] = rows[row] > 0
        if encoder == "state":
            norm = np.float32(0)
            for value in rows[row]:
                norm += value * value
            rows[row] /= np.sqrt(norm)
    return rows


def random_samples(seeds, count, encoder, mean):
    random = np.random.default_rng(1)
    if mean is not None:
        return (mean + random.normal(size=(seeds, count))).astype(np.float32)
    if encoder in ("phase", "basis"):
        return random.integers(0, 2, (seeds, count)).astype(np.float32)
    rows = random.normal(size=(seeds, count))
    if encoder == "state":
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32)


def probe(board, model, entries, tensors, count, folder):
    """One board: prints its row; returns what is wrong."""
    encoder, logits = entries["encoder"], len(tensors["scales"])
    mean = tensors.get("pca_mean")
    inputs = len(mean) if mean is not None else (
        int(entries["qubits"]) if encoder in ("phase", "angle", "basis") else 1 << int(entries["qubits"]))
    if not board.has_host_files and mean is not None:
        return [f"{board.name}: skipped, principal components need samples from the host"]
    folder.mkdir(parents=True, exist_ok=True)
    written = program("export", "--format", "c", model, "--output", folder / "student.c")
    state = int(re.search(r"([\d,]+) bytes of RAM", written)[1].replace(",", ""))
    # The state, a sample, the logits and the stack are there at once.
    needed = state + 4 * inputs + 4 * logits + (boards.STACK_BYTES if board.has_host_files else 256)
    if needed > board.ram:
        return [f"{board.name}: {needed:,} bytes of RAM are needed, the board has {board.ram:,}"]
    rows = (random_samples if board.has_host_files else generated)(count, inputs, encoder, *(
        [mean] if board.has_host_files else []))
    rows.astype("<f4").tofile(folder / "samples")
    np.save(folder / "samples.npy", rows)
    image = boards.build(board, folder, {"PARTS": 1, "SAMPLES": count, "BITS": int(encoder in ("phase", "basis")),
                                         "NORMALISED": int(encoder == "state")})
    found, test, stack = boards.run(board, folder, logits)
    program("--model", model, "--input", folder / "samples.npy", "--precision", "float64", "--predictions",
            folder / "host.npy", "--quiet", *(["--set", "data.allow-outside=true"] if mean is not None else []))
    expected = np.load(folder / "host.npy")[:, -logits:]
    problems = [f"{board.name}: {name} is in the image" for name in image.allocators]
    if found.shape != expected.shape:
        return problems + [f"{board.name}: {len(found)} of {len(expected)} samples were answered"]
    worst = np.max(np.abs(found - expected)) / max(1, np.max(np.abs(expected)))
    same = np.mean(found.argmax(1) == expected.argmax(1))
    print(f"{board.name:12}{image.flash:>8,}{image.ram:>8,}{stack:>8,}{image.ram + stack:>8,}{worst:>12.1e}"
          f"{test:>11.1e}{100 * same:>8.1f} %", flush=True)
    if not worst <= TOLERANCE:
        problems.append(f"{board.name}: logits differ by {worst:.1e} of the largest; allowed is {TOLERANCE}")
    if same < 1 and entries.get("task", "classification") == "classification":
        problems.append(f"{board.name}: classes differ")
    if board.has_host_files and stack >= boards.STACK_BYTES:
        problems.append(f"{board.name}: the stack took all of its {stack:,} bytes, or more")
    for what, given, allowed in [("flash", image.flash, board.flash), ("RAM", image.ram + stack, board.ram)]:
        if given > allowed:
            problems.append(f"{board.name}: {given:,} bytes of {what}, the board has {allowed:,}")
    return problems


def main():
    parser = Parser(prog=TOOL, description=__doc__)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--target", action="append", choices=boards.ALL, dest="targets")
    parser.add_argument("--samples", type=int, default=200)
    arguments = parser.parse_args()
    if not 1 <= arguments.samples <= 10_000:
        stop(TOOL, USAGE, f"--samples is {arguments.samples}; allowed: 1 to 10000")
    program("inspect", arguments.model, "--format", "json")
    entries, tensors = metadata(arguments.model)
    if entries.get("format") != "qkd-model":
        stop(TOOL, BAD_DATA, f"{arguments.model} is no model; give a teacher or a student")
    print("bytes, and differences over the largest logit or 1")
    print(f"{'board':12}{'flash':>8}{'RAM':>8}{'stack':>8}{'in all':>8}{'difference':>12}{'self-test':>11}"
          f"{'classes':>10}")
    problems = []
    for name in arguments.targets or boards.ALL:
        try:
            problems += probe(boards.ALL[name], arguments.model.resolve(), entries, tensors, arguments.samples,
                              ROOT / ".build-firmware" / name)
        except boards.ToolFailed as error:
            stop(TOOL, FAILED, f"{name}: {error}")
    for problem in problems:
        print(f"{TOOL}: {problem}", file=sys.stderr)
    sys.exit(bool(problems))


main()
