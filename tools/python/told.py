#!/usr/bin/env python3
"""Lines of a report of 80 columns, a name and a text each."""
import hashlib
import importlib.metadata


def row(name, text):
    """A line, folded at blanks so that it keeps to 80 columns."""
    line = f"{name:12}"
    for word in str(text).split(" "):
        if len(line) + 1 + len(word) > 80 and line.strip():
            print(line)
            line = " " * 12
        line += " " + word
    print(line)


def file_row(name, path):
    text = str(path)
    row(name, text if len(text) <= 67 else "…" + text[-66:])
    row("  SHA-256", digest(path))


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def versions(packages, program_version=None):
    told = [f"{package} {importlib.metadata.version(package)}" for package in packages]
    row("versions", ", ".join(([program_version] if program_version else []) + told))
