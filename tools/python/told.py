#!/usr/bin/env python3
"""Lines of a report of 80 columns, a name and a text each."""
import hashlib
import importlib.metadata
import os


def row(name: str, text: object) -> None:
    """A line, folded at blanks so that it keeps to 80 columns."""
    line = f"{name:12}"
    for word in str(text).split(" "):
        if len(line) + 1 + len(word) > 80 and line.strip():
            print(line)
            line = " " * 12
        line += " " + word
    print(line)


def file_row(name: str, path: str | os.PathLike[str]) -> None:
    text = str(path)
    row(name, text if len(text) <= 67 else "…" + text[-66:])
    row("  SHA-256", digest(path))


def digest(path: str | os.PathLike[str]) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def versions(packages: list[str], program_version: str | None = None) -> None:
    told = [f"{package} {importlib.metadata.version(package)}" for package in packages]
    row("versions", ", ".join(([program_version] if program_version else []) + told))
