#!/usr/bin/env python3
"""What the Python tools share: exit codes, refusals on standard error, and files that are complete or absent."""
import argparse
import os
import pathlib
import sys
import tempfile

USAGE, BAD_DATA, NO_INPUT, CANNOT_CREATE, INPUT_OUTPUT = 64, 65, 66, 73, 74


class Parser(argparse.ArgumentParser):
    """Ends with the exit code of a usage error, and says how the tool is used."""

    def error(self, message):
        stop(self.prog, USAGE, f"{message}\n{self.format_usage().strip()}")


def stop(tool, code, message):
    print(f"{tool}: {message}", file=sys.stderr)
    sys.exit(code)


def print_all(tool, print_results):
    """Calls what prints the results; ends with one line where standard output cannot be written."""
    try:
        print_results()
        print(end="", flush=True)
    except OSError as error:
        # What is left of it would fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        stop(tool, INPUT_OUTPUT, f"standard output could not be written: {error.strerror}; the results are incomplete")


def write_file(tool, path, write):
    """Calls `write` with a file that gets its final name when it is complete."""
    partial = None
    try:
        handle, partial = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is its owner's alone; the final one is what any new file would be.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(partial, 0o666 & ~mask)
        os.replace(partial, path)
    except OSError as error:
        if partial is not None:
            pathlib.Path(partial).unlink(missing_ok=True)
        stop(tool, CANNOT_CREATE, f"{path}: {error.strerror or error}")
