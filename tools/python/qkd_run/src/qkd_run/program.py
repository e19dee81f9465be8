"""Runs the program, and makes exceptions of its exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import warnings
from collections.abc import Mapping
from typing import Any

from .command_line import command_line
from .errors import NO_INPUT, QkdRunError, shown

# What a run that was told to stop may take to write its checkpoint.
_STOPPING_SECONDS = 30.0


class QkdRunWarning(UserWarning):
    """A warning of the program: the run goes on."""


def find_program() -> str:
    """The program's path: what ``QKD_RUN_BINARY`` names, or else ``qkd-run`` in the folders of ``PATH``.

    Raises
    ------
    QkdRunError
        With code 66 where there is none.
    """
    named = os.environ.get("QKD_RUN_BINARY")
    found = shutil.which(named or "qkd-run")
    if found is None:
        where = f"QKD_RUN_BINARY is {named!r}, which is no program" if named else "no qkd-run in the folders of PATH"
        raise QkdRunError(NO_INPUT, f"{where}; install it (tools/install), or name it in QKD_RUN_BINARY")
    return os.path.abspath(found)


def run(
    job: str, *arguments: str | os.PathLike[str], profile: str | os.PathLike[str] | None = None,
    settings: Mapping[str, Any] | None = None, input_bytes: bytes | None = None, timeout: float | None = None,
    folder: str | os.PathLike[str] | None = None, environment: Mapping[str, str] | None = None, **flags: Any,
) -> Any:
    """Runs a job of the program.

    Parameters
    ----------
    job : str
        ``evaluate``, ``train``, ``distill``, ``compress``, ``reproduce``, ``devices``, ``plan``, ``inspect``, …
    *arguments : paths
        Files, an experiment: what has no flag.
    profile : str or path, optional
        A profile's name or file.
    settings : mapping, optional
        By their keys in a profile: ``{"data.h2": [0.9, 1.1]}``.
    input_bytes : bytes, optional
        Standard input, for ``input="-"``.
    timeout : float, optional
        Seconds, after which the run is told to stop: what it has done is kept where the job keeps it.
    folder : path, optional
        Where relative paths begin.
    environment : mapping, optional
        Variables beside those of this process.
    **flags
        By name, with ``_`` for ``-``: ``samples=1000``, ``no_value=True``.

    Returns
    -------
    object
        The parsed JSON (docs/operator.md, Scripting); None where the program prints none (``if_locked="skip"``).

    Raises
    ------
    QkdRunError
        With the exit code and the program's message; `details` has its further members, `result` what was printed all
        the same. 128 + N where signal N ended the run.
    subprocess.TimeoutExpired
        After `timeout`.
    """
    line = command_line(job, arguments, profile, settings, {**flags, "format": "json", "log-format": "json"})
    process = subprocess.Popen(
        [find_program(), *line], stdin=subprocess.DEVNULL if input_bytes is None else subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env={**os.environ, **(environment or {})},
    )
    try:
        output, messages = process.communicate(input_bytes, timeout)
    except BaseException:
        _stop(process)
        raise
    return _answer(process.returncode, output, messages.decode("utf-8", "replace"))


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The signal on which the program keeps what it has done; what does not end then is killed."""
    process.terminate()
    try:
        process.communicate(timeout=_STOPPING_SECONDS)
    except BaseException:
        process.kill()
        process.communicate()
        raise


def _answer(code: int, output: bytes, messages: str) -> Any:
    told: list[dict[str, Any]] = []
    # What is no object comes from the reader of the command line, before it knows how to tell.
    plain: list[str] = []
    for line in messages.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if isinstance(message, dict) and isinstance(message.get("message"), str):
            told.append(message)
        elif line:
            plain.append(line)
    for message in told:
        if message.get("level") == "warning":
            warnings.warn(message["message"], QkdRunWarning, stacklevel=3)
    try:
        result = json.loads(output) if output.strip() else None
    except ValueError:
        if code == 0:
            raise QkdRunError(70, f"the program printed no JSON: {shown(output, 200)}") from None
        result = None
    if code == 0:
        return result
    error = next((message for message in reversed(told) if message.get("level") == "error"), {})
    text = error.get("message") or "\n".join(plain)
    if code < 0:
        text = text or f"ended by {signal.Signals(-code).name}"
        code = 128 - code
    known = ("level", "message", "exit_code")
    details = {key: value for key, value in error.items() if key not in known}
    raise QkdRunError(code, text or f"ended with exit code {code}", details, result)
