#!/usr/bin/env python3
"""JAX by hand: jit, batched, gates of neighbouring qubits as one matrix, the CNOT layer as a gather."""
import functools

import jax
import jax.numpy as jnp

from jax_batches import compiled
from programs import Programs, complex_type, qubit_groups, real_type

jax.config.update("jax_enable_x64", True)


def qubit_gates(angles):
    """RZ·RY·RX of every qubit: [qubit][2][2] from [qubit][axis]."""
    cosine, sine = jnp.cos(angles / 2), jnp.sin(angles / 2)
    (cx, cy, cz), (sx, sy, sz) = (values.T for values in (cosine, sine))
    first, second = cy * cx + 1j * sy * sx, -sy * cx - 1j * cy * sx
    phase = cz - 1j * sz
    first, second = phase * first, phase * second
    return jnp.stack([jnp.stack([first, second], -1), jnp.stack([-second.conj(), first.conj()], -1)], -2)


def joined(gates):
    """One matrix for neighbouring qubits; the first is the lowest bit."""
    return functools.reduce(lambda low, high: jnp.kron(high, low), gates)


def in_place(problem, groups):
    """[sample][amplitude] throughout: each matrix acts where its qubits are."""
    source = jnp.asarray(problem.cnot_source)

    def layer(states, angles):
        gates = qubit_gates(angles).astype(states.dtype)
        for first, count in groups:
            blocks = states.reshape(len(states), -1, 2**count, 2**first)
            matrix = joined(gates[first:first + count])
            states = jnp.einsum("ab,sxby->sxay", matrix, blocks).reshape(states.shape)
        return states[:, source], None

    return lambda angles, states: jax.lax.scan(layer, states, angles)[0]


def turning(problem, groups):
    """Each matrix takes the axis at one end and leaves it at the other, so that every step is one product of matrices
    without a transposition: a layer turns [sample][amplitude] into [amplitude][sample], the next one back."""
    source = jnp.asarray(problem.cnot_source)

    def pair(states, angles):
        samples = len(states)
        for axis in range(2):
            gates = qubit_gates(angles[axis]).astype(states.dtype)
            for first, count in groups if axis == 0 else reversed(groups):
                matrix = joined(gates[first:first + count])
                if axis == 0:
                    states = jnp.einsum("ab,rb->ar", matrix, states.reshape(-1, 2**count))
                else:
                    states = jnp.einsum("ab,br->ra", matrix, states.reshape(2**count, -1))
            states = states.reshape(-1, samples)[source] if axis == 0 else states.reshape(samples, -1)[:, source]
        return states, None

    def evolve(angles, states):
        return jax.lax.scan(pair, states, angles.reshape(-1, 2, *angles.shape[1:]))[0]

    return evolve


def logits(evolve, signs):
    def run(angles, states):
        states = evolve(angles, states)
        return (states.real**2 + states.imag**2) @ signs

    return run


def programs(problem, precision):
    real = real_type(precision)
    angles, signs = jnp.asarray(problem.angles, real), jnp.asarray(problem.signs, real)
    result = Programs(lambda states: jnp.asarray(states, complex_type(precision)), {}, {})
    if problem.qubits > 10:
        # What wins with large states: parts of a batch that a core's cache holds.
        choices = [(turning, most, samples) for most in (3, 4, 5) for samples in (2, 8)]
    else:
        choices = [(shape, most, len(problem.states)) for most in (3, 4, 5) for shape in (turning, in_place)]
    for shape, most, samples in choices:
        if shape is turning and problem.layers % 2:
            continue
        evolve = shape(problem, qubit_groups(problem.qubits, most))
        name = shape.__name__.replace("_", " ")
        way = f"{name}, up to {most} qubits a matrix, {samples} samples at a time"
        result.forward[way], result.gradient[way] = compiled(logits(evolve, signs), angles, samples)
    return result
