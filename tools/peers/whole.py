#!/usr/bin/env python3
"""Jobs that a whole process does: a ground state (J4), a stream (J5: its memory and time), one batch in a cold process
(J6)."""
import json
import statistics
import subprocess
import time

from processes import HERE, ROOT, Broken, Failed, Worker, on_one_core

# PAPER's chain at n = 15, and its energy.
GROUND_STATE = {"qubits": 15, "h2": 0.9, "tolerance": 1e-10}
ENERGY, ALLOWED = -16.73427339667778, 1e-9
# What bench calls the row of each job, and the field with its figure.
ROWS = {"J4": ("one exact ground state", "milliseconds"), "J5": ("stream", "peak_mib"),
        "J5 time": ("stream", "milliseconds"), "J6": ("evaluate one batch", "milliseconds")}
SOLVERS = ("scipy", "quspin")


def ours(program, job, precision):
    """The program's figure of a job, and its energy where there is one."""
    name, (start, field) = job.split()[0], ROWS[job]
    rows = json.loads(program.run("bench", "--jobs", name, "--precision", precision, "--repetitions", "3",
                                  "--format", "json"))
    row = next((row for row in rows if row["job"] == name and row["part"].startswith(start)), None)
    if row is None or row[field] is None:
        raise Broken(f"qkd-run bench has no figure of {job}")
    return row[field], row.get("energy")


def ground_state(peer, inputs, rounds):
    """Milliseconds of each round, after one that warms up; and the energies."""
    worker = Worker(peer, inputs)
    try:
        answers = [worker.ask(ground_state=GROUND_STATE) for _ in range(rounds + 1)][1:]
    finally:
        worker.close()
    return [answer["milliseconds"] for answer in answers], [answer["energy"] for answer in answers]


def process(peer, inputs, precision, way, kind):
    """Milliseconds from start to end of a process that does `kind`, and its peak memory in MiB."""
    start = time.monotonic()
    child = on_one_core([ROOT / ".build-peers" / peer / "bin/python", "-B", HERE / "worker.py", peer, inputs,
                         precision, way, kind], stdin=subprocess.DEVNULL)
    output, _ = child.communicate()
    elapsed = 1e3 * (time.monotonic() - start)
    if child.returncode != 0:
        raise Failed(f"exit code {child.returncode} of a process for one {kind}")
    return elapsed, json.loads(output.splitlines()[-1])["peak_mib"]


def theirs(peer, job, inputs, precision, way, rounds):
    """The peer's figures of J5 or J6, by what they are called."""
    if job == "J5":
        # Once, which takes up to a minute; the jobs before it have filled the caches.
        elapsed, peak = process(peer, inputs, precision, way, "stream")
        return {"J5": peak, "J5 time": elapsed}
    # The first one fills the caches of files.
    return {job: statistics.median([process(peer, inputs, precision, way, "batch")[0]
                                    for _ in range(rounds + 1)][1:])}
