#!/usr/bin/env python3
# Six random regressions, scored by scikit-learn: the file that RegressionScoreTests compares with, on standard output.
# Intervals are those of Sources/Batches/Facts/RegressionScore.swift, by their definitions.
# usage: tools/install-dependencies --for-teachers
#        .build-teachers/bin/python tools/python/regression_golden.py > Tests/Golden/regression-scores.json
import json

import numpy as np
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

Z = 1.959963984540054


def problem(number):
    rng = np.random.default_rng(2000 + number)
    n, m = [5, 40, 300, 64, 2, 90][number], [1, 1, 1, 3, 1, 2][number]
    shift, spread = [0, 1, -1e3, 5, 0, 1e-3][number], [1, 0.1, 10, 2, 1, 1e-4][number]
    targets = shift + spread * rng.normal(0, 1, (n, m))
    values = targets + spread * rng.normal(0.1, 0.4, (n, m))
    return values, targets


def root(interval):
    return [np.sqrt(max(interval[0], 0)), np.sqrt(interval[1])]


def interval(numbers):
    half = Z * numbers.std(ddof=1) / np.sqrt(len(numbers))
    return [max(numbers.mean() - half, 0), numbers.mean() + half]


def scored(values, targets):
    e, n = values - targets, len(values)
    outputs = []
    for j in range(e.shape[1]):
        square, distance = e[:, j] ** 2, (targets[:, j] - targets[:, j].mean()) ** 2
        r2 = r2_score(targets[:, j], values[:, j])
        psi = (square - (1 - r2) * distance) / distance.mean()
        half = Z * psi.std() / np.sqrt(n)
        outputs.append({
            "rmse": root_mean_squared_error(targets[:, j], values[:, j]), "rmse_interval": root(interval(square)),
            "mae": mean_absolute_error(targets[:, j], values[:, j]), "mae_interval": interval(np.abs(e[:, j])),
            "r2": r2, "r2_interval": [r2 - half, r2 + half],
        })
    r2 = r2_score(targets, values)
    half = np.mean([output["r2_interval"][1] - output["r2"] for output in outputs])
    square, magnitude = (e ** 2).mean(axis=1), np.abs(e).mean(axis=1)
    return outputs, {
        "rmse": np.sqrt(np.mean(e ** 2)), "rmse_interval": root(interval(square)),
        "mae": mean_absolute_error(targets, values), "mae_interval": interval(magnitude),
        "r2": r2, "r2_interval": [r2 - half, r2 + half],
    }


def main():
    problems = []
    for number in range(6):
        values, targets = problem(number)
        outputs, whole = scored(values, targets)
        problems.append({
            "values": values.tolist(), "targets": targets.tolist(), "outputs": outputs, "all": whole,
        })
    print(json.dumps(problems))


main()
