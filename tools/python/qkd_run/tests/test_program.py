"""Running the program: its answers, its refusals as exceptions, and how it is found."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import time
from typing import Any

import numpy as np
import pytest

import qkd_run
from examples import needs_checkout, needs_program
from qkd_run import (
    Dataset,
    QkdRunError,
    QkdRunWarning,
    Student,
    devices,
    evaluate,
    find_program,
    run,
    train,
)


@pytest.fixture
def pretend(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shell script in the program's place."""

    def put(script: str) -> None:
        path = tmp_path / "qkd-run"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        monkeypatch.setenv("QKD_RUN_BINARY", str(path))

    return put


def test_where_it_is_found(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QKD_RUN_BINARY", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(QkdRunError, match="no qkd-run in the folders of PATH") as missing:
        find_program()
    assert missing.value.code == 66
    (tmp_path / "qkd-run").write_text("#!/bin/sh\n")
    (tmp_path / "qkd-run").chmod(0o755)
    assert find_program() == str(tmp_path / "qkd-run")
    monkeypatch.setenv("QKD_RUN_BINARY", str(tmp_path / "other"))
    with pytest.raises(QkdRunError, match="which is no program"):
        find_program()


def test_command_lines(pretend: Any) -> None:
    pretend("""printf '["'; printf '%s"' "$*" | tr ' ' '|'; printf ']'""")
    answer = run("merge", "-a", "b", profile="p", settings={"seed": np.int64(2)}, if_locked="skip", quiet=True, x=None)
    assert answer == ["merge|--profile=p|--set=seed=2|--if-locked=skip|--quiet|--format=json|--log-format=json|--|-a|b"]
    with pytest.raises(ValueError, match="job is 'sing'"):
        run("sing")
    with pytest.raises(TypeError, match="type object"):
        run("evaluate", settings={"a": object()})
    assert qkd_run.command_line("evaluate", settings={"x": np.array([0.5, 1]), "y": np.True_}) == [
        "evaluate", "--set=x=0.5,1.0", "--set=y=true"
    ]


def test_refusals(pretend: Any) -> None:
    pretend("""echo 'plain' >&2; echo '{"level": "error", "message": "too much", "needed_bytes": 7}' >&2; exit 5""")
    with pytest.raises(QkdRunError, match="^too much$") as refused:
        evaluate()
    assert (refused.value.code, refused.value.details) == (5, {"needed_bytes": 7})
    pretend("echo 'Error: Unknown option' >&2; exit 64")
    with pytest.raises(QkdRunError, match="Unknown option") as refused:
        evaluate(nonsense=1)
    assert refused.value.code == 64
    pretend("exit 9")
    with pytest.raises(QkdRunError, match="exit code 9"):
        evaluate()
    pretend("kill -9 $$")
    with pytest.raises(QkdRunError, match="SIGKILL") as killed:
        evaluate()
    assert killed.value.code == 137
    pretend("echo no JSON")
    with pytest.raises(QkdRunError, match="no JSON") as other:
        evaluate()
    assert other.value.code == 70


def test_results_of_a_missed_gate_and_warnings(pretend: Any) -> None:
    pretend("""echo '{"accuracy": 0.5}'; echo '{"level": "warning", "message": "careful"}' >&2; exit 4""")
    with pytest.warns(QkdRunWarning, match="careful"), pytest.raises(QkdRunError) as missed:
        evaluate()
    assert missed.value.result == {"accuracy": 0.5} and missed.value.code == 4
    pretend("exit 0")
    assert evaluate() == {} and run("evaluate") is None


def test_a_run_that_takes_too_long_is_told_to_stop(pretend: Any, tmp_path: pathlib.Path) -> None:
    pretend(f"trap 'echo kept >{tmp_path}/state; exit 7' TERM; while :; do sleep 0.05; done")
    start = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        evaluate(timeout=0.5)
    assert (tmp_path / "state").read_text() == "kept\n" and time.monotonic() - start < 10


def test_folder_input_and_environment(pretend: Any, tmp_path: pathlib.Path) -> None:
    pretend("""printf '["%s", "%s", "%s"]' "$PWD" "$(cat)" "$QKD_SEED" """)
    answer = run("evaluate", folder=tmp_path, input_bytes=b"1 2", environment={"QKD_SEED": "3"})
    assert answer == [os.path.realpath(tmp_path), "1 2", "3"]


@needs_checkout
@needs_program
def test_the_program() -> None:
    report = evaluate(profile="small-device", samples=200, settings={"data": {"h2": [0.9, 1.1]}})
    assert report["samples"] == 200 and report["accuracy"] > 0.9
    for options, code in (
        ({"model": "none"}, 66), ({"profile": "small-device", "memory": "64 KiB"}, 5), ({"nonsense": 1}, 64),
        ({"profile": "small-device", "samples": 10, "settings": {"evaluation.minimum-accuracy": 1}}, 4),
        ({"profile": "small-device", "settings": {"model.qubits": 3}}, 78),
    ):
        with pytest.raises(QkdRunError) as refused:
            evaluate(**options)
        assert refused.value.code == code, refused.value
        assert (refused.value.result is not None) == (code == 4)
    assert isinstance(run("plan", keys=True), list)


@needs_program
def test_from_data_to_a_student(tmp_path: pathlib.Path) -> None:
    random = np.random.default_rng(3)
    angles = random.uniform(0, np.pi, (240, 2))
    labels = (angles.sum(axis=1) > np.pi).astype(int)
    learned, unseen = Dataset(angles[:160], labels[:160]), Dataset(angles[160:], labels[160:])
    learned.write(tmp_path / "x.npy", tmp_path / "y.npy")
    unseen.write(tmp_path / "u.npy", tmp_path / "v.npy")
    report = train(
        input=tmp_path / "x.npy", labels=tmp_path / "y.npy", test_input=tmp_path / "u.npy",
        test_labels=tmp_path / "v.npy", encoder="angle", iterations=150, output=tmp_path / "m.safetensors",
        settings={"model": {"qubits": 2, "layers": 2}, "training": {"states": 160, "readout-fit": "end"}},
    )
    student = Student.load(tmp_path / "m.safetensors")
    assert student.digest == report["model_sha256"] and student.provenance["by"].endswith("train")
    assert student.score(unseen.rows, labels[160:]) == report["accuracy"] > 0.8


@needs_checkout
@needs_program
def test_devices(tmp_path: pathlib.Path) -> None:
    values = {
        "T1": (150, "us"), "T2": (100, "us"), "prob_meas0_prep1": (0.03, ""), "prob_meas1_prep0": (0.01, "")
    }
    qubit = [{"name": name, "value": value, "unit": unit} for name, (value, unit) in values.items()]
    pulse = [{"name": "gate_error", "value": 3e-4, "unit": ""}, {"name": "gate_length", "value": 50, "unit": "ns"}]
    pair = [{"name": "gate_error", "value": 1e-2, "unit": ""}, {"name": "gate_length", "value": 500, "unit": "ns"}]
    gates = [{"gate": "sx", "qubits": [q], "parameters": pulse} for q in range(7)]
    gates += [{"gate": "cx", "qubits": [q, q + 1], "parameters": pair} for q in range(6)]
    (tmp_path / "device.json").write_text(json.dumps({"backend_name": "chain", "qubits": [qubit] * 7, "gates": gates}))
    report = devices(tmp_path / "device.json", profile="small-device", samples=50)
    assert [each["file"] for each in report] == [str(tmp_path / "device.json")] and report[0]["accuracy"] > 0.5
    (tmp_path / "small.json").write_text(json.dumps({"backend_name": "x", "qubits": [qubit] * 2, "gates": gates[:2]}))
    with pytest.warns(QkdRunWarning, match="qubits"), pytest.raises(QkdRunError) as refused:
        devices(tmp_path / "device.json", tmp_path / "small.json", profile="small-device", samples=50)
    assert refused.value.code == 3 and len(refused.value.result) == 1
