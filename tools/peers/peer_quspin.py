#!/usr/bin/env python3
"""QuSpin's full-space ground state of the chain (J4)."""
import numpy as np
from quspin.basis import spin_basis_1d
from quspin.operators import hamiltonian


def ground_state(qubits, h2, tolerance):
    """The lowest energy of −Σ Z X Z − h2 Σ X X on a ring."""
    ring = range(qubits)
    terms = [["xx", [[-h2, qubit, (qubit + 1) % qubits] for qubit in ring]],
             ["zxz", [[-1.0, (qubit - 1) % qubits, qubit, (qubit + 1) % qubits] for qubit in ring]]]
    chain = hamiltonian(terms, [], basis=spin_basis_1d(qubits, pauli=True), dtype=np.float64,
                        check_symm=False, check_herm=False, check_pcon=False)
    return chain.eigsh(k=1, which="SA", tol=tolerance)[0][0]
