#!/usr/bin/env python3
"""Writes the page of tools/firmware: one file with a model as WebAssembly, which asks no other."""
import base64
import json
import pathlib

import command

TEMPLATE = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests/Boards/wasm/page.html"
# What an encoder takes, for a reader who has not seen the model's page of formats.
WANTED = {
    "state": "a state's {} amplitudes, real (0.5) or complex (0.5+0.25i), of squared norm 1",
    "amplitude": "{} numbers, real or complex, which are divided by their norm",
    "amplitude-unnormalized": "{} amplitudes, real or complex, taken as they are",
    "phase": "{} bits, 0 or 1",
    "basis": "{} bits, 0 or 1",
    "angle": "{} angles in radians",
}


def words(entries, tensors, names):
    """What the page says of the model, and what its script needs of it."""
    encoder, logits = entries["encoder"], len(tensors["scales"])
    classifies = entries.get("task", "classification") == "classification"
    mean = tensors.get("pca_mean")
    side = round(len(mean) ** 0.5) if mean is not None else 0
    side = side if side >= 8 and side * side == len(mean) else 0
    inputs = len(mean) if mean is not None else (
        int(entries["qubits"]) if encoder in ("phase", "angle", "basis") else 1 << int(entries["qubits"]))
    wanted = WANTED[encoder].format(inputs)
    if mean is not None:
        wanted = (f"{side} × {side} gray levels, row after row" if side else f"a row of {inputs} numbers"
                  ) + f", of which {entries['qubits']} principal components are made"
    observables = [part.strip() for part in entries["observables"].split(";")]
    facts = {
        "circuit": f"{entries['qubits']} qubits, {entries['layers']} layer{'s' * (entries['layers'] != '1')}, "
                   f"entangler {entries['entangler']}",
        "encoder": entries["encoder"],
        "class" if classifies else "output": "; ".join(
            f"{name}: logit {scale:.6g} · ⟨{text}⟩ {bias:+.6g}" for name, text, scale, bias in zip(
                names, observables, tensors["scales"], tensors["biases"])),
        **{key: entries[entry] for key, entry in [("made by", "made_by"), ("of", "made_data")] if entry in entries},
        "sha256": entries["sha256"],
    }
    return {
        "inputs": inputs, "logits": logits, "encoder": encoder, "classification": classifies, "names": names,
        "wanted": f"{wanted[0].upper()}{wanted[1:]}; commas, blanks or lines between them", "facts": facts,
        "bits": encoder in ("phase", "basis") and mean is None, "side": side,
        # Images of bytes have a white of 255; others, of 1.
        "white": 255 if side and mean.max() > 1 else 1,
        **({"mean": [float(f"{value:.6g}") for value in mean]} if mean is not None else {}),
    }


def write(tool, folder, module, entries, tensors, names):
    """Returns the page's path."""
    classifies = entries.get("task", "classification") == "classification"
    names = names or [f"{'class' if classifies else 'output'} {i}" for i in range(len(tensors["scales"]))]
    # A closing tag within a script would end it.
    model = json.dumps(words(entries, tensors, names), ensure_ascii=False).replace("</", "<\\/")
    text = TEMPLATE.read_text(encoding="utf-8")
    for key, value in [("QUBITS", entries["qubits"]), ("KIBIBYTES", f"{len(module) / 1024:.0f}"), ("MODEL", model),
                       ("PROGRAM", base64.b64encode(module).decode())]:
        text = text.replace(f"@{key}@", value)
    path = folder / "index.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        command.stop(tool, command.CANNOT_CREATE, f"{folder}: {error.strerror}")
    command.write_file(tool, path, lambda file: file.write(text.encode()))
    return path
