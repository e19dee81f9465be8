#!/usr/bin/env python3
"""The Python side of tools/teacher-logits: reads MNIST, trains the classifier, and writes its logits."""
import gzip
import pathlib
import warnings
import zlib

import numpy as np

from command import BAD_DATA, NO_INPUT, USAGE, Parser, stop, write_file

TOOL = "tools/teacher-logits"
# Forests say 0 where no tree votes for a class, and no student can have a logit of −∞.
SMALLEST_PROBABILITY = 1e-6


def classes(text):
    values = [int(word) for word in text.split(",")]
    if len(values) < 2 or len(set(values)) != len(values) or not all(0 <= value <= 255 for value in values):
        raise ValueError
    return values


def seed(text):
    if not 0 <= int(text) < 1 << 32:
        raise ValueError
    return int(text)


def read_idx(folder, name, dimensions):
    """The bytes of an IDX file, plain or gzipped, in the shape that its header states."""
    path = next((p for p in (folder / name, folder / f"{name}.gz") if p.exists()), None)
    if path is None:
        stop(TOOL, NO_INPUT, f"{folder / name}[.gz]: no such file; tools/get-mnist fetches MNIST")
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            data = file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        stop(TOOL, BAD_DATA, f"{path}: {error}")
    except OSError as error:
        stop(TOOL, NO_INPUT, f"{path}: {error.strerror}")
    start = 4 + 4 * dimensions
    if len(data) < start or data[:4] != bytes([0, 0, 8, dimensions]):
        stop(TOOL, BAD_DATA, f"{path}: not an IDX file of bytes in {dimensions} dimensions")
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(dimensions)]
    values = np.frombuffer(data, np.uint8, offset=start)
    count = 1
    for extent in shape:
        count *= extent
    if len(values) != count:
        stop(TOOL, BAD_DATA, f"{path}: {len(values)} bytes of data, and its header says {shape}")
    if count == 0:
        stop(TOOL, BAD_DATA, f"{path}: its header says {shape}: nothing to learn from")
    return values.reshape(shape)


def read_set(folder, prefix, chosen):
    """Pixels in 0…1 and the positions of the labels in `chosen`, of the images of those classes."""
    images = read_idx(folder, f"{prefix}-images-idx3-ubyte", 3)
    labels = read_idx(folder, f"{prefix}-labels-idx1-ubyte", 1)
    if len(images) != len(labels):
        stop(TOOL, BAD_DATA, f"{folder}: {prefix} has {len(images)} images and {len(labels)} labels")
    absent = [value for value in chosen if value not in labels]
    if absent:
        stop(TOOL, BAD_DATA, f"{folder}: {prefix} has no image of class {absent[0]}")
    kept = np.isin(labels, chosen)
    position = {value: index for index, value in enumerate(chosen)}
    return images[kept].reshape(kept.sum(), -1) / 255, np.array([position[value] for value in labels[kept]])


def make(model, seed):
    if model == "logistic":
        from sklearn.linear_model import LogisticRegression
        return LogisticRegression(max_iter=200)
    if model == "forest":
        from sklearn.ensemble import RandomForestClassifier
        return RandomForestClassifier(random_state=seed)
    from sklearn.neural_network import MLPClassifier
    return MLPClassifier(hidden_layer_sizes=(64,), max_iter=20, random_state=seed)


def main():
    parser = Parser(prog=TOOL, description="Writes the logits of a classical teacher for MNIST.")
    parser.add_argument("folder", type=pathlib.Path, help="the MNIST files, plain or gzipped")
    parser.add_argument("output", type=pathlib.Path, metavar="LOGITS.npy")
    parser.add_argument("--classes", type=classes, default=list(range(10)), help="e.g. 1,5: column 0 is class 1")
    parser.add_argument("--model", choices=("logistic", "forest", "mlp"), default="logistic")
    parser.add_argument("--seed", type=seed, default=1)
    given = parser.parse_args()
    if given.output.suffix != ".npy":
        stop(TOOL, USAGE, f"{given.output}: logits go to a file with the ending .npy")
    train, train_labels = read_set(given.folder, "train", given.classes)
    test, test_labels = read_set(given.folder, "t10k", given.classes)
    if train.shape[1] != test.shape[1]:
        stop(TOOL, BAD_DATA,
             f"{given.folder}: training images of {train.shape[1]} pixels, test images of {test.shape[1]}")
    teacher = make(given.model, given.seed)
    with warnings.catch_warnings():
        # A teacher that stopped early is a teacher still; its accuracy is printed.
        warnings.simplefilter("ignore")
        teacher.fit(train, train_labels)
    # Some classifiers answer column by column, which np.save would keep.
    logits = np.ascontiguousarray(np.log(np.clip(teacher.predict_proba(train), SMALLEST_PROBABILITY, 1)))
    write_file(TOOL, given.output, lambda file: np.save(file, logits))
    correct = (teacher.predict(test) == test_labels).sum()
    print(f"{given.output}: {len(train)} × {len(given.classes)} logits; "
          f"test accuracy {correct / len(test):.4f} of {len(test)} images")


main()
