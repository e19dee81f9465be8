import CSupport
import Glibc

/// RAM that every run of a process holds besides its arena and its libraries' workspaces: variables, heap, stacks.
public enum ProcessMemory {
  /// What the heap may hold at the seal that no line of the plan counts: settings, names and texts of model and data,
  /// and what the parsers of the command line and the profile leave in pages that nothing else uses. Round, and
  /// half as much again as they come to; a run that holds more than its plan does not start its work.
  public static let heapBytes = 320 << 10

  /// What the first thread's stack may come to before and after the seal: the parsers call themselves, the loop does
  /// not.
  public static let firstStackBytes = 96 << 10

  /// The stack of each further thread: the loop's bodies take a few kilobytes, and the C library keeps its records at
  /// its end. Some systems want more for their signal frames.
  public static let threadStackBytes = max(64 << 10, roundUp(sysconf(Int32(_SC_THREAD_STACK_MIN)), to: pageBytes))

  public static let pageBytes = sysconf(Int32(_SC_PAGESIZE))

  /// The program as the system maps it: from the headers of its file.
  public static let image: (variableBytes: Int, romBytes: Int) = {
    var (variables, readOnly): (Int64, Int64) = (0, 0)
    qkd_image(&variables, &readOnly)
    return (Int(variables), Int(readOnly))
  }()

  /// The variables that a run writes. A page becomes the process's own when something on it is written: most are by the
  /// language's runtime, at the first use of a type, a few words each. An allowance of 96 pages, or all that the
  /// program's headers say can be written.
  public static let variableBytes = min(96 * pageBytes, image.variableBytes)

  /// Declares all of it.
  public static func declare(threads: Int, in planner: inout Planner) {
    func declare(_ name: String, _ formula: String, _ bytes: Int) {
      planner.declareOutside(OutsideMemory(name: name, formula: formula, bytes: bytes, owner: "qkd-run"))
    }
    declare("variables", "pages written, of \(image.variableBytes) B that can be", variableBytes)
    declare("heap", "allowance", heapBytes)
    let (first, each) = (firstStackBytes, threadStackBytes)
    declare("stacks", "first \(first) B + threads \(threads - 1) × \(each) B", first + (threads - 1) * each)
  }

  /// What only this process holds now, bytes; nil where the system does not tell.
  public static func anonymousBytes() -> Int? { known(qkd_anonymous_bytes()) }

  /// The peak of everything resident, and what is resident of files now (the program's clean pages, for the most part);
  /// nil where the system does not tell.
  public static func residentBytes() -> (peak: Int?, ofFiles: Int?) {
    var (peak, files): (Int64, Int64) = (-1, -1)
    qkd_resident_bytes(&peak, &files)
    return (known(peak), known(files))
  }

  private static func known(_ bytes: Int64) -> Int? { bytes < 0 ? nil : Int(bytes) }
}
