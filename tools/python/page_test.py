#!/usr/bin/env python3
"""Tries a model's page in a headless browser; see tools/page-test."""
import base64
import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import numpy as np

from command import Parser, stop

TOOL, FAILED = "tools/page-test", 70
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WIDTH, HEIGHT = 390, 844  # of a phone
# Of percent: two digits are shown, and logits are in single precision.
TOLERANCE = 0.005 + 0.01


class Browser:
    """A session of the WebDriver protocol (W3C)."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"]
        options = {"args": arguments, "mobileEmulation": {
            "deviceMetrics": {"width": WIDTH, "height": HEIGHT, "pixelRatio": 2.0, "touch": True}}}
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.base += f"/session/{self.session['sessionId']}"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            stop(TOOL, FAILED, f"{path}: {json.load(error)['value']['message'].splitlines()[0]}")

    def script(self, text, *arguments):
        return self.call("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def shown(self):
        """Percent as the page shows them, and the logits behind them."""
        return self.script("return [...document.querySelectorAll('.number')]"
                           ".map(number => [number.textContent, number.dataset.logit])")


@contextlib.contextmanager
def browser():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        session = Browser(port)
        yield session
        session.call("DELETE", "")
    finally:
        driver.terminate()
        driver.wait()


def expected(model, rows, folder, has_features):
    """The program's answers: [sample][probabilities, logits]."""
    np.save(folder / "rows.npy", rows)
    words = [os.environ["QKD_RUN_BINARY"], "--model", str(model), "--input", "rows.npy", "--precision", "float64",
             "--predictions", "host.npy", "--quiet"]
    words += ["--set", "data.allow-outside=true"] if has_features else []
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "QKD_PROFILE_PATH": str(ROOT / "profiles")})
    if done.returncode:
        stop(TOOL, done.returncode, done.stderr.strip())
    return np.load(folder / "host.npy")


def differences(shown, row, classifies):
    """What is wrong with what the page shows."""
    logits = row[-len(shown):] if classifies else row[1:1 + len(shown)]
    off = max(abs(float(logit) - value) for (_, logit), value in zip(shown, logits)) / max(1, np.abs(logits).max())
    problems = [f"logits are off by {off:.1e}"] if off > 1e-5 else []
    if classifies:
        for (text, _), share in zip(shown, row[-2 * len(shown):-len(shown)]):
            if abs(float(text.removesuffix(" %")) - 100 * share) > TOLERANCE:
                problems.append(f"{text} is shown, the program says {100 * share:.3f} %")
    return problems


def draw(session, kind):
    """A stroke down the canvas."""
    box = session.script("const b = document.getElementById('canvas').getBoundingClientRect();"
                         "return [b.left, b.top, b.width, b.height]")
    place = lambda x, y: {"type": "pointerMove", "x": round(box[0] + x * box[2]), "y": round(box[1] + y * box[3])}
    actions = [place(0.55, 0.2), {"type": "pointerDown", "button": 0}, place(0.5, 0.5), place(0.45, 0.8),
               {"type": "pointerUp", "button": 0}]
    session.call("POST", "/actions", {"actions": [
        {"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": actions}]})


def try_page(session, page, arguments, folder):
    """Returns what is wrong, and how many samples were compared."""
    session.call("POST", "/url", {"url": page.as_uri()})
    for _ in range(100):
        ready = session.script("return document.documentElement.dataset.ready ?? ''")
        if ready:
            break
        time.sleep(0.1)
    problems = [] if ready == "yes" else [f"it says: {session.script('return document.body.innerText')}"]
    facts = session.script("return {inputs: model.inputs, side: model.side, features: !!model.mean,"
                           " classification: model.classification, encoder: model.encoder}")
    samples = []
    for i in range(arguments.samples):
        session.script("document.getElementById('random').click()")
        if i == 0 and facts["encoder"] in ("state", "amplitude"):
            # Turned by a phase, which no answer shows: complex numbers are read.
            session.script("const area = document.getElementById('numbers');"
                           "area.value = area.value.split(', ').map(x => `0+${x}i`.replace('+-', '-')).join(' ');"
                           "area.dispatchEvent(new Event('input'))")
        text = session.script("return document.getElementById('numbers').value")
        samples.append((text, session.shown()))
    if facts["side"]:
        for kind in ("mouse", "touch"):
            session.script("document.getElementById('clear').click();"
                           "document.getElementById('canvas').scrollIntoView()")
            draw(session, kind)
            text = session.script("return document.getElementById('numbers').value")
            if not text or max(map(float, text.split(", "))) <= 0:
                problems.append(f"drawing by {kind} leaves nothing")
                continue
            samples.append((text, session.shown()))
    rows = np.array([[complex(word.replace("i", "j")) for word in re.split(r"[ ,]+", text)] for text, _ in samples])
    is_complex = bool(np.any(rows.imag))
    answers = expected(arguments.model, rows if is_complex else rows.real, folder, facts["features"])
    for i, ((_, shown), row) in enumerate(zip(samples, answers)):
        problems += [f"sample {i}: {problem}" for problem in differences(shown, row, facts["classification"])]
    if arguments.screenshot:
        session.script("window.scrollTo(0, 0)")
        arguments.screenshot.write_bytes(base64.b64decode(session.call("GET", "/screenshot")))
    # By keys, as a person would: a wrong sample, and what the page says of it.
    session.script("document.getElementById('typed').open = true")
    area = list(session.call("POST", "/element", {"using": "css selector", "value": "#numbers"}).values())[0]
    session.call("POST", f"/element/{area}/clear", {})
    session.call("POST", f"/element/{area}/value", {"text": "1 two"})
    message = session.script("return document.getElementById('message').textContent")
    if "number 2 is none" not in message:
        problems.append(f"of a wrong sample it says: {message}")
    width = session.script("return document.documentElement.scrollWidth")
    if width > WIDTH:
        problems.append(f"it is {width} pixels wide; the window is {WIDTH}")
    asked = session.script("return performance.getEntriesByType('resource').map(r => r.name)"
                           ".filter(name => !name.startsWith('data:'))")
    problems += [f"it asks for {name}" for name in asked]
    problems += [f"console: {entry['message']}" for entry in session.call("POST", "/se/log", {"type": "browser"})]
    return problems, len(samples)


def main():
    parser = Parser(prog=TOOL, description=__doc__)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--form", choices=("c", "swift"))
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--screenshot", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.model = arguments.model.resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        form = ["--form", arguments.form] if arguments.form else []
        made = subprocess.run([ROOT / "tools/firmware", arguments.model, "--target", "wasm", *form, "--page", folder])
        if made.returncode:
            sys.exit(made.returncode)
        with browser() as session:
            problems, count = try_page(session, folder / "index.html", arguments, folder)
    for problem in problems:
        print(f"{TOOL}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{count} samples in the page: the program's probabilities and logits")
    sys.exit(bool(problems))


main()
