#!/usr/bin/env python3
"""The Python side of tools/verify-examples: trains by each example, imports as it says, and compares accuracies."""
import ast
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

from command import USAGE, stop
from program import PROGRAM_FAILED, ROOT, found_program, run

TOOL = "tools/verify-examples"
EXAMPLES = {path.stem.removeprefix("train_in_"): path for path in sorted(ROOT.glob("examples/train_in_*.py"))}


def import_of(path: pathlib.Path) -> list[str]:
    """The arguments of the command that stands in an example's first text."""
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    command = text[text.index("qkd-run import"):].replace("\\\n", " ")
    return shlex.split(command)[1:]


def output_of(command: list[str | pathlib.Path], folder: str) -> str:
    environment = {"QKD_PROFILE_PATH": str(ROOT / "profiles"), **os.environ}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        stop(TOOL, PROGRAM_FAILED, f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stderr.strip()}")
    return done.stdout


def line_after(word: str, text: str) -> str:
    found = re.search(rf"^{word} +(.+)$", text, re.M)
    if found is None:
        stop(TOOL, PROGRAM_FAILED, f"no line begins with {word!r}:\n{text}")
    return found[1] if found else ""


def holds(program: str, name: str, path: pathlib.Path) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        trained = output_of([sys.executable, path], folder)
        told = output_of([program, *import_of(path)], folder)
        report = output_of([program, "evaluate", "--model", "student.safetensors", "--input", "probe.npy",
                            "--labels", "labels.npy", "--format", "json"], folder)
    expected, found = float(line_after("accuracy", trained)), json.loads(report)["accuracy"]
    print(f"{name:15}{expected:.4f} trained, {found:.4f} imported; {line_after('proof', told)}")
    # Both are counts over 300.
    return abs(expected - found) < 1e-9


def main() -> None:
    names = sys.argv[1:] or list(EXAMPLES)
    unknown = [name for name in names if name not in EXAMPLES]
    if unknown:
        stop(TOOL, USAGE, f"no example {unknown[0]!r}; allowed: {', '.join(EXAMPLES)}")
    program = os.path.abspath(found_program(TOOL))
    print(f"program        {run(TOOL, [program, '--version']).strip()}")
    held = [holds(program, name, EXAMPLES[name]) for name in names]
    print(f"result         {'all hold' if all(held) else 'an accuracy is another'}")
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
