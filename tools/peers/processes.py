#!/usr/bin/env python3
"""The processes that tools/bench-peers starts: installations, the program itself, and a worker for each peer; what is
timed is bound to one core and has one thread."""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
CORE = max(os.sched_getaffinity(0))
ONE_THREAD = {
    **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")},
    # One thread on one core: there is nothing to bind, as scaluq would have it.
    "OMP_PROC_BIND": "false", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu", "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3",
    "QKD_PROFILE_PATH": str(ROOT / "profiles"),
}


class Failed(Exception):
    """Says why in words for the table."""


class Broken(Exception):
    """The program itself does not run: nothing can be compared."""


def on_one_core(command, **options):
    return subprocess.Popen(
        [str(word) for word in command], env={**os.environ, **ONE_THREAD}, text=True, stdout=subprocess.PIPE,
        preexec_fn=lambda: os.sched_setaffinity(0, {CORE}), **options)


def install(*arguments):
    """Runs tools/install-dependencies, whose own words go to standard error as they come."""
    with subprocess.Popen([ROOT / "tools/install-dependencies", *arguments], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        said = []
        for line in process.stderr:
            print(line, end="", file=sys.stderr, flush=True)
            said.append(line.strip())
    if process.returncode != 0:
        errors = [line.removeprefix("ERROR: ") for line in said if line.startswith("ERROR: ")]
        raise Failed((errors or [line for line in said if line] or [f"exit code {process.returncode}"])[-1])


def built_program():
    """The program that QKD_RUN_BINARY names, or this checkout's, built when its sources have changed."""
    if os.environ.get("QKD_RUN_BINARY"):
        return pathlib.Path(os.environ["QKD_RUN_BINARY"])
    built = subprocess.run(
        [ROOT / "tools/build"], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(built.stdout.strip())


class Program:
    """Ours."""

    def __init__(self, path):
        self.path = path
        self.version = self.run("--version").strip()

    def run(self, *arguments):
        process = on_one_core([self.path, *arguments], stdin=subprocess.DEVNULL)
        output, _ = process.communicate()
        if process.returncode != 0:
            raise Broken(f"{self.path} {' '.join(arguments)}: exit code {process.returncode}")
        return output

    def bench(self, job, precision, inputs):
        """Part: a row of `qkd-run bench`."""
        which = ("--qubits", "4", "--layers", "2", "--logits", "3", "--batch", "5") if job == "J0" else ("--jobs", job)
        rows = json.loads(self.run("bench", *which, "--precision", precision, "--inputs", str(inputs),
                                   "--repetitions", "5", "--format", "json"))
        return {row["part"]: row for row in rows}


class Worker:
    """A peer's process, which lives through all of its jobs."""

    def __init__(self, peer, inputs):
        self.process = on_one_core(
            [ROOT / ".build-peers" / peer / "bin/python", "-B", HERE / "worker.py", peer, inputs],
            stdin=subprocess.PIPE)
        self.receive()

    def receive(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"its process ended with exit code {self.process.wait()}")
        return json.loads(line)

    def ask(self, **request):
        """The answer, an object; Failed with what the peer said otherwise."""
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
        except BrokenPipeError:
            pass
        answer = self.receive()
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def processor():
    """The processor's name and its widest vectors, where the system tells."""
    facts = {}
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            name, _, value = line.partition(":")
            facts.setdefault(name.strip(), value.strip())
    except OSError:
        pass
    name = facts.get("model name", os.uname().machine)
    flags = facts.get("flags", "").split()
    vectors = next((shown for flag, shown in (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("avx", "AVX"))
                    if flag in flags), None)
    return f"{name} with {vectors}" if vectors else name
