#!/usr/bin/env python3
"""The boards of tools/firmware: what compiles for them, what they have, and what runs them."""
import dataclasses
import pathlib
import re
import shutil
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BOARDS = ROOT / "Tests/Boards"
PAINT = "0xA5A5A5A5u"
STACK_BYTES = {"c": 1 << 10, "swift": 4 << 10}  # unless given
ALLOCATORS = re.compile(r"\b_?(malloc|_malloc_r|calloc|realloc|free|memalign|posix_memalign|swift_allocObject)\b")
# What of Sources/Kernel a device needs: not what dispatches over lanes, whose every form would be compiled.
KERNEL = """Ansatz BasisIndex CacheBlocks CircuitTables Encoder EntanglingGates Forward IndexedPass LaneFormat
  LaneVector LayerPasses LightCone Measure Network PackedPass PackedVector PauliTerm Phase Prepared/PreparedNetwork
  Prepared/PreparedNetwork+Samples Prepared/PreparedNetwork+SelfTest Prepared/PreparedTables ProductState Readout Real
  RotationPass Workspace""".split()
# Functions and tables of Tests/Boards, which are no part of a model's source.
HARNESS = ("main reset start trap fault vectors instructions leave call move open_file stack_used paint put print "
           "print_float").split()
EMBEDDED = ("-enable-experimental-feature", "Embedded", "-no-allocations", "-wmo", "-Osize", "-parse-as-library",
            "-swift-version", "6", "-Xfrontend", "-function-sections", "-Xfrontend", "-disable-stack-protector",
            "-Xcc", "-ffreestanding", "-Xcc", "-fno-pic")


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
    swift: tuple[str, ...] = ()  # the Swift compiler's flags; none: it has no such target

    @property
    def has_host_files(self):
        """Whether it reads samples from the host; a board without that makes them itself."""
        return self.prefix != "avr-"

    @property
    def is_wasm(self):
        return not self.prefix

    @property
    def forms(self):
        return ("c", "swift") if self.swift else ("c",)


ARM = ("-mthumb", "-mfloat-abi=hard", "--specs=nano.specs")
QEMU = ("-nographic", "-monitor", "none", "-serial", "none", "-icount", "shift=0", "-semihosting-config",
        "enable=on,target=native", "-kernel")


def swift_flags(target, *flags):
    return ("-target", target, *(word for flag in flags for word in ("-Xcc", flag)))


ALL = {board.name: board for board in [
    Board("cortex-m4f", "arm-none-eabi-", ("-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", *ARM), ("main.c", "cortex-m.c"),
          "cortex-m.ld", ("qemu-system-arm", "-M", "mps2-an386", *QEMU), 64 << 10, 16 << 10,
          swift_flags("armv7em-none-none-eabi", "-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard")),
    Board("cortex-m7", "arm-none-eabi-", ("-mcpu=cortex-m7", "-mfpu=fpv5-sp-d16", *ARM), ("main.c", "cortex-m.c"),
          "cortex-m.ld", ("qemu-system-arm", "-M", "mps2-an500", *QEMU), 1 << 20, 64 << 10,
          swift_flags("armv7em-none-none-eabi", "-mcpu=cortex-m7", "-mfpu=fpv5-sp-d16", "-mfloat-abi=hard")),
    Board("rv32", "riscv64-unknown-elf-", ("-march=rv32imafc", "-mabi=ilp32f", "--specs=picolibc.specs"),
          ("main.c", "rv32.c"), "rv32.ld", ("qemu-system-riscv32", "-M", "virt", "-bios", "none", *QEMU),
          64 << 10, 16 << 10, swift_flags("riscv32-none-none-eabi", "-march=rv32imafc", "-mabi=ilp32f")),
    Board("wasm", "", ("--target=wasm32", "-isystem", str(BOARDS / "wasm"), "-nostdlib"),
          ("wasm/main.c", "wasm/math.c"), "", (), 4 << 20, 16 << 20, swift_flags("wasm32-unknown-none-wasm")),
    Board("avr", "avr-", ("-mmcu=atmega328p",), ("avr.c",), "",
          ("simavr", "-m", "atmega328p", "-f", "16000000"), 32 << 10, 2 << 10),
]}


@dataclasses.dataclass(frozen=True)
class Image:
    """What a board's program takes, bytes."""
    flash: int
    ram: int                # static, without the stack
    allocators: list[str]
    harness: int = 0        # of the flash, what is not the model's source


@dataclasses.dataclass(frozen=True)
class Answers:
    logits: np.ndarray      # [sample][logit]
    test: float             # what the self-test found
    stack: int              # bytes that were used
    steps: int              # instructions, or an AVR's cycles, of all samples; 0: not counted


def output(words, folder, seconds=300, given=b""):
    """What it prints, and its messages apart."""
    try:
        done = subprocess.run(words, cwd=folder, input=given, capture_output=True, timeout=seconds)
    except FileNotFoundError:
        raise ToolFailed(f"{words[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise ToolFailed(f"{words[0]} took more than {seconds} s") from None
    if done.returncode:
        messages = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        hint = [] if messages else ["a trap: a stack that is too small (--stack), or what the board does not have"]
        raise ToolFailed("\n".join([f"{words[0]} ended with {done.returncode}", *(messages[:20] or hint)]))
    return done.stdout, done.stderr


def command(words, folder):
    """What it prints, messages too: an emulator prints there what the board says."""
    return "".join(part.decode(errors="replace") for part in output(words, folder))


def compile_swift(board, folder):
    """The kernel, where it changed, and `student.swift`: objects of the board's kind."""
    support = ROOT / "Sources/CSupport"
    flags = [*EMBEDDED, *board.swift, "-I", str(support / "include")]
    kernel = [ROOT / f"Sources/Kernel/{name}.swift" for name in KERNEL]
    made = folder / "Kernel.o"
    newest = max(path.stat().st_mtime for path in [*kernel, *(support / "include").iterdir(), pathlib.Path(__file__)])
    if not made.exists() or made.stat().st_mtime < newest:
        command(["swiftc", *flags, "-module-name", "Kernel", "-emit-module", "-c", *map(str, kernel), "-o",
                 "partial.o"], folder)
        (folder / "partial.o").rename(made)
    command(["swiftc", *flags, "-module-name", "Student", "-I", ".", "-c", "student.swift", "-o", "student.o"], folder)
    for name in ("Kernel.o", "student.o"):
        # The linker knows fewer extensions by name than the compiler; the ABI stands in the header.
        if board.name == "rv32":
            command(["llvm-objcopy", "--remove-section=.riscv.attributes", name], folder)
    return ["Kernel.o", "student.o", str(BOARDS / "support.c")]


def build_page(board, folder, form, defines):
    """Compiles the student for a page: the bytes of a module that imports nothing."""
    model = compile_swift(board, folder) if form == "swift" else ["student.c"]
    command(["clang", *board.flags, "-Os", "-std=gnu11", "-Wall", "-Wextra", "-ffunction-sections", "-fdata-sections",
             "-fno-math-errno", "-fno-builtin", "-I.", *model, str(BOARDS / "wasm/page.c"), str(BOARDS / "wasm/math.c"),
             *(f"-D{key}={value}" for key, value in defines.items()),
             "-Wl,--gc-sections,--no-entry,--stack-first,--strip-all,-z,stack-size=16384", "-o", "page.wasm"], folder)
    return (folder / "page.wasm").read_bytes()


def build(board, folder, form, defines, stack):
    """Compiles `student.c` or `student.swift` in the folder into `firmware.elf`."""
    model = compile_swift(board, folder) if form == "swift" else ["student.c"]
    words = [board.prefix + "gcc" if board.prefix else "clang", *board.flags, "-Os", "-std=gnu11", "-Wall", "-Wextra",
             "-ffunction-sections", "-fdata-sections", "-fno-math-errno", "-Wl,--gc-sections", "-I.", *model,
             *(str(BOARDS / source) for source in board.sources), f"-DPAINT={PAINT}",
             *(f"-D{key}={value}" for key, value in defines.items())]
    if board.script:
        given = {"FLASH_BYTES": board.flash, "RAM_BYTES": board.ram, "STACK_BYTES": stack}
        sizes = "-Wl," + ",".join(f"--defsym={name}={value}" for name, value in given.items())
        words += ["-nostartfiles", "-T", str(BOARDS / board.script), sizes]
    if board.is_wasm:
        words += ["-fno-builtin", f"-Wl,--stack-first,-z,stack-size={stack},--Map=map"]
    else:
        words += ["-lm"]
    command([*words, "-o", "firmware.elf"], folder)
    symbols = command([(board.prefix or "llvm-") + "nm", "firmware.elf"], folder)
    allocators = sorted(set(ALLOCATORS.findall(symbols)))
    if board.is_wasm:
        return Image(*wasm_sizes(folder), allocators)
    sections = {}
    for line in command([board.prefix + "size", "-A", "firmware.elf"], folder).splitlines():
        match = re.match(r"(\.\w+)\s+(\d+)\s+\d+$", line)
        if match:
            sections[match[1]] = int(match[2])
    return Image(flash=sections.get(".text", 0) + sections.get(".data", 0),
                 ram=sections.get(".data", 0) + sections.get(".bss", 0) + sections.get(".noinit", 0),
                 allocators=allocators, harness=harness(board, folder))


def harness(board, folder):
    symbols = command([board.prefix + "nm", "-S", "firmware.elf"], folder)
    sizes = re.findall(r"^\S+ ([0-9a-f]+) [tTrR] (\w+)$", symbols, re.M)
    return sum(int(size, 16) for size, name in sizes if name in HARNESS)


def wasm_sizes(folder):
    """Bytes of the module without names, and of its data: constants lie in RAM too there."""
    command(["llvm-objcopy", "--strip-all", "firmware.elf", "stripped.wasm"], folder)
    sections = r"^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) \.(?:rodata|data|bss)\S*$"
    data = re.findall(sections, (folder / "map").read_text(), re.M)
    return (folder / "stripped.wasm").stat().st_size, sum(int(size, 16) for size in data)


def wasm_runner():
    """The words that run a module with WASI."""
    if shutil.which("wasmkit"):
        return ["wasmkit", "run", "firmware.elf"]
    script = ("const { WASI } = require('node:wasi'); const wasi = new WASI({ version: 'preview1' });"
              "WebAssembly.instantiate(require('fs').readFileSync('firmware.elf'), wasi.getImportObject())"
              ".then(({ instance }) => wasi.start(instance));")
    return ["node", "--no-warnings", "-e", script]


def run(board, folder, logits):
    if board.has_host_files:
        if board.is_wasm:
            raw, _ = output(wasm_runner(), folder, given=(folder / "samples").read_bytes())
        else:
            command([*board.emulator, "firmware.elf"], folder)
            raw = (folder / "logits").read_bytes()
        if len(raw) < 16:
            raise ToolFailed(f"{board.name}: the program answered nothing")
        return Answers(np.frombuffer(raw[4:-12], "<f4").reshape(-1, logits).astype(float),
                       float(np.frombuffer(raw[:4], "<f4")[0]), int(np.frombuffer(raw[-4:], "<u4")[0]),
                       int(np.frombuffer(raw[-12:-4], "<u8")[0]))
    text = re.sub(r"\x1b\[\d*m", "", command([*board.emulator, "firmware.elf"], folder))
    words = [int(word, 16) for word in re.findall(r"^([0-9a-f]{8})\.$", text, re.M)]
    if len(words) < 3:
        raise ToolFailed(f"{board.emulator[0]}: the board printed nothing")
    floats = np.array(words, "<u4").view("<f4")
    return Answers(floats[1:-2].reshape(-1, logits).astype(float), float(floats[0]), words[-1], words[-2] * 1024)
