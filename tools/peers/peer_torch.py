#!/usr/bin/env python3
"""PyTorch by hand: batched, gates of neighbouring qubits as one matrix, the CNOT layer as a gather, autograd."""
import functools

import torch

from programs import Programs, complex_type, qubit_groups, real_type

torch.set_num_threads(1)


def qubit_gates(angles):
    """RZ·RY·RX of every layer and qubit: [layer][qubit][2][2] from [layer][qubit][axis]."""
    (cx, cy, _), (sx, sy, _) = (values(angles / 2).unbind(-1) for values in (torch.cos, torch.sin))
    phase = torch.exp(-0.5j * angles[..., 2])
    first, second = phase * torch.complex(cy * cx, sy * sx), phase * torch.complex(-sy * cx, -cy * sx)
    return torch.stack([torch.stack([first, second], -1), torch.stack([-second.conj(), first.conj()], -1)], -2)


def joined(gates):
    return functools.reduce(lambda low, high: torch.kron(high.contiguous(), low.contiguous()), gates)


def in_place(problem, groups, source):
    def evolve(gates, states):
        for layer in gates:
            for first, count in groups:
                matrix = joined(layer[first:first + count])
                if first == 0:
                    states = states.reshape(-1, 2**count) @ matrix.T
                else:
                    states = torch.matmul(matrix, states.reshape(-1, 2**count, 2**first))
            states = states.reshape(-1, 2**problem.qubits)[:, source]
        return states

    return evolve


def turning(problem, groups, source):
    """Every step is one product of matrices without a copy: its axis goes from one end to the other."""
    def evolve(gates, states):
        samples = len(states)
        for number, layer in enumerate(gates):
            for first, count in groups if number % 2 == 0 else reversed(groups):
                matrix = joined(layer[first:first + count])
                if number % 2 == 0:
                    states = torch.mm(matrix, states.reshape(-1, 2**count).T)
                else:
                    states = torch.mm(states.reshape(2**count, -1).T, matrix.T)
            if number % 2 == 0:
                states = states.reshape(-1, samples)[source]
            else:
                states = states.reshape(samples, -1)[:, source]
        return states if len(gates) % 2 == 0 else states.T

    return evolve


def ways(evolve, angles, signs, samples):
    def logits(angles, states):
        states = evolve(qubit_gates(angles), states)
        return (states.real**2 + states.imag**2) @ signs

    def forward(states):
        with torch.no_grad():
            return torch.cat([logits(angles, part) for part in states.split(samples)]).numpy()

    def gradient(states, labels):
        variable = angles.clone().requires_grad_(True)
        for part, targets in zip(states.split(samples), torch.as_tensor(labels).split(samples)):
            torch.nn.functional.cross_entropy(logits(variable, part), targets, reduction="sum").backward()
        return variable.grad.numpy()

    return forward, gradient


def programs(problem, precision):
    real = real_type(precision)
    angles, signs = (torch.as_tensor(values.astype(real)) for values in (problem.angles, problem.signs))
    source = torch.as_tensor(problem.cnot_source)
    result = Programs(lambda states: torch.as_tensor(states.astype(complex_type(precision))), {}, {})
    if problem.qubits > 10:
        # What wins with large states: parts of a batch that a core's cache holds.
        choices = [(turning, most, samples) for most in (4, 5) for samples in (2, 8)] + [(in_place, 4, 8)]
    else:
        choices = [(shape, most, len(problem.states)) for most in (3, 4, 5) for shape in (turning, in_place)]
    for shape, most, samples in choices:
        evolve = shape(problem, qubit_groups(problem.qubits, most), source)
        name = shape.__name__.replace("_", " ")
        way = f"{name}, up to {most} qubits a matrix, {samples} samples at a time"
        result.forward[way], result.gradient[way] = ways(evolve, angles, signs, samples)
    return result
