"""A small data set: three angles a row; class 1 where cos(a) cos(b) is positive, which no single angle tells."""
import numpy as np


def samples(count, seed):
    """Rows and labels."""
    rows = np.random.default_rng(seed).uniform(-np.pi, np.pi, (count, 3))
    return rows, (np.cos(rows[:, 0]) * np.cos(rows[:, 1]) > 0).astype(np.int32)
