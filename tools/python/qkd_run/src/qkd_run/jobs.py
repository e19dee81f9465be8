"""The program's jobs, each a function."""

from __future__ import annotations

import os
from typing import Any

from .program import run

Path = str | os.PathLike[str]


def evaluate(**options: Any) -> dict[str, Any]:
    """Evaluates a model: ``evaluate(profile="small-device", samples=1000)["accuracy"]``.

    Parameters
    ----------
    **options
        Of `run`: `profile`, `settings`, and the command's flags, such as `model`, `input`, `labels`, `predictions`.

    Returns
    -------
    dict
        The report (docs/operator.md).

    Raises
    ------
    QkdRunError
        With code 4 where the quality gate is missed: `result` then has the report.
    """
    return _object(run("evaluate", **options))


def train(**options: Any) -> dict[str, Any]:
    """Trains a model: ``train(profile="workstation", output="teacher.safetensors")``; options as of `evaluate`."""
    return _object(run("train", **options))


def distill(**options: Any) -> dict[str, Any]:
    """Distils a student: ``distill(teacher="t.safetensors", output="s.safetensors")``; options as of `evaluate`."""
    return _object(run("distill", **options))


def compress(**options: Any) -> dict[str, Any]:
    """Trains an autoencoder: ``compress(profile="autoencoder", output="a.safetensors")``; options as of `evaluate`."""
    return _object(run("compress", **options))


def reproduce(experiment: Path, **options: Any) -> dict[str, Any]:
    """Runs an experiment: ``Report.of(reproduce("table-1", seeds=5, output="t.json"))``; options as of `evaluate`.

    Parameters
    ----------
    experiment : str or path
        Its name, or a profile's file.
    """
    return _object(run("reproduce", experiment, **options))


def devices(*calibrations: Path, **options: Any) -> list[dict[str, Any]]:
    """Compares devices for a model: ``devices("props_fez.json", model="s.safetensors")``; options as of `evaluate`.

    Parameters
    ----------
    *calibrations : path
        The devices' files.

    Returns
    -------
    list of dict
        A device each: ``file``, ``device``, ``accuracy``, ``shots``, …

    Raises
    ------
    QkdRunError
        With code 3 where a device cannot run the model, which a `QkdRunWarning` tells: `result` has the others.
    """
    answer = run("devices", *calibrations, **options)
    return answer if isinstance(answer, list) else []


def _object(answer: Any) -> dict[str, Any]:
    # Nothing is printed where the work was left to another run.
    return answer if isinstance(answer, dict) else {}
