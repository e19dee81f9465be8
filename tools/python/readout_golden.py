#!/usr/bin/env python3
# Ten random readout problems, solved by SciPy: the file that ReadoutFitTests compares with, on standard output.
# The objective is that of Sources/Training/Readout/ReadoutFit.swift, with another way to its minimum: BFGS from 0, then
# Powell's hybrid method on the gradient.
# usage: tools/install-dependencies --for-teachers
#        .build-teachers/bin/python tools/python/readout_golden.py > Tests/Golden/readout-fit.json
import json

import numpy as np
from scipy.optimize import minimize, root
from scipy.special import log_softmax, softmax

RIDGE = 1e-8


def problem(number):
    rng = np.random.default_rng(1000 + number)
    m = [2, 2, 3, 2, 4, 3, 2, 5, 3, 2][number]
    n = 40 + 7 * number
    labels = rng.integers(0, m, n)
    means = rng.normal(0, 0.3, (m, m))
    expectations = np.round(np.clip(means[labels] + rng.normal(0, 0.3, (n, m)), -1, 1), 3)
    teacher = np.round(2 * np.eye(m)[labels] + rng.normal(0, 1, (n, m)), 3)
    return {
        "expectations": expectations.tolist(), "labels": labels.tolist(),
        "teacher": teacher.tolist() if number >= 3 else None,
        "alpha": [0, 0, 0, 0.8, 0.5, 1.0, 0.3, 0.7, 0.9, 0.8][number],
        "temperature": [1, 1, 1, 2.0, 1.0, 3.5, 0.7, 2.0, 4.0, 1.0][number],
        "direction": "student-first" if number % 2 else "teacher-first",
        "smoothing": [0, 0.1, 0, 0, 0.05, 0, 0, 0.1, 0, 0][number],
    }


def solve(given):
    x, labels = np.array(given["expectations"]), np.array(given["labels"])
    n, m = x.shape
    alpha, t, epsilon = given["alpha"], given["temperature"], given["smoothing"]
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    z = (x - mean) / deviation
    target = (1 - epsilon) * np.eye(m)[labels] + epsilon / m
    log_q = log_softmax(np.array(given["teacher"]) / t, axis=1) if alpha > 0 else None

    def objective(w):
        logits = z * w[:m] + w[m:]
        log_p = log_softmax(logits, axis=1)
        value = -(1 - alpha) * np.sum(target * log_p) + 0.5 * RIDGE * n * (w @ w)
        slopes = (1 - alpha) * (softmax(logits, axis=1) - target)
        if alpha > 0:
            log_p = log_softmax(logits / t, axis=1)
            p, q = np.exp(log_p), np.exp(log_q)
            if given["direction"] == "student-first":
                each = np.sum(p * (log_p - log_q), axis=1)
                slopes += alpha * t * p * (log_p - log_q - each[:, None])
            else:
                each = np.sum(q * (log_q - log_p), axis=1)
                slopes += alpha * t * (p - q)
            value += alpha * t * t * np.sum(each)
        return value, np.concatenate([np.sum(slopes * z, axis=0), np.sum(slopes, axis=0)]) + RIDGE * n * w

    near = minimize(objective, np.zeros(2 * m), jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 10000})
    # The penalty alone holds the biases' sum, so weakly that a gradient says little of it: by symmetry it is 0.
    at = root(lambda w: objective(w)[1] + np.r_[np.zeros(m), np.full(m, np.sum(w[m:]))], near.x, tol=1e-15).x
    assert np.max(np.abs(objective(at)[1])) < 1e-11 and objective(at)[0] <= near.fun + 1e-12
    scales = at[:m] / deviation
    return np.concatenate([scales, at[m:] - scales * mean]).tolist()


problems = [problem(number) for number in range(10)]
print(json.dumps([{**given, "answer": solve(given)} for given in problems]))
