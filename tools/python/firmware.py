#!/usr/bin/env python3
"""Runs a model's C file on emulated boards and compares it with the program; see tools/firmware."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

import boards
import page
from command import BAD_DATA, USAGE, Parser, stop
from random_students import write_random_student

TOOL = "tools/firmware"
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FAILED = 70
SEED = 11  # of --random
TOLERANCE = 1e-5
# Bytes that an image may take more or less than `export` said.
FLASH_BYTES, RAM_BYTES = 256, 64


class Refused(Exception):
    """The program's refusal: its exit code and message."""


def attempt(*arguments):
    done = subprocess.run([os.environ["QKD_RUN_BINARY"], *map(str, arguments)], capture_output=True, text=True,
                          env={**os.environ, "QKD_PROFILE_PATH": str(ROOT / "profiles")})
    if done.returncode:
        raise Refused(done.returncode, done.stderr.strip().removeprefix("qkd-run: "))
    return done.stdout


def program(*arguments):
    """Its refusal ends the tool with its exit code."""
    try:
        attempt(*arguments)
    except Refused as refused:
        stop(TOOL, *refused.args)


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


def random_samples(seeds, count, encoder, mean, is_complex):
    random = np.random.default_rng(1)
    if mean is not None:
        return (mean + random.normal(size=(seeds, count))).astype(np.float32)
    if encoder in ("phase", "basis"):
        return random.integers(0, 2, (seeds, count)).astype(np.float32)
    rows = random.normal(size=(seeds, count))
    if is_complex:
        rows = rows + 1j * random.normal(size=(seeds, count))
    if encoder == "state":
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.complex64 if is_complex else np.float32)


def parts(rows):
    """A row's real parts, then its imaginary parts."""
    return np.concatenate([rows.real, rows.imag], axis=1) if np.iscomplexobj(rows) else rows


def probe(board, form, given, entries, tensors, folder):
    """One board and form: prints its row; returns what is wrong, or None where the form is not for this model."""
    encoder, logits, count = entries["encoder"], len(tensors["scales"]), given.samples
    classifies = entries.get("task", "classification") == "classification"
    stack = given.stack or boards.STACK_BYTES[form]
    mean, name = tensors.get("pca_mean"), f"{board.name}, {form}"
    inputs = len(mean) if mean is not None else (
        int(entries["qubits"]) if encoder in ("phase", "angle", "basis") else 1 << int(entries["qubits"]))
    if not board.has_host_files and (mean is not None or given.complex):
        return [f"{name}: skipped, principal components and complex numbers need samples from the host"]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        written = attempt("export", "--format", form, given.model, "--output", folder / f"student.{form}")
    except Refused as refused:
        # C takes every model; Swift's tables have a limit.
        if form == "c" or given.forms:
            stop(TOOL, *refused.args)
        print(f"{TOOL}: {name}: skipped: {refused.args[1]}", file=sys.stderr)
        return None
    header = (folder / "student.h").read_text()
    state = int(re.search(r"static RAM (\d+)|(\d+) bytes of RAM", header).expand(r"\1\2"))
    # The state, a sample, the logits and the stack are there at once.
    width = 8 if given.complex else 4
    needed = state + width * inputs + 4 * logits + (stack if board.has_host_files else 256)
    if needed > board.ram:
        return [f"{name}: {needed:,} bytes of RAM are needed, the board has {board.ram:,}"]
    rows = (random_samples(count, inputs, encoder, mean, given.complex) if board.has_host_files
            else generated(count, inputs, encoder))
    parts(rows).astype("<f4").tofile(folder / "samples")
    np.save(folder / "samples.npy", rows)
    image = boards.build(board, folder, form, {
        "PARTS": 2 if given.complex else 1, "SAMPLES": count, "BITS": int(encoder in ("phase", "basis")),
        "NORMALISED": int(encoder == "state"),
        "CLASSES": int(classifies)}, stack)
    found = boards.run(board, folder, logits)
    program("--model", given.model, "--input", folder / "samples.npy", "--precision", "float64", "--predictions",
            folder / "host.npy", "--quiet", *(["--set", "data.allow-outside=true"] if mean is not None else []))
    # Of a regression the values stand behind the sample's number, before targets.
    answers = np.load(folder / "host.npy")
    expected = answers[:, -logits:] if classifies else answers[:, 1:1 + logits]
    problems = [f"{name}: {symbol} is in the image" for symbol in image.allocators]
    if found.logits.shape != expected.shape:
        return problems + [f"{name}: {len(found.logits)} of {len(expected)} samples were answered"]
    worst = np.max(np.abs(found.logits - expected)) / max(1, np.max(np.abs(expected)))
    same = np.mean(found.logits.argmax(1) == expected.argmax(1))
    classes = f"{100 * same:>7.0f} %" if classifies else f"{'-':>9}"
    steps = f"{found.steps / count:,.0f}" if found.steps else "-"
    print(f"{board.name:11}{form:5}{image.flash:>8,}{image.ram:>8,}{found.stack:>7,}{image.ram + found.stack:>8,}"
          f"{steps:>13}{worst:>11.1e}{classes}", flush=True)
    if not worst <= TOLERANCE:
        problems.append(f"{name}: logits differ by {worst:.1e} of the largest; allowed is {TOLERANCE}")
    if not found.test <= TOLERANCE:
        problems.append(f"{name}: the self-test is off by {found.test:.1e}; allowed is {TOLERANCE}")
    if same < 1 and classifies:
        problems.append(f"{name}: classes differ")
    if board.has_host_files and found.stack >= stack:
        problems.append(f"{name}: the stack took all of its {found.stack:,} bytes, or more; --stack gives more")
    # flash, of, RAM, stack, in all, of; for a real sample.
    said = re.search(rf"^{board.name} +([\d,]+) +[\d,]+ +[\d,]+ +[\d,]+ +([\d,]+)", written, re.M)
    if said and not given.complex:
        flash, ram = (int(number.replace(",", "")) for number in said.groups())
        for what, taken, told, allowed in [("flash", image.flash - image.harness, flash, FLASH_BYTES),
                                           ("RAM", image.ram + found.stack, ram, RAM_BYTES)]:
            if abs(taken - told) > allowed:
                problems.append(f"{name}: export said {told:,} bytes of {what}, the source takes {taken:,}")
    for what, taken, allowed in [("flash", image.flash, board.flash), ("RAM", image.ram + found.stack, board.ram)]:
        if taken > allowed:
            problems.append(f"{name}: {taken:,} bytes of {what}, the board has {allowed:,}")
    return problems


def described(model):
    """A model's metadata and tensors, once the program took it."""
    program("inspect", model, "--format", "json")
    entries, tensors = metadata(model)
    if entries.get("format") != "qkd-model":
        stop(TOOL, BAD_DATA, f"{model} is no model; give a teacher or a student")
    return entries, tensors


def try_boards(chosen, given, entries, tensors):
    """Prints a row a board and form; returns what is wrong, and what ran."""
    problems, ran = [], []
    for board, form in chosen:
        try:
            found = probe(board, form, given, entries, tensors, ROOT / ".build-firmware" / board.name)
        except boards.ToolFailed as error:
            stop(TOOL, FAILED, f"{given.model.name}: {board.name}, {form}: {error}")
        if found is not None:
            problems += found
            ran.append((board, form))
    return problems, ran


def write_page(ran, given, entries, tensors, names):
    board, form = ran[-1]
    folder = ROOT / ".build-firmware" / board.name
    module = boards.build_page(board, folder, form, {
        "CLASSES": int(entries.get("task", "classification") == "classification")})
    print(f"{page.write(TOOL, given.page, module, entries, tensors, names)} (written)")


def try_random(chosen, given):
    """Students of random angles and conventions, one after another; returns what is wrong."""
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(given.random):
            given.model = pathlib.Path(scratch) / f"random-{number}"
            write_random_student(str(given.model), number, SEED)
            problems += [f"student {number}: {problem}"
                         for problem in try_boards(chosen, given, *described(given.model))[0]]
    return problems


def main():
    parser = Parser(prog=TOOL, description=__doc__)
    parser.add_argument("model", type=pathlib.Path, nargs="?")
    parser.add_argument("--random", type=int)
    parser.add_argument("--target", action="append", choices=boards.ALL, dest="targets")
    parser.add_argument("--form", action="append", choices=("c", "swift"), dest="forms")
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--complex", action="store_true")
    parser.add_argument("--stack", type=int)
    parser.add_argument("--page", type=pathlib.Path)
    parser.add_argument("--classes")
    given = parser.parse_args()
    for name, value, largest in [("--samples", given.samples, 10_000), ("--stack", given.stack, 64 << 10),
                                 ("--random", given.random, 10_000)]:
        if value is not None and not 1 <= value <= largest:
            stop(TOOL, USAGE, f"{name} is {value}; allowed: 1 to {largest}")
    if given.stack is not None and given.stack % 16:
        stop(TOOL, USAGE, f"--stack is {given.stack}; allowed: multiples of 16")
    if (given.model is None) == (given.random is None):
        stop(TOOL, USAGE, "give a MODEL, or --random N for N students made here")
    if given.random and (given.complex or given.page):
        stop(TOOL, USAGE, "--complex and --page are for a MODEL")
    if given.page and given.targets != ["wasm"]:
        stop(TOOL, USAGE, "--page goes with --target wasm, and no other")
    chosen = [(boards.ALL[name], form) for name in given.targets or boards.ALL for form in given.forms or ("c", "swift")
              if form in boards.ALL[name].forms]
    if not chosen:
        stop(TOOL, USAGE, f"no form for {', '.join(given.targets)}: Embedded Swift has no AVR")
    names = given.classes.split(",") if given.classes else []
    if given.model:
        given.model = given.model.resolve()
        entries, tensors = described(given.model)
        if given.complex and entries["encoder"] in ("phase", "angle", "basis"):
            stop(TOOL, USAGE, f"--complex is for amplitudes; the encoder is {entries['encoder']}")
        if names and (len(names) != len(tensors["scales"]) or not given.page):
            stop(TOOL, USAGE, f"--classes is {given.classes}; it goes with --page, and names {len(tensors['scales'])}, "
                 "commas between them")
    print("bytes, instructions a sample (cycles on avr), differences over the largest")
    print(f"{'board':11}{'form':5}{'flash':>8}{'RAM':>8}{'stack':>7}{'in all':>8}{'instructions':>13}"
          f"{'difference':>11}{'classes':>9}")
    if given.model:
        problems, ran = try_boards(chosen, given, entries, tensors)
        if given.page and not problems:
            write_page(ran, given, entries, tensors, names)
    else:
        problems = try_random(chosen, given)
    for problem in problems:
        print(f"{TOOL}: {problem}", file=sys.stderr)
    sys.exit(bool(problems))


main()
