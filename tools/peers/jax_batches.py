#!/usr/bin/env python3
"""Batches with JAX: one compiled program for all samples, which takes them in parts."""
import jax
import jax.numpy as jnp
import numpy as np


def compiled(logits, angles, samples):
    """Forward and gradient of `logits(angles, states)`, `samples` at a time; fewer fit a cache, or memory."""

    def loss(angles, states, labels):
        likelihoods = jax.nn.log_softmax(logits(angles, states), axis=-1)
        return -jnp.take_along_axis(likelihoods, labels[:, None], axis=1).sum()

    def parts(values):
        return values.reshape(-1, min(samples, len(values)), *values.shape[1:])

    @jax.jit
    def forward(angles, states):
        return jax.lax.map(lambda part: logits(angles, part), parts(states)).reshape(len(states), -1)

    @jax.jit
    def gradient(angles, states, labels):
        def step(total, part):
            return total + jax.grad(loss)(angles, *part), None
        return jax.lax.scan(step, jnp.zeros_like(angles), (parts(states), parts(labels)))[0]

    return (lambda states: np.asarray(forward(angles, states)),
            lambda states, labels: np.asarray(gradient(angles, states, jnp.asarray(labels))))
