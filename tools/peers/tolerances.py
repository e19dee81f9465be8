#!/usr/bin/env python3
"""How far logits, and gradients summed over a batch, may be from the double-precision reference."""
TOLERANCES = {"float64": {"forward": 1e-10, "gradient": 1e-9}, "float32": {"forward": 2e-5, "gradient": 2e-4}}
