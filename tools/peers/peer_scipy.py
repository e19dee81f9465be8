#!/usr/bin/env python3
"""scipy's eigsh on the chain's sparse matrix (J4)."""
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import eigsh


def ground_state(qubits, h2, tolerance):
    """The lowest energy of −Σ Z X Z − h2 Σ X X on a ring."""
    states = np.arange(2**qubits)
    columns, values = [], []
    for qubit in range(qubits):
        left, right = (qubit - 1) % qubits, (qubit + 1) % qubits
        columns += [states ^ 1 << qubit, states ^ (1 << qubit | 1 << right)]
        values += [2.0 * ((states >> left ^ states >> right) & 1) - 1, np.full(len(states), -h2)]
    matrix = csr_matrix((np.concatenate(values), (np.tile(states, 2 * qubits), np.concatenate(columns))))
    start = np.random.default_rng(1).standard_normal(len(states))
    return eigsh(matrix, k=1, which="SA", v0=start, tol=tolerance)[0][0]
