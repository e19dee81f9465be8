#!/usr/bin/env python3
"""The boards of tools/firmware: what compiles for them, what they have, and what runs them."""
import dataclasses
import pathlib
import re
import subprocess
import sys

import numpy as np

BOARDS = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests/Boards"
PAINT = "0xA5A5A5A5u"
STACK_BYTES = 1024
ALLOCATORS = re.compile(r"\b_?(malloc|_malloc_r|calloc|realloc|free|memalign|posix_memalign|swift_allocObject)\b")


class ToolFailed(Exception):
    """A compiler or an emulator ended with an error; its messages are the text."""


@dataclasses.dataclass(frozen=True)
class Board:
    name: str
    prefix: str             # of compiler, size and nm
    flags: tuple[str, ...]  # of the compiler
    sources: tuple[str, ...]
    script: str             # of the linker; empty: the compiler's own
    emulator: tuple[str, ...]
    flash: int              # bytes
    ram: int                # bytes

    @property
    def has_host_files(self):
        """Whether it reads samples from the host; a board without semihosting makes them itself."""
        return bool(self.script)


ARM = ("-mthumb", "-mfloat-abi=hard", "--specs=nano.specs")
QEMU = ("-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native",
        "-kernel")
ALL = {board.name: board for board in [
    Board("cortex-m4f", "arm-none-eabi-", ("-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", *ARM), ("main.c", "cortex-m.c"),
          "cortex-m.ld", ("qemu-system-arm", "-M", "mps2-an386", *QEMU), 64 << 10, 16 << 10),
    Board("cortex-m7", "arm-none-eabi-", ("-mcpu=cortex-m7", "-mfpu=fpv5-sp-d16", *ARM), ("main.c", "cortex-m.c"),
          "cortex-m.ld", ("qemu-system-arm", "-M", "mps2-an500", *QEMU), 1 << 20, 64 << 10),
    Board("rv32", "riscv64-unknown-elf-", ("-march=rv32imafc", "-mabi=ilp32f", "--specs=picolibc.specs"),
          ("main.c", "rv32.c"), "rv32.ld", ("qemu-system-riscv32", "-M", "virt", "-bios", "none", *QEMU),
          64 << 10, 16 << 10),
    Board("avr", "avr-", ("-mmcu=atmega328p",), ("avr.c",), "",
          ("simavr", "-m", "atmega328p", "-f", "16000000"), 32 << 10, 2 << 10),
]}


@dataclasses.dataclass(frozen=True)
class Image:
    """What a board's program takes, bytes."""
    flash: int
    ram: int                # static, without the stack
    allocators: list[str]


def command(words, folder, seconds=300):
    """What it prints, messages too: an emulator prints there what the board says."""
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, timeout=seconds)
    except FileNotFoundError:
        raise ToolFailed(f"{words[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise ToolFailed(f"{words[0]} took more than {seconds} s") from None
    if done.returncode:
        messages = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise ToolFailed(f"{words[0]} ended with {done.returncode}: {messages}")
    return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")


def build(board, folder, defines):
    """Compiles `student.c` in the folder into `firmware.elf`."""
    words = [board.prefix + "gcc", *board.flags, "-Os", "-std=c11", "-Wall", "-Wextra", "-ffunction-sections",
             "-fdata-sections", "-fno-math-errno", "-Wl,--gc-sections", "-I.", "student.c",
             *(str(BOARDS / source) for source in board.sources),
             *(f"-D{key}={value}" for key, value in defines.items())]
    if board.script:
        given = {"FLASH_BYTES": board.flash, "RAM_BYTES": board.ram, "STACK_BYTES": STACK_BYTES}
        sizes = "-Wl," + ",".join(f"--defsym={name}={value}" for name, value in given.items())
        words += ["-nostartfiles", "-T", str(BOARDS / board.script), sizes, f"-DPAINT={PAINT}"]
    command([*words, "-lm", "-o", "firmware.elf"], folder)
    sections = {}
    for line in command([board.prefix + "size", "-A", "firmware.elf"], folder).splitlines():
        match = re.match(r"(\.\w+)\s+(\d+)\s+\d+$", line)
        if match:
            sections[match[1]] = int(match[2])
    symbols = command([board.prefix + "nm", "firmware.elf"], folder)
    return Image(flash=sections.get(".text", 0) + sections.get(".data", 0),
                 ram=sections.get(".data", 0) + sections.get(".bss", 0) + sections.get(".noinit", 0),
                 allocators=sorted(set(ALLOCATORS.findall(symbols))))


def run(board, folder, logits):
    """Returns logits [sample, logit], what the self-test found, and the bytes of stack that were used."""
    output = command([*board.emulator, "firmware.elf"], folder)
    if board.has_host_files:
        raw = (folder / "logits").read_bytes()
        stack, test = int(np.frombuffer(raw[:4], "<u4")[0]), float(np.frombuffer(raw[4:8], "<f4")[0])
        return np.frombuffer(raw[8:], "<f4").reshape(-1, logits).astype(float), test, stack
    words = [int(word, 16) for word in re.findall(r"^([0-9a-f]{8})\.$", re.sub(r"\x1b\[\d*m", "", output), re.M)]
    if len(words) < 2:
        raise ToolFailed(f"{board.emulator[0]}: the board printed nothing")
    floats = np.array(words, "<u4").view("<f4")
    return floats[1:-1].reshape(-1, logits).astype(float), float(floats[0]), words[-1]
