#!/usr/bin/env python3
"""Writes the manual pages of a built qkd-run: what it says about its commands and settings, as mdoc(7).

usage: manual.py PROGRAM FOLDER [DATE]   DATE as 2026-01-31; today's unless given
"""
import datetime
import json
import pathlib
import re
import subprocess
import sys

from command import CANNOT_CREATE, NO_INPUT, USAGE, stop

TOOL = "tools/python/manual.py"
ENVIRONMENT = [
    ("QKD_PROFILE_PATH", "Folders in which profiles are looked for first, separated by colons."),
    ("QKD_SECTION_KEY",
     "Any setting: QKD_HOST_MEMORY is host.memory. It is stronger than the profile, and weaker than a flag."),
    ("XDG_CONFIG_HOME, XDG_CONFIG_DIRS, HOME", "Where the user's and the host's profiles lie; see FILES."),
]
FILES = [
    ("$XDG_CONFIG_HOME/qkd-run/profiles/NAME.toml",
     "The user's profiles; in ~/.config/qkd-run/profiles where that is not set."),
    ("/etc/xdg/qkd-run/profiles/NAME.toml", "The host's, in each folder of XDG_CONFIG_DIRS where that is set."),
    ("/etc/qkd-run/profiles/NAME.toml", "The host's."),
    ("PREFIX/share/qkd-run/profiles/NAME.toml",
     "Those that came with the program, with the models that they run beside them."),
]


def escape(text):
    """A text as one input line's content, or a macro's argument."""
    text = text.replace("\\", "\\e").replace("~", "\\(ti").replace("^", "\\(ha").replace("`", "\\(ga")
    text = text.replace("-", "\\-").replace('"', "\\(dq").replace("'", "\\(aq")
    return "\\&" + text if text.startswith(".") else text


def argument(text):
    """The same, as one argument of a macro."""
    return '"' + escape(text) + '"'


def prose(text):
    """A paragraph, a sentence a line, as mdoc asks for."""
    return [escape(line) for line in re.split(r"(?<=[.!?]) +(?=[A-Z])", text.strip())]


def blocks(discussion):
    """Paragraphs before the first title, and what stands below each title in capitals."""
    parts = re.split(r"(?m)^([A-Z][A-Z ]+):\n", discussion)
    titled = {title: body.rstrip() for title, body in zip(parts[1::2], parts[2::2])}
    return [p for p in parts[0].strip().split("\n\n") if p], titled


def literal(text):
    lines = [line[2:] if line.startswith("  ") else line for line in text.strip("\n").split("\n")]
    return [".Bd -literal"] + [escape(line) or "\\&" for line in lines] + [".Ed"]


def flags(option):
    """Every name of an option with its value, as macros on one line."""
    texts = []
    for entry in option["names"]:
        dashes = "-" if entry["kind"] != "short" else ""
        text = "Fl " + argument(dashes + entry["name"])
        if option["kind"] == "option":
            text += " Ar " + argument(option["valueName"])
        texts.append(text)
    return " , ".join(texts)


def shown(command):
    return [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]


def describe(option):
    text = option.get("abstract", "")
    if option.get("defaultValue"):
        text = f"{text} Unless given: {option['defaultValue']}."
    return prose(text) if text else ["\\&"]


def header(title, section, date, summary):
    return [f".Dd {date}", f".Dt {title.upper()} {section}", ".Os", ".Sh NAME", f".Nm {title}",
            f".Nd {escape(summary.rstrip('.'))}"]


def options(command):
    """Lists of what a command takes, one a title."""
    lines, groups = [], {}
    for option in shown(command):
        title = "Arguments" if option["kind"] == "positional" else option.get("sectionTitle", "Other")
        groups.setdefault(title, []).append(option)
    for title in sorted(groups, key=lambda t: (t != "Arguments", t == "Other", t == "Output")):
        lines += [f".Ss {title}", ".Bl -tag -width Ds"]
        for option in groups[title]:
            head = "Ar " + option["valueName"] if option["kind"] == "positional" else flags(option)
            lines += [".It " + head] + describe(option)
        lines.append(".El")
    return lines


def page(command, program, date):
    """The page of one subcommand."""
    title = f"{program}-{command['commandName']}"
    paragraphs, titled = blocks(command.get("discussion", ""))
    lines = header(title, 1, date, command["abstract"])
    lines += [".Sh SYNOPSIS", f".Nm \"{program} {command['commandName']}\"", ".Op Ar option ..."]
    for entry in shown(command):
        if entry["kind"] == "positional":
            repeated = " ..." if entry["isRepeating"] else ""
            lines.append((".Op Ar " if entry["isOptional"] else ".Ar ") + entry["valueName"] + repeated)
    lines += [".Sh DESCRIPTION"] + prose(command["abstract"])
    for paragraph in paragraphs:
        lines += [".Pp"] + prose(paragraph)
    lines += options(command)
    for other, body in titled.items():
        if other != "EXAMPLES":
            lines += [f".Ss {other.capitalize()}"] + literal(body)
    lines += [".Sh EXIT STATUS", "0 when it is done; all other numbers stand in", f".Xr {program} 1 ."]
    if "EXAMPLES" in titled:
        lines += [".Sh EXAMPLES"] + literal(titled["EXAMPLES"])
    return title, lines + [".Sh SEE ALSO", f".Xr {program} 1 ,", f".Xr {program}-profile 5"]


def statuses(text):
    """The columns of the table in the root's help: numbers and words."""
    found = re.findall(r"(?:^|\s{2,})(\d+) (\S.*?)(?=\s{2,}|$)", text, flags=re.M)
    return sorted((int(code), words) for code, words in found)


def root_page(command, program, date):
    paragraphs, titled = blocks(command["discussion"])
    children = [c for c in command["subcommands"] if c.get("shouldDisplay", True) and c["commandName"] != "help"]
    lines = header(program, 1, date, command["abstract"])
    lines += [".Sh SYNOPSIS", ".Nm", ".Op Ar command", ".Op Ar option ..."]
    lines += [".Sh DESCRIPTION"] + prose(command["abstract"])
    for paragraph in paragraphs:
        lines += [".Pp"] + prose(paragraph)
    lines += [".Pp", "Each command has a page of its own:", ".Bl -tag -width Ds"]
    for child in children:
        lines += [f".It Xr {program}-{child['commandName']} 1"] + prose(child["abstract"])
    lines += [".El"] + options(command)
    lines += [".Sh ENVIRONMENT", ".Bl -tag -width Ds"]
    for variable, text in ENVIRONMENT:
        lines += [".It Ev " + argument(variable)] + prose(text)
    lines += [".El", ".Sh FILES", "Profiles are looked for in the folders of", ".Ev QKD_PROFILE_PATH ,"]
    lines += ["and then here:", ".Bl -tag -width Ds"]
    for path, text in FILES:
        lines += [".It Pa " + argument(path)] + prose(text)
    lines += [".El", ".Sh EXIT STATUS", ".Bl -tag -width Ds -compact"]
    codes = statuses(titled["EXIT CODES"])
    if len(codes) < 10:
        stop(TOOL, NO_INPUT, f"the help's table of exit codes was not understood: {codes}")
    for code, words in codes:
        lines += [f".It {code}", escape(words)]
    lines += [".El", ".Pp", "Any other number means failure, too.", ".Sh EXAMPLES"] + literal(titled["EXAMPLES"])
    lines += [".Sh SEE ALSO"]
    others = sorted(f"{program}-{c['commandName']}" for c in children)
    lines += [f".Xr {other} 1 ," for other in others] + [f".Xr {program}-profile 5"]
    return lines, children


def profile_page(keys, program, date):
    title = f"{program}-profile"
    lines = header(title, 5, date, "settings of a profile")
    lines += [".Sh DESCRIPTION",
              "A profile is a file in TOML with a section for each part of a run.",
              "Its paths are relative to the folder in which it lies.",
              "Each key can also be given by",
              '.Fl "\\-set" Ar key=value', "and by its environment variable; many have a flag.",
              "The flag is strongest, then comes the environment, then the profile, then the default."]
    section = None
    for key in keys:
        own = key["key"].rpartition(".")[0]
        if own != section or section is None:
            lines += ([] if section is None else [".El"])
            lines += [f".Ss {'[' + own + ']' if own else 'Before all sections'}", ".Bl -tag -width Ds"]
            section = own
        lines += [".It Cm " + argument(key["key"].rpartition(".")[2])]
        lines += prose(key["summary"] + ".")
        lines += ["Allowed:", escape(key["allowed"] + ".")]
        if key["default"] not in (None, "", []):
            lines += ["Default:", escape(json.dumps(key["default"]) + ".")]
        lines += ["Environment:", ".Ev " + key["environment"] + " ."]
        for flag in key["flags"]:
            lines += ["Flag:", ".Fl " + argument(flag[1:]) + " ."]
    lines += [".El", ".Sh SEE ALSO", f".Xr {program} 1 ,", f".Xr {program}-plan 1"]
    return title, lines


def plot_page(program, date):
    title = f"{program}-plot"
    lines = header(title, 1, date, "draw reports and histories")
    lines += [
        ".Sh SYNOPSIS", f".Nm {title}", ".Ar report ...", '.Op Fl "\\-predictions" Ar file',
        '.Op Fl "\\-output" Ar prefix', ".Sh DESCRIPTION",
        "Draws reports in JSON, or the metrics of a spool, as PREFIX.png and PREFIX.svg:",
        "losses of train, distill and compress; of evaluate the confusion matrix, ROC, reliability and confidence;",
        "the ranking of devices; the history of a spool; experiments of reproduce, a panel a report.",
        "It takes the host's Python 3 with matplotlib.",
        ".Bl -tag -width Ds", '.It Fl "\\-predictions" Ar file',
        "Predictions of an evaluation; the file that its report names unless given.",
        '.It Fl "\\-output" Ar prefix', "Where the pictures go; beside the first report unless given.", ".El",
        ".Sh EXIT STATUS", ".Bl -tag -width Ds -compact", ".It 64", "usage", ".It 65", "not a report", ".It 66",
        "no such file", ".It 71", "no matplotlib", ".It 73", "cannot write", ".El", ".Sh SEE ALSO",
        f".Xr {program} 1 ,", f".Xr {program}-history 1"]
    return title, lines


def ask(program, *arguments):
    try:
        done = subprocess.run([program, *arguments], check=True, capture_output=True, env={"HOME": "/nowhere"})
        return json.loads(done.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        stop(TOOL, NO_INPUT, f"{program} {' '.join(arguments)}: {error}")


def write(folder, title, section, lines):
    place = folder / f"man{section}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{title}.{section}").write_text("\n".join(lines) + "\n")
    except OSError as error:
        stop(TOOL, CANNOT_CREATE, f"{place}: {error.strerror}")


def main():
    if len(sys.argv) not in (3, 4):
        stop(TOOL, USAGE, "usage: manual.py PROGRAM FOLDER [DATE]")
    given = sys.argv[3] if len(sys.argv) == 4 else datetime.date.today().isoformat()
    try:
        date = datetime.date.fromisoformat(given).strftime("%B %-d, %Y")
    except ValueError:
        stop(TOOL, USAGE, f"DATE is '{given}'; allowed is a date such as 2026-01-31")
    folder = pathlib.Path(sys.argv[2])
    root = ask(sys.argv[1], "--experimental-dump-help")["command"]
    keys = ask(sys.argv[1], "plan", "--keys", "--format", "json")
    program = root["commandName"]
    lines, children = root_page(root, program, date)
    write(folder, program, 1, lines)
    for child in children:
        title, lines = page(child, program, date)
        write(folder, title, 1, lines)
    for section, (title, lines) in ((1, plot_page(program, date)), (5, profile_page(keys, program, date))):
        write(folder, title, section, lines)


if __name__ == "__main__":
    main()
