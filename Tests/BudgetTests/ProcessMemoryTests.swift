import Budget
import Glibc
import Testing

@Suite struct ProcessMemoryTests {
  /// Every thread is a stack, and nothing else depends on their number.
  @Test func declaresAStackAThread() throws {
    func outside(_ threads: Int) throws -> [OutsideMemory] {
      var planner = Planner()
      ProcessMemory.declare(threads: threads, in: &planner)
      return try planner.layout().outside
    }
    let (one, four) = (try outside(1), try outside(4))
    #expect(one.map(\.name) == ["variables", "heap", "stacks"])
    #expect(four.map(\.bytes).prefix(2) == one.map(\.bytes).prefix(2))
    #expect(four[2].bytes - one[2].bytes == 3 * ProcessMemory.threadStackBytes)
    #expect(one[0].bytes <= ProcessMemory.image.variableBytes)
  }

  /// The headers of this process's own images, beside what the system says that it has mapped of files.
  @Test func theImageIsWhatTheSystemMapped() throws {
    let image = ProcessMemory.image
    #expect(image.variableBytes > 0 && image.romBytes > 0)
    #expect(image.variableBytes % ProcessMemory.pageBytes == 0 && image.romBytes % ProcessMemory.pageBytes == 0)
    var mapped = 0
    let maps = try #require(fopen("/proc/self/maps", "r"))
    defer { fclose(maps) }
    var line = [CChar](repeating: 0, count: 8192)
    while fgets(&line, Int32(line.count), maps) != nil {
      var (start, end): (UInt, UInt) = (0, 0)
      guard strstr(line, "/") != nil, let dash = strchr(line, 45) else { continue }
      start = strtoul(line, nil, 16)
      end = strtoul(dash + 1, nil, 16)
      mapped += Int(end - start)
    }
    // Zeroed variables have no file, a linker's holes between segments are mapped too.
    #expect(abs(image.variableBytes + image.romBytes - mapped) < mapped / 2)
  }

  @Test func countsWhatOnlyThisProcessHolds() async {
    await #expect(processExitsWith: .success) {
      let bytes = 8 << 20
      let before = ProcessMemory.anonymousBytes() ?? -1
      let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
      let mapped = ProcessMemory.anonymousBytes()!
      memset(memory, 1, bytes)
      let touched = ProcessMemory.anonymousBytes()!
      munmap(memory, bytes)
      let after = ProcessMemory.anonymousBytes()!
      // The process's other threads may take or give back a few pages meanwhile.
      let few = 256 << 10
      guard before > 0, mapped - before < few, abs(touched - mapped - bytes) < few, abs(after - before) < few else {
        exit(EXIT_FAILURE)
      }
      guard let peak = ProcessMemory.residentBytes().peak, peak >= touched else { exit(EXIT_FAILURE) }
    }
  }
}
