#!/usr/bin/env python3
"""The Python side of tools/bench-peers: what to measure, in turns, and the report. Needs Python 3 alone itself."""
import argparse
import json
import pathlib
import signal
import statistics
import subprocess
import sys

import measurements
from command import CANNOT_CREATE, USAGE, Parser, stop, write_file
from measurements import JOBS, PARTS, PRECISIONS, WHOLE
from processes import HERE, ROOT, Broken, Failed, Program, Worker, built_program, install, processor
from report import Refused
from tolerances import TOLERANCES
import whole

TOOL = "tools/bench-peers"
DISAGREES = 70
# In the tables' order; precisions that the library has. torch is left out unless named: its packages are huge.
PEERS = {
    "jax": ("JAX by hand", PRECISIONS), "torch": ("PyTorch by hand", PRECISIONS),
    "tensorcircuit": ("TensorCircuit-NG", PRECISIONS), "mindquantum": ("MindQuantum", PRECISIONS),
    "qulacs": ("qulacs", ("float64",)), "scaluq": ("scaluq", PRECISIONS), "qsim": ("qsim", ("float32",)),
    "lightning": ("PennyLane lightning.qubit", PRECISIONS), "aer": ("Qiskit Aer", PRECISIONS),
    # These do J4 alone.
    "scipy": ("scipy eigsh", ()), "quspin": ("QuSpin, whole space", ()),
}
UNASKED = tuple(peer for peer in PEERS if peer != "torch")
INPUTS = ROOT / ".build-peers/inputs"
WHOLE_JOBS = tuple(dict.fromkeys(figure.split()[0] for figure in WHOLE))
# A peer's share of a round; slow jobs run once.
SECONDS = 0.5


def say(what):
    print(f"{TOOL}: {what}", file=sys.stderr, flush=True)


def listed(allowed, words):
    """A list of names separated by commas; `words` stand for several."""
    def parse(text):
        names = [name for word in text.split(",") for name in words.get(word, [word])]
        for name in names:
            if name not in allowed:
                raise argparse.ArgumentTypeError(f"'{name}'; allowed: {', '.join([*allowed, *words])}")
        return [name for name in allowed if name in names]

    return parse


def count(text):
    if not 1 <= int(text) <= 1000:
        raise ValueError
    return int(text)


def arguments():
    parser = Parser(prog=TOOL, description="Times the program beside other libraries, the same inputs in turn.")
    add = parser.add_argument
    add("--peers", type=listed(PEERS, {"all": list(UNASKED), "none": []}), default=list(UNASKED),
        help=f"of {', '.join(PEERS)}; all is all but torch, none checks the program alone (default: all)")
    add("--jobs", type=listed((*JOBS, *WHOLE_JOBS), {}), default=["J1", "J2", "J3"],
        help="of J0 (small), J1-J3 (circuits), J4 (ground state), J5 (stream), J6 (cold start), J7 and J8 (20 qubits, "
             "1 and 8 states) (default: J1,J2,J3)")
    add("--precision", type=listed(PRECISIONS, {}), default=list(PRECISIONS), help="float64,float32 (default: both)")
    add("--rounds", type=count, default=3, help="turns of program and peer, of which medians count (default: 3)")
    add("--format", choices=("text", "markdown", "json"), default="text", help="of standard output (default: text)")
    add("--output", type=pathlib.Path, metavar="REPORT.json", help="writes the report too")
    add("--from", dest="saved", type=pathlib.Path, metavar="REPORT.json", help="prints a report, measures nothing")
    given = parser.parse_args()
    if given.saved is not None and given.output is not None:
        stop(TOOL, USAGE, "--from and --output exclude one another")
    return given


class Comparison:
    """Everything measured, round by round."""

    def __init__(self, given, program):
        self.given, self.program = given, program
        self.circuits = [job for job in given.jobs if job in JOBS]
        self.whole = [job for job in given.jobs if job in WHOLE_JOBS]
        self.ours = {}  # (job, part, precision): rows of the program
        self.ours_whole = {}  # job: figures of the program
        self.disagreements = []

    def run_ours(self, job, precision):
        rows = self.program.bench(job, precision, INPUTS)
        for part in PARTS:
            error, allowed = rows[part]["largest_error"], TOLERANCES[precision][part]
            if error is None or not error <= allowed:
                self.disagree("qkd-run", f"{job} {precision}, {part}: differs from the reference by {error}, "
                              f"allowed is {allowed:.0e}")
            self.ours.setdefault((job, part, precision), []).append(rows[part])
        return rows

    def disagree(self, who, what):
        say(f"{who}: {what}")
        self.disagreements.append(f"{who}: {what}")

    def has_jobs(self, precisions):
        """Whether a peer of these precisions can do any of the jobs that were asked for."""
        wanted = [job for job in self.whole if (job == "J4") != bool(precisions)]
        return bool(wanted) or bool(self.circuits) and bool(set(precisions) & set(self.given.precision))

    def against(self, peer):
        """The peer's part of the report."""
        name, precisions = PEERS[peer]
        result = {"peer": peer, "name": name, "version": None, "results": [], "whole": [], "notes": []}
        worker = None
        try:
            install("--for-peer", peer)
            result["version"] = installed_version(peer)
            for precision in self.given.precision:
                for job in self.circuits if precision in precisions else ():
                    try:
                        worker = worker or Worker(peer, INPUTS)
                        result["results"] += self.turns(worker, name, job, precision)
                    except Failed as failure:
                        say(f"{name}: {job} {precision}: {failure}")
                        result["notes"].append({"about": f"{job} {precision}", "note": str(failure)})
                        if worker is not None:
                            worker.close()
                        worker = None
            for job in self.whole:
                try:
                    result["whole"] += self.whole_process(peer, job, result["results"])
                except Failed as failure:
                    say(f"{name}: {job}: {failure}")
                    result["notes"].append({"about": job, "note": str(failure)})
        except Failed as failure:
            say(f"{name}: not installed: {failure}")
            result["notes"].append({"about": "not installed", "note": str(failure)})
        finally:
            if worker is not None:
                worker.close()
        return result

    def turns(self, worker, name, job, precision):
        say(f"{name}: {job} {precision}")
        parts = worker.ask(job=job, precision=precision)
        if "disagreement" in parts:
            self.disagree(name, f"{job} {precision}, {parts['disagreement']}")
            return []
        pairs = {part: [] for part in parts}
        for _ in range(self.given.rounds):
            ours = self.run_ours(job, precision)
            for part in parts:
                theirs = worker.ask(part=part, seconds=SECONDS)
                pairs[part].append((ours[part]["milliseconds"], theirs["milliseconds"]))
        return [{"job": job, "part": part, "precision": precision,
                 "milliseconds": statistics.median(theirs for _, theirs in pairs[part]),
                 "ratio": statistics.median(theirs / ours for ours, theirs in pairs[part]),
                 "way": facts["way"], "largest_error": facts["largest_error"]} for part, facts in parts.items()]

    def whole_process(self, peer, job, results):
        """The peer's figures of J4, J5 or J6, beside ours of double precision."""
        label, precisions = PEERS[peer]
        if (job == "J4") == bool(precisions):
            return []
        say(f"{label}: {job}")
        if job == "J4":
            figures, energies = whole.ground_state(peer, INPUTS, self.given.rounds)
            for energy in energies:
                self.check_energy(label, energy)
            values = {job: statistics.median(figures)}
        else:
            precision = precisions[0]
            values = whole.theirs(peer, job, INPUTS, precision, self.way(peer, precision, results), self.given.rounds)
        return [{"job": name, "value": value, "ratio": value / self.run_ours_whole(name)}
                for name, value in values.items()]

    def way(self, peer, precision, results):
        """The fastest way forward of J2, as just measured, or found now."""
        for row in results:
            if (row["job"], row["part"], row["precision"]) == ("J2", "forward", precision):
                return row["way"]
        worker = Worker(peer, INPUTS)
        try:
            return worker.ask(job="J2", precision=precision)["forward"]["way"]
        finally:
            worker.close()

    def run_ours_whole(self, job):
        value, energy = whole.ours(self.program, job, PRECISIONS[0])
        if job == "J4":
            self.check_energy("qkd-run", energy)
        self.ours_whole.setdefault(job, []).append(value)
        return value

    def check_energy(self, who, energy):
        if energy is None or not abs(energy - whole.ENERGY) <= whole.ALLOWED:
            self.disagree(who, f"J4: the energy is {energy}, not {whole.ENERGY}")

    def report(self):
        peers = [self.against(peer) for peer in self.given.peers if self.has_jobs(PEERS[peer][1])]
        for precision in self.given.precision:
            for job in self.circuits:
                if (job, PARTS[0], precision) not in self.ours:
                    for _ in range(self.given.rounds):
                        self.run_ours(job, precision)
        for figure in WHOLE:
            if figure.split()[0] in self.whole and figure not in self.ours_whole:
                self.run_ours_whole(figure)
        ours = [{"job": job, "part": part, "precision": precision,
                 **{field: statistics.median(row[field] for row in rows)
                    for field in ("milliseconds", "milliseconds_encoded", "largest_error")}}
                for (job, part, precision), rows in self.ours.items() if not self.disagreements]
        return {"report": measurements.KIND, "version": self.program.version, "processor": processor(),
                "rounds": self.given.rounds, "ours": ours,
                "ours_whole": [{"job": job, "value": statistics.median(values)}
                               for job, values in self.ours_whole.items()], "peers": peers}


def installed_version(peer):
    """Of the first package that the environment was made with."""
    words = (ROOT / ".build-peers" / peer / "complete").read_text().split()
    return next(word for word in words if "==" in word).partition("==")[2]


def measure(given):
    if given.output is not None and not given.output.resolve().parent.is_dir():
        stop(TOOL, CANNOT_CREATE, f"{given.output}: no such folder")
    try:
        install("--for-tests")
        program = Program(built_program())
        jobs = [job for job in given.jobs if job in JOBS]
        if {"J5", "J6"} & set(given.jobs):
            jobs.append("J2")
        subprocess.run([ROOT / ".build-python/bin/python", "-B", HERE / "reference.py", INPUTS, *jobs], check=True)
        comparison = Comparison(given, program)
        report = comparison.report()
    except (Broken, Failed) as failure:
        stop(TOOL, DISAGREES, failure)
    except subprocess.CalledProcessError as failure:
        stop(TOOL, DISAGREES, f"exit code {failure.returncode}: {failure.cmd[0]}")
    if comparison.disagreements:
        stop(TOOL, DISAGREES, "\n  ".join(["no table, results differ:", *comparison.disagreements]))
    if given.output is not None:
        text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
        write_file(TOOL, given.output, lambda file: file.write(text.encode()))
    return report


def main():
    # A reader who has seen enough, as head(1), is no error.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # The peers hear of it too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    given = arguments()
    try:
        report = measure(given) if given.saved is None else measurements.read(given.saved)
    except Refused as refusal:
        stop(TOOL, refusal.code, str(refusal))
    if given.format == "json":
        print(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        print({"text": measurements.text, "markdown": measurements.markdown}[given.format](report), end="")


main()
