"""Tapes: the program's, byte for byte, and what it makes of ours."""

from __future__ import annotations

import pathlib

import numpy as np
import pytest

from examples import PROFILES, needs_checkout, needs_program
from qkd_run import BadDataError, LogitTape, QkdRunError, Student, TensorFile, distill, run

SMALL = {"profile": "small-device", "iterations": 2, "settings": {"training.states": 64, "evaluation.samples": 10}}


def test_what_no_tape_is(tmp_path: pathlib.Path) -> None:
    good = {"format": "qkd-tape", "format_version": "1", "teacher_sha256": "a" * 64}
    for change, tensors in (
        ({"format": "qkd-model"}, {"logits": [[1.0]]}), ({"format_version": "2"}, {"logits": [[1.0]]}),
        ({"teacher_sha256": "A" * 64}, {"logits": [[1.0]]}), ({}, {}), ({}, {"logits": [1.0]}),
        ({}, {"logits": np.zeros((0, 2))}), ({}, {"logits": np.zeros((1, 65))}), ({}, {"logits": [[1.0]], "x": [1.0]}),
        ({}, {"logits": np.zeros((1, 2), np.float32)}),
    ):
        TensorFile.make({**good, **change}, tensors).write(tmp_path / "tape")  # type: ignore[arg-type]
        with pytest.raises(BadDataError, match="allowed"):
            LogitTape.read(tmp_path / "tape")


def test_other_data() -> None:
    tape = LogitTape([[1.0, 2.0]], "a" * 64, {"seed": "1", "chain": "x"})
    tape.check("a" * 64, {"seed": "1", "chain": "x"})
    with pytest.raises(QkdRunError, match="other data: parity, seed differ") as refused:
        tape.check("a" * 64, {"seed": "2", "chain": "x", "parity": "1"})
    assert refused.value.code == 6


@needs_checkout
@needs_program
def test_tapes_of_the_program(tmp_path: pathlib.Path) -> None:
    first = distill(**SMALL, tape=tmp_path / "t", output=tmp_path / "1", precision="float64")
    teacher = Student.load(PROFILES / "teacher-7q-2l.safetensors")
    tape = LogitTape.read(tmp_path / "t", teacher.digest)
    assert tape.logits.shape == (64, 2) and tape.data["seed"] == "1"
    assert tape.file().digest == run("inspect", tmp_path / "t")["tape_sha256"]
    tape.write(tmp_path / "same")
    assert (tmp_path / "same").read_bytes() == (tmp_path / "t").read_bytes()

    second = distill(**SMALL, tape=tmp_path / "same", output=tmp_path / "2", precision="float64")
    assert first["model_sha256"] != "" and second["losses"] == first["losses"]
    with pytest.raises(QkdRunError) as own:
        LogitTape.read(tmp_path / "t", "0" * 64)
    LogitTape(tape.logits, "0" * 64, tape.data, tape.provenance).write(tmp_path / "other")
    with pytest.raises(QkdRunError) as of_program:
        distill(**SMALL, tape=tmp_path / "other", output=tmp_path / "3", precision="float64")
    assert own.value.code == of_program.value.code == 6
