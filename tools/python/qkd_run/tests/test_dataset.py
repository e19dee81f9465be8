"""Data sets in every format, and what the program makes of them."""

from __future__ import annotations

import gzip
import pathlib
from typing import Any

import numpy as np
import pytest

from examples import make_model, make_rows, needs_program
from qkd_run import BadDataError, Dataset, Predictions, run


def put(folder: pathlib.Path, name: str, content: str | bytes) -> pathlib.Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


TEXTS: dict[str, tuple[str, dict[str, Any], list[list[complex]], list[int] | None]] = {
    "blanks": ("1 2\n3\t4\n", {}, [[1, 2], [3, 4]], None),
    "commas": ("\ufeff1, 2\r\n# comment\r\n\r\n3 ,4 # more\r\n", {}, [[1, 2], [3, 4]], None),
    "complex": ("1+2i (3-4j) 2i\n1 .5e1 -1j\n", {}, [[1 + 2j, 3 - 4j, 2j], [1, 5, -1j]], None),
    "pairs": ("1,2,3,4\n", {"pairs": True}, [[1 + 2j, 3 + 4j]], None),
    "names": ("x,y\n1,2\n", {}, [[1, 2]], None),
    "an index of pandas": (",x,kind\n0,5,1\n1,6,\n", {"columns": ["x"], "label_column": "kind"}, [[5], [6]], [1, -1]),
    "columns in order": ('"b ""c""",a\n1,2\n', {"columns": ["a", 'b "c"']}, [[2, 1]], None),
    "quoted": ('a,note,l\n"1","x, y",1\n2,z,"0"\n', {"columns": ["a"], "label_column": "l"}, [[1], [2]], [1, 0]),
    "numbers for names": ("0,1\n5,6\n", {"header": True}, [[5, 6]], None),
    "tabs": ("a b\tc\n1\t2\n", {"columns": ["a b"]}, [[1]], None),
    "lines of JSON": ('[0.5, 1]\n{"label": 1, "features": [1, 2], "x": {"y": "#"}}\n', {}, [[0.5, 1], [1, 2]], [-1, 1]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts(tmp_path: pathlib.Path, name: str) -> None:
    text, options, rows, labels = TEXTS[name]
    for path in (put(tmp_path, "t", text), put(tmp_path, "t.gz", gzip.compress(text.encode()))):
        data = Dataset.read(path, **options)
        assert data.rows.tolist() == rows
        assert (None if data.labels is None else data.labels.tolist()) == labels


BROKEN: dict[str, tuple[str | bytes, str]] = {
    "a cut line": ("1 2\n3 4", "line 2 has no end"), "a form feed": ("1 2\n3\f4\n", "no number"),
    "a wide blank": ("1\u2003 2\n", "no number"), "words": ("1 2\n3 x\n", "line 2: 'x' is no number"),
    "hexadecimal": ("1\n0x1\n", "no number"), "an underscore": ("1\n1_0\n", "no number"),
    "digits of others": ("٣\n", "no number"),
    "not a number": ("nan\n", "not finite"), "too large": ("1e999\n", "not finite"), "lengths": ("1 2\n3\n", "row 1"),
    "separators": ("1 2\n3,4\n", "commas separate"), "a comma at the end": ("1,2,\n", "no number"),
    "complex later": ("1 2\n1 2i\n", "the first sample has none"), "empty": ("", "1 or more"),
    "no names": ("1 2\n", "no line names"), "JSON": ('{"features": [1}\n', "no JSON"),
    "features twice": ('{"features": [1], "features": [1]}\n', "twice"), "no features": ('{"x": 1}\n', "missing"),
    "a label that is true": ('{"features": [1], "label": true}\n', "no integer"), "NaN": ("[NaN]\n", "finite"),
    "nested": ("[" * 100000 + "\n", "no JSON"), "ambiguous names": ("0,1,2\n1,2,3\n", "say header"),
    "UTF-16": ("1 2\n".encode("utf-16"), "save it in UTF-8"), "a quotation mark": ('a,b\n"1,2\n', "quotation"),
    "fields": ("a,b\n1\n", "1 fields"), "an IDX of labels": (bytes([0, 0, 8, 1, 0, 0, 0, 1, 5]), "two or more"),
    "an IDX cut": (bytes([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 9, 5]), "needs 9"),
    "an IDX of floats": (bytes([0, 0, 13, 1, 0, 0, 0, 0]), "unsigned bytes"),
    "an NPY without a header": (b"\x93NUMPY\x01\x00", "damaged header"),
    "an NPY of version 3": (b"\x93NUMPY\x03\x00\x10\x00\x00\x00" + b" " * 16, "version 3.0"),
    "an NPY of code": (b"\x93NUMPY\x01\x00\x20\x00" + b"__import__('os').abort()       \n", "damaged header"),
    "damaged gzip": (gzip.compress(b"1 2\n" * 99)[:-9], "damaged compressed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files(tmp_path: pathlib.Path, name: str) -> None:
    content, message = BROKEN[name]
    path = put(tmp_path, "broken", content)
    with pytest.raises(BadDataError, match=f"{path}: .*{message}"):
        Dataset.read(path, label_column="l" if name == "no names" else None)


def test_comments_in_another_encoding(tmp_path: pathlib.Path) -> None:
    assert Dataset.read(put(tmp_path, "t", b"# caf\xe9\n1 2 # \xff\n")).rows.tolist() == [[1, 2]]
    with pytest.raises(BadDataError, match="no number"):
        Dataset.read(put(tmp_path, "t", b"caf\xe9,x\n1,2\n"))
    for line in (b"caf\xe9,x", b"a\x07,x", b"a,\" x"):
        with pytest.raises(BadDataError, match="no text|quotation"):
            Dataset.read(put(tmp_path, "t", line + b"\n1,2\n"), header=True)


def test_arrays_that_are_refused(tmp_path: pathlib.Path) -> None:
    for values, message in (
        (np.zeros((2, 2), object), "allowed are <f4"), (np.zeros((2, 2), int), "allowed are <f4"),
        (np.asfortranarray(np.zeros((2, 2))), "Fortran"), (np.zeros((1, 2, 2)), "dimensions"),
        (np.zeros((0, 2)), "1 or more"), (np.full((1, 1), np.inf), "finite"), (np.zeros(2, [("a", "<f8")]), "allowed"),
        (np.zeros((2, 2), ">f8"), "allowed are <f4"),
    ):
        np.save(tmp_path / "a.npy", values, allow_pickle=True)
        with pytest.raises(BadDataError, match=message):
            Dataset.read(tmp_path / "a.npy")
    np.save(tmp_path / "a.npy", np.zeros((2, 2)))
    put(tmp_path, "a.npy", (tmp_path / "a.npy").read_bytes()[:-1])
    with pytest.raises(BadDataError, match="the header says 32"):
        Dataset.read(tmp_path / "a.npy")


def test_a_bomb_is_not_unpacked(tmp_path: pathlib.Path) -> None:
    path = put(tmp_path, "bomb.gz", gzip.compress(bytes(50 << 20)))
    with pytest.raises(BadDataError, match="more than 1048576 bytes"):
        Dataset.read(path, largest_bytes=1 << 20)


def test_images_and_labels(tmp_path: pathlib.Path) -> None:
    images = put(tmp_path, "i", bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 102]))
    labels = put(tmp_path, "l", bytes([0, 0, 8, 1, 0, 0, 0, 2, 5, 1]))
    data = Dataset.read(images, labels)
    assert data.rows.tolist() == [[0, 1], [0.2, 0.4]]
    assert data.labels is not None and data.labels.tolist() == [5, 1]
    text = put(tmp_path, "labels.txt", "label\n1\n0\n")
    assert Dataset.read(images, text).labels.tolist() == [1, 0]  # type: ignore[union-attr]
    for content, message in (("1\n", r"\[2\]"), ("0.5\n1\n", "integers"), ("-2\n0\n", "below -1")):
        with pytest.raises(BadDataError, match=message):
            Dataset.read(images, put(tmp_path, "labels.txt", content))


def test_both_labels_must_agree(tmp_path: pathlib.Path) -> None:
    rows = put(tmp_path, "r", '{"features": [1], "label": 1}\n[2]\n')
    assert Dataset.read(rows, put(tmp_path, "l", "1\n0\n")).labels.tolist() == [1, 0]  # type: ignore[union-attr]
    with pytest.raises(BadDataError, match="others than those beside"):
        Dataset.read(rows, put(tmp_path, "l", "0\n0\n"))


@pytest.mark.parametrize("suffix", [".npy", ".csv", ".ndjson", ".npy.gz", ".csv.gz"])
def test_what_was_written_is_read(tmp_path: pathlib.Path, suffix: str) -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=(5, 3)) * 10.0 ** random.integers(-300, 300, (5, 3))
    labels, targets = tmp_path / "l.npy", tmp_path / "t.npy"
    data = Dataset(rows, [0, 1, -1, 1, 0], random.normal(size=(5, 2)))
    data.write(tmp_path / f"d{suffix}", labels, targets)
    same = Dataset.read(tmp_path / f"d{suffix}", labels, targets)
    for name, values in vars(data).items():
        assert np.array_equal(getattr(same, name), values)
    if suffix != ".ndjson":
        Dataset(rows + 1j * rows[::-1]).write(tmp_path / f"c{suffix}")
        assert (Dataset.read(tmp_path / f"c{suffix}").rows == rows + 1j * rows[::-1]).all()


def test_what_a_format_does_not_hold(tmp_path: pathlib.Path) -> None:
    labelled, complex_rows = Dataset([[1.0]], [0], [[0.5]]), Dataset([[1j]])
    for data, name, message in (
        (labelled, "a.npy", "no place for labels"), (labelled, "a.csv", "no place for targets"),
        (labelled, "a.txt", "ending"), (complex_rows, "a.ndjson", "complex"),
    ):
        with pytest.raises(BadDataError, match=message):
            data.write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    labelled.write(tmp_path / "a.ndjson")
    assert (tmp_path / "a.ndjson").read_text() == '{"features": [1.0], "label": 0, "target": [0.5]}\n'


def test_data_frames(tmp_path: pathlib.Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = Dataset([[1.0, 2.0]], [1], [0.5]).to_pandas()
    assert list(frame.columns) == ["x0", "x1", "label", "target0"]
    pandas.DataFrame({"x": [0.5, 1.5], "kind": [1, 0]}).to_csv(tmp_path / "p.csv")
    data = Dataset.read(tmp_path / "p.csv", columns=["x"], label_column="kind")
    assert data.rows.tolist() == [[0.5], [1.5]] and data.labels is not None and data.labels.tolist() == [1, 0]


@needs_program
@pytest.mark.parametrize("suffix", [".npy", ".csv", ".ndjson", ".csv.gz"])
@pytest.mark.parametrize("is_complex", [False, True])
def test_the_program_reads_the_same(tmp_path: pathlib.Path, suffix: str, is_complex: bool) -> None:
    if is_complex and suffix == ".ndjson":
        return
    student = make_model(tmp_path / "m", encoder="amplitude")
    rows = make_rows("amplitude", 30, 4)
    data = Dataset(rows if is_complex else rows.real, [0, 1] * 15)
    # CSV names its labels, NDJSON has them beside the samples, NPY has a file of them.
    labels = tmp_path / "l.npy" if suffix == ".npy" else None
    data.write(tmp_path / f"d{suffix}", labels)
    column = "label" if "csv" in suffix else None
    output = tmp_path / "p.ndjson"
    report = run(
        "evaluate", model=tmp_path / "m", input=tmp_path / f"d{suffix}", labels=labels, label_column=column,
        predictions=output,
    )
    given = Predictions.read(output)
    assert abs(student.logits(data.rows) - given.logits).max() < 1e-12
    assert given.labels is not None and (given.labels == data.labels).all()
    assert student.score(data.rows, [0, 1] * 15) == report["accuracy"]
