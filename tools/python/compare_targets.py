#!/usr/bin/env python3
"""Compares what the kernel computed on several targets: tools/targets."""

import os
import sys

# What rounding in another order may change in a sum of some hundred terms.
LIMITS = {"float64": 1e-12, "float32": 2e-5}


def read(path):
    with open(path) as file:
        header, *lines = file.read().splitlines()
    return header, [[float(word) for word in line.split()[1:]] for line in lines]


def worst(rows, reference, formats):
    pairs = [pair for f in formats for pair in zip(rows[f], reference, strict=True)]
    if not pairs or any(a != a for a, _ in pairs):
        return float("nan")
    return max(abs(a - b) for a, b in pairs)


def main(paths):
    failed = False
    reference = None
    for path in paths:
        name = os.path.splitext(os.path.basename(path))[0]
        header, rows = read(path)
        if len(rows) != 9:
            sys.exit(f"tools/targets: {name}: {len(rows)} lane formats, not 9")
        # One lane of float64 on the first target.
        reference = reference or rows[0]
        errors = {"float64": worst(rows, reference, range(4)), "float32": worst(rows, reference, range(4, 9))}
        for precision, limit in LIMITS.items():
            # Written so that NaN fails.
            failed |= not errors[precision] <= limit
        print(f"tools/targets: {name:10} {header:28} float64 {errors['float64']:.1e}, float32 {errors['float32']:.1e}")
    if failed:
        sys.exit(f"tools/targets: more than rounding: {LIMITS}")


if __name__ == "__main__":
    main(sys.argv[1:])
