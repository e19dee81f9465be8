"""Mutated files: each is read, or refused with a `BadDataError`, and nothing else happens."""

from __future__ import annotations

import hashlib
import io
import json
import pathlib
import random
from collections.abc import Callable

import numpy as np
import pytest

from examples import make_model
from qkd_run import BadDataError, Dataset, LogitTape, Model, Predictions, Report, TensorFile
from test_dataset import TEXTS
from test_report import members

MUTATIONS = 1500
TOKENS = [
    b'"', b"[", b"]", b"{", b"}", b",", b"-", b"1e999", b"9" * 30, b"nan", b"null", b"\n", b"\0", b"\xff", b"#", b"i",
    b"(", b"true", b'"\\ud800"', b"0", b"*", b"Z0", b"+",
]


def mutated(raw: bytes, source: random.Random) -> bytes:
    result = bytearray(raw)
    for _ in range(source.choice([1, 1, 2, 4])):
        place, kind = source.randrange(len(result) + 1), source.randrange(4)
        if kind == 0:
            result[place : place + 1] = bytes([source.randrange(256)])
        elif kind == 1:
            result[place : place + source.choice([0, 1, 3])] = source.choice(TOKENS)
        elif kind == 2:
            del result[place : place + source.choice([1, 2, 8])]
        else:
            start = source.randrange(len(result) + 1)
            result[place:place] = result[start : start + source.randrange(20)]
    return bytes(result)


def mutated_behind_the_digest(raw: bytes, source: random.Random) -> bytes:
    length = int.from_bytes(raw[:8], "little")
    old = json.loads(raw[8 : 8 + length])["__metadata__"]["sha256"].encode()
    header = mutated(raw[8 : 8 + length].rstrip(b" "), source).replace(old, b"0" * 64)
    header += b" " * (-len(header) % 8)
    undigested = len(header).to_bytes(8, "little") + header + raw[8 + length :]
    return undigested.replace(b"0" * 64, hashlib.sha256(undigested).hexdigest().encode(), 1)


def expect_no_other_end(
    path: pathlib.Path, seeds: list[bytes], read: Callable[[pathlib.Path], object],
    mutate: Callable[[bytes, random.Random], bytes] = mutated,
) -> None:
    source = random.Random(1)
    outcomes = {"read": 0, "refused": 0}
    for number in range(MUTATIONS):
        raw = mutate(seeds[number % len(seeds)], source)
        path.write_bytes(raw)
        try:
            read(path)
            outcomes["read"] += 1
        except BadDataError:
            outcomes["refused"] += 1
        except Exception as error:
            raise AssertionError(f"mutation {number}: {raw[:2000]!r}") from error
    assert min(outcomes.values()) > 0, outcomes


@pytest.mark.filterwarnings("error")
def test_mutations(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "mutated"
    make_model(tmp_path / "m", entangler="0-3, 2-1", observables="Z0; 0.5*X1*Y2 - 2", row_minimum="0", row_maximum="1")
    models = [(tmp_path / "m").read_bytes(), LogitTape([[1.0, 2.0]], "a" * 64, {"seed": "1"}).file().encode()]
    npy = io.BytesIO()
    np.save(npy, np.zeros((2, 8)))

    def read_tensors(path: pathlib.Path) -> None:
        file = TensorFile.read(path)
        Model.of(file) if "qubits" in file.metadata else LogitTape.of(file)

    expect_no_other_end(path, models, read_tensors, mutated_behind_the_digest)
    texts = [text.encode() for text, *_ in TEXTS.values()]
    expect_no_other_end(path, [*texts, npy.getvalue(), bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 5, 6])], Dataset.read)
    expect_no_other_end(path, [json.dumps(members()).encode()], Report.read)
    names = b"sample,class,label,hit,probability_0,probability_1,logit_0,logit_1\n"
    csv = names + b"0,1,1,1,0.25,0.75,-1,1\n2,0,,,1,0,nan,5\n"
    line = b'{"sample":0,"class":1,"label":0,"hit":false,"probabilities":[0,1],"logits":[-1,2]}\n'
    expect_no_other_end(path, [csv, line, npy.getvalue()], Predictions.read)
