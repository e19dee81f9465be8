"""Command lines of the program, of Python's values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

Setting = Any
JOBS = (
    "evaluate", "train", "distill", "compress", "reproduce", "merge", "devices", "plan", "history", "rollout",
    "rollback", "inspect", "export", "import", "bench", "check",
)


def setting_text(value: Setting) -> str:
    """A setting's value as ``--set`` takes it.

    Examples
    --------
    >>> [setting_text(value) for value in (True, 0.5, "none", ["Z0", "0.5*Z0*Z1"], [0.9, 1.1], [], None)]
    ['true', '0.5', 'none', 'Z0,0.5*Z0*Z1', '0.9,1.1', '[]', 'none']
    """
    if value is None:
        return "none"
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, Iterable):
        elements = [setting_text(element) for element in value]
        return ",".join(f'"{each}"' if set(each) & set(",;\"'[] ") or not each else each for each in elements) or "[]"
    # NumPy's numbers are shown with their type.
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return str(bool(value)).lower()
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return repr(float(value))
    raise TypeError(f"a setting of type {type(value).__name__}; allowed are numbers, text, paths, lists, None")


def command_line(
    job: str, arguments: Iterable[str | os.PathLike[str]] = (), profile: str | os.PathLike[str] | None = None,
    settings: Mapping[str, Setting] | None = None, flags: Mapping[str, Any] | None = None,
) -> list[str]:
    """What follows the program's name.

    Parameters
    ----------
    job : str
        A subcommand.
    arguments : iterable of paths
        Files, an experiment: what has no flag.
    profile : str or path, optional
    settings : mapping, optional
        By their keys in a profile: ``{"data.h2": [0.9, 1.1]}``; also nested, ``{"data": {"h2": [0.9, 1.1]}}``.
    flags : mapping, optional
        By name, with ``_`` for ``-``. True is a flag without a value; False and None leave it out.

    Examples
    --------
    >>> command_line("evaluate", [], "small-device", {"data": {"h2": [0.9, 1.1]}}, {"samples": 100, "quiet": True})
    ['evaluate', '--profile=small-device', '--set=data.h2=0.9,1.1', '--samples=100', '--quiet']
    >>> command_line("inspect", ["-s.safetensors"])
    ['inspect', '--', '-s.safetensors']
    """
    if job not in JOBS:
        raise ValueError(f"job is {job!r}; allowed: {', '.join(JOBS)}")
    line = [job]
    if profile is not None:
        line.append(f"--profile={os.fspath(profile)}")
    line += [f"--set={key}={setting_text(value)}" for key, value in _flat(settings or {})]
    for name, value in (flags or {}).items():
        flag = "--" + name.rstrip("_").replace("_", "-")
        if value is True:
            line.append(flag)
        elif value is not None and value is not False:
            line.append(f"{flag}={setting_text(value)}")
    files = [os.fspath(argument) for argument in arguments]
    # Behind the marker a name that begins with - is none of a flag.
    return line + (["--", *files] if any(name.startswith("-") for name in files) else files)


def _flat(settings: Mapping[str, Setting], prefix: str = "") -> Iterable[tuple[str, Setting]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
