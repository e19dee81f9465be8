import Glibc
import Testing

/// What the release kernel's objects may need from elsewhere. No allocator is among it: `malloc`, `swift_allocObject`,
/// `swift_slowAlloc`, `swift_coroFrameAlloc` and their kin would show here, however they were called. Names that begin
/// with `$s` are metadata and witnesses of the standard library; `swift_…` stand in the unspecialised bodies, which no
/// entry point reaches: @_noAllocation sees to that; `swift_deletedMethodError` traps in the place of a protocol's
/// method that nothing calls.
let kernelImports: Set<String> = Set(
  """
  memcpy memset __stack_chk_fail
  qkd_cos qkd_exp qkd_log qkd_pow qkd_sin qkd_sincos qkd_sqrt
  swift_deletedMethodError swift_getAssociatedConformanceWitness swift_getAssociatedTypeWitness swift_getWitnessTable
  swift_retain
  """.split(whereSeparator: \.isWhitespace).map(String.init))

@Suite struct KernelSymbolTests {
  @Test func theReleaseKernelNeedsNoAllocator() throws {
    let needed = try symbols("--undefined-only").subtracting(symbols("--defined-only"))
    // Without the functions of the C library's angles the list would not be the kernel's.
    #expect(needed.contains("qkd_sin") || needed.contains("qkd_sincos"))
    let foreign = needed.subtracting(kernelImports).filter { !$0.hasPrefix("$s") }.sorted()
    #expect(foreign.isEmpty)
    // Arrays, strings and classes of the standard library allocate.
    let allocating = needed.filter { $0.hasPrefix("$sSa") || $0.hasPrefix("$sSS") || $0.contains("ContiguousArray") }
    #expect(allocating.isEmpty)
  }

  /// Names in the objects of the build that these tests belong to.
  private func symbols(_ which: String) throws -> Set<String> {
    let command = """
      for nm in llvm-nm nm; do command -v $nm >/dev/null && break; done
      build="$(dirname "$(readlink -f /proc/$PPID/exe)")"
      $nm \(which) "$build"/Kernel.build/*.o 2>/dev/null | sed -n 's/.* //p' | sort -u
      """
    let stream = try #require(popen(command, "r"))
    defer { pclose(stream) }
    var names: Set<String> = []
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), stream) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      names.insert(String(text.dropLast()))
    }
    return names
  }
}
