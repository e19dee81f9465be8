#!/usr/bin/env python3
"""A peer's process: loads the library once, then answers a line of JSON with a line of JSON until its input ends.

usage: worker.py PEER FOLDER
  {"job": J, "precision": P}        loads the job, checks every way to do it, and keeps the fastest of each part
  {"part": A, "seconds": S}         times it for about that long
  {"ground_state": {…}}             times one ground state (J4)
usage: worker.py PEER FOLDER PRECISION FORWARD batch|stream   one batch of J2 (J6), or 10,000 samples of it (J5)
"""
import functools
import importlib
import json
import os
import resource
import sys
import time
import traceback

import numpy as np

from problem import load
from tolerances import TOLERANCES

STREAMED = 10_000
# Seconds that a measurement lasts at least, so that the clock does not count.
SHORTEST = 0.02


class Disagreement(Exception):
    pass


def largest_error(values, reference, part, precision, way):
    error = float(np.abs(np.asarray(values).reshape(reference.shape) - reference).max())
    # Written so that NaN is refused too.
    if not error <= TOLERANCES[precision][part]:
        raise Disagreement(f"{part}, {way}: differs from the reference by {error:.2g}, "
                           f"allowed is {TOLERANCES[precision][part]:.0e}")
    return error


def cpu_seconds(function, times):
    """A call's CPU time, of all threads: other work on the machine does not count."""
    start = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - start) / times


class Session:
    def __init__(self, adapter, folder):
        self.adapter, self.folder, self.chosen = adapter, folder, {}

    def load(self, job, precision):
        problem, logits, gradient = load(self.folder, job)
        programs = self.adapter.programs(problem, precision)
        prepared = programs.prepare(problem.states)
        self.chosen, answer = {}, {}
        for part, ways, reference, given in (("forward", programs.forward, logits, (prepared,)),
                                             ("gradient", programs.gradient, gradient, (prepared, problem.labels))):
            fastest = None
            for name, way in ways.items():
                call = functools.partial(way, *given)
                error = largest_error(call(), reference, part, precision, name)
                seconds, times = self.steady(call)
                if fastest is None or seconds < fastest[0]:
                    fastest = (seconds, name, error, call, times)
            if fastest is not None:
                self.chosen[part] = fastest
                answer[part] = {"way": fastest[1], "largest_error": fastest[2], "milliseconds": 1e3 * fastest[0]}
        return answer

    @staticmethod
    def steady(call):
        """The least seconds of a few measurements, and how many calls make one."""
        seconds = cpu_seconds(call, 1)
        times = max(1, round(SHORTEST / max(seconds, 1e-6)))
        if seconds < 1:
            seconds = min(seconds, *(cpu_seconds(call, times) for _ in range(2)))
        return seconds, max(1, round(SHORTEST / max(seconds, 1e-6)))

    def time(self, part, seconds):
        _, _, _, call, times = self.chosen[part]
        values, end = [], time.perf_counter() + seconds
        while not values or time.perf_counter() < end:
            values.append(cpu_seconds(call, times))
        return {"milliseconds": 1e3 * float(np.median(values))}

    def answer(self, request):
        if "job" in request:
            return self.load(request["job"], request["precision"])
        if "part" in request:
            return self.time(request["part"], request["seconds"])
        # Elapsed time, as the program counts it for this job.
        start = time.perf_counter()
        energy = self.adapter.ground_state(**request["ground_state"])
        return {"milliseconds": 1e3 * (time.perf_counter() - start), "energy": float(energy)}


def serve(adapter, folder, answers):
    session = Session(adapter, folder)
    for line in sys.stdin:
        try:
            answer = session.answer(json.loads(line))
        except Disagreement as disagreement:
            answer = {"disagreement": str(disagreement)}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def once(adapter, folder, precision, way, kind):
    problem, logits, _ = load(folder, "J2")
    programs = adapter.programs(problem, precision)
    forward = programs.forward[way]
    largest_error(forward(programs.prepare(problem.states)), logits, "forward", precision, way)
    if kind == "stream":
        random, batch = np.random.default_rng(1), len(problem.states)
        for _ in range(0, STREAMED, batch):
            states = random.standard_normal(problem.states.shape)
            forward(programs.prepare(states / np.linalg.norm(states, axis=1, keepdims=True)))
    return {"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main():
    # Libraries may print; only answers go to standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    peer, folder, *rest = sys.argv[1:]
    adapter = importlib.import_module("peer_" + peer)
    if rest:
        print(json.dumps(once(adapter, folder, *rest)), file=answers, flush=True)
    else:
        print(json.dumps({"ready": peer}), file=answers, flush=True)
        serve(adapter, folder, answers)


main()
