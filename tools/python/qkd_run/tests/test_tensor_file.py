"""Tensor files: broken ones by hand, each with its answer, and every byte of a sound one."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from typing import Any

import numpy as np
import pytest

from examples import PROFILES, make_model, needs_checkout, needs_program
from qkd_run import Autoencoder, BadDataError, Model, Student, TensorFile, run


def sealed(header: str, payload: bytes = b"") -> bytes:
    """A file of any header, with the digest that it then has."""
    text = header.replace("SEAL", '"sha256":"' + "0" * 64 + '"').encode("utf-8", "surrogatepass")
    text += b" " * (-len(text) % 8)
    raw = len(text).to_bytes(8, "little") + text + payload
    return raw.replace(b"0" * 64, hashlib.sha256(raw).hexdigest().encode(), 1)


ONE = '"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}'
EIGHT = bytes(8)
BROKEN = {
    "empty": (b"", "8 say how long"),
    "a header longer than allowed": ((1 << 40).to_bytes(8, "little"), "allowed are 65536"),
    "an odd header": ((9).to_bytes(8, "little") + b"{}       ", "multiples of 8"),
    "a header beyond the end": ((16).to_bytes(8, "little") + b"{}", "in its header of 16"),
    "no object": (sealed("[]"), "not a JSON object"),
    "no JSON": (sealed("{"), "not JSON"),
    "no UTF-8": (sealed("{").replace(b"{", b"\xff"), "not UTF-8"),
    "nested": (sealed('{"a":' + "[" * 40000), "nests deeper"),
    "text behind it": (sealed('{"__metadata__":{SEAL}} x'), "something else than blanks"),
    "a line behind it": (sealed('{"__metadata__":{SEAL}}\n'), "something else than blanks"),
    "no metadata": (sealed(f"{{{ONE}}}", EIGHT), "no sha256"),
    "metadata of numbers": (sealed('{"__metadata__":{"a":1}}'), "object of strings"),
    "a key twice": (sealed('{"__metadata__":{"a":"1","a":"2",SEAL}}'), "twice"),
    "a key twice to Unicode": (sealed('{"__metadata__":{"\u00e9":"","e\u0301":"",SEAL}}'), "twice"),
    "a tensor twice": (sealed(f'{{"__metadata__":{{SEAL}},{ONE},{ONE}}}', EIGHT), "twice"),
    "half a surrogate": (sealed('{"__metadata__":{"a":"\\ud800",SEAL}}'), "no Unicode"),
    "a digest with an escape": (
        sealed('{"__metadata__":{"sha256":"\\u0030' + "0" * 63 + '"}}'), "without escapes"),
    "a short digest": (sealed('{"__metadata__":{"sha256":"00"}}'), "64 lower-case"),
    "another digest": (sealed('{"__metadata__":{SEAL}}').replace(b"__}", b"__}"), None),
    "another type": (sealed('{"__metadata__":{SEAL},' + ONE.replace("F64", "F16") + "}", EIGHT), "F32, F64, I64"),
    "a type that is a list": (sealed('{"__metadata__":{SEAL},' + ONE.replace('"F64"', "[]") + "}", EIGHT), "F32"),
    "nine dimensions": (
        sealed('{"__metadata__":{SEAL},' + ONE.replace("[1]", "[1,1,1,1,1,1,1,1,1]") + "}", EIGHT), "up to 8"),
    "a negative extent": (sealed('{"__metadata__":{SEAL},' + ONE.replace("[1]", "[-1]") + "}", EIGHT), "unsigned"),
    "a fraction": (sealed('{"__metadata__":{SEAL},' + ONE.replace("[1]", "[1.0]") + "}", EIGHT), "unsigned"),
    "true": (sealed('{"__metadata__":{SEAL},' + ONE.replace("[1]", "[true]") + "}", EIGHT), "integers"),
    "many digits": (sealed('{"__metadata__":{SEAL},' + ONE.replace("[1]", "[" + "9" * 5000 + "]") + "}"), "2\\^63"),
    "a huge shape": (
        sealed('{"__metadata__":{SEAL},' + ONE.replace("[1]", "[9223372036854775807]") + "}", EIGHT), "data_offsets"),
    "a hole": (sealed('{"__metadata__":{SEAL},' + ONE.replace("[0,8]", "[8,16]") + "}", bytes(16)), "data_offsets"),
    "a fourth member": (sealed('{"__metadata__":{SEAL},' + ONE.replace("{", '{"x":1,') + "}", EIGHT), "nothing else"),
    "a payload too long": (sealed(f'{{"__metadata__":{{SEAL}},{ONE}}}', bytes(16)), "which says 8"),
    "a payload too short": (sealed(f'{{"__metadata__":{{SEAL}},{ONE}}}', bytes(4)), "which says 8"),
    "infinity": (sealed(f'{{"__metadata__":{{SEAL}},{ONE}}}', np.array([np.inf]).tobytes()), "not finite"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files(tmp_path: pathlib.Path, name: str) -> None:
    raw, message = BROKEN[name]
    path = tmp_path / "broken"
    path.write_bytes(raw)
    if message is None:
        assert TensorFile.read(path).metadata == {}
        return
    with pytest.raises(BadDataError, match=message):
        TensorFile.decode(raw)
    with pytest.raises(BadDataError, match=f"{path}: .*{message}"):
        TensorFile.read(path)


def test_every_byte_counts() -> None:
    raw = TensorFile.make({"a": "é"}, {"x": [1.0, 2.0], "y": np.array([3], np.int64)}).encode()
    for place in range(len(raw)):
        with pytest.raises(BadDataError):
            TensorFile.decode(raw[:place])
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            with pytest.raises(BadDataError):
                TensorFile.decode(bytes(changed))
    with pytest.raises(BadDataError):
        TensorFile.decode(raw + b"\0")


def test_values_that_no_file_holds() -> None:
    tensors: dict[str, Any]
    for tensors in ({"a": [np.nan]}, {"a": ["x"]}, {"a": [1j]}, {"__metadata__": [1.0]}, {"a": np.zeros([1] * 9)}):
        with pytest.raises(BadDataError):
            TensorFile.make({}, tensors)
    for metadata in ({"sha256": "0" * 64}, {"a": "\ud800"}, {"a": "x" * 70000}):
        with pytest.raises(BadDataError):
            TensorFile.make(metadata, {})


def test_types_and_texts() -> None:
    metadata = {"b": 'quoted "\\" \n\x7f', "a": "0" * 64, "sha": "é😀"}
    tensors: dict[str, Any] = {
        "f": np.array([1, 2], np.float32), "i": np.array(7, np.int64), "d": [[1], [2]], "none": np.zeros((0, 3))
    }
    file = TensorFile.decode(TensorFile.make(metadata, tensors).encode())
    assert file.metadata == metadata
    assert [values.dtype.str for values in file.tensors.values()] == ["<f4", "<i8", "<f8", "<f8"]
    assert [values.shape for values in file.tensors.values()] == [(2,), (), (2, 1), (0, 3)]
    assert not any(values.flags.writeable for values in file.tensors.values())


def test_files_that_are_not_read(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo"):
        with pytest.raises(BadDataError, match="not a regular file"):
            TensorFile.read(path)
    with pytest.raises(FileNotFoundError):
        Student.load(tmp_path / "none")
    TensorFile.make({}, {"a": np.zeros(100)}).write(tmp_path / "a")
    with pytest.raises(BadDataError, match="allowed are 500"):
        TensorFile.read(tmp_path / "a", largest_bytes=500)


@needs_checkout
def test_shipped_files_keep_their_bytes() -> None:
    for path in PROFILES.glob("*.safetensors"):
        assert TensorFile.read(path).encode() == path.read_bytes()
    with pytest.raises(BadDataError, match="qkd-autoencoder"):
        Model.read(PROFILES / "autoencoder-7q-2q.safetensors")
    with pytest.raises(BadDataError, match="qkd-model"):
        Autoencoder.load(PROFILES / "student-7q-1l.safetensors")


@needs_program
def test_the_program_reads_them(tmp_path: pathlib.Path) -> None:
    student = make_model(tmp_path / "m", entangler="0-3, 2-1", entangling_gate="cz", made_by='hand, "é"\n')
    shown = run("inspect", tmp_path / "m")
    assert shown["model_sha256"] == student.digest
    assert shown["provenance"] == json.loads(json.dumps({"by": 'hand, "é"\n'}))
    assert np.allclose(shown["scales"], student.model.scales, rtol=0, atol=0)
