#!/usr/bin/env python3
"""How the Python tools run the program: QKD_RUN_BINARY, or else this checkout's, built where it must be."""
import os
import pathlib
import subprocess

from command import NO_INPUT, stop

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM_FAILED = 70


def run(tool: str, command: list[str | pathlib.Path]) -> str:
    """What a command prints; where it fails, the tool ends."""
    environment = {"QKD_PROFILE_PATH": str(ROOT / "profiles"), **os.environ}
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment)
    except OSError as error:
        stop(tool, NO_INPUT, f"{command[0]}: {error.strerror}; QKD_RUN_BINARY names the program")
    if done.returncode != 0:
        stop(tool, PROGRAM_FAILED, f"{command[0]}: status {done.returncode}\n{done.stderr.strip()}")
    return done.stdout


def found_program(tool: str) -> str:
    given = os.environ.get("QKD_RUN_BINARY")
    return given if given else run(tool, [ROOT / "tools/build"]).strip()
