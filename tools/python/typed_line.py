#!/usr/bin/env python3
"""Types a line into a real shell, then the tabulator until it lists, and prints what the shell made of it: lists of
candidates, and in a last line `= LINE` the line as it stands then. For tests of completions.

usage: typed_line.py bash|zsh|fish PROGRAM FOLDER LINE   (FOLDER: where the line is typed; PROGRAM: qkd-run)
"""
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import tempfile
import time

PATIENCE_SECONDS = 60
QUIET_LOOKS = 12
ESCAPES = re.compile(r"\x1b\][^\x07]*\x07|\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b[()][A-Z0-9]|[\x00\x07\x0f]|\r")
BASH = """PS1='> '; bind 'set bell-style none'
bind 'set completion-query-items 0'; bind 'set page-completions off'; bind 'set enable-bracketed-paste off'
source {scripts}/qkd-run
"""
ZSH = """PS1='> '; PROMPT_EOL_MARK=; unsetopt zle_bracketed_paste 2>/dev/null; LISTMAX=10000; bindkey -e; unsetopt beep
unset zle_bracketed_paste; fpath=({scripts} $fpath); autoload -Uz compinit; compinit -u -D
"""
FISH = """function fish_prompt; echo -n '> '; end; set -g fish_autosuggestion_enabled 0
source {scripts}/qkd-run.fish
"""


class Terminal:
    """A shell behind a terminal that is wide enough for any line."""

    def __init__(self, command, environment, folder):
        self.process, self.master = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)
        subprocess.run(["stty", "rows", "400", "columns", "240"], stdin=self.master, check=True)

    def send(self, text, until):
        """Types, and returns what is shown up to a text."""
        os.write(self.master, text.encode())
        shown, deadline = "", time.monotonic() + PATIENCE_SECONDS
        while not re.search(until, shown):
            if time.monotonic() > deadline or not select.select([self.master], [], [], 1)[0] and self.ended():
                sys.exit(f"the shell does not answer; it showed: {shown[-400:]!r}")
            if select.select([self.master], [], [], 0)[0]:
                shown += ESCAPES.sub("", os.read(self.master, 65536).decode(errors="replace"))
        return shown

    def settle(self):
        """Waits until the shell, and whatever it started, has nothing to do and nothing to say; returns what it said.
        A shell that finds further keys typed shows no list."""
        shown, quiet, deadline = "", 0, time.monotonic() + PATIENCE_SECONDS
        while quiet < QUIET_LOOKS and time.monotonic() < deadline:
            time.sleep(0.05)
            quiet += 1
            if select.select([self.master], [], [], 0)[0]:
                shown += ESCAPES.sub("", os.read(self.master, 65536).decode(errors="replace"))
                quiet = 0
            if self.is_busy():
                quiet = 0
        return shown

    def is_busy(self):
        """Whether the shell runs, or waits for what it started."""
        place = pathlib.Path(f"/proc/{self.process}")
        state = (place / "stat").read_text().rpartition(")")[2].split()[0]
        return state != "S" or bool((place / f"task/{self.process}/children").read_text().strip())

    def ended(self):
        return os.waitpid(self.process, os.WNOHANG)[0] != 0


def main():
    if len(sys.argv) != 5 or sys.argv[1] not in ("bash", "zsh", "fish"):
        sys.exit("usage: typed_line.py bash|zsh|fish PROGRAM FOLDER LINE")
    shell, program, folder, line = sys.argv[1:]
    with tempfile.TemporaryDirectory() as made:
        scripts = pathlib.Path(made)
        (scripts / "bin").mkdir()
        (scripts / "bin/qkd-run").symlink_to(pathlib.Path(program).resolve())
        text = subprocess.run([program, "--generate-completion-script", shell], capture_output=True, check=True).stdout
        (scripts / {"bash": "qkd-run", "zsh": "_qkd-run", "fish": "qkd-run.fish"}[shell]).write_bytes(text)
        environment = {
            "PATH": f"{scripts}/bin:{os.environ['PATH']}", "HOME": made, "TERM": "xterm", "LC_ALL": "C.UTF-8",
            "QKD_PROFILE_PATH": os.environ.get("QKD_PROFILE_PATH", ""), "HISTFILE": "/dev/null"}
        command = {"bash": ["bash", "--noprofile", "--norc", "-i"], "zsh": ["zsh", "-f", "-i", "-o", "no_prompt_sp"],
                   "fish": ["fish", "--no-config", "-i"]}[shell]
        terminal = Terminal(command, environment, folder)
        setup = {"bash": BASH, "zsh": ZSH, "fish": FISH}[shell].format(scripts=scripts)
        terminal.send(setup + "echo rea''dy\n", r"\n ?ready")
        terminal.settle()
        shown = terminal.send(line, "")
        # bash lists nothing at the key behind one that changed the line.
        for _ in range(3 if shell == "bash" else 2):
            shown += terminal.send("\t", "") + terminal.settle()
        # To the beginning of the line, and to its end: the line itself becomes what is printed.
        print(shown + terminal.send("\x01echo '= \x05 ='\n", r"\n= .* =\n"))


main()
