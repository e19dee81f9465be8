#!/usr/bin/env python3
"""TensorCircuit-NG with its JAX backend: jit, vmap over samples, layers as a scan or written out."""
import jax
import jax.numpy as jnp
import tensorcircuit

from jax_batches import compiled
from programs import Programs, complex_type, real_type

backend = tensorcircuit.set_backend("jax")
# What the gradient keeps of a sample at 15 qubits and 10 layers is some 400 MiB.
LARGE, SAMPLES = 12, 8


def layer(circuit, angles):
    """Qubit 0 is TensorCircuit's most significant one."""
    last = len(angles) - 1
    for qubit in range(len(angles)):
        for gate, angle in zip((circuit.rx, circuit.ry, circuit.rz), angles[qubit]):
            gate(last - qubit, theta=angle)
    for control in range(len(angles)):
        circuit.cnot(last - control, last - (control + 1) % len(angles))


def scanned(problem):
    def step(state, angles):
        circuit = tensorcircuit.Circuit(problem.qubits, inputs=state)
        layer(circuit, angles)
        return circuit.state(), None

    return lambda angles, state: jax.lax.scan(step, state, angles)[0]


def written_out(problem):
    def evolve(angles, state):
        circuit = tensorcircuit.Circuit(problem.qubits, inputs=state)
        for number in range(problem.layers):
            layer(circuit, angles[number])
        return circuit.state()

    return evolve


def ways(problem, evolve, angles):
    samples = SAMPLES if problem.qubits > LARGE else len(problem.states)

    def logits_of_one(angles, state):
        circuit = tensorcircuit.Circuit(problem.qubits, inputs=evolve(angles, state))
        return backend.stack([backend.real(circuit.expectation_ps(z=[problem.qubits - 1 - logit]))
                              for logit in range(problem.logits)])

    return compiled(backend.vmap(logits_of_one, vectorized_argnums=1), angles, samples)


def programs(problem, precision):
    tensorcircuit.set_dtype("complex128" if precision == "float64" else "complex64")
    angles = jnp.asarray(problem.angles, real_type(precision))
    result = Programs(lambda states: jnp.asarray(states, complex_type(precision)), {}, {})
    evolutions = {"layers as a scan": scanned(problem)}
    if problem.qubits <= LARGE:
        evolutions["layers written out"] = written_out(problem)
    for name, evolve in evolutions.items():
        result.forward[name], result.gradient[name] = ways(problem, evolve, angles)
    return result
